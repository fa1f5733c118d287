"""What is shared by the three projects: tasks, the work done on them, and the planned mess."""

import dataclasses
import random
import re
import string
from collections.abc import Collection
from typing import Any

from making.wordnet import Synset

ADA, BEN = 0, 1
EMOJI = ("🍎", "🧪", "👩‍🔬", "👨‍👩‍👧", "🏳️‍🌈", "𝕏", "👍🏽")  # three with a zero-width joiner
_REGION_ID = string.ascii_letters + string.digits
# Nothing that a newcomer should not have to read in a sample.
_UNSUITABLE = re.compile(
    r"offensive|slang|obscen|derogat|disparag|slur|vulgar|sex|erotic|prostitut|genital|penis"
    r"|vagina|\brap(e|ist)|suicid|slave|negro|whore|lesbian|incest|nazi|corpse|murder|tortur"
    r"|no longer used|low opinion|contempt|\brace\b|racial|dark-skinned|suprem|white separat|jewess"
    r"|mongoloid|retard|stupid|idiot|moron|cannibal|subnormal|less than normal|dead|terroris"
    r"|kill|breast|naked|nude|drug|aboriginal|aborigine|half-breed|mulatto|midriff|primitive|squaw|spinster",
    re.IGNORECASE,
)


@dataclasses.dataclass(frozen=True, slots=True)
class Work:
    """One annotation to be submitted: by whom (`ADA` or `BEN`), and what."""

    annotator: int
    result: list[dict[str, Any]]
    skipped: bool = False
    ground_truth: bool = False
    lead_time: float = 0.0


@dataclasses.dataclass(slots=True)
class Task:
    """One task to be imported and the work on it, in the order of submission."""

    data: dict[str, str]
    work: list[Work]


@dataclasses.dataclass(frozen=True, slots=True)
class Mess:
    """Which tasks are skipped, left empty, never opened, marked ground truth, or decorated."""

    skipped: Collection[int]
    empty: Collection[int]
    untouched: Collection[int]
    ground_truth: Collection[int]
    emoji: Collection[int]
    crlf: Collection[int]
    second: Collection[int]


def plan_mess(rng: random.Random, tasks: int, counts: dict[str, int], second_share: float) -> Mess:
    """Draw disjoint sets of task indexes; the second annotator's share is drawn on its own."""
    drawn = iter(rng.sample(range(tasks), sum(counts.values())))
    sets = {name: {next(drawn) for _ in range(count)} for name, count in counts.items()}
    second = set(rng.sample(range(tasks), round(tasks * second_share))) - sets["untouched"]
    return Mess(**sets, second=second)


def region_id(rng: random.Random) -> str:
    """A result id as the Label Studio editor makes them: ten letters or digits."""
    return "".join(rng.choices(_REGION_ID, k=10))


def seconds(rng: random.Random, median: float) -> float:
    """How long an annotator looked at a task."""
    return round(median * rng.lognormvariate(0.0, 0.5), 3)


def suitable(synset: Synset) -> bool:
    """Whether a meaning may be shown to anybody, and its definition is free of quotations."""
    texts = (*synset.lemmas, synset.definition, *synset.examples)
    return '"' not in synset.definition and not any(map(_UNSUITABLE.search, texts))


def add_crlf(text: str) -> str:
    """Break the line after the first semicolon, or else at the middle space, with CR LF."""
    if "; " in text:
        return text.replace("; ", ";\r\n", 1)
    words = text.split(" ")
    middle = len(words) // 2
    return " ".join(words[:middle]) + "\r\n" + " ".join(words[middle:])
