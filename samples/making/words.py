"""The text-to-text project: a word in a sentence -> its definition."""

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

TASKS = 400
MESS = {"skipped": 5, "empty": 3, "untouched": 1, "ground_truth": 10, "emoji": 5, "crlf": 4}
SECOND_SHARE = 0.25
SLIP_ADA = 0.02
SLIP_BEN = 0.08
SHORTEST, LONGEST = 5, 25


def plan(wordnet: WordNet, seed: int) -> list[Task]:
    """Choose words with an example sentence and decide what each annotator will submit."""
    rng = random.Random(seed)
    pool = [
        (word, sentence, synset)
        for synset in wordnet.synsets.values()
        if suitable(synset) and synset.definition
        for word, sentence in _uses(synset)
    ]
    chosen = rng.sample(pool, TASKS)
    mess = plan_mess(rng, TASKS, MESS, SECOND_SHARE)
    return [_task(rng, index, wordnet, use, mess) for index, use in enumerate(chosen)]


def _uses(synset: Synset) -> list[tuple[str, str]]:
    """At most one sentence of a synset, with the lemma that stands in it."""
    for sentence in synset.examples:
        if SHORTEST <= len(sentence.split()) <= LONGEST and sentence.isascii():
            for lemma in synset.lemmas:
                if re.search(rf"\b{re.escape(lemma)}\b", sentence):
                    return [(lemma, sentence)]
    return []


def _task(
    rng: random.Random, index: int, wordnet: WordNet, use: tuple[str, str, Synset], mess: Mess
) -> Task:
    word, sentence, synset = use
    if index in mess.emoji:
        sentence = f"{sentence} {rng.choice(EMOJI)}"
    if index in mess.crlf:
        sentence = add_crlf(sentence)
    task = Task({"word": word, "sentence": sentence, "synset": synset.id}, [])
    right, wrong = synset.definition, _another_sense(wordnet, word, synset)
    if index not in mess.untouched:
        task.work.append(_first(rng, index, right, wrong, mess))
    if index in mess.second:
        task.work.append(_answer(rng, BEN, wrong if rng.random() < SLIP_BEN else right))
    return task


def _first(rng: random.Random, index: int, right: str, wrong: str, mess: Mess) -> Work:
    if index in mess.skipped:
        return Work(ADA, [], skipped=True, lead_time=seconds(rng, 30.0))
    if index in mess.empty:
        return Work(ADA, [], lead_time=seconds(rng, 2.0))
    if index in mess.ground_truth:
        return _answer(rng, ADA, right, ground_truth=True)
    return _answer(rng, ADA, wrong if rng.random() < SLIP_ADA else right)


def _another_sense(wordnet: WordNet, word: str, synset: Synset) -> str:
    """The commonest other meaning of the word; for a word with one meaning, its first clause."""
    letter = synset.id[-1]
    for id in wordnet.senses.get((letter, word.lower()), ()):
        other = wordnet.synsets[id]
        if id != synset.id and other.definition and suitable(other):
            return other.definition
    words = re.split(r"[;,]", synset.definition)[0].split(" ")
    return " ".join(words[: max(2, len(words) - 1)])


def _answer(
    rng: random.Random, annotator: int, definition: str, ground_truth: bool = False
) -> Work:
    result = {
        "id": region_id(rng),
        "from_name": "definition",
        "to_name": "sentence",
        "type": "textarea",
        "value": {"text": [definition]},
        "origin": "manual",
    }
    return Work(annotator, [result], ground_truth=ground_truth, lead_time=seconds(rng, 25.0))
