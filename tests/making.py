"""Records for the tests: those in files, and those that are made."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FIRST = ROOT / "templates" / "records" / "2023-10-17-beijing.json"
STARTER = ROOT / "templates" / "records" / "starter.json"
RECORDS = {
    "first": FIRST,
    "starter": STARTER,
    **{path.stem: path for path in sorted((ROOT / "tests" / "records").glob("*.json"))},
}

_MINIMAL: dict[str, Any] = {
    "schema_version": "1.0",
    "id": "made",
    "version": "1",
    "language": "en",
    "status": "draft",
    "title": "A meeting",
    "kind": "talks",
    "handling": {"mark": "public"},
    "sittings": [{"date": "2024-02-29", "place": {"country": "CH"}}],
    "delegations": [
        {"id": "ch", "kind": "state", "country": "CH"},
        {"id": "kz", "kind": "state", "country": "KZ"},
    ],
}


def record(**changes: Any) -> dict[str, Any]:
    """Return a small valid record with some keys changed or added."""
    return {**copy.deepcopy(_MINIMAL), **changes}


def first() -> dict[str, Any]:
    """Return the data of the first record."""
    data: dict[str, Any] = json.loads(FIRST.read_text("utf-8"))
    return data


def written(path: Path, data: Any) -> Path:
    """Write a record into a file and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, ensure_ascii=False, indent=2), "utf-8")
    return path


def large_record(agreements: int, statements: int) -> dict[str, Any]:
    """Return a record with many agreements and statements, and a tenth as many commitments."""
    types = ("agreement", "memorandum_of_understanding", "protocol", "contract")
    people = [
        {
            "id": f"person-{n}",
            "delegation": "ch" if n % 2 else "kz",
            "role": "principal" if n < 3 else "accompanying",
            "precedence": n,
            "names": [{"text": f"Name Surname {n}", "language": "en"}],
            "office": f"Office {n}",
        }
        for n in range(1, 21)
    ]
    return record(
        id="large",
        summary="A meeting at which much was agreed. " * 8,
        participants=people,
        topics=[{"id": "t", "title": "Everything", "summary": "All of it was discussed. " * 30}],
        statements=[
            {
                "id": f"statement-{n}",
                "kind": "assessment",
                "mode": "verbatim" if n % 3 == 0 else "reported",
                "speaker": f"person-{n % 20 + 1}",
                "text": f"Statement number {n} says that cooperation {'grows and ' * (n % 9)}goes on.",
                "sources": [f"source-{n % 10}"],
            }
            for n in range(statements)
        ],
        agreements={
            "coverage": "complete",
            "items": [
                {
                    "id": f"agreement-{n}",
                    "title": f"Instrument {n} on {'cooperation in ' * (n % 5)}transport",
                    "type": types[n % 4],
                    "level": "intergovernmental",
                    "parties": [{"delegation": "ch"}, {"delegation": "kz"}],
                    "status": "signed",
                    "signed_on": f"2024-{n % 12 + 1:02}-{n % 28 + 1:02}",
                    "remarks": "A remark." if n % 7 == 0 else "Second remark, a little longer.",
                    "sources": [f"source-{n % 10}"],
                }
                for n in range(agreements)
            ],
        },
        commitments=[
            {
                "id": f"commitment-{n}",
                "text": f"Do thing {n}",
                "by": ["ch"],
                "due": f"2025-{n % 12 + 1:02}",
                "status": "open",
            }
            for n in range(agreements // 10)
        ],
        sources=[{"id": f"source-{n}", "title": f"Source {n}"} for n in range(10)],
    )
