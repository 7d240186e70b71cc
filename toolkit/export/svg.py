"""SVG pictures that come from elsewhere: a short list of elements and attributes, and no more.

The renderer never sees a file: it sees what this module understood of it, written anew. What editors
add for themselves is left out; everything else that is not in the lists is refused by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NoReturn

from lxml import etree

from toolkit.errors import BriefpackError

DEPTH, ELEMENTS = 64, 20_000
RATIO = 20
"""How many times longer than high a picture may be, and the other way round."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_XML = "http://www.w3.org/XML/1998/namespace"
# What drawing programs keep for themselves; no renderer draws it.
_EDITORS = (
    "http://www.inkscape.org/",
    "http://sodipodi.sourceforge.net/",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "http://creativecommons.org/",
    "http://web.resource.org/cc/",
    "http://purl.org/dc/",
    "http://ns.adobe.com/",
    "http://www.bohemiancoding.com/sketch/",
    "http://www.serif.com/",
    "http://www.vectornator.io",
    "http://www.corel.com/",
)
_UNDRAWN = {"title", "desc", "metadata"}
_ELEMENTS = _words(
    "svg g defs symbol use style path rect circle ellipse line polyline polygon "
    "linearGradient radialGradient stop pattern clipPath mask"
)
_REFERRING = {"use", "linearGradient", "radialGradient", "pattern"}
_GEOMETRY = _words(
    "id class type viewBox preserveAspectRatio transform d points x y width height cx cy r rx ry "
    "x1 y1 x2 y2 fx fy fr offset gradientUnits gradientTransform spreadMethod patternUnits "
    "patternContentUnits patternTransform clipPathUnits maskUnits maskContentUnits"
)
_LOOKS = _words(
    "fill fill-rule fill-opacity stroke stroke-width stroke-linecap stroke-linejoin "
    "stroke-miterlimit stroke-opacity stroke-dasharray stroke-dashoffset opacity color stop-color "
    "stop-opacity clip-path clip-rule mask mask-type display visibility overflow paint-order "
    "vector-effect shape-rendering color-interpolation mix-blend-mode isolation transform"
)
# Said of letters, of which there are none, or of nothing that is drawn here.
_IDLE = re.compile(
    r"(font|text|line|letter|word|writing|dominant|alignment|baseline|solid|image|color-rendering"
    r"|white-space|direction|block-progression|unicode-bidi|enable-background|background|cursor"
    r"|pointer-events|data|aria|xmlns|-inkscape|-webkit)(-|$)"
    r"|(version|baseProfile|role|lang|zoomAndPan|contentStyleType|contentScriptType)$"
)
_NONE = {"none", "normal", "auto", "accumulate", "inherit", "0", ""}
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_LOCAL = re.compile(r"""url\(\s*(['"]?)#([\w.:-]+)\1\s*\)""")
_HUGE = re.compile(r"(?<![0-9.])0*[1-9][0-9]{7,}|[0-9.][eE]\+?0*([1-9][0-9]|[7-9])(?![0-9.])")
_COLOUR = re.compile(r"#[0-9a-fA-F]+\b")
_UNITS = {"": 1, "px": 1, "pt": 4 / 3, "pc": 16, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96}


