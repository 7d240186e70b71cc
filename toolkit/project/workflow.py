"""The file of a CI service: a template with comments, filled in by a writer of YAML."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from toolkit.project.origin import Origin

_OUTPUT = "@OUTPUT@"
_SOURCES = {
    "repository": ("git+{address}@{ref}", '"$BRIEFPACK_SOURCE"'),
    "wheels": ("{address}", '--no-index --find-links "$BRIEFPACK_SOURCE" "briefpack=={ref}"'),
    "index": ("{address}", '--index-url "$BRIEFPACK_SOURCE" "briefpack=={ref}"'),
}
"""What is installed of each kind of origin: a variable, and the arguments of pip that name it."""


def fill_in(template: Path, origin: Origin, output: str, constraints: str) -> str:
    """Return the text of a CI service's file. `constraints` names pip's, `output` the packs' folder.

    Whatever is filled in stands as one text: in shell scripts it is a variable of the environment.
    """
    from ruamel.yaml import YAML

    source, arguments = (part.format(**vars(origin)) for part in _SOURCES[origin.kind])
    values = {
        _OUTPUT: output,
        "@SOURCE@": source,
        "@INSTALL@": f"python -m pip install --quiet --constraint {constraints} {arguments}",
        # The smaller image has no git.
        "@IMAGE@": "python:3.12" if origin.kind == "repository" else "python:3.12-slim",
        "@REPOSITORIES@": [_hooks(origin)],
    }
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = StringIO()
    yaml.dump(_filled(yaml.load(template.read_text("utf-8")), values), text)
    return text.getvalue()


def _filled(node: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(node, dict):
        for key, value in node.items():
            node[key] = _filled(value, values)
    elif isinstance(node, list):
        for index, value in enumerate(node):  # in its place, where its comment is
            node[index] = _filled(value, values)
    elif isinstance(node, str):
        if node in values:
            return values[node]
        if _OUTPUT in node:  # a line of a text of several
            return type(node)(node.replace(_OUTPUT, values[_OUTPUT]))
    return node


def _hooks(origin: Origin) -> dict[str, Any]:
    """Return where pre-commit has its hook from; it runs over all records, whatever is committed."""
    if origin.kind == "repository":
        hook: dict[str, Any] = {"id": "briefpack-validate"}
        return {"repo": origin.address, "rev": origin.ref, "hooks": [hook]}
    hook = {
        "id": "briefpack-validate",
        "name": "briefpack validate",
        "entry": "briefpack validate",
        "pass_filenames": False,
        "always_run": True,
    }
    if origin.kind == "index":
        packages = [f"--index-url={origin.address}", f"briefpack=={origin.ref}"]
        hook |= {"language": "python", "additional_dependencies": packages}
    else:
        # pre-commit installs in a folder of its own, from where wheels of a checkout are not found.
        hook |= {"language": "system"}
    return {"repo": "local", "hooks": [hook]}
