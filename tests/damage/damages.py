"""Damages: bytes flipped, cut, repeated, inserted; keys dropped, types changed, entries multiplied."""

from __future__ import annotations

import io
import json
import random
import re
import warnings
import zipfile
from collections.abc import Callable
from typing import Any

Random = random.Random

_ODD = [
    b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b"\n\n", b"\t", b'"', b"'", b"\\", b"\\u", b"\\ud800",
    b"{", b"}", b"[", b"]", b"[[[[[[[[", b",", b":", b"- ", b"? ", b"&a ", b"*a", b"!!x ", b"%YAML 1.3\n", b"---\n",
    b"1e999999999999999999", b"-", b"NaN", b"0x", b"9" * 50, b"\xe2\x80\xae", b"\xe2\x80\xa8", b"\xc2\x85",
    b"::error::", b"\x1b[31m", b"=", b"#", b"<", b"&", b"../", b"/dev/zero", b" " * 300,
]  # fmt: skip


def _spans(rng: Random, data: bytes) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + int(rng.expovariate(1 / 40)) + 1)


def damaged_bytes(rng: Random, data: bytes) -> bytes:
    """Return bytes with one to three damages."""
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        start, end = _spans(rng, data)
        before, inside, after = data[:start], data[start:end], data[end:]
        data = rng.choice(
            (
                lambda b=before, i=inside, a=after: b + bytes(x ^ 1 << rng.randrange(8) for x in i[:1]) + i[1:] + a,
                lambda b=before, i=inside, a=after: b + rng.randbytes(len(i)) + a,
                lambda b=before, a=after: b + a,
                lambda b=before: b,
                lambda b=before, i=inside, a=after: b + i * rng.choice((2, 3, 50, 2000)) + a,
                lambda b=before, i=inside, a=after: b + rng.choice(_ODD) * rng.choice((1, 1, 2, 200)) + i + a,
                lambda b=before, i=inside, a=after: a + i + b,
            )
        )()  # fmt: skip
    return data


def _values(rng: Random) -> list[Any]:
    deep: Any = 1
    for _ in range(rng.choice((3, 90, 150, 400))):
        deep = [deep] if rng.random() < 0.5 else {"a": deep}
    return [
        None, True, False, 0, -1, 3.5, 10**30, 10**400, "", " ", "x", "2024-02-30", "x" * 5000, "\u202e", "\x00",
        "\ud800", "https://", "=1+1", "<b>", "{{x}}", "../../etc", "\U0001f600", [], {}, [[]], [None], {"": ""}, deep,
        {"en": "x"}, {"zz-zz": "x"}, ["x"] * 300, "é" * 300, "1e9", "NaN", "\u0000", "public", "restricted",
    ]  # fmt: skip


def _holders(value: Any) -> list[Any]:
    out, stack = [], [value]
    while stack:
        held = stack.pop()
        if isinstance(held, (dict, list)):
            if held:
                out.append(held)
            stack.extend(held.values() if isinstance(held, dict) else held)
    return out


def damaged_data(rng: Random, data: Any) -> Any:
    """Change data in place: a key dropped, a value of another type, entries multiplied."""
    for _ in range(rng.choice((1, 1, 2, 4))):
        holder = rng.choice(_holders(data) or [data])
        if not holder:
            continue
        key = rng.choice(sorted(holder)) if isinstance(holder, dict) else rng.randrange(len(holder))
        what = rng.randrange(5)
        if what == 0:
            del holder[key]
        elif what == 1:
            holder[key] = rng.choice(_values(rng))
        elif what == 2 and isinstance(holder, list):
            holder *= rng.choice((2, 3, 40, 400)) if len(holder) < 400 else 1
        elif what == 3 and isinstance(holder, dict):
            holder[rng.choice(("x-é", "", "id", "handling", str(key) + "s", "a" * 400))] = (
                holder.pop(key)
            )
        else:
            other = rng.choice(_holders(data))
            holder[key] = json.loads(json.dumps(other)) if len(json.dumps(other)) < 5000 else None
    return data


_NUMBERS = (
    "1e999999999999999999999",
    "9" * 5000,
    "-0.0",
    "1e400",
    "NaN",
    "-Infinity",
    "0x1F",
    "1_000",
)


def damaged_json(rng: Random, data: bytes) -> bytes:
    """Damage a JSON text: its bytes, or what it says."""
    if rng.random() < 0.5:
        return damaged_bytes(rng, data)
    text = json.dumps(
        damaged_data(rng, json.loads(data)),
        indent=rng.choice((None, 2)),
        ensure_ascii=rng.random() < 0.5,
    )
    if rng.random() < 0.1:
        text = re.sub(r"\b\d+(?=[,\s])", lambda m: rng.choice((m[0], rng.choice(_NUMBERS))), text)
    return text.encode("utf-8", "backslashreplace")


