"""Many machines and addresses: a Dask scheduler with its workers, and an S3 server, on loopback."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.batch.clusters import QUIET, Cluster, cluster_in, waited
from tests.batch.test_batch import many, snapshot
from tests.making import FIRST, ROOT, record, written
from tests.test_cli import run
from toolkit.places import place

NAME = "2023-10-17-beijing"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a few records."""
    return many(tmp_path, 8)


# Dask


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A Dask scheduler and two workers."""
    with cluster_in(tmp_path_factory.mktemp("dask")) as made:
        yield made


def test_a_cluster_builds_the_same_bytes_as_this_machine(project: Path, cluster: Cluster) -> None:
    written(project / "records" / "bad.json", record(id="bad", kind="talk"))
    run("style", "house", cwd=project)
    run("build", "--style", "house", "-o", "here", cwd=project)
    done = run("build", "--scheduler", cluster.address, "--style", "house", cwd=project)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "8 built, 1 failed" in done.stderr
    assert "records/bad.json:8:11: error" in done.stderr
    assert "packs/r0: 3 files" in done.stdout.replace(os.sep, "/")
    assert snapshot(project / "packs") == snapshot(project / "here")
    done = run("build", "--scheduler", cluster.address, "--style", "house", cwd=project)
    assert "8 unchanged, 1 failed" in done.stderr


def test_a_cluster_survives_the_kill_of_a_worker(project: Path, cluster: Cluster) -> None:
    for n in range(8, 40):
        written(project / "records" / f"{n}.json", record(id=f"r{n}"))
    command = [sys.executable, "-m", "toolkit", "build", "--scheduler", cluster.address]
    process = subprocess.Popen(
        command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    cluster.workers[0].send_signal(signal.SIGKILL)
    _, told = process.communicate(timeout=100)
    assert process.returncode == 0, told
    assert "40 built" in told
    run("build", "-o", "here", cwd=project)
    assert snapshot(project / "packs") == snapshot(project / "here")


def test_an_address_that_is_none_of_a_scheduler_is_wrong_usage(project: Path) -> None:
    for address in ("nonsense", "tcp://localhost", "tcp://localhost:port", "localhost:8786"):
        done = run("build", "--scheduler", address, cwd=project)
        assert done.returncode == 2, address
        assert f"{address} is no address of a scheduler; write it as tcp://" in done.stderr
    assert not (project / "packs").exists()


# Addresses


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """An S3 server with a bucket; the environment names it as that of any other provider."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, **QUIET)
    url = f"http://127.0.0.1:{port}"

    def ready() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return True
        except OSError:
            return False

    waited(ready)
    keep = {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
    before = dict(os.environ)
    os.environ.update(keep)
    with urllib.request.urlopen(urllib.request.Request(f"{url}/records", method="PUT")):
        pass
    yield "s3://records"
    os.environ.clear()
    os.environ.update(before)
    server.terminate()
    server.wait(timeout=20)


def put(address: str, data: bytes) -> None:
    from upath import UPath

    UPath(address).write_bytes(data)


def held(address: str) -> dict[str, bytes]:
    from upath import UPath

    root = UPath(address)
    root.fs.invalidate_cache()
    return {p.name: p.read_bytes() for p in root.iterdir()}


def test_records_and_packs_in_s3(store: str, tmp_path: Path) -> None:
    put(f"{store}/in/first.json", FIRST.read_bytes())
    put(f"{store}/in/bad.json", json.dumps(record(id="bad", kind="talk"), indent=2).encode())
    text = f'records = ["{store}/in/*.json"]\noutput = "{store}/packs"\n'
    (tmp_path / "briefpack.toml").write_text(text)
    done = run("validate", cwd=tmp_path)
    assert done.returncode == 1
    assert f"{store}/in/bad.json:8:11: error" in done.stdout
    done = run("build", "--jobs", "2", cwd=tmp_path)
    assert done.returncode == 1
    assert "1 built, 1 failed" in done.stderr, done.stderr
    run("build", FIRST, "-o", "here", cwd=tmp_path)
    name = "2023-10-17-beijing"
    here = {p.name: p.read_bytes() for p in (tmp_path / "here" / name).iterdir()}
    assert held(f"{store}/packs/{name}") == here
    done = run("build", cwd=tmp_path)
    assert "1 unchanged, 1 failed" in done.stderr
    put(f"{store}/in/first.json", FIRST.read_bytes().replace(b'"version": "1"', b'"version": "9"'))
    done = run("build", "--check", cwd=tmp_path)
    assert "the record changed" in done.stderr
    done = run("register", "-o", "r.csv", cwd=tmp_path)
    assert "8 entries" in done.stdout


def test_a_cluster_writes_to_s3(store: str, cluster: Cluster, project: Path) -> None:
    out = f"{store}/by-cluster"
    done = run("build", "--scheduler", cluster.address, "-o", out, cwd=project)
    assert done.returncode == 0, done.stderr
    run("build", "-o", "here", cwd=project)
    for folder in (project / "here").iterdir():
        assert held(f"{out}/{folder.name}") == {p.name: p.read_bytes() for p in folder.iterdir()}


def test_packs_without_a_record_in_s3_are_pruned(store: str, tmp_path: Path) -> None:
    for name in ("one", "two"):
        put(f"{store}/pruned/{name}.json", json.dumps(record(id=name)).encode())
    text = f'records = ["{store}/pruned/*.json"]\noutput = "{store}/out"\n'
    (tmp_path / "briefpack.toml").write_text(text)
    assert run("build", "--only", "agreements", cwd=tmp_path).returncode == 0
    from upath import UPath

    UPath(f"{store}/pruned/two.json").unlink()
    done = run("build", "--only", "agreements", "--prune", cwd=tmp_path)
    assert done.returncode == 0
    assert "removed" in done.stderr
    assert "manifest.json" in held(f"{store}/out/one")
    assert not UPath(f"{store}/out/two/manifest.json").exists()


@pytest.mark.parametrize(
    "address", ["s3://no-such-bucket/r.json", "nonsense://x/r.json", "http://127.0.0.1:9/r.json"]
)
def test_an_address_that_leads_nowhere_is_told(store: str, tmp_path: Path, address: str) -> None:
    done = run("validate", address, cwd=tmp_path)
    assert done.returncode == 1
    assert address in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    done = run("build", address, "-o", "s3://no-such-bucket/packs", cwd=tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_an_output_that_is_not_there_is_told(store: str, tmp_path: Path) -> None:
    done = run("build", FIRST, "-o", "s3://no-such-bucket/packs", cwd=tmp_path)
    assert done.returncode == 1
    assert "cannot write into s3://no-such-bucket/packs" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_store_that_cannot_be_reached_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "test")
        done = run("build", FIRST, "-o", "s3://ministry/packs", cwd=tmp_path)
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        assert f"cannot write into s3://ministry/packs/{NAME}: " in line
        assert url in line
        done = run("validate", "s3://ministry/r.json", cwd=tmp_path)
        assert done.returncode == 1
        assert "s3://ministry/r.json:1:1: error the file cannot be read: " in done.stdout
        assert url in done.stdout


def test_an_address_of_s3_has_limits_of_time() -> None:
    for address in ("s3://bucket/packs", "s3a://bucket/packs"):
        limits = place(address).storage_options["config_kwargs"]  # type: ignore[attr-defined]
        assert limits["connect_timeout"] <= limits["read_timeout"] <= 15
        # s3fs tries several times itself; both together take many minutes.
        assert limits["retries"] == {"total_max_attempts": 1}
    assert place("memory://packs").storage_options == {}  # type: ignore[attr-defined]


# The README


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="the lines are for a shell")
def test_the_lines_of_the_readme_for_many_machines(store: str, tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    (block,) = [b for b in re.findall(r"```sh\n(.*?)```", text, re.S) if "dask scheduler" in b]
    lines = block.replace("localhost", "127.0.0.1").splitlines()
    assert lines.pop(0).startswith("pip install 'briefpack[dask,remote]' s3fs")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    lines = [line.replace("8786", port) for line in lines]
    at = lines.index("dask scheduler &")
    lines[at] = f"dask scheduler --host 127.0.0.1 --port {port} --no-dashboard &"
    assert sum(line.startswith("dask worker ") for line in lines) == 2
    bucket = next(iter(re.findall(r"s3://(\w+)/packs", lines[-1])))
    url = f"{os.environ['AWS_ENDPOINT_URL']}/{bucket}"
    with urllib.request.urlopen(urllib.request.Request(url, method="PUT")):
        pass
    many(tmp_path, 6)
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with (tmp_path / "log").open("w+", encoding="utf-8") as log:
        process = subprocess.Popen(
            ["bash", "-c", "\n".join(lines)], cwd=tmp_path, env={**os.environ, "PATH": path},
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            code = process.wait(timeout=180)
        finally:
            os.killpg(process.pid, signal.SIGKILL)
        log.seek(0)
        told = log.read()
    assert code == 0, told
    assert "6 built" in told
    run("build", "-o", "here", cwd=tmp_path)
    for folder in (tmp_path / "here").iterdir():
        packed = {p.name: p.read_bytes() for p in folder.iterdir()}
        assert held(f"s3://{bucket}/packs/{folder.name}") == packed
