"""Annotators decide on each part of an answer by itself: what they do not agree on is left out.

A part is a region, a relation, a choice of several, or the answer to one control among several.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, NamedTuple, TypeVar

PartUnit = Literal["region", "relation", "choice", "answer"]
"""What parts are counted in. An `answer` is what one control was answered beside others, or what
was said of one region."""

UNITS: tuple[PartUnit, ...] = ("region", "relation", "choice", "answer")
UNDECIDED = "undecided"
LABEL_UNDECIDED = "label-undecided"
"""Enough annotators marked the place, and no label has enough of them."""
OPEN_REASONS = (UNDECIDED, LABEL_UNDECIDED)
"""Why a part is left out that an adjudicator could decide."""
OUTVOTED = "outvoted"
WITHOUT_REGION = "without-region"
"""A relation, or what was said of a region, where no label of the region goes on."""

P = TypeVar("P", bound=Hashable)


class PartRole(NamedTuple):
    """What a part is to those who decide on it.

    `group` is the control whose answer it belongs to. Parts of one `question` exclude each other.
    `places` are where a region is marked, or the regions that another part hangs on: only who
    marked them has a say. `choice` is what a part of several choices chooses.
    """

    unit: PartUnit
    group: str = ""
    question: Hashable = None
    places: tuple[Hashable, ...] = ()
    choice: str = ""


WasAsked = Callable[[int, PartRole], bool]
"""Whether a voter, by number, was asked what a part answers."""


def everybody(_who: int, _role: PartRole) -> bool:
    """All voters were asked everything."""
    return True


class Fate(NamedTuple, Generic[P]):
    """What became of a part, who gave it (by number), and of how many; kept without a reason."""

    part: P
    reason: str
    by: tuple[int, ...]
    of: int


@dataclass(frozen=True, slots=True)
class Decision(Generic[P]):
    """The fates of all parts, and the groups of which nothing is decided."""

    fates: Sequence[Fate[P]]
    kept: frozenset[P]
    open: frozenset[str] = frozenset()


def decide(
    answers: Sequence[frozenset[P]],
    role: Callable[[P], PartRole],
    enough: Callable[[int, int], bool],
    asked: WasAsked = everybody,
) -> Decision[P]:
    """Decide on every part of the answers, one a voter; `enough` says so of votes, and of how many.

    Who was not asked has no say.

    A part goes on where enough of those who have a say gave it, and is outvoted where enough did
    not, or gave another answer to the same question. Any other is undecided.
    """
    ballot = _Ballot(answers, role, enough, asked)
    for part in ballot.by:
        if ballot.roles[part].unit == "region":
            ballot.decide_region(part)
    ballot.decide_labels()
    for part in ballot.by:
        if ballot.roles[part].unit != "region":
            ballot.decide_other(part)
    fates = [Fate(p, reason, tuple(ballot.by[p]), of) for p, (reason, of) in ballot.fates.items()]
    kept = frozenset(fate.part for fate in fates if not fate.reason)
    return Decision(fates, kept, ballot.open(kept))


@dataclass(slots=True)
class _Ballot(Generic[P]):
    """The votes on the parts of one task."""

    answers: Sequence[frozenset[P]]
    role: Callable[[P], PartRole]
    enough: Callable[[int, int], bool]
    was_asked: WasAsked
    by: dict[P, list[int]] = field(default_factory=dict)
    roles: dict[P, PartRole] = field(default_factory=dict)
    fates: dict[P, tuple[str, int]] = field(default_factory=dict)
    marked: dict[Hashable, set[int]] = field(default_factory=dict)
    asked: dict[Hashable, list[P]] = field(default_factory=dict)
    beside: dict[Hashable, str] = field(default_factory=dict)
    places: set[Hashable] = field(default_factory=set)

    def __post_init__(self) -> None:
        for who, answer in enumerate(self.answers):
            for part in answer:
                self.by.setdefault(part, []).append(who)
        for part, voters in self.by.items():
            role = self.roles[part] = self.role(part)
            if role.unit == "region":
                for place in role.places:
                    self.marked.setdefault(place, set()).update(voters)
            if role.question is not None:
                self.asked.setdefault(role.question, []).append(part)

    def decide_region(self, part: P) -> None:
        """A region stands by the votes of all who were asked."""
        yes, n = len(self.by[part]), len(self._voters(part))
        if self.enough(yes, n):
            self.places.update(self.roles[part].places)
            self.fates[part] = ("", n)
        else:
            self.fates[part] = (OUTVOTED if self.enough(n - yes, n) else UNDECIDED, n)

    def decide_labels(self) -> None:
        """A place that enough marked, and none of whose labels stands, is undecided."""
        for part, (reason, n) in self.fates.items():
            for place in self.roles[part].places if reason else ():
                if place not in self.places and self.enough(len(self.marked[place]), n):
                    self.fates[part] = (LABEL_UNDECIDED, n)

    def decide_other(self, part: P) -> None:
        """Any other part stands by the votes of those who marked what it hangs on."""
        role = self.roles[part]
        who = self._voters(part)
        for place in role.places:
            who &= self.marked.get(place, set())
        n, yes = len(who), len(who.intersection(self.by[part]))
        if not self.places.issuperset(role.places):
            reason = WITHOUT_REGION
        elif n and self.enough(yes, n):
            reason = ""
        elif not n or role.question is None:
            reason = OUTVOTED if not n or self.enough(n - yes, n) else UNDECIDED
        else:
            reason = self._beside(role.question, who)
        self.fates[part] = (reason, n)

    def _voters(self, part: P) -> set[int]:
        """Who was asked what a part answers; who gave it was asked."""
        every = range(len(self.answers))
        if self.was_asked is everybody:
            return set(every)
        role = self.roles[part]
        return {who for who in every if self.was_asked(who, role)}.union(self.by[part])

    def _beside(self, question: Hashable, who: set[int]) -> str:
        """Why an answer does not stand: another one does, or enough gave none, or neither."""
        if known := self.beside.get(question):
            return known
        votes = [who.intersection(self.by[part]) for part in self.asked[question]]
        silent = len(who.difference(*votes))
        stands = any(self.enough(len(each), len(who)) for each in votes)
        fallen = stands or self.enough(silent, len(who))
        self.beside[question] = OUTVOTED if fallen else UNDECIDED
        return self.beside[question]

    def open(self, kept: frozenset[P]) -> frozenset[str]:
        """The groups of which no part stands, though not enough voters left them empty."""
        given: dict[str, set[int]] = {}
        voters: dict[str, set[int]] = {}
        for part, who in self.by.items():
            group = self.roles[part].group
            given.setdefault(group, set()).update(who)
            voters.setdefault(group, set()).update(self._voters(part))
        standing = {self.roles[part].group for part in kept}
        return frozenset(
            group
            for group, who in given.items()
            if group not in standing
            and not self.enough(len(voters[group]) - len(who), len(voters[group]))
        )


def plain_role(_: Any) -> PartRole:
    """The role of a part of a set of which nothing more is known."""
    return PartRole("choice")


def as_tie(decision: Decision[P]) -> Decision[P]:
    """The same decision where the whole task is a tie: none of its parts goes on."""
    return Decision([f._replace(reason="tie") for f in decision.fates], frozenset(), decision.open)