class SvgError(BriefpackError):
    """A picture is not drawn; the message says, in one line, which part of it is the reason."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


def checked(data: bytes) -> tuple[bytes, float]:
    """Return an SVG as it may be drawn, and its width by its height. Raises SvgError."""
    root = _parsed(data)
    identified: dict[str, Any] = {}
    for number, node in enumerate(list(root.iter()), 1):
        if number > ELEMENTS:
            raise SvgError(f"it has more than {ELEMENTS} elements")
        if _left_out(node):
            continue
        _check_element(node)
        if node.get("id"):
            identified.setdefault(node.get("id"), node)
    _Expansion(identified).check(root)
    ratio = _ratio(root)
    return bytes(etree.tostring(root, encoding="UTF-8")), ratio


def _parsed(data: bytes) -> Any:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SvgError("it is not in UTF-8") from None
    if "<!ENTITY" in text:
        raise SvgError("it defines entities; save it as plain SVG")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True,
        huge_tree=False, encoding="utf-8",
    )  # fmt: skip
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        if "xcessive depth" in str(error):
            raise SvgError(_too_deep()) from None
        reason = str(error).partition(" (<")[0]
        raise SvgError(f"it is no XML: {reason[:120]}") from None
    if root.tag != f"{{{_SVG}}}svg":
        raise SvgError(f'it does not begin with <svg xmlns="{_SVG}">')
    return root


def _left_out(node: Any) -> bool:
    """Take out what is not drawn; tell whether an element was such, or stood in one."""
    parent = node.getparent()
    if parent is None:
        # Only the root has none, and what was taken out.
        return bool(node.tag != f"{{{_SVG}}}svg")
    name = etree.QName(node)
    own = name.namespace or ""
    if own.startswith(_EDITORS) or (own == _SVG and name.localname in _UNDRAWN):
        for child in list(node.iter()):
            if child is not node:
                child.getparent().remove(child)
        parent.remove(node)
        return True
    return False


def _check_element(node: Any) -> None:
    name = etree.QName(node)
    tag = name.localname
    if name.namespace != _SVG or tag not in _ELEMENTS:
        more = {
            "text": ": make paths of its letters",
            "image": ": it may hold no other picture; take that as the emblem",
        }
        raise SvgError(f"<{tag}> may not be in it{more.get(tag, '')}")
    if sum(1 for _ in node.iterancestors()) >= DEPTH:
        raise SvgError(_too_deep())
    if tag == "style":
        node.text = _sheet("".join(node.itertext()))
    for key, value in list(node.attrib.items()):
        attribute = etree.QName(key)
        own, local = attribute.namespace or "", attribute.localname
        if local == "href" and own in ("", _XLINK):
            if tag not in _REFERRING or not re.fullmatch(r"#[\w.:-]+", value):
                raise SvgError(f'"{local}" of <{tag}> leads to "{value[:60]}"; only #id may be')
        elif local == "base" and own == _XML:
            _refuse("xml:base", tag)
        elif own or not _kept_attribute(tag, local, value):
            del node.attrib[key]
        elif local == "style":
            node.set(key, _declarations(value, tag))


def _kept_attribute(tag: str, name: str, value: str) -> bool:
    if name == "style":
        return True
    if name in _GEOMETRY:
        if name not in ("id", "class", "type"):
            _check_numbers(name, value)
        return True
    return _kept_look(name, value, f"<{tag}>")


def _kept_look(name: str, value: str, where: str) -> bool:
    """Tell whether a property is drawn; refuse it where it is neither that nor idle."""
    if name in _LOOKS:
        rest = _LOCAL.sub("", value)
        if "(" in rest and re.search(
            r"(url|image|src|element|expression|attr|var)\s*\(", rest.lower()
        ):
            raise SvgError(f'"{name}" of {where} leads to another place: "{value[:60]}"')
        if "\\" in value or "@" in value:
            raise SvgError(f'"{name}" of {where} has a sign that may not be there')
        _check_numbers(name, rest)
        return True
    if _IDLE.match(name) or value.strip().lower() in _NONE:
        return False
    _refuse(name, where.strip("<>"))


def _refuse(name: str, tag: str) -> NoReturn:
    raise SvgError(f'"{name}" of <{tag}> may not be in it')


def _check_numbers(name: str, value: str) -> None:
    if _HUGE.search(_COLOUR.sub("", value)):
        raise SvgError(f'"{name}" has a number that is too large')


def _declarations(text: str, tag: str) -> str:
    kept = []
    for declaration in _COMMENT.sub(" ", text).split(";"):
        name, colon, value = (part.strip() for part in declaration.partition(":"))
        if colon and _kept_look(name.lower(), value.removesuffix("!important"), f"<{tag}>"):
            kept.append(f"{name}:{value}")
    return ";".join(kept)


def _sheet(text: str) -> str:
    """Return a style sheet of simple rules."""
    plain = _COMMENT.sub(" ", text)
    if "@" in plain or "\\" in plain or _RULE.sub("", plain).strip():
        raise SvgError("<style> may hold simple rules only")
    rules = ((m[1].strip(), _declarations(m[2], "style")) for m in _RULE.finditer(plain))
    return "\n".join(f"{selector}{{{declared}}}" for selector, declared in rules)


def _too_deep() -> str:
    return f"it is nested deeper than {DEPTH} elements"


class _Expansion:
    """What is drawn once references are followed: so many elements, so deep."""

    def __init__(self, identified: dict[str, Any]) -> None:
        self._identified = identified
        self._known: dict[Any, tuple[int, int]] = {}
        self._open: set[Any] = set()

    def check(self, root: Any) -> None:
        """Raise SvgError where that is too much, or has no end."""
        count, depth = self._size(root, 1)
        if depth > DEPTH:
            raise SvgError(_too_deep())
        if count > ELEMENTS:
            raise SvgError(f"what its references repeat has more than {ELEMENTS} elements")

    def _size(self, node: Any, level: int) -> tuple[int, int]:
        if node in self._known:
            return self._known[node]
        if node in self._open:
            raise SvgError(f'"{node.get("id") or node.tag}" refers to itself')
        if level > DEPTH:
            raise SvgError(_too_deep())
        self._open.add(node)
        sizes = [self._size(part, level + 1) for part in self._parts(node)]
        self._open.discard(node)
        count = 1 + sum(size[0] for size in sizes)
        self._known[node] = count, 1 + max((size[1] for size in sizes), default=0)
        return self._known[node]

    def _parts(self, node: Any) -> Iterator[Any]:
        yield from node
        for key, value in node.attrib.items():
            names = [value[1:]] if key.endswith("href") else [m[2] for m in _LOCAL.finditer(value)]
            for name in names:
                if name in self._identified:
                    yield self._identified[name]


def _ratio(root: Any) -> float:
    """Return a picture's width by its height; give it a size where it states none."""
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    sides = [_length(root.get(name, "")) for name in ("width", "height")]
    if len(box) == 4:
        inner = [_length(box[2]), _length(box[3])]
        _sane(inner)
        if None in sides:
            sides = inner
            for name, value in zip(("width", "height"), box[2:], strict=True):
                root.set(name, value)
    return _sane(sides)


def _length(text: str) -> float | None:
    match = re.fullmatch(r"\s*\+?([0-9]*\.?[0-9]+|[0-9]+\.)\s*(px|pt|pc|mm|cm|in|)\s*", text)
    return float(match[1]) * _UNITS[match[2]] if match else None


def _sane(sides: list[float | None]) -> float:
    width, height = sides
    if not width or not height:
        raise SvgError('it needs a "viewBox" of four numbers, or a "width" and a "height"')
    if max(width, height) > 100_000 or min(width, height) < 0.001:
        raise SvgError(f"its size, {width:g} by {height:g}, is none of an emblem")
    if not 1 / RATIO <= width / height <= RATIO:
        raise SvgError(f"one side of it is more than {RATIO} times as long as the other")
    return width / height
