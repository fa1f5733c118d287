"""WebAnno TSV 3: a token a line, with its place in UTF-16 units and the layers that mark it.

The text is put together from `#Text=`; what stood between sentences is not stored, and blanks
stand for it. Source: INCEpTION's user guide, appendix on WebAnno TSV 3.3.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dataprep.annotation.marked_text import MarkedText, SpanMark, SpanRelation, SpanValue
from dataprep.finding import excerpt
from dataprep.patterns import LatePattern
from dataprep.sources.annotated.problem import LineProblem
from dataprep.sources.annotated.webanno_text import SentenceText, WebannoText, placed

FORMAT = "#FORMAT=WebAnno TSV "
_VERSION = LatePattern(r"3(\.[0-3])?")
_LABEL_FEATURES = ("value", "label", "PosValue", "DependencyType", "entity", "type")
_FREE_FEATURES = frozenset(("identifier", "comment", "note", "description", "lemma", "stem"))
LINGUISTIC = frozenset(
    ("POS", "Lemma", "Stem", "MorphologicalFeatures", "SurfaceForm", "Dependency", "Chunk")
)
"""Layers that INCEpTION mostly fills by itself, and that are left out beside others."""

_PLACE = LatePattern(r"(\d+)-(\d+)")
_UNIT = LatePattern(r"(\d+-\d+)(\.\d+)?")
_STACKED = LatePattern(r"(?s)(.*?)(?<!\\)\[(\d+)\]")
_REFERENCE = LatePattern(r"(\d+-\d+(?:\.\d+)?)(?:\[(\d+)_(\d+)\])?")
_ESCAPED = LatePattern(r"\\(->|.)", re.DOTALL)
_CONTROL = {"t": "\t", "n": "\n", "r": "\r"}


class Layer(NamedTuple):
    """One layer of the header, with its features and its first column among the layers'."""

    kind: str
    type: str
    features: tuple[str, ...]
    column: int

    @property
    def name(self) -> str:
        """The type without its package."""
        return self.type.rpartition(".")[2]

    @property
    def width(self) -> int:
        """How many columns it has."""
        return max(len(self.features), 1)

    @property
    def label(self) -> int:
        """The feature that is the label: one with a known name, else the first."""
        plain = [f for f in self.features if not f.startswith(("ROLE_", "BT_"))]
        named = next((name for name in (*_LABEL_FEATURES, *plain) if name in plain), None)
        return self.features.index(named) if named is not None else 0


class TokenLine(NamedTuple):
    """A token, or a piece of one, with the cells of all layers."""

    line: int
    unit: str
    start: int
    end: int
    cells: tuple[str, ...]


class _Value(NamedTuple):
    """One of the values stacked in a cell; no id where an annotation stands on one row."""

    text: str | None
    id: int | None


@dataclass(slots=True)
class WebannoDocument:
    """The marked text of a file, what is not held of it, and what is wrong."""

    marked: MarkedText
    left_out: Counter[str] = field(default_factory=Counter)
    problems: list[LineProblem] = field(default_factory=list)
    unit: str = "utf16"


@dataclass(slots=True)
class _Annotation:
    """An annotation of a span layer, over one row or several."""

    layer: Layer
    start: int
    end: int
    values: tuple[str | None, ...]
    line: int


def parse(lines: Sequence[str]) -> WebannoDocument:
    """The document of the lines of a file."""
    first = lines[0] if lines else ""
    old = "1" if first.startswith(("#id=", "#text=")) else "2"  # 2 names its layers in line 1
    version = first.removeprefix(FORMAT).strip() if first.startswith(FORMAT) else old
    if not _VERSION.fullmatch(version):
        said = f"is WebAnno TSV {excerpt(version)}, and 3.0 to 3.3 are known"
        remedy = "Export it as WebAnno TSV 3.3; INCEpTION imports the older versions for that."
        return WebannoDocument(MarkedText(""), problems=[LineProblem(1, "S001", said, remedy)])
    return _Reading(lines, java=version in ("3", "3.0", "3.1")).document()


