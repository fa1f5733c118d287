"""Votes of simulated annotators of known quality, from a fixed seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

from dataprep.annotation.vote_table import Vote, VoteCounts, VoteTable


class Simulated(NamedTuple):
    """The true label of each question, and the votes on it."""

    truth: list[str]
    votes: list[list[Vote]]

    def table(self) -> VoteTable:
        """The votes as a table."""
        counts = VoteCounts()
        for each in self.votes:
            counts.add(each)
        return counts.table()


def simulated(
    questions: int,
    quality: Sequence[float],
    labels: str = "abcd",
    each: tuple[int, int] = (1, 5),
    seed: int = 3,
) -> Simulated:
    """Annotator w00 and so on knows the answer as often as `quality` says, else guesses evenly."""
    rng = random.Random(seed)  # noqa: S311  no secret
    made = Simulated([], [])
    for _ in range(questions):
        true = rng.choice(labels)
        people = rng.sample(range(len(quality)), rng.randint(*each))
        made.truth.append(true)
        made.votes.append(
            [
                (f"w{who:02}", true if rng.random() < quality[who] else rng.choice(labels))
                for who in people
            ]
        )
    return made
