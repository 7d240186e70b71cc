"""Data as YAML, in a form that readers of YAML 1.1 and of 1.2 understand alike."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import yaml
from yaml.cyaml import CSafeDumper

# Controls, and signs that end a line in YAML 1.1 only.
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_TAG = "tag:yaml.org,2002:"
# What only YAML 1.2 takes for a number or for nothing; the library knows what 1.1 does.
_RESOLVED = {
    "int": "0o[0-7]+|0x[0-9a-fA-F]+|[-+]?[0-9]+",
    "float": r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?",
}


def as_yaml(data: Any) -> str:
    """Return data as YAML text, in its order, readable by `parse` without loss."""
    written: str = yaml.dump(
        data,
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=100,
        default_flow_style=False,
    )
    return written


class _Dumper(CSafeDumper):
    """Puts in quotation marks what YAML 1.1 or 1.2 would take for something else than a text."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write what stands twice twice."""
        return True


for _kind, _pattern in _RESOLVED.items():
    _Dumper.add_implicit_resolver(_TAG + _kind, re.compile(rf"(?:{_pattern})\Z"), None)


def _decimal(dumper: Any, value: Decimal) -> Any:
    text = str(value)
    plain = text if "." in text or "E" in text else f"{text}.0"
    return dumper.represent_scalar(f"{_TAG}float", plain)


def _text(dumper: Any, value: str) -> Any:
    style = '"' if _UNSEEN.search(value) else "|" if "\n" in value else None
    return dumper.represent_scalar(f"{_TAG}str", value, style)


_Dumper.add_representer(Decimal, _decimal)
_Dumper.add_representer(str, _text)
