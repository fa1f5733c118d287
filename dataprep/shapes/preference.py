"""Which of several answers is better: a chosen one, and a rejected one.

Nothing is guessed: a tie of Pairwise gives no item, and so no example.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from dataprep.annotation import Control, Result, asks, sentence, value_at
from dataprep.finding import excerpt
from dataprep.shapes.kind import Problems, SeenText, WrittenAnswer

COMPARISON = "comparison"
"""The shape of a pair whose better answer is not the best, or was the better one before."""
REST = "_"
"""The bucket of the items that were put into none."""


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairwise: two fields of the data, of which annotators select one."""

    control: Control
    left: str
    right: str
    instruction: str
    reads: frozenset[str]
    name: str = "preference"
    relations: bool = False
    parts: bool = False
    partition: None = None
    unwritten: str = "same-answers"

    def read(self, results: Sequence[Result], seen: SeenText) -> tuple[tuple[str, ...], Problems]:
        """The side that was selected."""
        sides = dict.fromkeys(str((r.value or {}).get("selected")) for r in results)
        problems: Problems = [
            ("A001", f"{excerpt(side)!r} is no side of {self.control.name!r}: left, right")
            for side in sides
            if side not in ("left", "right")
        ]
        if not problems and len(sides) > 1:
            problems.append(("A007", f"both sides of {self.control.name!r} are selected"))
        for field in (self.left, self.right):
            if not isinstance(value_at(seen.data, field), str):
                problems.append(("A008", f"the field {field!r} is not there, or is not a text"))
        return tuple(sides), problems

    def write(self, answer: tuple[str, ...], seen: SeenText) -> Iterator[WrittenAnswer]:
        """The selected text against the other."""
        left, right = value_at(seen.data, self.left), value_at(seen.data, self.right)
        chosen, rejected = (left, right) if answer == ("left",) else (right, left)
        if chosen != rejected:
            yield WrittenAnswer(chosen, None, {"chosen": chosen, "rejected": rejected}, rejected)


@dataclass(frozen=True, slots=True)
class Ranks:
    """Ranker: a list of items in the order of the annotator, or put into buckets.

    Every item is chosen against every item below it. Buckets rank as the config lists them, the
    best first; items of one bucket, and those of none, are not compared.
    """

    control: Control
    field: str
    instruction: str
    reads: frozenset[str]
    name: str = "preference"
    relations: bool = False
    parts: bool = False
    partition: None = None
    unwritten: str = "nothing-to-compare"

    def read(self, results: Sequence[Result], seen: SeenText) -> tuple[Any, Problems]:
        """The ids in groups, the best first."""
        items = _items(seen.data.get(self.field))
        if items is None:
            return (), [("A008", f"the field {self.field!r} is not there, or is no list of items")]
        problems: Problems = []
        groups: list[tuple[str, ...]] = []
        for result in results:
            ranked = (result.value or {}).get("ranker")
            for group in self._groups(ranked if isinstance(ranked, dict) else {}, problems):
                groups.append(tuple(group))
                for id in group:
                    if id not in items:
                        problems.append(("A001", f"{excerpt(id)!r} is no item of {self.field!r}"))
        if len(results) > 1:
            problems.append(("A007", f"{len(results)} orders on {self.control.name!r}"))
        return tuple(groups), problems

    def _groups(self, ranked: Mapping[str, Any], problems: Problems) -> Iterator[list[str]]:
        buckets = self.control.labels or ()
        named = {k: [str(id) for id in v] for k, v in ranked.items() if isinstance(v, list)}
        if not buckets and len(named) == 1:
            yield from ([id] for ids in named.values() for id in ids)
            return
        if not buckets:
            said = f"the buckets of {self.control.name!r} have no order without the labeling config"
            problems.append(("A001", said))
            return
        for bucket in named.keys() - {*buckets, REST}:
            problems.append(("A001", f"{excerpt(bucket)!r} is no bucket of {self.control.name!r}"))
        yield from (named[bucket] for bucket in buckets if named.get(bucket))

    def write(self, answer: Any, seen: SeenText) -> Iterator[WrittenAnswer]:
        """One example for every two items of which one stands above the other.

        The first of each item of the best group is a preference, whose answer may be taught; all
        others are a `COMPARISON`.
        """
        items = _items(seen.data.get(self.field)) or {}
        untaught = set(answer[0])
        for above, below in combinations(answer, 2):
            for better in above:
                for worse in below:
                    chosen, rejected = items[better], items[worse]
                    if chosen.strip() and rejected.strip() and chosen != rejected:
                        fields = {"chosen": chosen, "rejected": rejected}
                        shape = "" if better in untaught else COMPARISON
                        untaught.discard(better)
                        yield WrittenAnswer(chosen, None, fields, rejected, shape=shape)


def _items(given: Any) -> dict[str, str] | None:
    """The text of each item by its id: its body, else its title."""
    if not isinstance(given, list) or not all(isinstance(i, dict) and "id" in i for i in given):
        return None
    return {str(item["id"]): _text(item) for item in given}


def _text(item: Mapping[str, Any]) -> str:
    texts = (item.get(key) for key in ("body", "html", "title"))
    return next((text for text in texts if isinstance(text, str) and text.strip()), "")


def instruction(control: Control, header: str | None = None) -> str:
    """The default instruction, where no text asks."""
    return sentence(header) if header and asks(header) else "Give the better answer."
