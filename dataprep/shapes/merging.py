"""The answers of one task become one, by the recipe's policy; every part is accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from dataprep import jsonio
from dataprep.annotation import (
    BORDER_RULES,
    OPEN_REASONS,
    UNITS,
    Agreed,
    Answered,
    BorderRule,
    Fate,
    Merged,
    PartUnit,
    Task,
    WasAsked,
    adjudication_task,
    asked_of,
    decide,
    enough,
    merge,
    merge_parts,
    names_of,
    plain_role,
    results_by_annotator,
)
from dataprep.finding import Drop, Place, excerpt
from dataprep.recipe import Source
from dataprep.shapes.partition import MERGED, TWIN, Given, PartAccount, Partition

BorderCounts = tuple[tuple[int, int], ...]
"""For each rule for borders whether the task goes on (0 or 1), and with how many regions; one pair
where all rules come to the same."""

COMPARING = ("majority", "ground-truth-first")
"""The policies that compare borders."""


@dataclass(frozen=True, slots=True)
class TaskMerge:
    """Merges the answers of one task; `partition` takes them apart, None where they are wholes."""

    source: Source
    partition: Partition | None
    text: str

    def __call__(self, answers: Sequence[Answered[Any]]) -> Merged[Any]:
        """The agreed answers, and why the other annotations went no further."""
        source, partition = self.source, self.partition
        if partition is None:
            return merge(answers, source.annotators, source.agreement)
        split = [a._replace(answer=partition.split(a.answer)) for a in answers]
        align = partial(self._align, rule=source.borders)
        merged = merge_parts(split, source.annotators, source.agreement, partition.role, align)
        return merged._replace(
            agreed=[Agreed(partition.join(a.answer), a.by) for a in merged.agreed]
        )

    def _align(
        self, voters: Sequence[frozenset[Any]], rule: BorderRule
    ) -> Sequence[frozenset[Any]]:
        """The answers of all voters, with their borders as the rule compares them."""
        if self.partition is None:
            return voters
        decides = partial(enough, of=len(voters), minimum=self.source.agreement)
        return self.partition.align(voters, self.text, rule, decides)

    def border_counts(
        self, answers: Sequence[Answered[Any]], merged: Merged[Any]
    ) -> BorderCounts | None:
        """What each of BORDER_RULES would keep; None where the policy compares no borders."""
        partition = self.partition
        if partition is None or merged.decision is None:
            return None
        split = {id(a.annotation): partition.split(a.answer) for a in answers}
        voters = [split[id(a.annotation)] for a in merged.voters]
        known: list[tuple[Sequence[frozenset[Any]], tuple[int, int]]] = []
        if merged.agreed:
            count = (1, self._regions(merged.decision.kept))
            known.append(([a.answer for a in merged.voters], count))
        counts: list[tuple[int, int]] = []
        for rule in BORDER_RULES:
            aligned = self._align(voters, rule)
            same = next((count for other, count in known if other == aligned), None)
            if same is None:
                same = self._count_kept(aligned, asked_of(merged.voters))
                known.append((aligned, same))
            counts.append(same)
        return tuple(counts)

    def _count_kept(self, aligned: Sequence[frozenset[Any]], asked: WasAsked) -> tuple[int, int]:
        """Whether a task goes on by these answers, 0 or 1, and with how many regions."""
        partition = self.partition
        if partition is None:
            return 0, 0
        suffices = partial(enough, minimum=self.source.agreement)
        kept = decide(aligned, partition.role, suffices, asked).kept
        nothing = suffices(sum(not answer for answer in aligned), len(aligned))
        return int(bool(kept) or nothing), self._regions(kept)

    def _regions(self, kept: Iterable[Any]) -> int:
        role = self.partition.role if self.partition else plain_role
        return sum(role(part).unit == "region" for part in kept)

    def count(
        self, merged: Merged[Any], answers: Sequence[Answered[Any]], account: PartAccount
    ) -> None:
        """Enter into the account what became of the parts of all answers."""
        partition = self.partition
        if partition is None:
            return
        held = {id(a.annotation): partition.held(a.answer) for a in answers}
        voters = {id(a.annotation) for a in merged.voters} if merged.decision else set()
        for annotation, reason in merged.lost:
            if id(annotation) not in voters:
                account.drop(held[id(annotation)], reason)
        if merged.decision is None:
            for agreed in merged.agreed:
                for annotation in agreed.by:
                    account.keep(held[id(annotation)])
            return
        left: Counter[PartUnit] = Counter()
        for voter in merged.voters:
            left.update(held[id(voter.annotation)])
        for fate in merged.decision.fates:
            unit = partition.role(fate.part).unit
            left[unit] -= len(fate.by)
            account.drop({unit: len(fate.by) - 1}, MERGED)
            if fate.reason:
                account.drop({unit: 1}, fate.reason)
            else:
                account.keep({unit: 1})
        account.drop(+left, TWIN)
        account.give(-left)


def lost_parts(given: Given, place: Place) -> Iterator[Drop]:
    """A drop for each part of an annotation that is none: a region without a label, for one."""
    for (unit, reason), number in given.items():
        for _ in range(number if reason else 0):
            yield Drop(unit=unit, reason=reason, place=place)


def part_drops(merged: Merged[Any], partition: Partition | None, place: Place) -> Iterator[Drop]:
    """A drop for each part that was left out, where the task goes on."""
    if partition is None or merged.decision is None or not merged.agreed:
        return
    for fate, known in _described(merged, partition):
        said = f"{_words(known)}, by {len(fate.by)} of {fate.of}"
        yield Drop(unit=known["unit"], reason=fate.reason, place=place, detail=said)


def disputed_task(
    task: Task, merged: Merged[Any], partition: Partition | None, control: str, place: Place
) -> dict[str, Any] | None:
    """The task for an adjudicator: as a whole, or for its undecided parts; None without any."""
    voters = [a.annotation for a in merged.voters]
    names = names_of(voters)
    about: dict[str, Any] = {"task": place.task, "file": place.file, "control": control}
    if not merged.agreed:
        about["unit"] = "task"
    else:
        if partition is None or merged.decision is None:
            return None
        parts = [
            {**known, "by": [names[who] for who in fate.by], "of": fate.of}
            for fate, known in _described(merged, partition)
            if fate.reason in OPEN_REASONS
        ]
        if not parts:
            return None
        about |= {"unit": parts[0]["unit"], "parts": parts}
    return adjudication_task(task, results_by_annotator(voters), about)


def _described(merged: Merged[Any], partition: Partition) -> list[tuple[Fate[Any], dict[str, Any]]]:
    """The parts that were left out, each in words of JSON, in an order that no set decides."""
    fates = merged.decision.fates if merged.decision else ()
    told = [(fate, partition.described(fate.part)) for fate in fates if fate.reason]
    return sorted(told, key=lambda one: _order(one[1]))


def _order(known: Mapping[str, Any]) -> tuple[Any, ...]:
    """By unit, then by place in the text, then by what is said."""
    place = known.get("head", (known.get("start", 0), known.get("end", 0)))
    return UNITS.index(known["unit"]), tuple(place), jsonio.canonical(known)


def _words(known: Mapping[str, Any]) -> str:
    match known:
        case {"label": label, "start": start, "end": end}:
            return f"{excerpt(label)} at {start}-{end}"
        case {"type": kind, "head": head, "tail": tail}:
            return f"{excerpt(kind)} from {head[0]}-{head[1]} to {tail[0]}-{tail[1]}"
        case {"choice": choice, "control": control}:
            return f"{excerpt(choice)} of {excerpt(control)}"
        case {"start": start, "end": end, "control": control}:
            return f"{excerpt(control)} at {start}-{end}"
    return excerpt(str(known["control"]))
