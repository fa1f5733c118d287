"""The classification project: the definition of a noun -> what kind of thing it defines."""

import collections
import random
import re

from making.wordnet import Synset, WordNet
from making.work import (
    ADA,
    BEN,
    EMOJI,
    Mess,
    Task,
    Work,
    add_crlf,
    plan_mess,
    region_id,
    seconds,
    suitable,
)

SIZES = {"plant": 500, "food": 480, "person": 500, "body": 460, "time": 430, "quantity": 390}
# The class that a tired annotator takes instead.
CONFUSED = {
    "plant": "food",
    "food": "plant",
    "person": "body",
    "body": "person",
    "time": "quantity",
    "quantity": "time",
}
MESS = {"skipped": 14, "empty": 7, "untouched": 2, "ground_truth": 25, "emoji": 8, "crlf": 6}
SECOND_SHARE = 0.25
SLIP_ADA = 0.02
SLIP_BEN = 0.08
SHORTEST, LONGEST = 6, 24
COMMON = 8
_WORD = re.compile(r"[a-z]+")


def plan(wordnet: WordNet, seed: int) -> list[Task]:
    """Choose the definitions and decide what each annotator will submit."""
    rng = random.Random(seed)
    chosen = _choose(wordnet, rng)
    mess = plan_mess(rng, len(chosen), MESS, SECOND_SHARE)
    return [_task(rng, index, *pair, mess) for index, pair in enumerate(chosen)]


def _choose(wordnet: WordNet, rng: random.Random) -> list[tuple[Synset, str]]:
    """Sample each class among definitions whose every word occurs in `COMMON` definitions."""
    nouns = [synset for synset in wordnet.synsets.values() if synset.id.endswith("-n")]
    frequency = collections.Counter(word for s in nouns for word in set(_words(s)))
    chosen = []
    for category, size in SIZES.items():
        pool = [
            synset
            for synset in wordnet.of_file(f"noun.{category}")
            if not synset.is_instance
            and SHORTEST <= len(synset.definition.split()) <= LONGEST
            and all(frequency[word] >= COMMON for word in _words(synset))
            and suitable(synset)
        ]
        chosen += [(synset, category) for synset in rng.sample(pool, size)]
    rng.shuffle(chosen)
    return chosen


def _words(synset: Synset) -> list[str]:
    return _WORD.findall(synset.definition.lower())


def _task(rng: random.Random, index: int, synset: Synset, category: str, mess: Mess) -> Task:
    text = synset.definition
    if index in mess.emoji:
        text = f"{rng.choice(EMOJI)} {text}"
    if index in mess.crlf:
        text = add_crlf(text)
    task = Task({"text": text, "lemma": synset.lemmas[0], "synset": synset.id}, [])
    if index not in mess.untouched:
        task.work.append(_first(rng, index, category, mess))
    if index in mess.second:
        task.work.append(_answer(rng, BEN, category, SLIP_BEN))
    return task


def _first(rng: random.Random, index: int, category: str, mess: Mess) -> Work:
    if index in mess.skipped:
        return Work(ADA, [], skipped=True, lead_time=seconds(rng, 9.0))
    if index in mess.empty:
        return Work(ADA, [], lead_time=seconds(rng, 1.0))
    if index in mess.ground_truth:
        return _answer(rng, ADA, category, 0.0, ground_truth=True)
    return _answer(rng, ADA, category, SLIP_ADA)


def _answer(
    rng: random.Random, annotator: int, category: str, slip: float, ground_truth: bool = False
) -> Work:
    picked = CONFUSED[category] if rng.random() < slip else category
    result = {
        "id": region_id(rng),
        "from_name": "category",
        "to_name": "text",
        "type": "choices",
        "value": {"choices": [picked]},
        "origin": "manual",
    }
    return Work(annotator, [result], ground_truth=ground_truth, lead_time=seconds(rng, 4.0))
