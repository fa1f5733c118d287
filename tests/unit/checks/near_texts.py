"""Texts of made-up words in many versions, and records, for what tells them from templates."""

import random


def words(rng: random.Random, number: int) -> list[str]:
    """Words of a text that is like no other."""
    return [f"{rng.choice('bcdfgh')}{rng.randrange(5_000)}" for _ in range(number)]


def versions(rng: random.Random, number: int, length: int = 100, edits: int = 2) -> list[str]:
    """A text in so many versions, in each of which other words are changed."""
    text = words(rng, length)
    found = []
    for _ in range(number):
        copy = [*text]
        for at in rng.sample(range(length), edits):
            copy[at] = f"changed{rng.randrange(5_000)}"
        found.append(" ".join(copy))
    return found


def records(rng: random.Random, number: int) -> list[str]:
    """Records of forty fields, of which most have the same value in most records."""
    names = words(rng, 40)
    values = [(words(rng, 1)[0], rng.choice(("yes", "no"))) for _ in names]
    return [
        " ".join(f"{n} {v[rng.random() < 0.1]}" for n, v in zip(names, values, strict=True))
        for _ in range(number)
    ]
