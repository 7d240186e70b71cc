"""Which notation a record is written in, by the ending of its file."""

from __future__ import annotations

from toolkit.record import syntax
from toolkit.record.source import Source
from toolkit.record.syntax import Parsed


def is_yaml(name: str) -> bool:
    """Tell whether a file is YAML by its name; all others are JSON."""
    return name.casefold().endswith((".yaml", ".yml"))


def parse(text: Source) -> Parsed:
    """Read a record's text. Never raises."""
    if is_yaml(text.name):
        from toolkit.record import yaml_text

        return yaml_text.parse(text.text)
    return syntax.parse(text.text)
