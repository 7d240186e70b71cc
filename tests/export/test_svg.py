"""Emblems that come from elsewhere: what is not of the short list is refused by its name."""

from __future__ import annotations

import io
import struct
import subprocess
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from toolkit.export import emblem
from toolkit.export.emblem import EmblemError, picture
from toolkit.export.svg import SvgError, checked
from toolkit.resources import resource

CLASSIC = resource("templates", "styles", "classic", "emblem.svg").read_bytes()
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '


def svg(content: str, size: str = 'viewBox="0 0 100 100"') -> bytes:
    return f"{HEAD}{size}>{content}</svg>".encode()


REFUSED = {
    "<script>alert(1)</script>": "<script>",
    '<g onload="alert(1)"/>': '"onload" of <g>',
    '<filter id="f"/>': "<filter>",
    '<g filter="url(#f)"/>': '"filter" of <g>',
    '<g style="fill:red;filter:blur(9px)"/>': '"filter" of <g>',
    "<style>g{filter:blur(9px)}</style>": '"filter" of <style>',
    "<foreignObject><p/></foreignObject>": "<foreignObject>",
    '<p xmlns="http://www.w3.org/1999/xhtml"/>': "<p>",
    '<image href="/etc/hostname"/>': "<image>",
    '<image href="data:image/png;base64,AAAA"/>': "<image>",
    '<a href="https://example.org"><path/></a>': "<a>",
    '<animate attributeName="r"/>': "<animate>",
    '<set attributeName="r"/>': "<set>",
    '<g><text font-family="serif">MFA</text></g>': "<text>.*paths of its letters",
    "<switch/>": "<switch>",
    '<marker id="m"/>': "<marker>",
    '<use href="other.svg#seal"/>': '"href" of <use> leads to "other.svg#seal"',
    '<use xlink:href="file:///etc/x.svg#a"/>': '"href" of <use> leads to',
    '<path href="#a"/>': '"href" of <path>',
    '<g xml:base="http://example.org/"/>': '"xml:base"',
    '<g fill="url(http://example.org/x.svg#g)"/>': '"fill" of <g> leads to another place',
    '<g style="fill:url( &quot;x.svg#g&quot; )"/>': '"fill" of <g> leads to another place',
    "<style>g{fill:url(x.svg#g)}</style>": '"fill" of <style> leads to another place',
    '<g mask="URL(/x.svg)"/>': '"mask" of <g> leads to another place',
    '<g fill="u\\72l(x.svg)"/>': '"fill" of <g> has a sign',
    "<style>@import 'x.css';</style>": "simple rules only",
    "<style>@font-face{src:url(x)}</style>": "simple rules only",
    '<circle r="1e39"/>': '"r" has a number that is too large',
    '<path d="M0 0L99999999 1"/>': '"d" has a number that is too large',
    '<g style="stroke-width:1e30"/>': '"stroke-width" has a number that is too large',
    '<g id="a"><use href="#a"/></g>': '"a" refers to itself',
    '<linearGradient id="a" href="#b"/><linearGradient id="b" href="#a"/>': "refers to itself",
    '<mask id="m"><g mask="url(#m)"/></mask>': "refers to itself",
    "<g>" * 64 + "</g>" * 64: "nested deeper than 64",
    "<g>" * 5000 + "</g>" * 5000: "nested deeper than 64",
    "<g/>" * 20_001: "more than 20000 elements",
}


@pytest.mark.parametrize(("content", "says"), REFUSED.items(), ids=range(len(REFUSED)))
def test_what_is_not_on_the_list_is_refused_by_its_name(content: str, says: str) -> None:
    with pytest.raises(SvgError, match=says):
        checked(svg(content))


@pytest.mark.parametrize(
    "content",
    [
        '<g id="g0"><path/></g>'
        + "".join(f'<g id="g{n}">' + f'<use href="#g{n - 1}"/>' * 10 + "</g>" for n in range(1, 9)),
        '<mask id="m0"><path/></mask>'
        + "".join(
            f'<mask id="m{n}">' + f'<path mask="url(#m{n - 1})"/>' * 10 + "</mask>"
            for n in range(1, 9)
        ),
        '<pattern id="p0"><path/></pattern>'
        + "".join(
            f'<pattern id="p{n}">' + f'<path style="fill:url(#p{n - 1})"/>' * 10 + "</pattern>"
            for n in range(1, 9)
        ),
    ],
    ids=["use", "mask", "pattern"],
)
def test_repetition_of_repetitions_is_counted(content: str) -> None:
    with pytest.raises(SvgError, match="what its references repeat has more than 20000"):
        checked(svg(content))


def test_references_that_lead_too_far() -> None:
    chain = "".join(f'<linearGradient id="g{n}" href="#g{n + 1}"/>' for n in range(3000))
    with pytest.raises(SvgError, match="nested deeper than 64"):
        checked(svg(chain))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no XML"),
        (b"no picture", "no XML"),
        (b"<svg/>", "does not begin with <svg xmlns="),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"), "defines entities"),
        (svg("&undefined;"), "no XML"),
        (svg("").decode().encode("utf-16"), "not in UTF-8"),
        (svg("", ""), "needs a"),
        (svg("", 'viewBox="0 0 0 0"'), "needs a"),
        (svg("", 'viewBox="0 0 nan 9"'), "needs a"),
        (svg("", 'viewBox="0 0 5 500"'), "20 times as long"),
        (svg("", 'width="1" height="100" viewBox="0 0 1 1"'), "20 times as long"),
        (svg("", 'width="1in" height="1px"'), "20 times as long"),
        (svg("", 'width="900000" height="900000"'), "is none of an emblem"),
    ],
    ids=range(13),
)
def test_what_is_no_picture_of_a_sane_size(data: bytes, says: str) -> None:
    with pytest.raises(SvgError, match=says):
        checked(data)


