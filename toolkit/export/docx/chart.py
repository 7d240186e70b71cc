"""A bar chart as Word draws it itself: vector, with its numbers in an embedded workbook."""

from __future__ import annotations

from datetime import date
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE as RT
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from lxml import etree

from toolkit.document.blocks import BarChart
from toolkit.export.docx.oxml import element
from toolkit.export.style import Style

_C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_CHART_TYPE = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
_XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EMU_A_MM = 36000


def add_chart(
    document: Any, block: BarChart, number: int, width_mm: float, style: Style, day: date
) -> Any:
    """Add the chart's parts to a document and return the run that shows it.

    `day` is the date of the workbook that holds its numbers.
    """
    package = document.part.package
    rows = [
        ("".join(r.text for r in bar.label), bar.value, "".join(r.text for r in bar.shown))
        for bar in block.bars
    ]
    chart = Part(PackURI(f"/word/charts/chart{number}.xml"), _CHART_TYPE, b"", package)
    workbook = Part(
        PackURI(f"/word/embeddings/chart{number}.xlsx"), _XLSX_TYPE, _workbook(rows, day), package
    )
    data = chart.relate_to(workbook, RT.PACKAGE)
    chart._blob = _chart(rows, data, style)
    relation = document.part.relate_to(chart, RT.CHART)
    height = 14 + 9 * len(rows)
    return _inline(relation, number, block.alt, int(width_mm * _EMU_A_MM), height * _EMU_A_MM)


def _workbook(rows: list[tuple[str, Any, str]], day: date) -> bytes:
    from toolkit.export.xlsx.plain import plain_workbook

    return plain_workbook([(label, value) for label, value, _ in rows], day)


def _add(parent: Any, tag: str, ns: str = _C, **attributes: str) -> Any:
    made = etree.SubElement(parent, f"{{{ns}}}{tag}")
    for name, value in attributes.items():
        made.set(name, value)
    return made


def _fill(parent: Any, colour: str) -> None:
    _add(_add(parent, "solidFill", _A), "srgbClr", _A, val=colour)


def _text(parent: Any, size: int, colour: str, family: str) -> None:
    holder = _add(parent, "txPr")
    _add(holder, "bodyPr", _A)
    _add(holder, "lstStyle", _A)
    paragraph = _add(holder, "p", _A)
    look = _add(_add(paragraph, "pPr", _A), "defRPr", _A, sz=str(size))
    _fill(look, colour)
    _add(look, "latin", _A, typeface=family)
    _add(paragraph, "endParaRPr", _A, lang="en-GB")


def _chart(rows: list[tuple[str, Any, str]], data: str, style: Style) -> bytes:
    c = style.colours
    root = etree.Element(f"{{{_C}}}chartSpace", nsmap={"c": _C, "a": _A, "r": _R})
    _add(root, "roundedCorners", val="0")
    chart = _add(root, "chart")
    _add(chart, "autoTitleDeleted", val="1")
    area = _add(chart, "plotArea")
    _add(area, "layout")
    bars = _add(area, "barChart")
    _add(bars, "barDir", val="bar")
    _add(bars, "grouping", val="clustered")
    _add(bars, "varyColors", val="0")
    series = _add(bars, "ser")
    _add(series, "idx", val="0")
    _add(series, "order", val="0")
    look = _add(series, "spPr")
    _fill(look, c.accent)
    _add(series, "invertIfNegative", val="0")
    _labels(series, rows, c.text, style.fonts.family)
    count = len(rows)
    for tag, kind, values in (
        ("cat", "str", [r[0] for r in rows]),
        ("val", "num", [str(r[1]) for r in rows]),
    ):
        column = "A" if tag == "cat" else "B"
        reference = _add(_add(series, tag), f"{kind}Ref")
        _add(reference, "f").text = f"Sheet!${column}$1:${column}${count}"
        cache = _add(reference, f"{kind}Cache")
        if kind == "num":
            _add(cache, "formatCode").text = "General"
        _add(cache, "ptCount", val=str(count))
        for index, value in enumerate(values):
            _add(_add(cache, "pt", idx=str(index)), "v").text = value
    _add(bars, "gapWidth", val="55")
    _add(bars, "axId", val="111")
    _add(bars, "axId", val="222")
    categories = _add(area, "catAx")
    _axis(categories, "111", "l", "222", deleted=False, reverse=True)
    _line(categories, c.rule)
    _text(categories, 900, c.text, style.fonts.family)
    _add(categories, "crossAx", val="222")
    values_axis = _add(area, "valAx")
    _axis(values_axis, "222", "b", "111", deleted=True, reverse=False)
    _add(values_axis, "crossAx", val="111")
    _add(chart, "plotVisOnly", val="1")
    frame = _add(root, "spPr")
    _add(frame, "noFill", _A)
    _add(_add(frame, "ln", _A), "noFill", _A)
    _add(_add(root, "externalData", **{f"{{{_R}}}id": data}), "autoUpdate", val="0")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _labels(series: Any, rows: list[tuple[str, Any, str]], colour: str, family: str) -> None:
    """Write each bar's number as the paper says it, and not as a bare number."""
    labels = _add(series, "dLbls")
    for index, (_, _, shown) in enumerate(rows):
        label = _add(labels, "dLbl")
        _add(label, "idx", val=str(index))
        rich = _add(_add(label, "tx"), "rich")
        _add(rich, "bodyPr", _A, wrap="none")
        _add(rich, "lstStyle", _A)
        run = _add(_add(rich, "p", _A), "r", _A)
        look = _add(run, "rPr", _A, lang="en-GB", sz="900")
        _fill(look, colour)
        _add(look, "latin", _A, typeface=family)
        _add(run, "t", _A).text = shown
        _shown(label)
    _text(labels, 900, colour, family)
    _shown(labels)


def _shown(parent: Any) -> None:
    _add(parent, "dLblPos", val="outEnd")
    for tag in (
        "showLegendKey",
        "showVal",
        "showCatName",
        "showSerName",
        "showPercent",
        "showBubbleSize",
    ):
        _add(parent, tag, val="1" if tag == "showVal" else "0")


def _axis(
    axis: Any, identity: str, position: str, cross: str, *, deleted: bool, reverse: bool
) -> None:
    _add(axis, "axId", val=identity)
    scaling = _add(axis, "scaling")
    _add(scaling, "orientation", val="maxMin" if reverse else "minMax")
    if not reverse:
        _add(scaling, "min", val="0")
    _add(axis, "delete", val="1" if deleted else "0")
    _add(axis, "axPos", val=position)
    _add(axis, "majorTickMark", val="none")
    _add(axis, "minorTickMark", val="none")
    _add(axis, "tickLblPos", val="nextTo")


def _line(axis: Any, colour: str) -> None:
    _fill(_add(_add(axis, "spPr"), "ln", _A, w="9525"), colour)


def _inline(relation: str, number: int, alt: str, width: int, height: int) -> Any:
    holder = parse_xml(
        f'<wp:inline xmlns:wp="{_WP}" xmlns:a="{_A}" xmlns:c="{_C}" xmlns:r="{_R}" distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:docPr id="{5000 + number}" name="Chart {number}"/>'
        f'<wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="{_C}"><c:chart r:id="{relation}"/>'
        "</a:graphicData></a:graphic></wp:inline>"
    )
    named: Any = holder.find(f"{{{_WP}}}docPr")
    named.set("descr", alt)
    run = element("r")
    drawing = element("drawing")
    drawing.append(holder)
    run.append(drawing)
    return run
