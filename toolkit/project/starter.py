"""What a repository of records needs for its checkouts and its CI, ready to use."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from toolkit.errors import BriefpackError, UsageError
from toolkit.places import is_remote, reason
from toolkit.project.origin import HELP, read_origin
from toolkit.project.settings import NAME, Project, find, read_project
from toolkit.record.finding import Finding
from toolkit.record.settings import wrong_settings
from toolkit.resources import resource

SERVICES: Final = {
    "github": ("github.yml", ".github/workflows/briefpack.yml"),
    "gitlab": ("gitlab.yml", ".gitlab-ci.yml"),
    "pre-commit": ("pre-commit.yaml", ".pre-commit-config.yaml"),
}
"""Each service with its template and the file that it reads."""
CONSTRAINTS: Final = "briefpack-constraints.txt"
"""The versions of all libraries, for pip."""

_MINE = "# briefpack: "
# What the actions of GitHub and the paths of GitLab read as nothing but itself: no pattern, no
# variable, no second line.
_PLAIN = re.compile(r"[\w.(+=@](?:[\w.()+=@, /-]*[\w.()+=@])?")


def write_project(
    folder: Path, service: str | None = None, origin: str | None = None
) -> list[tuple[Path, str]]:
    """Write what a project needs, and a service's file: what is there already stays as it is.

    `origin` says from where the service installs briefpack (see `read_origin`). To .gitattributes
    and .gitignore, lines that lack are added. Returns what was done to which file. Raises UsageError
    where a service lacks its origin, BriefpackError where the service's file exists, nothing lacks,
    or a file cannot be written; nothing new is written then.
    """
    from toolkit.files import write, write_new

    if service is None and origin is not None:
        raise UsageError("--from says what the steps of a CI service install; name the service")
    settings = find(folder)
    new: dict[Path, bytes] = {}
    if settings is None:
        new[folder / NAME] = _text(NAME).encode("utf-8")
        project = Project(records=("records/**/*.json",))
        home = folder
        if not (folder / "records").exists():
            new[folder / "records" / ".gitkeep"] = b""
    else:
        project = read_project(start=folder)
        home = project.folder
    if service is not None:
        new |= _service_files(folder, service, origin, project)
    changed = {
        path: data
        for path, lines in (
            (home / ".gitattributes", _attributes(project)),
            (home / ".gitignore", _ignored(project)),
        )
        if (data := _with_lines(path, list(lines))) is not None
    }
    new |= {path: data for path, data in changed.items() if not path.exists()}
    for path in new:
        if os.path.lexists(path):
            raise BriefpackError(
                f"{path} is there already; write into another folder, and take over what you need"
            )
    if not new and not changed:
        raise BriefpackError(f"{settings} is there already, and lacks nothing")
    write_new(new)
    done = [(path, "written") for path in new]
    for path in changed.keys() - new.keys():
        write(path, changed[path])
        done.append((path, "lines added"))
    return sorted(done)


def _service_files(
    folder: Path, service: str, origin: str | None, project: Project
) -> Iterator[tuple[Path, bytes]]:
    from toolkit.project.workflow import fill_in
    from toolkit.version import VERSION  # which takes long to find out

    if origin is None:
        raise UsageError(f"say from where briefpack is to be installed: --from {HELP}")
    source = read_origin(origin, folder, VERSION)
    template, target = SERVICES[service]
    pinned = service != "pre-commit"  # which checks records, and makes no bytes
    if pinned and not (folder / CONSTRAINTS).exists():
        yield folder / CONSTRAINTS, _text("constraints.txt").encode("utf-8")
    output = _output(folder, project) if pinned else ""
    text = fill_in(resource("templates", "ci", template), source, output, CONSTRAINTS)
    yield folder / target, text.encode("utf-8")


def _text(template: str) -> str:
    return resource("templates", "ci", template).read_text("utf-8")


def _output(folder: Path, project: Project) -> str:
    """Return where the packs lie in a checkout, as the file of a service can name it."""
    if is_remote(project.output):
        return Project.output
    output = _below(project.output, folder)
    if output is not None and _PLAIN.fullmatch(output):
        return output
    message = (
        f'a CI service cannot keep "{project.output}": choose a folder within the project, named '
        "with letters, digits, spaces and . _ - ( ) + = @ only"
    )
    file = project.file or Path(NAME)
    raise wrong_settings(file, [Finding("bad-path", ("output",), message)])


def _below(path: str, folder: Path) -> str | None:
    """Return a path as seen from a folder; None where it does not lie in it."""
    try:
        seen = Path(os.path.relpath(path, folder))
    except ValueError:  # another drive
        return None
    return None if seen.parts[:1] in ((), ("..",)) else seen.as_posix()


def _attributes(project: Project) -> Iterator[str]:
    """Yield how Git is to check files out: the bytes of a record say whether its pack is old."""
    yield f"{_MINE}the same bytes on every system, for they decide whether a pack is old"
    patterns = [f"/{pattern}" for pattern in project.records if not is_remote(pattern)]
    for pattern in (f"/{NAME}", f"/{CONSTRAINTS}", *patterns, "style.toml", "*.svg"):
        yield f"{_quoted(pattern)} text eol=lf"
    for archive in project.archives:  # in which there may be files that are no text
        yield f"{_quoted(f'**/{archive}/**')} text=auto eol=lf"
    for suffix in ("docx", "xlsx", "pdf", "png", "ttf", "otf", "ttc"):
        yield f"*.{suffix} binary"
    if output := _packs(project):
        yield f"{_quoted(f'/{output}/**')} -text"


def _ignored(project: Project) -> Iterator[str]:
    yield f"{_MINE}what is made from the records, and what it keeps for itself"
    if output := _packs(project):
        yield "/" + re.sub(r"[\\\[\]*?]", r"\\\g<0>", output) + "/"
    yield "/.briefpack/"


def _packs(project: Project) -> str | None:
    return None if is_remote(project.output) else _below(project.output, project.folder)


def _quoted(pattern: str) -> str:
    """Return a pattern as .gitattributes holds it: with a space, as a string of C."""
    if not re.search(r'[\s"]', pattern):
        return pattern
    return '"' + pattern.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _with_lines(path: Path, lines: list[str]) -> bytes | None:
    """Return a file with the lines that it lacks; None where it lacks none but a comment."""
    try:
        earlier = path.read_bytes()
    except FileNotFoundError:
        earlier = b""
    except OSError as error:
        raise BriefpackError(f"{path} cannot be read: {reason(error)}") from None
    there = {line.strip() for line in earlier.splitlines()}
    lacking = [data for line in lines if (data := line.encode("utf-8")) not in there]
    if all(line.startswith(b"#") for line in lacking):
        return None
    end = b"\r\n" if b"\r\n" in earlier else b"\n"
    start = earlier + end * (not earlier.endswith(b"\n")) + end if earlier else b""
    return start + end.join(lacking) + end
