"""Rows that annotation tools write too, and templates of the user that read them as rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataprep.example import Record
from dataprep.finding import DataprepError, Finding, UsageError, excerpt
from dataprep.formats.flags import OURS
from dataprep.names import in_utf8
from dataprep.sources import annotation_tools
from dataprep.sources.annotation_tools.export import is_training_row

if TYPE_CHECKING:
    from dataprep.annotation import Task
    from dataprep.recipe_words import Format
    from dataprep.sources.one_input import Input
    from dataprep.sources.path_source import GivenSource

_OF_TASKS = frozenset(("text", "instruction", "answer", "data"))
"""What templates may read of a task, whatever was asked about it."""

_OF_SPANS = ("spans", "relations")
_OF_ANSWERS = {
    "choices": ("label", "labels"),
    "taxonomy": ("label", "paths"),
    **dict.fromkeys(("labels", "hypertextlabels", "paragraphlabels", "relation"), _OF_SPANS),
    **dict.fromkeys(("rating", "number", "datetime"), ("value",)),
    **dict.fromkeys(("pairwise", "ranker"), ("chosen", "rejected")),
}
"""What they may read besides, by the type of the results."""

OF_ANY_TASK = _OF_TASKS.union(("answers", "learned", "regions"), *_OF_ANSWERS.values())
"""What templates may read of some task, whatever stands in its data."""

_FOR_TASKS = frozenset(
    (
        *("label_config", "task", "control", "of", "annotators", "settled", "agreement", "borders"),
        *("offsets", "tag_names", "spans_as", "empty", "skipped", "unlabelled"),
        *("good", "bad", "good_from", "bad_to"),
    )
)
"""Fields of a source that only annotations have a use for: who gives one means tasks."""

Rows = list[Mapping[str, Any]]


@dataclass(slots=True)
class GivenTemplates:
    """The templates of a source, and what they make of files that are recognised as exports.

    They mean rows where they read a field of the rows that no task of the export has, and none
    that only its tasks have; else the tasks. `notes` say what was chosen, and the flag for the
    other reading, file by file.
    """

    source: GivenSource
    notes: dict[Path, str] = field(default_factory=dict)

    def format_of(
        self, path: Path, name: str, told: Format | None, plain: Callable[[], Input | None]
    ) -> Format | None:
        """The format of a file that was recognised; `plain` gives it as rows, where it is any.

        Raises UsageError for an export that its tool refuses, where the templates fit its tasks.
        """
        if told not in ("label-studio", *annotation_tools.TOOL_NAMES) or not self._decide():
            return told
        as_rows = plain()
        if as_rows is None or not (rows := _rows(as_rows)):
            return told
        if not self._are_whole and not all(is_training_row(dict(row)) for row in rows):
            return told
        columns = frozenset(key for row in rows for key in row)
        named = self._named(columns)
        if not named & columns:
            return told
        refusal: UsageError | None = None
        try:
            of_tasks = _fields_of_tasks(told, path, name, self.source)
        except UsageError as error:
            refusal, of_tasks = error, OF_ANY_TASK
        title = "Label Studio"
        if told != "label-studio":
            title = annotation_tools.tool_named(told).title
        if only_rows := sorted(named & (columns | OURS) - of_tasks):
            if named & of_tasks - columns:
                return told
            read = ", ".join(map(excerpt, only_rows[:4]))
            self.notes[path] = (
                f"read as rows, since the templates read {read}, which no task of an export of"
                f" {title} has; as that export, with its skips and its several annotators:"
                f" --format {told}"
            )
            return as_rows.format
        if refusal is not None:
            ways = f"{refusal.remedy} Or take the rows as they stand: --format {as_rows.format}."
            raise UsageError(refusal.message, ways.strip(), place=refusal.place)
        if named <= columns:
            self.notes[path] = (
                f"read as an export of {title}, whose tasks have all that the templates read; its"
                f" rows as they stand: --format {as_rows.format}"
            )
        return told

    def noted(self, given: Input) -> Input:
        """The input with what is to be said of the reading of its files, each once."""
        said = dict.fromkeys(self.notes[p] for p in given.paths.values() if p in self.notes)
        if not said:
            return given
        reading = "; ".join(said)
        note = "; ".join(filter(None, (given.note, reading)))
        return replace(given, note=note, reading=reading)

    @property
    def _are_whole(self) -> bool:
        return self.source.prompt is not None and self.source.completion is not None

    def _decide(self) -> bool:
        """Whether there are templates to ask, and nothing else says what is meant."""
        source = self.source
        given = source.prompt is not None or source.completion is not None
        return given and source.format is None and not _FOR_TASKS & source.model_fields_set

    def _named(self, columns: frozenset[str]) -> frozenset[str]:
        """The fields that the templates read, in rows that have these columns."""
        from dataprep.formats import columns_read
        from dataprep.templates import names_read

        source = self.source
        named: set[str] = set()
        for template in (source.system, source.prompt, source.completion):
            if template is not None:
                names, reads_all = columns_read(template, columns)
                named |= names | (names_read(template) & OURS)
                named |= columns if reads_all else frozenset()
        return frozenset(named)


def _rows(given: Input) -> Rows:
    """The first rows of a file; none where it has no rows."""
    from dataprep.sources import read

    try:
        return [row for row in _first(read(given)) if isinstance(row, Mapping)]
    except DataprepError:
        return []


def _fields_of_tasks(
    told: Format | None, path: Path, name: str, source: GivenSource
) -> frozenset[str]:
    """What templates may read of the first tasks of an export; UsageError where it is refused."""
    from dataprep.sources import read
    from dataprep.sources.one_input import Input

    if told in annotation_tools.TOOL_NAMES:
        export = annotation_tools.opened(told, path, name, source)
        items: Iterable[Record | Finding] = export.tasks(Counter())
    else:
        items = read(Input(path, in_utf8(name), "label-studio"))
    tasks: list[Task] = _first(items)
    results = (r for task in tasks for a in task.annotations or () for r in a.result or ())
    types = {str(result.type) for result in results}
    asked = OF_ANY_TASK if not types else _OF_TASKS.union(*(_OF_ANSWERS.get(t, ()) for t in types))
    return asked.union(*(task.data or () for task in tasks))


def _first(items: Iterable[Record | Finding]) -> list[Any]:
    """What the first records hold."""
    from dataprep.formats import LOOKED_AT

    return [item.value for item in islice(_records(items), LOOKED_AT)]


def _records(items: Iterable[Record | Finding]) -> Iterator[Record]:
    return (item for item in items if isinstance(item, Record))
