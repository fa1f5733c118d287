"""The parts of an answer as questions to annotators of whom not all are as reliable.

A region is asked about word by word. Parts that exclude each other are one question, any other
part is one by itself; only who marked what a part hangs on is asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from dataprep.annotation.part_consensus import (
    LABEL_UNDECIDED,
    OPEN_REASONS,
    OUTVOTED,
    UNDECIDED,
    WITHOUT_REGION,
    Decision,
    Fate,
    PartRole,
    WasAsked,
    everybody,
)
from dataprep.annotation.reliability import Ballots, Reliability
from dataprep.annotation.span_tags import (
    BLANK,
    LabelledPlace,
    TokenRange,
    likelihood_of,
    pieces,
    tags_of,
)
from dataprep.annotation.vote_table import Vote

P = TypeVar("P", bound=Hashable)

DOUBTED = 0.1
"""What two or more annotators all say stands, unless it is less probable."""
_HELD = 1 << 16
"""Votes whose probabilities are kept, since the same come again."""


class Topic(NamedTuple):
    """Which questions a part is one of, and what it says there.

    The questions of an `estimated` topic have labels that come again; others are decided by the
    share of the votes. `span` is what a region marks. A topic of a `choice` has one label.
    """

    name: str
    label: str
    estimated: bool = True
    span: LabelledPlace | None = None
    choice: str = ""


@dataclass(frozen=True, slots=True)
class AnswerParts(Generic[P]):
    """The answers to one task: who gave them, their parts, and what the parts are about."""

    people: Sequence[str]
    answers: Sequence[frozenset[P]]
    text: str
    role: Callable[[P], PartRole]
    topic: Callable[[P], Topic]
    asked: WasAsked = everybody

    def by(self) -> dict[P, tuple[int, ...]]:
        """Who gave each part, by number; the parts in an order that no set decides."""
        found: dict[P, list[int]] = {}
        for who, answer in enumerate(self.answers):
            for part in sorted(answer, key=repr):
                found.setdefault(part, []).append(who)
        return {part: tuple(who) for part, who in found.items()}


@dataclass(frozen=True, slots=True)
class _Question(Generic[P]):
    """Parts that exclude each other, or one part; the numbers of those who are asked."""

    topics: Mapping[P, Topic]
    asked: Sequence[int]
    votes: Sequence[Vote]

    @property
    def topic(self) -> Topic:
        """The topic of its parts."""
        return next(iter(self.topics.values()))


@dataclass(frozen=True, slots=True)
class _Words:
    """The words that the regions of one control are about, and the votes on those in any."""

    spans: Mapping[Hashable, LabelledPlace]
    pieces: Sequence[TokenRange]
    votes: Mapping[int, Sequence[Vote]]


def _words_of(given: AnswerParts[P]) -> dict[str, _Words]:
    """The regions of each control, word by word."""
    spans: dict[str, dict[Hashable, LabelledPlace]] = {}
    each: dict[str, list[list[LabelledPlace]]] = {}
    for who, answer in enumerate(given.answers):
        for part in answer:
            topic = given.topic(part)
            if topic.span is not None:
                spans.setdefault(topic.name, {})[part] = topic.span
                people = each.setdefault(topic.name, [[] for _ in given.answers])
                people[who].append(topic.span)
    found: dict[str, _Words] = {}
    for name, marked in spans.items():
        words = pieces(given.text, {border for span in marked.values() for border in span[:2]})
        tags = [tags_of(mine, words) for mine in each[name]]
        touched = sorted({at for mine in tags for at in mine})
        pairs = [
            pair
            for who, pair in enumerate(zip(given.people, tags, strict=True))
            if pair[1] or given.asked(who, PartRole("region", name))
        ]
        votes = {at: [(who, mine.get(at, BLANK)) for who, mine in pairs] for at in touched}
        found[name] = _Words(marked, words, votes)
    return found


def _questions(given: AnswerParts[P]) -> Iterator[_Question[P]]:
    """The questions that all parts but the regions answer."""
    marked: dict[Hashable, set[int]] = {}
    grouped: dict[Hashable, list[P]] = {}
    by = given.by()
    for part, people in by.items():
        role = given.role(part)
        if role.unit == "region":
            for place in role.places:
                marked.setdefault(place, set()).update(people)
        else:
            key = (part,) if role.question is None else role.question
            grouped.setdefault(key, []).append(part)
    for parts in grouped.values():
        first = given.role(parts[0])
        asked = {who for who in range(len(given.answers)) if given.asked(who, first)}
        asked.update(*(by[part] for part in parts))
        for place in given.role(parts[0]).places:
            asked &= marked.get(place, set())
        topics = {part: given.topic(part) for part in parts}
        said = {who: topics[part].label for part in parts for who in by[part]}
        votes = [(given.people[who], said.get(who, BLANK)) for who in sorted(asked)]
        yield _Question(topics, sorted(asked), votes)


def count_questions(given: AnswerParts[P], controls: Sequence[str], ballots: Ballots) -> None:
    """Count what the annotators of a task say; `controls` are those whose regions are asked for."""
    ballots.tasks.update(set(given.people))
    words = _words_of(given)
    for name in controls:
        about = words.get(name) or _Words({}, pieces(given.text, ()), {})
        for votes in about.votes.values():
            ballots.add(name, votes)
        rest = len(about.pieces) - len(about.votes)
        if rest:
            role = PartRole("region", name)
            asked = [who for n, who in enumerate(given.people) if given.asked(n, role)]
            ballots.add(name, [(who, BLANK) for who in asked], rest)
    chosen: dict[str, dict[str, Sequence[Vote]]] = {}
    for question in _questions(given):
        topic = question.topic
        if topic.choice:
            chosen.setdefault(topic.choice, {})[topic.name] = question.votes
        elif topic.estimated and question.votes:
            ballots.add(topic.name, question.votes)
    for name, topics in chosen.items():
        ballots.add_choices(topics, name)


@dataclass(slots=True)
class Estimator:
    """Decides on the parts of answers by what is known of the annotators.

    What is more probable than `minimum`, or certain, is decided, one way or the other. What all of
    several annotators say stands below it too: few answers may well mislead the estimate, and
    where they do, nobody is there to be believed instead.
    """

    reliability: Reliability
    minimum: float
    known: dict[tuple[str, tuple[Vote, ...]], Mapping[str, float]] = field(default_factory=dict)

    def enough(self, probability: float) -> bool:
        """Whether something so probable is decided."""
        return probability == 1 or probability > self.minimum

    def stands(self, probability: float, *, by_all: bool) -> bool:
        """Whether an answer goes on that is so probable, and that all of several gave, or not."""
        return self.enough(probability) or (by_all and probability >= DOUBTED)

    def probabilities(self, topic: str, votes: Sequence[Vote]) -> Mapping[str, float]:
        """The probability of each label of a topic, given the votes on one question."""
        key = topic, tuple(sorted(votes))
        found = self.known.get(key)
        if found is None:
            if len(self.known) >= _HELD:
                self.known.clear()
            found = self.known[key] = self.reliability.topics[topic].probabilities(votes)
        return found

    def decide(self, given: AnswerParts[P]) -> tuple[Decision[P], float]:
        """What becomes of every part, and the least probability of those that go on."""
        by, all_ = given.by(), len(given.answers)
        fates: dict[P, tuple[str, int, float]] = {}
        for name, words in _words_of(given).items():
            self._regions(name, words, given, fates)
        standing = {
            place
            for part, (reason, _, _) in fates.items()
            if not reason
            for place in given.role(part).places
        }
        for question in _questions(given):
            first = next(iter(question.topics))
            if not standing.issuperset(given.role(first).places):
                fates |= {p: (WITHOUT_REGION, len(question.asked), 0.0) for p in question.topics}
            elif question.votes:
                self._answers(question, fates)
            else:
                fates |= dict.fromkeys(question.topics, (OUTVOTED, 0, 0.0))
        told = [
            Fate(part, fates[part][0], people, fates[part][1] or all_)
            for part, people in by.items()
        ]
        kept = frozenset(fate.part for fate in told if not fate.reason)
        least = min((fates[part][2] for part in kept), default=1.0)
        groups = {given.role(fate.part).group for fate in told if fate.reason in OPEN_REASONS}
        open_ = groups - {given.role(part).group for part in kept}
        return Decision(told, kept, frozenset(open_)), least

    def _regions(
        self,
        name: str,
        words: _Words,
        given: AnswerParts[P],
        fates: dict[P, tuple[str, int, float]],
    ) -> None:
        """A region stands as its words and borders do; a place may be sure, and its label not."""
        tags = {at: self.probabilities(name, votes) for at, votes in words.votes.items()}
        all_ = len(given.answers)
        likely = {
            part: round(likelihood_of(span, words.pieces, tags, alone=all_ == 1), 6)
            for part, span in words.spans.items()
        }
        places: dict[tuple[int, int], float] = {}
        stands: set[tuple[int, int]] = set()
        kept: set[Hashable] = set()
        for part, span in words.spans.items():
            places[span[:2]] = places.get(span[:2], 0.0) + likely[part]
            by_all = all_ > 1 and all(part in answer for answer in given.answers)
            if self.stands(likely[part], by_all=by_all):
                kept.add(part)
                stands.add(span[:2])
        for part, span in words.spans.items():
            probability = likely[part]
            if part in kept:
                reason = ""
            elif span[:2] not in stands and self.enough(round(places[span[:2]], 6)):
                reason = LABEL_UNDECIDED
            else:
                reason = OUTVOTED if self.enough(round(1 - probability, 6)) else UNDECIDED
            fates[part] = reason, all_, probability  # type: ignore[index]

    def _answers(self, question: _Question[P], fates: dict[P, tuple[str, int, float]]) -> None:
        """The parts that answer one question: one stands, or none of them."""
        votes, topic = question.votes, question.topic
        if topic.estimated:
            probable = self.probabilities(topic.name, votes)
        else:
            shares = Counter(label for _, label in votes)
            probable = {label: round(n / len(votes), 6) for label, n in shares.items()}
        by_all = len(votes) > 1 and len({label for _, label in votes}) == 1
        decided = any(self.enough(probability) for probability in probable.values())
        for part, mine in question.topics.items():
            probability = probable[mine.label]
            reason = OUTVOTED if decided else UNDECIDED
            if self.stands(probability, by_all=by_all):
                reason = ""
            fates[part] = reason, len(question.asked), probability
