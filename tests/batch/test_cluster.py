"""Workers that are lost, or old, or lack what they need; and what is no scheduler."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.batch.clusters import BARE, LAME, OLD, SOUND, Cluster, cluster_in, worker
from tests.batch.test_batch import many, snapshot
from tests.test_cli import run
from toolkit.batch import cluster as clusters
from toolkit.errors import BriefpackError
from toolkit.version import VERSION

pytestmark = pytest.mark.slow
COUNT = 40


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with some records."""
    folder = tmp_path / "project"
    folder.mkdir()
    return many(folder, COUNT)


def build(project: Path, cluster: Cluster) -> subprocess.CompletedProcess[str]:
    return run("build", "--scheduler", cluster.address, cwd=project)


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        (OLD, f"has briefpack 0.0.1, not {VERSION}; it gets no job"),
        (BARE, "has no briefpack ("),
        (LAME, "cannot load briefpack (import of "),
    ],
    ids=["old", "bare", "lame"],
)
def test_a_worker_that_does_not_fit_is_told_and_gets_no_job(
    project: Path, tmp_path: Path, kind: str, message: str
) -> None:
    with cluster_in(tmp_path, kind, SOUND) as cluster:
        done = build(project, cluster)
    assert done.returncode == 0, done.stderr
    told, count = done.stderr.splitlines()
    assert told.startswith("the worker tcp://127.0.0.1:")
    assert message in told
    assert count == f"{COUNT} built"


def test_workers_none_of_which_fits_are_told_and_nothing_is_written(
    project: Path, tmp_path: Path
) -> None:
    with cluster_in(tmp_path, OLD, BARE) as cluster:
        done = build(project, cluster)
    assert done.returncode == 1
    assert done.stderr.count("it gets no job") == 2
    assert done.stderr.endswith(f"briefpack: no worker of {cluster.address} can build\n")
    assert not (project / "packs").exists()


@contextmanager
def begun(project: Path, cluster: Cluster) -> Iterator[subprocess.Popen[str]]:
    """A run of which the first pack is there."""
    command = [sys.executable, "-m", "toolkit", "build", "--scheduler", cluster.address]
    process = subprocess.Popen(
        command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )
    assert process.stdout is not None
    process.stdout.readline()
    yield process
    process.kill()
    process.wait()


def ended(process: subprocess.Popen[str]) -> list[str]:
    """The sentences of a run that has to end by itself."""
    _, told = process.communicate(timeout=120)
    assert "Traceback" not in told
    return told.splitlines()


def test_where_all_workers_die_each_record_that_is_left_fails(
    project: Path, tmp_path: Path
) -> None:
    with cluster_in(tmp_path) as cluster, begun(project, cluster) as process:
        for lost in cluster.workers:
            lost.kill()
        first, *told, count = ended(process)
        nobody = f"the scheduler at {cluster.address} has no workers"
        assert process.returncode == 1
        assert first == f"{nobody}; waiting up to 20 seconds"
        assert all(line.endswith(f".json: {nobody}") for line in told)
        assert count == f"{COUNT - len(told)} built, {len(told)} failed"
        assert len(told) > 1
    assert run("build", cwd=project).returncode == 0


def test_workers_that_come_back_go_on(project: Path, tmp_path: Path) -> None:
    with cluster_in(tmp_path) as cluster, begun(project, cluster) as process:
        for lost in cluster.workers:
            lost.kill()
        (tmp_path / "new").mkdir()
        cluster.workers.append(worker(cluster.address, tmp_path / "new"))
        assert ended(process)[-1] == f"{COUNT} built"
        assert process.returncode == 0
    run("build", "-o", "here", cwd=project)
    assert snapshot(project / "packs") == snapshot(project / "here")


def test_a_worker_that_comes_later_is_asked_as_well(project: Path, tmp_path: Path) -> None:
    many(project, 3 * COUNT)
    with cluster_in(tmp_path, SOUND) as cluster, begun(project, cluster) as process:
        (tmp_path / "new").mkdir()
        cluster.workers.append(worker(cluster.address, tmp_path / "new", OLD))
        told, count = ended(process)
        assert told.endswith(f"has briefpack 0.0.1, not {VERSION}; it gets no job")
        assert count == f"{3 * COUNT} built"


def test_a_scheduler_that_dies_is_told(project: Path, tmp_path: Path) -> None:
    with cluster_in(tmp_path) as cluster, begun(project, cluster) as process:
        cluster.scheduler.kill()
        first, *told, count = ended(process)
        assert process.returncode == 1
        silent = f"no scheduler answers at {cluster.address}: Connection refused"
        assert first == f"{silent}; waiting up to 20 seconds"
        assert all(line.endswith(silent) for line in told)
        assert count.endswith("failed")


# What is no scheduler


@contextmanager
def listening(answer: Callable[[socket.socket], object]) -> Iterator[str]:
    """Let something listen that is no scheduler."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            held = []
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                held.append(connection)
                answer(connection)

        threading.Thread(target=serve, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def web_server() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits of time that a test can wait for."""
    monkeypatch.setattr(clusters, "_ANSWER", 1)
    monkeypatch.setattr(clusters, "_START", 1)


def failure(address: str) -> tuple[str, list[str]]:
    told: list[str] = []
    with pytest.raises(BriefpackError) as raised:
        clusters.cluster(address, told.append)
    return str(raised.value), told


@pytest.mark.usefixtures("hasty")
def test_another_servers_port_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    hook = sys.unraisablehook
    others = {
        "silent": listening(lambda _: None),
        "talking": listening(lambda connection: connection.sendall(b"220 mail.example ready\r\n")),
        "closing": listening(lambda connection: connection.close()),
        "web": web_server(),
    }
    for name, other in others.items():
        with other as address:
            message, told = failure(address)
            assert message.startswith(
                f"what listens at {address} does not answer as a scheduler: "
            ), name
            assert "\n" not in message
            assert told == []
    assert sys.unraisablehook is hook
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("hasty")
def test_nobody_at_the_address_is_told_and_waited_for() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        message, told = failure(address)
    assert message == f"no scheduler answers at {address}: {os.strerror(errno.ECONNREFUSED)}"
    assert told == [f"{message}; waiting up to 1 seconds"]
    message, told = failure("tcp://no-such-host.invalid:8786")
    assert message.startswith("no scheduler answers at tcp://no-such-host.invalid:8786: ")
    assert told == []


@pytest.mark.usefixtures("hasty")
def test_a_worker_is_no_scheduler(tmp_path: Path) -> None:
    from distributed import Client

    with cluster_in(tmp_path, SOUND) as cluster:
        with Client(cluster.address, timeout=10, set_as_default=False) as client:
            (address,) = client.nthreads()
        message, _ = failure(address)
    assert message.startswith(f"what listens at {address} does not answer as a scheduler: ")