def test_what_editors_add_is_left_out() -> None:
    content = (
        "<!-- a remark --><title>Seal</title><metadata><rdf:RDF xmlns:rdf='"
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#'><script/></rdf:RDF></metadata>"
        "<sodipodi:namedview xmlns:sodipodi='http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd'/>"
        "<path xmlns:inkscape='http://www.inkscape.org/namespaces/inkscape' inkscape:label='x' "
        "d='M0 0H9V9z' style='fill:#9E9E9E;font-family:serif;-inkscape-font:x;marker:none;"
        "filter:none' data-name='y' xml:space='preserve'/>"
    )
    made, ratio = checked(b"<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'x'>" + svg(content))
    assert ratio == 1
    for word in (
        b"remark",
        b"Seal",
        b"RDF",
        b"namedview",
        b"label",
        b"serif",
        b"DOCTYPE",
        b"filter",
    ):
        assert word not in made
    assert b'style="fill:#9E9E9E"' in made


def test_what_drawing_programs_write_is_drawn() -> None:
    content = (
        "<style type='text/css'><![CDATA[/* colours */ .a,.b{fill:#f00;stroke:none} "
        ".c{clip-path:url(#c)}]]></style><defs><clipPath id='c'><rect width='50' height='100'/>"
        "</clipPath><g id='g'><rect class='a' width='100' height='100'/></g></defs>"
        "<g class='c'><use xlink:href='#g'/></g>"
    )
    drawn = picture("e.svg", svg(content), "FFFFFF")
    with Image.open(io.BytesIO(drawn.png)) as image:
        colours = [image.getpixel((x * image.width // 100, 300)) for x in (25, 75)]
    assert colours == [(255, 0, 0), (255, 255, 255)]


def test_the_shipped_emblem_is_drawn_in_full() -> None:
    drawn = picture("e.svg", CLASSIC, "FFFFFF")
    with Image.open(io.BytesIO(drawn.png)) as image:
        assert image.size == (630, 630)
        assert image.getpixel((315, 25)) == (0x6B, 0x1D, 0x2A)  # the ring
        assert image.getpixel((315, 315)) == (255, 255, 255)  # the middle


def test_a_broad_emblem_is_as_wide_as_a_page_at_most() -> None:
    drawn = picture(
        "e.svg", svg('<rect width="999" height="99"/>', 'viewBox="0 0 1000 100"'), "FFFFFF"
    )
    with Image.open(io.BytesIO(drawn.png)) as image:
        assert image.size == (2520, 252)


def test_a_picture_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emblem, "_SECONDS", 1)
    slow = svg('<g opacity=".5"><circle r="200"/></g>' * 9000)
    with pytest.raises(EmblemError, match="takes longer than 1 seconds to draw; simplify it"):
        picture("slow.svg", slow, "FFFFFF")


def test_a_renderer_that_dies_takes_nothing_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = subprocess.run

    def dying(command: list[str], **options: object) -> object:
        return real([command[0], "-c", "import os; os.abort()"], **options)

    monkeypatch.setattr(subprocess, "run", dying)
    with pytest.raises(EmblemError, match="cannot be drawn: it is too much"):
        picture("dies.svg", svg("<path/>"), "FFFFFF")


def test_the_renderers_reason_is_given() -> None:
    with pytest.raises(EmblemError, match=r"the emblem .* cannot be"):
        picture("e.svg", svg('<path d="M0 0"/>', 'viewBox="0 0 100 x"'), "FFFFFF")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_damaged_svg_is_checked_or_refused(data: st.DataObject) -> None:
    changed = bytearray(CLASSIC)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(changed) - 1))
        match data.draw(st.integers(0, 3)):
            case 0:
                changed[at] = data.draw(st.integers(0, 255))
            case 1:
                del changed[at : at + data.draw(st.integers(1, 200))]
            case 2:
                changed[at:at] = data.draw(st.text(max_size=9)).encode()
            case _:
                changed[at:at] = changed[at : at + 300]
        if not changed:
            break
    try:
        made, _ = checked(bytes(changed))
    except SvgError as error:
        assert "\n" not in str(error)
    else:
        assert checked(made)[0] == made


def png(width: int, height: int, content: bytes = b"") -> bytes:
    """Return a grey PNG that states a size, whatever it holds."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))
        )

    head = struct.pack(">2L5B", width, height, 8, 0, 0, 0, 0)
    parts = [chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(content)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (png(50_000, 50_000), "50000 by 50000 pixels; 40 million are the most"),
        (png(9500, 9500), "40 million are the most"),
        (png(1, 4000), "20 times as long"),
        (png(0, 4), "no PNG picture"),
        (png(40, 40), "no PNG picture that can be read"),
        (png(40, 40, bytes(9)), "no PNG picture that can be read"),
        (png(40, 40)[:40], "no PNG picture that can be read"),
        (b"GIF89a" + bytes(90), "no PNG picture"),
        (b"", "no PNG picture"),
    ],
    ids=range(9),
)
def test_a_png_that_is_too_large_or_broken(data: bytes, says: str) -> None:
    with pytest.raises(EmblemError, match=says):
        picture("e.png", data, "FFFFFF")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_png_is_drawn_or_refused(data: st.DataObject) -> None:
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((40, 30)).save(buffer, "PNG")
    changed = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(changed) - 1))
        changed[at] ^= data.draw(st.integers(1, 255))
    try:
        picture("e.png", bytes(changed), "FFFFFF")
    except EmblemError as error:
        assert "e.png" in str(error)
