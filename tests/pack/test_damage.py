"""Documents that were damaged, or made to do harm: the record byte for byte, or a sentence."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

import toolkit
from tests.conftest import Packs
from tests.making import FIRST, ROOT
from toolkit import intake
from toolkit.errors import BriefpackError

DOCUMENTS = ["briefing", "summary", "agreements"]
RECORD = FIRST.read_bytes()


def damaged(data: bytes, count: int, seed: int) -> Iterator[bytes]:
    """Yield copies with bytes flipped, cut out, repeated, or the end cut off."""
    choose = random.Random(seed)
    for number in range(count):
        changed = bytearray(data)
        at = choose.randrange(len(data))
        length = choose.choice([1, 4, 64, 2000])
        match number % 5:
            case 0:
                for _ in range(choose.choice([1, 3, 30])):
                    changed[choose.randrange(len(data))] ^= 1 << choose.randrange(8)
            case 1:
                del changed[at : at + length]
            case 2:
                changed[at:at] = changed[at : at + length]
            case 3:
                del changed[at:]
            case _:  # what says where things are stands at the end, and at the beginning
                near = choose.randrange(min(3000, len(data)))
                changed[-near if number % 2 else near] ^= 1 << choose.randrange(8)
        yield bytes(changed)


def outcome(path: Path, data: bytes) -> bool:
    """Tell whether the record comes out; anything but that and a sentence fails."""
    path.write_bytes(data)
    try:
        found = toolkit.extract(path).data
    except BriefpackError as error:
        assert "\n" not in str(error)
        assert str(path) in str(error)
        return False
    assert found == RECORD
    return True


@pytest.mark.parametrize("document", DOCUMENTS)
def test_damaged_documents_give_the_record_or_a_sentence(
    packs: Packs, tmp_path: Path, document: str
) -> None:
    data = packs.file("first", document).read_bytes()
    results = [outcome(tmp_path / "file", each) for each in damaged(data, 250, 7)]
    assert any(results)  # damage elsewhere does no harm
    assert not all(results)


def test_an_encrypted_pdf(packs: Packs, tmp_path: Path) -> None:
    for user, says in (("secret", "password"), ("", None)):
        path = tmp_path / "file.pdf"
        with pikepdf.open(packs.file("first", "summary")) as pdf:
            pdf.save(path, encryption=pikepdf.Encryption(user=user, owner="owner"))
        if says:
            with pytest.raises(BriefpackError, match=says):
                toolkit.extract(path)
        else:
            assert toolkit.extract(path).data == RECORD


def with_attachment(packs: Packs, path: Path, data: bytes, **keys: object) -> Path:
    """Put raw data in the place of the attached record of a PDF."""
    with pikepdf.open(packs.file("first", "summary")) as pdf:
        stream = next(iter(pdf.attachments.values())).obj.EF.F
        stream.write(data, **keys)
        pdf.save(path, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    return path


def zeros(megabytes: int) -> bytes:
    packing = zlib.compressobj(9)
    pieces = [packing.compress(bytes(1_000_000)) for _ in range(megabytes)]
    return b"".join(pieces) + packing.flush()


def peak(path: Path) -> int:
    """Return the megabytes of memory that a process takes at most to refuse a file."""
    if not Path("/proc/self/status").exists():
        pytest.skip("only Linux tells how much memory a process took")
    code = (
        "import pathlib, sys, toolkit\n"
        "try: toolkit.extract(sys.argv[1])\n"
        "except toolkit.BriefpackError: print(pathlib.Path('/proc/self/status').read_text())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return int(done.stdout.partition("VmHWM:")[2].split()[0]) // 1000


def test_an_attachment_that_unpacks_without_end(packs: Packs, tmp_path: Path) -> None:
    path = with_attachment(packs, tmp_path / "f.pdf", zeros(400), filter=pikepdf.Name.FlateDecode)
    with pytest.raises(BriefpackError, match="larger than 50 MB"):
        toolkit.extract(path)
    assert peak(path) < 300


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (b"00" * 50, {"filter": pikepdf.Name.ASCIIHexDecode}),
        (zlib.compress(zlib.compress(RECORD)), {"filter": pikepdf.Array([pikepdf.Name.FlateDecode] * 2)}),
        (b"\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", {"filter": pikepdf.Name.LZWDecode}),
        (zlib.compress(RECORD)[:-9], {"filter": pikepdf.Name.FlateDecode}),
        (zlib.compress(RECORD[:-1]), {"filter": pikepdf.Name.FlateDecode}),
        (RECORD[:-1], {}),
        (RECORD.replace(b"2023", b"2024"), {}),
    ],
    ids=["hex", "twice", "lzw", "cut", "other", "plain", "of-the-same-size"],
)  # fmt: skip
def test_another_attachment_is_not_taken_for_the_record(
    packs: Packs, tmp_path: Path, data: bytes, keys: dict[str, object]
) -> None:
    with pytest.raises(BriefpackError, match=r"compressed|damaged|no record"):
        toolkit.extract(with_attachment(packs, tmp_path / "f.pdf", data, **keys))


def test_an_attachment_that_was_cut_and_states_nothing(packs: Packs, tmp_path: Path) -> None:
    path = tmp_path / "f.pdf"
    with pikepdf.open(packs.file("first", "summary")) as pdf:
        stream = next(iter(pdf.attachments.values())).obj.EF.F
        del stream.Params
        raw = stream.read_raw_bytes()
        for part, whole in ((raw, True), (raw[: len(raw) // 2], False)):
            stream.write(part, filter=pikepdf.Name.FlateDecode)
            pdf.save(path, stream_decode_level=pikepdf.StreamDecodeLevel.none)
            if whole:
                assert toolkit.extract(path).data == RECORD
                continue
            with pytest.raises(BriefpackError, match="the record in it is damaged"):
                toolkit.extract(path)


def test_a_pdf_whose_list_of_objects_unpacks_without_end(tmp_path: Path) -> None:
    path = tmp_path / "f.pdf"
    data = zeros(600)
    path.write_bytes(object_bomb(data))
    assert peak(path) < 300
    path.write_bytes(object_bomb(zlib.compress(data), filters=2))
    assert peak(path) < 300
    path.write_bytes(object_bomb(lzw(100)).replace(b"Filter[/FlateDecode", b"Filter[/#4cZWDecode"))
    assert peak(path) < 300


def lzw(rounds: int) -> bytes:
    """Return 7.4 MB of spaces for each round, as LZWDecode (ISO 32000-1, 7.4.4.2) takes them."""
    bits = []
    for number in range(rounds):
        bits.append(f"{256:0{12 if number else 9}b}")
        for code in [32, *range(258, 4094)]:
            # Codes widen one entry before they must (EarlyChange).
            width = 9 if code < 511 else 10 if code < 1023 else 11 if code < 2047 else 12
            bits.append(f"{code:0{width}b}")
    text = "".join(bits)
    return int(text + "0" * (-len(text) % 8), 2).to_bytes(-(-len(text) // 8), "big")


def object_bomb(data: bytes, filters: int = 1) -> bytes:
    """Return a PDF with an object stream (ISO 32000-1, 7.5.7) in which its attachments stand."""
    out = bytearray(b"%PDF-1.5\n")
    places = {}
    bodies = {
        1: b"<</Type/Catalog/Pages 2 0 R/Names 5 0 R>>",
        2: b"<</Type/Pages/Kids[]/Count 0>>",
        3: b"<</Type/ObjStm/N 2/First 8/Length %d/Filter[%s]>>stream\n%s\nendstream"
        % (len(data), b"/FlateDecode" * filters, data),
    }
    for number, body in bodies.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    at = len(out)
    rows = [(0, 0, 0), *((1, places[n], 0) for n in (1, 2, 3)), (1, at, 0), (2, 3, 0), (2, 3, 1)]
    table = b"".join(bytes([k]) + p.to_bytes(4, "big") + i.to_bytes(2, "big") for k, p, i in rows)
    out += b"4 0 obj\n<</Type/XRef/Size 7/W[1 4 2]/Root 1 0 R/Length %d>>stream\n" % len(table)
    return bytes(out + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % at)


def repacked(packs: Packs, method: int) -> bytes:
    """Return the briefing with the record's part compressed in another way."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(packs.file("first", "briefing")) as old,
        zipfile.ZipFile(out, "w") as new,
    ):
        for entry in old.infolist():
            kind = method if entry.filename == "customXml/item1.xml" else zipfile.ZIP_DEFLATED
            new.writestr(entry.filename, old.read(entry), kind)
    return out.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_odd_compression(packs: Packs, tmp_path: Path, method: int) -> None:
    path = tmp_path / "f.docx"
    path.write_bytes(repacked(packs, method))
    with pytest.raises(BriefpackError, match="compressed as Office does not do it"):
        toolkit.extract(path)


