"""What no schema can say, one function a rule; the book holds them all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from toolkit.record.diagnostic import Severity
from toolkit.record.finding import Finding
from toolkit.record.policy import USUAL, Policy
from toolkit.record.rules import codes, content, letters, notation, order, quotations, references
from toolkit.record.rules.book import RULES, Facts, Rule
from toolkit.record.rules.references import scheme_of

__all__ = ["RULES", "Facts", "Rule", "check", "scheme_of", "severity_of"]

# The modules enter their rules into the book as they are imported.
_BOOKS = (references, letters, codes, order, content, quotations, notation)


def check(
    data: Any, text: str, policy: Policy = USUAL, folder: Path | None = None
) -> Iterator[Finding]:
    """Yield what is wrong with a record beyond its shape; data need not follow the schema.

    `folder` is where the record's file is, None where it has none.
    """
    if not isinstance(data, dict):
        return
    facts = Facts(data, text, scheme_of(data, policy.scheme), folder, policy)
    for rule in RULES.values():
        if rule.check and policy.severities.get(rule.code) != "off":
            yield from rule.check(facts)


def severity_of(code: str, policy: Policy = USUAL) -> Severity:
    """Return how grave a rule is under a policy."""
    chosen = policy.severities.get(code)
    return RULES[code].severity if chosen is None or chosen == "off" else chosen
