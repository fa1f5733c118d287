"""Which way rows and raw text become examples: as the recipe says, else by evidence, and aloud."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding, UsageError, excerpt
from dataprep.formats import (
    COLUMNS,
    ContentAccount,
    format_of,
    guessed_remedy,
    templated,
    with_file,
)
from dataprep.formats.cells import set_aside
from dataprep.formats.example_of import canonical, dropped
from dataprep.formats.flags import column_flag
from dataprep.formats.meanings import Meaning, is_words, meaning_of
from dataprep.formats.verdicts import VerdictColumns, inside
from dataprep.recipe import Source, Way
from dataprep.rules import found
from dataprep.shapes import blocks, chunks, continuation, denoising, sections, turns
from dataprep.shapes.rows import RowRules, RowShape
from dataprep.shapes.shaped import Shape, Shaped, gathered

Shaping = Callable[..., Iterator[Example | Drop | Finding]]

WAYS: dict[Way, Shaping] = {
    "turns": turns.shape,
    "qa": blocks.shape,
    "sections": sections.shape,
    "continuation": continuation.shape,
    "denoising": denoising.shape,
    "plain": chunks.plain,
    "chunks": chunks.shape,
}
"""The ways of running text."""

ROWS: tuple[Way, ...] = ("rows", "pairs", "messages", "columns")
"""The ways of rows, which are one: the format of the rows says the rest."""

AS_ASKED = ", as asked"
"""Said of a way that the recipe, or a flag, names."""

_TEXT_FIELDS = frozenset({"text", "title", "extraction", "pages", "empty_pages"})


def shape_of_rows(
    first: Sequence[Record],
    source: Source,
    seed: int,
    judge: RowRules | None = None,
    *,
    as_items: bool = False,
) -> tuple[Shape, str]:
    """How the records of a file become examples, from its first ones, and why, in words.

    Raises UsageError where a way would have to be guessed, or a column has no place.
    """
    if source.way in ROWS or (source.way is None and not _is_running(first, source)):
        shape = RowShape(first, source, judge, as_items=as_items)
        return shape, shape.why if source.way is None else f"{shape.why}{AS_ASKED}"
    if source.way is not None:
        way, why = source.way, f"{source.way}{AS_ASKED}"
    else:
        way, why = _of_text(first, source)
    _check_unjudged(first, source)
    return TextShape(WAYS[way], source, seed), why


def _check_unjudged(first: Sequence[Record], source: Source) -> None:
    """Raise UsageError where something judges texts, of which no way of running text takes note."""
    if source.approved is not None:
        raise UsageError(
            "approved is for rows that somebody answered, and these are running text.",
            "Leave it out, or name the two sides with --prompt and --completion.",
        )
    judging = {key for record in first for key in _judging_columns(record.value, source)}
    if judging:
        name = sorted(judging)[0]
        raise UsageError(
            f"{excerpt(name)} judges the text beside it, and no way of running text reads it.",
            f"Keep the good rows alone; or carry it along: {column_flag('carry', name)}; leave it "
            f"out: {column_flag('leave-out', name)}.",
        )


def _judging_columns(row: Any, source: Source) -> Iterator[str]:
    """The columns of a row that judge its text, or hold another in its place.

    Inside an object, or the JSON of one, what clearly rejects.
    """
    aside = {source.text, *source.carry, *source.leave_out}
    for key, value in row.items() if isinstance(row, dict) else ():
        if key in aside or value in (None, "", [], {}):
            continue
        judges = meaning_of(key) in (Meaning.VERDICT, Meaning.REJECTED, Meaning.CORRECTED)
        if judges or any(_NO_COLUMNS.rejects(name, said) for _, name, said in inside(value, key)):
            yield key


_NO_COLUMNS = VerdictColumns(())


class TextShape:
    """One text at a time by one of the ways of running text, its other columns accounted for."""

    def __init__(self, shape: Shaping, source: Source, seed: int) -> None:
        self._shape, self._source, self._seed = shape, source, seed
        self.content = ContentAccount("text")

    def __call__(self, record: Record) -> Shaped:
        """What comes of one text."""
        if (name := next(_judging_columns(record.value, self._source), None)) is not None:
            words = f"{excerpt(name)} judges the text beside it, and nothing reads it"
            finding = found("S004", words, record.place, remedy=set_aside(name))
            return Shaped(findings=[finding], drops=[dropped(record, "S004")])
        shaped = gathered(self._shape(record, self._source, seed=self._seed))
        row = record.value if isinstance(record.value, dict) else {}
        name = self._source.text or "text"
        others = {k: v for k, v in row.items() if k != name and k not in _TEXT_FIELDS}
        if others:
            self._carry(shaped, name, others)
        return shaped

    def _carry(self, shaped: Shaped, name: str, others: Mapping[str, Any]) -> None:
        """Carry along the columns that stand beside the text."""
        gone = {*self._source.leave_out}
        self.content.rows += 1
        self.content.keys[name, "text"] += 1
        of_turns = self._shape is turns.shape
        system = turns.system_columns(others, self._source) if of_turns else frozenset()
        for key in others:
            use = "system" if key in system else "left out" if key in gone else "carried along"
            self.content.keys[key, use] += 1
        gone |= system
        kept = canonical({key: value for key, value in others.items() if key not in gone})
        for example in shaped.examples:
            example.meta = kept


def _is_running(first: Sequence[Record], source: Source) -> bool:
    """Whether the records are running text, and nothing to pair it with."""
    if source.prompt is not None and source.completion is not None:
        return False
    rows = [r.labelled for r in first if isinstance(r.value, dict)]
    if source.text is not None and source.label is None:
        return all(isinstance(row.get(source.text), str) for row in rows) and not any(
            format_of([row]) is COLUMNS for row in rows[:1]
        )
    form = format_of(rows)
    return form is not None and form.name == "text"


def _of_text(first: Sequence[Record], source: Source) -> tuple[Way, str]:
    record = first[0]
    name = source.text or "text"
    texts = [str(r.value.get(name, "")) for r in first if isinstance(r.value, dict)]
    beside = sorted(
        {
            key
            for r in first
            for key, value in r.value.items()
            if key not in (name, *_TEXT_FIELDS) and is_words(value)
        }
        - {*source.carry, *source.leave_out}
    )
    if len(texts) > 1 and (template := templated.template_of(texts)) is not None:
        raise UsageError(
            f"the texts are already in a chat template ({template}), which a "
            "model's own template would be put around a second time.",
            "Split them into their turns with --way turns, or learn them as they are with "
            "--way plain.",
        )
    text = texts[0]
    if not beside:
        if (told := templated.split(text)) is not None:
            raise UsageError(
                f"the text is already in a chat template ({told[0]}).",
                "Split it into its turns with --way turns.",
            )
        found = blocks.recognise(text)
        if found.share >= 0.5:
            count = len(found.found)
            return "qa", f"{count} question-answer {_plural('block', count)} ({found.style})"
        headings = sections.headings(text)
        if len(headings) > 1:
            return "sections", f"{len(headings)} headings"
    if others := _other_columns(first, name, source):
        guess = guessed_remedy([r.value for r in first])
        raise UsageError(
            f"a text stands in each row and other columns beside it ({', '.join(others)}): "
            "nothing says what the model should learn.",
            f"{with_file(guess, record.place.file)} Of the text alone, choose with {_OF_TEXT}",
        )
    raise UsageError(
        "it is running text without questions or headings: nothing in it says what the model "
        "should learn.",
        f"Choose with {_OF_TEXT} {_OF_COLUMNS}",
    )


_OF_COLUMNS = "Of columns: --prompt and --completion, with a template each."
_OF_TEXT = (
    "--way, or with `way` in the recipe: continuation (go on with the text), denoising (fill in "
    "masked words, for T5), plain (read on, for continued pretraining), chunks (to be annotated)."
)


def _other_columns(first: Sequence[Record], name: str, source: Source) -> list[str]:
    """The columns beside a text that hold something, but for metadata and what is named."""
    named = {name, *_TEXT_FIELDS, *source.carry, *source.leave_out}
    held = {
        key: None
        for r in first
        for key, value in r.value.items()
        if key not in named and value not in (None, "", [], {})
    }
    aside = (Meaning.METADATA, Meaning.INDEX)
    words = {k for r in first for k, value in r.value.items() if is_words(value)}
    return [excerpt(key) for key in held if key in words or meaning_of(key) not in aside]


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"
