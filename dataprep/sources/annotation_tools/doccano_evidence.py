"""What a first pass over an export of doccano shows: its version, its kind, and whose it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from dataprep.annotation import UnitVotes
from dataprep.example import Record
from dataprep.finding import Place
from dataprep.sources.annotation_tools import doccano_rows as forms
from dataprep.sources.annotation_tools.export import ExportFile
from dataprep.sources.annotation_tools.rows import is_table


@dataclass(slots=True)
class DoccanoEvidence:
    """What a first pass over the rows shows."""

    votes: UnitVotes = field(default_factory=UnitVotes)
    eras: Counter[forms.Era] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    answers: Counter[bool] = field(default_factory=Counter)
    numbers: dict[int, Place] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    stems: set[str] = field(default_factory=set)

    def add(self, item: Record, file: ExportFile) -> None:
        row = forms.from_cells(item.value) if is_table(file) else item.value
        if forms.is_label_name(row):
            if isinstance(row.get("id"), int):
                self.names[row["id"]] = row["text"]
            return
        text = forms.text_of(row)
        if text is None:
            return
        self.stems.add(file.stem)
        if era := forms.era_of(row):
            self.eras[era] += 1
        try:
            marks = list(forms.marked(row, generated=False).values())
        except forms.UnknownRow:
            return
        self.answers.update(forms.is_generated(row))
        for number in forms.numbers_in(row):
            self.numbers.setdefault(number, item.place)
        for mark in marks:
            self.kinds["relations"] += bool(mark.relations)
            self.kinds["spans"] += bool(mark.spans)
            self.kinds["classes"] += bool(mark.classes or mark.texts)
            for span in mark.spans:
                self.votes.add(text, span.start, span.end)

    @property
    def generated(self) -> bool:
        return self.answers[True] > self.answers[False]

    def words(self) -> str:
        """The kind of project."""
        if self.kinds["relations"]:
            return "sequence labelling with relations"
        if self.kinds["spans"]:
            both = self.kinds["classes"]
            return "intents and slots" if both else "sequence labelling"
        if not self.kinds["classes"]:
            return "without labels"
        return "sequence to sequence" if self.generated else "classification"