class _Reading:
    """One file: its layers, its rows, then the annotations on them, then the relations."""

    def __init__(self, lines: Sequence[str], *, java: bool) -> None:
        self._lines = lines
        self._java = java
        self._layers: list[Layer] = []
        self._rows: list[TokenLine] = []
        self._sentences: list[SentenceText] = []
        self._made = WebannoDocument(MarkedText(""))
        self._annotations: dict[tuple[str, str, int], _Annotation] = {}
        self._on_row: dict[tuple[str, str], list[tuple[str, str, int]]] = {}

    def document(self) -> WebannoDocument:
        self._read_lines()
        made = self._made
        if made.problems:
            return made
        text = placed(self._sentences)
        made.problems += text.problems
        if made.problems:
            return made
        made.unit = text.unit
        read = self._read_layers()
        for row in self._rows:
            for layer in read:
                self._span(layer, row)
        spans, values, names = self._marked(text)
        bases = {key[0] for key in self._annotations}
        joining = [x for x in self._layers if x.kind == "RL" and _base(x) in bases]
        relations = [r for row in self._rows for r in self._relations(row, joining, names)]
        made.marked = MarkedText(text.text, tuple(spans), tuple(values), tuple(relations))
        return made

    def _read_lines(self) -> None:
        text: list[str] = []
        for number, raw in enumerate(self._lines[1:], 2):
            line = raw.rstrip("\r\n")
            if line.startswith("#T_") and not self._rows:
                self._layer(line)
            elif line.startswith("#T_"):
                said = "declares a layer behind the first token"
                self._made.problems.append(LineProblem(number, "S001", said))
            elif line.startswith("#Text="):
                text.append(_unescaped_text(line.removeprefix("#Text="), java=self._java))
            elif line.strip() and not line.startswith("#"):
                if text:
                    self._sentences.append(SentenceText(number, "\n".join(text), []))
                    text = []
                self._row(number, line)
        if not self._rows and not self._made.problems:
            self._made.problems.append(LineProblem(0, "J009", "holds no token"))

    def _layer(self, line: str) -> None:
        kind, _, rest = line.removeprefix("#T_").partition("=")
        name, *features = rest.split("|")
        column = sum(layer.width for layer in self._layers)
        self._layers.append(Layer(kind, name, tuple(features), column))

    def _row(self, number: int, line: str) -> None:
        cells = line.split("\t")
        width = sum(layer.width for layer in self._layers)
        match = _PLACE.fullmatch(cells[1]) if len(cells) >= 3 + width else None
        unit = _UNIT.fullmatch(cells[0])
        if match is None or unit is None or not self._sentences:
            said = f"is no token with its place and {width} columns of layers"
            self._made.problems.append(LineProblem(number, "S001", said))
            return
        row = TokenLine(number, cells[0], int(match[1]), int(match[2]), tuple(cells[3 : 3 + width]))
        self._rows.append(row)
        form = _unescaped_text(cells[2], java=self._java)
        self._sentences[-1].tokens.append((number, row.start, row.end, form))

    def _read_layers(self) -> list[Layer]:
        """The span layers that are read; what else is marked is counted."""
        spans = [layer for layer in self._layers if layer.kind == "SP"]
        own = [layer for layer in spans if layer.name not in LINGUISTIC]
        read = own or spans
        names = {layer.type for layer in read}
        for layer in self._layers:
            if layer.kind == "RL" and _base(layer) in names:
                continue
            if layer.type not in names and (count := self._count(layer)):
                kind = {"SP": "spans", "RL": "relations", "CH": "chain links"}.get(layer.kind)
                self._made.left_out[f"{kind or 'marks'} of the layer {layer.name}"] += count
        return read

    def _count(self, layer: Layer) -> int:
        """How many annotations of a layer there are: those with an id count once."""
        seen = {
            (row.unit, number) if value.id is None else value.id
            for row in self._rows
            for number, value in enumerate(_stacked(row.cells[layer.column]))
        }
        return len(seen)

    def _span(self, layer: Layer, row: TokenLine) -> None:
        columns = row.cells[layer.column : layer.column + layer.width]
        stacked = [_stacked(cell) for cell in columns]
        slots = [n for n, feature in enumerate(layer.features) if feature.startswith("ROLE_")]
        slots += [n + 1 for n in slots]
        plain = [n for n in range(layer.width) if n not in slots]
        for number in slots[: len(slots) // 2]:
            if filled := sum(value.text is not None for value in stacked[number]):
                self._made.left_out[f"slots of the layer {layer.name}"] += filled
        lead = next((n for n in (layer.label, *plain) if n not in slots), 0)
        if lead in slots and not stacked[lead]:  # a host without a slot: its target is `*`
            lead += 1
        for place, value in enumerate(stacked[lead]):
            values = tuple(
                stacked[n][place].text if n in plain and place < len(stacked[n]) else None
                for n in range(layer.width)
            )
            key = (layer.type, f"{row.unit}#{place}" if value.id is None else "", value.id or 0)
            known = self._annotations.get(key)
            if known is None:
                self._annotations[key] = _Annotation(layer, row.start, row.end, values, row.line)
            else:
                known.start, known.end = min(known.start, row.start), max(known.end, row.end)
                if known.values != values:
                    said = f"annotation {value.id} has other values than on line {known.line}"
                    self._made.problems.append(LineProblem(row.line, "S001", said))
            self._on_row.setdefault((layer.type, row.unit), []).append(key)

    def _marked(
        self, text: WebannoText
    ) -> tuple[list[SpanMark], list[SpanValue], dict[tuple[str, str, int], str]]:
        """The spans and values, and the name of each annotation's span."""
        spans: list[SpanMark] = []
        values: list[SpanValue] = []
        names: dict[tuple[str, str, int], str] = {}
        for key, one in self._annotations.items():
            start, end = text.point(one.start), text.point(one.end)
            layer = one.layer
            if start >= end:
                self._made.left_out[f"spans without a character of the layer {layer.name}"] += 1
                continue
            names[key] = f"s{len(spans) + 1}"
            label = one.values[layer.label] if layer.features else None
            spans.append(SpanMark(start, end, label or layer.name, names[key], layer.name))
            for number, value in enumerate(one.values):
                if value and number != layer.label:
                    feature = layer.features[number]
                    free = feature in _FREE_FEATURES
                    name = f"{layer.name}.{feature}"
                    values.append(SpanValue(names[key], name, (value,), free))
        return spans, values, names

    def _relations(
        self, row: TokenLine, layers: Sequence[Layer], names: dict[tuple[str, str, int], str]
    ) -> Iterator[SpanRelation]:
        for layer in layers:
            sources = _split(row.cells[layer.column + layer.width - 1], "|")
            labels = _stacked(row.cells[layer.column + layer.label]) if layer.width > 1 else []
            for number, source in enumerate(sources):
                match = _REFERENCE.fullmatch(source)
                if match is None:
                    said = f"has {excerpt(source)!r} where a relation begins"
                    self._made.problems.append(LineProblem(row.line, "S001", said))
                    continue
                head = self._end(layer, match[1], int(match[2] or 0))
                tail = self._end(layer, row.unit, int(match[3] or 0))
                if head is None or tail is None:
                    said = f"a relation has an end in {match[1]}, where not one span is its own"
                    self._made.problems.append(LineProblem(row.line, "A013", said))
                elif head in names and tail in names:
                    given = labels[number].text if number < len(labels) else None
                    yield SpanRelation(names[head], names[tail], given or layer.name)
                else:
                    self._made.left_out["relations of spans without a character"] += 1

    def _end(self, layer: Layer, unit: str, id: int) -> tuple[str, str, int] | None:
        """The annotation that a relation has an end in; None where several or none could be it."""
        base = _base(layer)
        if id:
            key = (base, "", id)
            return key if key in self._annotations else None
        found = self._on_row.get((base, unit), [])
        return found[0] if len(found) == 1 else None


def _base(layer: Layer) -> str:
    """The layer whose spans a relation layer joins."""
    return layer.features[-1].removeprefix("BT_") if layer.features else ""


def _stacked(cell: str) -> list[_Value]:
    """The values in a cell; none where nothing is marked."""
    values = []
    for piece in _split(cell, "|"):
        match = _STACKED.fullmatch(piece)
        text, id = (match[1], int(match[2])) if match else (piece, None)
        if text == "_" and id is None:
            continue
        values.append(_Value(None if text in ("_", "*") else _unescaped(text), id))
    return values


def _split(cell: str, mark: str) -> list[str]:
    """The pieces of a cell between marks that are not escaped; none where nothing is marked."""
    if cell == "_":
        return []
    pieces, at = [""], 0
    while at < len(cell):
        if cell[at] == "\\":
            pieces[-1] += cell[at : at + 2]
            at += 2
        elif cell[at] == mark:
            pieces.append("")
            at += 1
        else:
            pieces[-1] += cell[at]
            at += 1
    return pieces


def _unescaped(text: str) -> str:
    """A value as it was given."""
    return _ESCAPED.sub(lambda match: _CONTROL.get(match[1], match[1]), text)


_TEXT_ESCAPE = LatePattern(r"\\(u[0-9a-fA-F]{4}|.)")


def _unescaped_text(text: str, *, java: bool) -> str:
    """A text, or a form, as it was; `java` for 3.0 and 3.1, which escaped as Java does."""

    def character(match: re.Match[str]) -> str:
        given = match[1]
        if java and len(given) > 1:
            return chr(int(given[1:], 16))
        return _CONTROL.get(given[0], given[0]) + given[1:]

    if "\\" not in text:
        return text
    plain = _TEXT_ESCAPE.sub(character, text)
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if java else plain
