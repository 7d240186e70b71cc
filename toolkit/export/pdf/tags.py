"""A tagged-PDF layer over reportlab's canvas (ISO 32000-1, 14.7 and 14.8).

All that is drawn is an artifact unless it is drawn inside `with canvas.tag(element)`. So rules,
backgrounds, headers and footers need no thought, and untagged content cannot occur.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from reportlab.pdfgen.canvas import Canvas

_ARTIFACT = "/Artifact BMC"


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked-content sequence: the page, from 0, and its MCID on it."""

    page: int
    mcid: int


@dataclass(frozen=True, slots=True)
class Link:
    """An active rectangle on a page, in points: to an address, or to `#` and an anchor."""

    page: int
    rect: tuple[float, float, float, float]
    target: str
    label: str


@dataclass(eq=False, slots=True)
class Element:
    """A structure element. Its kids stand in reading order."""

    kind: str
    language: str | None = None
    alt: str | None = None
    attributes: dict[str, dict[str, Any]] = field(default_factory=dict)
    anchor: str | None = None
    kids: list[Element | Mark | Link] = field(default_factory=list)

    def child(self, kind: str, **values: Any) -> Element:
        """Add an element as the last kid and return it."""
        made = Element(kind, **values)
        self.kids.append(made)
        return made


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the outline: depth from 0, title, and the element to which it leads."""

    depth: int
    title: str
    element: Element
    page: int
    top: float


class TaggedCanvas(Canvas):
    """A canvas that knows which structure element each piece of content belongs to."""

    def __init__(
        self,
        *args: Any,
        furniture: Callable[[TaggedCanvas, int, int], None],
        root: Element,
        dry: bool = False,
        **kwargs: Any,
    ) -> None:
        self.root = root
        self.dry = dry
        self.bookmarks: list[Bookmark] = []
        self.places: dict[str, tuple[int, float]] = {}
        self._furniture = furniture
        self._states: list[dict[str, Any]] = []
        self._mcid = 0
        super().__init__(*args, **kwargs)
        self._begin()

    @property
    def page(self) -> int:
        """The number of the current page, from 0."""
        return int(self._pageNumber) - 1

    @contextmanager
    def tag(self, element: Element) -> Iterator[None]:
        """Give what is drawn inside to an element, as one marked-content sequence."""
        if self._code and self._code[-1] == _ARTIFACT:
            self._code.pop()
        else:
            self._code.append("EMC")
        element.kids.append(Mark(self.page, self._mcid))
        self._code.append(f"/{element.kind} <</MCID {self._mcid}>> BDC")
        self._mcid += 1
        yield
        self._code.append("EMC")
        self._code.append(_ARTIFACT)

    def link(
        self, element: Element, rect: tuple[float, float, float, float], target: str, label: str
    ) -> None:
        """Make a rectangle active, as a part of a Link element."""
        x0, y0, x1, y1 = rect
        ax, ay = self.absolutePosition(x0, y0)
        bx, by = self.absolutePosition(x1, y1)
        element.kids.append(Link(self.page, (ax, ay, bx, by), target, label))

    def mark_place(self, element: Element, top: float) -> None:
        """Remember where the anchor of an element stands."""
        if element.anchor:
            self.places.setdefault(element.anchor, (self.page, self.absolutePosition(0, top)[1]))

    def bookmark(self, depth: int, title: str, element: Element, top: float) -> None:
        """Add an entry to the outline."""
        absolute = self.absolutePosition(0, top)[1]
        self.bookmarks.append(Bookmark(depth, title, element, self.page, absolute))

    # How reportlab starts and ends pages

    def _make_preamble(self) -> None:
        # reportlab's own sets a font that the page may never use.
        self._preamble = "1 0 0 1 0 0 cm"

    def _startPage(self) -> None:
        super()._startPage()
        self._begin()

    def _begin(self) -> None:
        self._mcid = 0
        self._code.append(_ARTIFACT)

    def showPage(self) -> None:
        """Keep the page; its furniture is drawn when the number of pages is known."""
        self._states.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Draw the furniture of every page as artifacts, and end the pages."""
        states = self._states
        if self.dry:
            return
        for number, state in enumerate(states, 1):
            self.__dict__.update(state)
            self._furniture(self, number, len(states))
            self._code.append("EMC")
            super().showPage()
        self._code.clear()
        super().save()