def _lines(change: Callable[[Random, str], str]) -> Callable[[Random, bytes], bytes]:
    def damaged(rng: Random, data: bytes) -> bytes:
        if rng.random() < 0.4:
            return damaged_bytes(rng, data)
        lines = data.decode("utf-8").splitlines(keepends=True)
        for _ in range(rng.choice((1, 1, 2, 5))):
            at = rng.randrange(len(lines))
            part = lines[at : at + rng.choice((1, 1, 3, 10))]
            what = rng.randrange(5)
            if what == 0:
                del lines[at]
            elif what == 1:
                lines[at:at] = part * rng.choice((1, 2, 300))
            elif what == 2:
                lines[at] = change(rng, lines[at])
            elif what == 3:
                lines[at] = rng.choice((" ", "  ", "\t", "- ", "? ", "#", "")) + lines[at].lstrip()
            else:
                lines.insert(rng.randrange(len(lines)), lines[at])
            lines = lines or [""]
        return "".join(lines).encode("utf-8", "backslashreplace")

    return damaged


def _yaml_value(rng: Random, line: str) -> str:
    odd = (
        "yes", "~", "", "1_000", "[?x]", ".inf", "|", ">", "&a", "*a", "!!int 3", "2001-01-01", '"\\UFFFFFFFF"',
        "[" * 500, "{a: " * 200, "- - -", "'", '"', "@", "`", "0x1F", "1e999999999999999999999", "a: b", "# x", "é\u2028",
    )  # fmt: skip
    return re.sub(r":.*", lambda _: ": " + rng.choice(odd), line, count=1)


def _toml_value(rng: Random, line: str) -> str:
    odd = (
        "1", '""', '"x"', "[]", "{}", "true", "nan", "-inf", "9" * 5000, "[" * 5000, "[" * 5000 + "]" * 5000,
        '["../../etc/*"]', '"/dev/zero"', '"#12345"', '"\\u0000"', "1979-05-27", "0x" + "f" * 5000, '"é"', "1e400",
        '["**/*"]', '["["]', '"A4"', "-1", "99999", "[1, [2]]", "{a.b.c = 1}", "'''x", '"' + "x" * 5000 + '"',
    )  # fmt: skip
    if rng.random() < 0.1:
        return ".".join("a" * 3000) + " = 1\n"
    return re.sub(r"=.*", lambda _: "= " + rng.choice(odd), line, count=1)


damaged_yaml = _lines(_yaml_value)
damaged_toml = _lines(_toml_value)


def damaged_zip(rng: Random, data: bytes) -> bytes:
    """Damage a ZIP file: its bytes, or its members, so that the damage lies deeper."""
    if rng.random() < 0.4:
        return damaged_bytes(rng, data)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = [(info, package.read(info)) for info in package.infolist()]
    # Who alters the record and states the new checksum forges; that is no damage.
    at = rng.choice([n for n, (info, _) in enumerate(members) if "item1.xml" not in info.filename])
    info, content = members[at]
    what = rng.randrange(5)
    if what == 0:
        del members[at]
    elif what == 1:
        members[at] = (info, b"")
    elif what == 2:
        info.filename = rng.choice(
            ("../x", "/x", "é" * 100, "[Content_Types].xml", info.filename.upper())
        )
    else:
        members[at] = (info, damaged_bytes(rng, content))
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w") as package:
        warnings.simplefilter("ignore")  # two members of one name are meant
        for info, content in members:
            name = zipfile.ZipInfo(info.filename, info.date_time)
            name.compress_type = rng.choice(
                (info.compress_type,) * 8 + (zipfile.ZIP_STORED, zipfile.ZIP_LZMA)
            )
            package.writestr(name, content)
    return _flagged(rng, out.getvalue()) if rng.random() < 0.2 else out.getvalue()


def _flagged(rng: Random, data: bytes) -> bytes:
    """Say of a member that it is encrypted, or packed in a way that is rare."""
    raw = bytearray(data)
    heads = [m.start() for m in re.finditer(b"PK\x01\x02", data)] or [0]
    at = rng.choice(heads)
    raw[at + 8] |= rng.choice((1, 0x20, 0x40))
    raw[at + 10] = rng.choice((0, 8, 9, 12, 14, 93, 99))
    return bytes(raw)


def damaged_file(rng: Random, name: str, data: bytes) -> bytes:
    """Damage a file after its kind, which its name tells."""
    ending = name.rpartition(".")[2]
    kinds: dict[str, Callable[[Random, bytes], bytes]] = {
        "json": damaged_json, "yaml": damaged_yaml, "toml": damaged_toml, "docx": damaged_zip, "xlsx": damaged_zip,
    }  # fmt: skip
    return kinds.get(ending, damaged_bytes)(rng, data)
