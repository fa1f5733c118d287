"""The records of a file, or of a part of it, become examples, and what comes of each is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dataprep import shapes, sources
from dataprep.annotation import Task, UniqueIds
from dataprep.conversion.dividing_fields import DividingFields
from dataprep.conversion.settling import SettledShaping
from dataprep.conversion.shard import FileRead, ShardRun
from dataprep.conversion.template_fields import TemplateFields, named_in
from dataprep.example import Example, Record
from dataprep.recipe import Source

_OFTEN = 256
"""Records between two words on how far reading is."""

_RUNNING_TEXT = ("text", "html", "pdf", "docx")


@dataclass(slots=True)
class FileShaping:
    """Shapes the records of one file in one shard.

    `anew` says that splits which rows bring are not kept; `progress` is called with the bytes that
    are read.
    """

    run: ShardRun
    read: FileRead
    shape: shapes.Shape
    source: Source
    file: sources.Input
    settled: SettledShaping
    anew: bool
    progress: Callable[[int], None]
    fields: DividingFields = field(init=False)
    named: TemplateFields = field(init=False)
    unique_ids: UniqueIds = field(init=False)
    records: int = 0

    def __post_init__(self) -> None:
        made, name = self.run.made, self.file.name
        self.fields = DividingFields(self.source, self.file)
        self.named = made.named.setdefault(name, named_in(self.source))
        self.unique_ids = made.unique_ids.setdefault(name, UniqueIds())

    def __call__(self, record: Record) -> Sequence[Example]:
        """The examples of one record."""
        run, shape, file = self.run, self.shape, self.file
        if self.records % _OFTEN == 0:
            self.progress(record.offset)
        self.records += 1
        if isinstance(record.value, Task):
            self.unique_ids.add(record.value)
        self.named.fill(record)
        shaped = self.settled(shape, record, self.source)
        self.fields.fill(shaped, record)
        if self.anew and (file.format == "dataprep" or file.split):
            for example in shaped.examples:
                example.split = None
        run.count_shaped(shaped, blocks=file.format in _RUNNING_TEXT)
        if shaped.drops:
            run.count_unmarked(shaped, shape, file.name)
        if shaped.votes or shaped.questions or shaped.disputed is not None:
            run.count_votes(shaped, shape, record, file.name)
        return shaped.examples

    def close(self, end: int) -> None:
        """Count what is known at the end of the file, or of the part that ends at that byte."""
        made, name = self.run.made, self.file.name
        made.fields.setdefault(name, Counter()).update(self.fields.counts)
        self.run.take_offsets(name, self.shape)
        self.run.take_content(name, self.shape)
        self.progress(end)
