"""Several controls at once: one JSON object with a key a control, held against its schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET

from dataprep import jsonio
from dataprep.annotation import Control, LabelingConfig, Result
from dataprep.contracts import Contract
from dataprep.shapes.entities import Entities
from dataprep.shapes.field_parts import Field, FieldParts
from dataprep.shapes.kind import Problems, SeenText, WrittenAnswer
from dataprep.shapes.values import value_of


@dataclass(frozen=True, slots=True)
class Structured:
    """All the learned controls of a config; `entities` are those that mark spans."""

    config: LabelingConfig
    controls: Mapping[str, Control]
    entities: Mapping[str, Entities]
    contract: Contract
    instruction: str
    reads: frozenset[str]
    relations: bool
    name: str = "structured"
    parts: bool = True
    unwritten: str = "breaks-its-schema"

    @property
    def partition(self) -> FieldParts:
        """Every key is decided on by itself, and so is all that it has several of."""
        return FieldParts(self.config, self.controls, self.entities)

    def read(self, results: Sequence[Result], seen: SeenText) -> tuple[frozenset[Field], Problems]:
        """The answers of one annotation, by key."""
        fields: set[Field] = set()
        problems: Problems = []
        for name, kind in self.entities.items():
            mine = [r for r in results if r.from_name in kind.reads or r.from_name is UNSET]
            parts, wrong = kind.read(mine, seen)
            problems += wrong
            fields |= {(name, part) for part in parts}
        answers: dict[str, list[Result]] = {}
        for result in results:
            if result.from_name is not UNSET:
                answers.setdefault(result.from_name, []).append(result)
        for key, mine in answers.items():
            control = self.config.control_of(key)
            if control is None or control.name not in self.controls or key in self.entities:
                continue
            value, wrong = value_of(mine, control)
            problems += wrong
            if value is not None:
                fields.add((key, jsonio.canonical(value).decode()))
        return frozenset(fields), problems

    def write(self, answer: frozenset[Field], seen: SeenText) -> Iterator[WrittenAnswer]:
        """The object, keys in the order of the config; nothing where it breaks its schema."""
        values: dict[str, Any] = {}
        regions: dict[str, Any] = {}
        learned: dict[str, str | None] = {}
        texts = {key: part for key, part in answer if isinstance(part, str)}
        for name, control in self.controls.items():
            if kind := self.entities.get(name):
                parts = frozenset(p for key, p in answer if key == name and not isinstance(p, str))
                values[name] = kind.value(parts, seen)
                regions[name] = kind.placed(parts, seen)
                learned |= {note: asked.task for note, asked in kind.notes.items()}
                continue
            for key in sorted((k for k in texts if _answers(k, control)), key=_natural):
                value = jsonio.loads(texts[key].encode())
                if control.against:
                    value = _learned(value, control)
                if value is not None:
                    values[key] = value
                    learned[key] = control.task
        if self.contract.accepts(values):
            fields = {"answers": values, "learned": learned, "regions": regions}
            yield WrittenAnswer(jsonio.dumps(values).decode(), None, fields)


def _learned(value: Any, control: Control) -> Any:
    """A label, or several, without those that only vote; None where no other is there."""
    many = value if isinstance(value, list) else [value]
    kept = [one for one in many if one not in control.against]
    return (kept if isinstance(value, list) else kept[0]) if kept else None


def _answers(key: str, control: Control) -> bool:
    return key == control.name or bool(control.pattern and control.pattern.fullmatch(key))


def _natural(key: str) -> tuple[int, str]:
    """The tenth of a repeated control stands after the second."""
    return len(key), key


def instruction(controls: Sequence[Control], header: str | None = None) -> str:
    """The default instruction: the header of the config, and the keys that are wanted."""
    said = f"Answer with a JSON object with the keys: {', '.join(c.name for c in controls)}."
    return f"{header} {said}" if header else said