@pytest.mark.parametrize(
    ("at", "value", "says"), [(8, 1, "it is encrypted"), (10, 99, "is compressed as")]
)
def test_an_encrypted_part_and_an_unknown_method(
    packs: Packs, tmp_path: Path, at: int, value: int, says: str
) -> None:
    data = bytearray(repacked(packs, zipfile.ZIP_STORED))
    entry = data.rfind(b"customXml/item1.xml") - 46  # its entry in the central directory
    assert data[entry : entry + 4] == b"PK\x01\x02"
    data[entry + at : entry + at + 2] = value.to_bytes(2, "little")
    path = tmp_path / "f.docx"
    path.write_bytes(data)
    with pytest.raises(BriefpackError, match=says):
        toolkit.extract(path)


def test_a_part_that_unpacks_without_end(tmp_path: Path) -> None:
    path = tmp_path / "f.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            with archive.open(f"customXml/item{number}.xml", "w") as part:
                for _ in range(100):
                    part.write(bytes(1_000_000))
    assert path.stat().st_size < 2_000_000
    with pytest.raises(BriefpackError, match="larger than 200 MB"):
        toolkit.extract(path)
    assert peak(path) < 120


def test_only_the_records_part_is_unpacked(packs: Packs, tmp_path: Path) -> None:
    path = tmp_path / "f.docx"
    path.write_bytes(packs.file("first", "briefing").read_bytes())
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/media/image.bin", "w") as part,
    ):
        for _ in range(300):
            part.write(bytes(1_000_000))
    assert toolkit.extract(path).data == RECORD


def test_the_highest_limit_is_taken(packs: Packs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(intake.RAISED, "9999999")
    for document in DOCUMENTS:
        assert toolkit.extract(packs.file("first", document)).data == RECORD


def test_a_large_record_comes_back(tmp_path: Path) -> None:
    from toolkit.export.package import add_record, write_parts
    from toolkit.export.registry import Attachment

    parts = {"[Content_Types].xml": b'<Types xmlns="x"/>'}
    data = random.Random(1).randbytes(9_000_000)
    add_record(parts, "word/document.xml", Attachment("r.json", data))
    path = tmp_path / "f.docx"
    path.write_bytes(write_parts(parts))
    assert toolkit.extract(path).data == data
