"""What a repository of records needs for its CI, ready to use."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from toolkit.errors import BriefpackError
from toolkit.places import is_remote
from toolkit.project.settings import NAME, Project, find, read_project
from toolkit.resources import resource

SERVICES: Final = {
    "github": ("github.yml", ".github/workflows/briefpack.yml"),
    "gitlab": ("gitlab.yml", ".gitlab-ci.yml"),
    "pre-commit": ("pre-commit.yaml", ".pre-commit-config.yaml"),
}
"""Each service with its template and the file that it reads."""


def write_project(folder: Path, service: str | None = None) -> list[Path]:
    """Write briefpack.toml, where there is none here or above, and a service's file.

    Returns what was written. Raises BriefpackError where the service's file exists or one cannot be
    written; nothing is written then.
    """
    from toolkit.files import write_new
    from toolkit.version import VERSION  # which takes long to find out

    settings = find(folder)
    files: dict[Path, str] = {}
    if settings is None:
        files[folder / NAME] = resource("templates", "ci", NAME).read_text("utf-8")
    elif service is None:
        raise BriefpackError(f"{settings} is there already")
    if service is not None:
        template, target = SERVICES[service]
        project = read_project(settings) if settings else Project()
        text = resource("templates", "ci", template).read_text("utf-8")
        output = Project.output if is_remote(project.output) else _below(folder, project.output)
        files[folder / target] = text.replace("@VERSION@", VERSION).replace("@OUTPUT@", output)
    for path in files:
        if os.path.lexists(path):
            raise BriefpackError(
                f"{path} is there already; write into another folder, and take over what you need"
            )
    write_new({path: text.encode("utf-8") for path, text in files.items()})
    return list(files)


def _below(folder: Path, output: str) -> str:
    return Path(os.path.relpath(output, folder)).as_posix()
