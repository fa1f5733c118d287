"""CoNLL-U: ten columns, comments with the texts, and entities, if any, in MISC.

CoNLL-U Plus names its columns (`# global.columns = ID FORM X:NE`); entities may have one of them.

`# text` says what stands between tokens; without it SpaceAfter and SpacesAfter do. A range (`1-2`)
is the surface of its words; an empty node (`5.1`) has none. Source: universaldependencies.org.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dataprep import jsonio
from dataprep.annotation.marked_text import LABEL, MarkedText, SpanMark
from dataprep.finding import excerpt
from dataprep.patterns import LatePattern
from dataprep.sources.annotated.problem import LineProblem, counted
from dataprep.sources.annotated.tag_schemes import (
    OUTSIDE,
    TagEvidence,
    Tagging,
    looks_like_tag,
)

STANDARD = ("ID", "FORM", "LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS", "MISC")
WIDTH = len(STANDARD)
COLUMN = "column "
"""What stands before the name of a column, where a key of MISC may have it too."""
MAX_WORDS = 100_000
"""Words of one sentence, at most."""

_ID = LatePattern(r"([1-9][0-9]*)(?:-([1-9][0-9]*))?|[0-9]+\.[1-9][0-9]*")
_COMMENT = LatePattern(r"#\s*(newdoc|newpar|sent_id|text)\b(?:\s+id)?\s*(?:=\s*(.*))?")
_COLUMNS = LatePattern(r"#\s*global\.columns\s*=\s*(.*)")
_BESIDE = {
    "LEMMA": "lemmas",
    "UPOS": "parts of speech",
    "FEATS": "sets of features",
    "HEAD": "dependencies",
}
_NONE = ("_", "*")
_SPACES = {"s": " ", "t": "\t", "n": "\n", "r": "\r", "p": "|", "\\": "\\"}
_ESCAPE = LatePattern(r"\\(.)")
_KEYS = ("NER", "NE", "Entity", "ENTITY", "name", "BIO", "IOB")
"""Names that entities mostly have in MISC, in lower and upper case; others come after them."""


class ConlluColumns:
    """The names of the columns of a file, and the cells of a line by them."""

    def __init__(self, names: Sequence[str] = STANDARD) -> None:
        self.names = tuple(names)
        self.own = [name for name in names if name not in STANDARD]

    @property
    def problem(self) -> str:
        """Why no text can be read by these names; empty where it can."""
        if "FORM" not in self.names:
            return "names no column FORM, which holds the text"
        twice = next((name for name, n in Counter(self.names).items() if n > 1), None)
        return "" if twice is None else f"names the column {excerpt(twice)} twice"

    def cells(self, line: str) -> dict[str, str] | str:
        """The cells of a line; or why it is none, in words."""
        cells = line.split("\t")
        if len(cells) != len(self.names):
            form = "CoNLL-U" if self.names == STANDARD else "# global.columns"
            return f"has {counted(len(cells), 'column')}, and {form} has {len(self.names)}"
        return dict(zip(self.names, cells, strict=True))


class ConlluWord(NamedTuple):
    """A word, its line, the surface token that it is of, and its MISC and other columns."""

    line: int
    surface: int
    misc: dict[str, str]


class Surface(NamedTuple):
    """A piece of the text: a word, or the range of several; `after` is what stands behind it."""

    line: int
    form: str
    after: str


@dataclass(slots=True)
class ConlluSentence:
    """One sentence: its surface, its words, and what its comments say."""

    line: int
    offset: int
    text: str | None = None
    document: str | None = None
    paragraph: bool = False
    name: str = ""
    surfaces: list[Surface] = field(default_factory=list)
    words: list[ConlluWord] = field(default_factory=list)
    problems: list[LineProblem] = field(default_factory=list)
    beside: Counter[str] = field(default_factory=Counter)
    until: int = 0
    """The last word of the range that is open."""


@dataclass(slots=True)
class ConlluDocument:
    """The marked text of a document, its name, where it begins, and what is wrong with it."""

    name: str
    line: int
    offset: int
    marked: MarkedText
    problems: list[LineProblem]


def sentences(lines: Iterable[bytes]) -> Iterator[ConlluSentence]:
    """The sentences of the lines of a file."""
    held, offset, columns = ConlluSentence(1, 0), 0, ConlluColumns()
    for number, raw in enumerate(lines, 1):
        begins, offset = offset, offset + len(raw)
        try:
            line = jsonio.decode(raw).rstrip("\r\n")
        except jsonio.JsonError as error:
            held.problems.append(LineProblem(number, error.code, error.message))
            continue
        if not line.strip():
            if held.words or held.problems:
                yield held
                held = ConlluSentence(number + 1, offset)
            continue
        if not held.words and not held.problems and held.text is None and held.document is None:
            held.line, held.offset = min(held.line, number), min(held.offset, begins)
        if match := _COLUMNS.match(line):
            columns = ConlluColumns(match[1].split())
            if said := columns.problem:
                held.problems.append(LineProblem(number, "S001", said))
        elif line.startswith("#"):
            _comment(line, held)
        else:
            _token(number, line, held, columns)
    if held.words or held.problems:
        yield held


def _comment(line: str, sentence: ConlluSentence) -> None:
    match = _COMMENT.match(line)
    if match is None:
        return
    kind, value = match[1], match[2] or ""
    if kind == "newdoc":
        sentence.document = value.strip()
    elif kind == "newpar":
        sentence.paragraph = True
    elif kind == "sent_id":
        sentence.name = value.strip()
    elif match[2] is not None:
        sentence.text = value


def _token(number: int, line: str, sentence: ConlluSentence, columns: ConlluColumns) -> None:
    cells = columns.cells(line)
    if isinstance(cells, str) or columns.problem:
        said = cells if isinstance(cells, str) else columns.problem
        sentence.problems.append(LineProblem(number, "S001", said))
        return
    expected = len(sentence.words) + 1
    id = cells.get("ID", str(expected))
    match = _ID.fullmatch(id)
    if match is None:
        said = f"has the id {excerpt(id)!r}, which is none of CoNLL-U"
        sentence.problems.append(LineProblem(number, "S001", said))
        return
    if match[1] is None:
        sentence.beside["empty nodes"] += 1
        return
    first, last = int(match[1]), int(match[2] or 0)
    if first != expected or (last and (last < first or sentence.until >= first)):
        said = f"has the id {excerpt(id)}, and {expected} comes next"
        sentence.problems.append(LineProblem(number, "S001", said))
        return
    if first > MAX_WORDS:
        said = f"stands in a sentence of more than {MAX_WORDS:,} words"
        sentence.problems.append(LineProblem(number, "J012", said))
        return
    misc = _misc(cells.get("MISC", "_"))
    if last or first > sentence.until:
        sentence.surfaces.append(Surface(number, cells["FORM"], _after(misc)))
    if last:
        sentence.until = last
        return
    sentence.beside.update(name for at, name in _BESIDE.items() if cells.get(at, "_") != "_")
    misc |= {COLUMN + name: cells[name] for name in columns.own if cells[name] not in _NONE}
    sentence.words.append(ConlluWord(number, len(sentence.surfaces) - 1, misc))


def _misc(cell: str) -> dict[str, str]:
    if cell == "_":
        return {}
    return {key: value for key, _, value in (item.partition("=") for item in cell.split("|"))}


def _after(misc: dict[str, str]) -> str:
    if "SpacesAfter" in misc:
        return _ESCAPE.sub(lambda m: _SPACES.get(m[1], m[0]), misc["SpacesAfter"])
    return "" if misc.get("SpaceAfter") == "No" else " "


class EntityEvidence:
    """The keys of MISC whose values are tags of entities, and what they say of their scheme."""

    def __init__(self) -> None:
        self._keys: dict[str, TagEvidence] = {}
        self._others: set[str] = set()
        self.seen: Counter[str] = Counter()

    def add(self, sentence: ConlluSentence) -> None:
        """Look at the words of one sentence."""
        given = {key for word in sentence.words for key in word.misc}
        self.seen.update(given)
        for key in given - self._others:
            if all(looks_like_tag(word.misc.get(key, OUTSIDE)) for word in sentence.words):
                evidence = self._keys.setdefault(key, TagEvidence())
                evidence.add(tags_of(sentence, key), sentence.line)
            else:
                self._others.add(key)
                self._keys.pop(key, None)

    def told(self) -> tuple[str, Tagging, TagEvidence] | str:
        """The key that holds entities, its tagging and its evidence; or why there is none."""
        found = sorted(self._keys, key=lambda key: (_rank(key), key))
        for key in found:
            if set(self._keys[key].tags) - {OUTSIDE}:
                tagging = self._keys[key].tagging()
                return tagging if isinstance(tagging, str) else (key, tagging, self._keys[key])
        keys = [excerpt(key) for key, _ in self.seen.most_common(8)]
        own = ", ".join(key for key in keys if key.startswith(COLUMN))
        said = ", ".join(key for key in keys if not key.startswith(COLUMN)) or "nothing"
        beside = f", and beside it stand: {own}" * bool(own)
        return f"no key of MISC has tags of entities, as NER=B-PER; MISC has {said}{beside}"


def _rank(key: str) -> int:
    lower = [known.lower() for known in _KEYS]
    bare = key.removeprefix(COLUMN).rpartition(":")[2].lower()  # PARSEME:MWE has a namespace
    return lower.index(bare) if bare in lower else len(lower)


def tags_of(sentence: ConlluSentence, key: str) -> list[str]:
    """The tags of the words of a sentence."""
    return [word.misc.get(key, OUTSIDE) for word in sentence.words]


def documents(
    every: Iterable[ConlluSentence], key: str, tagging: Tagging
) -> Iterator[ConlluDocument]:
    """The documents, by `# newdoc`; before the first of them each sentence is one."""
    group: list[ConlluSentence] = []
    for sentence in every:
        if group and (sentence.document is not None or group[0].document is None):
            yield _document(group, key, tagging)
            group = []
        group.append(sentence)
    if group:
        yield _document(group, key, tagging)


def _document(group: Sequence[ConlluSentence], key: str, tagging: Tagging) -> ConlluDocument:
    pieces: list[str] = []
    spans: list[SpanMark] = []
    problems: list[LineProblem] = []
    length, between = 0, ""
    for number, sentence in enumerate(group):
        problems += sentence.problems
        text, places = _placed(sentence, problems)
        if number:
            pieces.append("\n\n" if sentence.paragraph else between)
            length += len(pieces[-1])
        read, wrong = tagging.spans(tags_of(sentence, key))
        problems += [LineProblem(sentence.words[at].line, "A020", message) for at, message in wrong]
        for start, end, label in read if places else ():
            first, last = sentence.words[start].surface, sentence.words[end - 1].surface
            place = length + places[first][0], length + places[last][1]
            spans.append(SpanMark(*place, label, f"s{len(spans) + 1}", LABEL))
        pieces.append(text)
        length += len(text)
        between = sentence.surfaces[-1].after if sentence.surfaces else " "
    begin = group[0]
    marked = MarkedText("".join(pieces), tuple(spans))
    return ConlluDocument(begin.document or begin.name, begin.line, begin.offset, marked, problems)


def _placed(
    sentence: ConlluSentence, problems: list[LineProblem]
) -> tuple[str, list[tuple[int, int]]]:
    """The text of a sentence, and where each piece of its surface stands in it, if it does."""
    text, at = sentence.text, 0
    places: list[tuple[int, int]] = []
    if text is None:
        made = ""
        for piece in sentence.surfaces:
            places.append((len(made), len(made) + len(piece.form)))
            made += piece.form + piece.after
        return made[: places[-1][1]] if places else "", places
    for piece in sentence.surfaces:
        while at < len(text) and text[at].isspace() and not text.startswith(piece.form, at):
            at += 1
        if not text.startswith(piece.form, at):
            said = f"has the form {excerpt(piece.form)!r}, and # text has {excerpt(text[at:])!r}"
            problems.append(LineProblem(piece.line, "A003", said, _TEXT))
            return text, []
        places.append((at, at + len(piece.form)))
        at += len(piece.form)
    if rest := text[at:].strip():
        said = f"is the last token, and # text goes on with {excerpt(rest)!r}"
        line = sentence.surfaces[-1].line if sentence.surfaces else sentence.line
        problems.append(LineProblem(line, "A003", said, _TEXT))
        return text, []
    return text, places


_TEXT = "Mend the form or the comment `# text`, which must be the same text."
