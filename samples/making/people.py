"""The NER project: what WordNet says of a person -> nationality, occupation, dates.

The truth comes from WordNet as well: adjectives that pertain to a place and names of inhabitants,
its words for workers and leaders, and years by their pattern.
"""

import dataclasses
import random
import re
from typing import Any

from making.wordnet import POINTER_PERTAINS, Synset, WordNet
from making.work import (
    ADA,
    BEN,
    EMOJI,
    Mess,
    Task,
    Work,
    plan_mess,
    region_id,
    seconds,
    suitable,
)

TASKS = 400
LABELS = ("NATIONALITY", "OCCUPATION", "DATE")
MESS = {"skipped": 5, "empty": 4, "untouched": 1, "ground_truth": 10, "emoji": 14, "crlf": 12}
SECOND_SHARE = 0.5
SLIP_ADA = 0.02
SLIP_BEN = 0.12
# Kinds of people that count as occupations, and kinds that never do.
OCCUPATIONS = (
    *("worker", "leader", "creator", "expert", "entertainer", "intellectual", "scientist"),
    *("traveler", "contestant", "combatant", "communicator", "religious person"),
    *("professional", "head of state", "chief executive"),
)
NOT_OCCUPATIONS = ("relative", "spouse", "lover", "bad person", "inhabitant")
# After a word that is an adjective too ("a general of", "general relativity"), only these.
FOLLOWERS = {"who", "whose", "and", "in", "of", "during", "at", "for", "with", "from", "under"}
DATE = re.compile(r"(?<=[( ])\d{1,4}(?:-\d{1,4})?(?: (?:BC|AD))?(?=\)|;)")


@dataclasses.dataclass(frozen=True, order=True, slots=True)
class Span:
    """A labelled stretch of a text, in Unicode code points, the end excluded."""

    start: int
    end: int
    label: str


@dataclasses.dataclass(frozen=True, slots=True)
class Words:
    """The words that are nationalities and occupations, lower-case ones as they are."""

    nationalities: re.Pattern[str]
    occupations: re.Pattern[str]
    adjectives: frozenset[str]


def plan(wordnet: WordNet, seed: int) -> list[Task]:
    """Choose people with a nationality, an occupation and a date; decide on the annotations."""
    rng = random.Random(seed)
    words = _words(wordnet)
    pool = []
    for synset in wordnet.of_file("noun.person"):
        if synset.is_instance and suitable(synset):
            spans = find(synset.definition, words)
            if {span.label for span in spans} == set(LABELS):
                pool.append((synset, spans))
    chosen = rng.sample(pool, TASKS)
    mess = plan_mess(rng, TASKS, MESS, SECOND_SHARE)
    return [_task(rng, index, *pair, mess) for index, pair in enumerate(chosen)]


def find(text: str, words: Words) -> list[Span]:
    """Label a definition by the word lists and the pattern of years."""
    spans = [Span(*m.span(), "NATIONALITY") for m in words.nationalities.finditer(text)]
    spans += [Span(*m.span(), "DATE") for m in DATE.finditer(text)]
    for match in words.occupations.finditer(text):
        following = re.match(r" ([\w-]+)", text[match.end() :])
        loose = match[0] in words.adjectives and following
        if not loose or (following and following[1] in FOLLOWERS):
            spans.append(Span(*match.span(), "OCCUPATION"))
    return sorted(spans)


def _words(wordnet: WordNet) -> Words:
    adjectives = {
        lemma
        for synset in wordnet.synsets.values()
        if synset.id.endswith("-a") and _pertains_to_place(wordnet, synset)
        for lemma in synset.lemmas
    }
    inhabitant = _kinds(wordnet, ("inhabitant",))
    country = wordnet.first("country", "noun.location")
    people, countries, occupations = set[str](), set[str](), set[str]()
    roots, never = _kinds(wordnet, OCCUPATIONS), _kinds(wordnet, NOT_OCCUPATIONS)
    for synset in wordnet.of_file("noun.person"):
        ancestors = wordnet.ancestors(synset.id)
        if synset.is_instance:
            continue
        if ancestors & inhabitant:
            people.update(synset.lemmas)
        elif ancestors & roots and not ancestors & never:
            first = [w for w in synset.lemmas if wordnet.senses["n", w.lower()][0] == synset.id]
            occupations.update(word for word in first if word.islower())
    for synset in wordnet.of_file("noun.location"):
        if synset.is_instance and country in wordnet.ancestors(synset.id):
            countries.update(synset.lemmas)
    proper = {word for word in adjectives | people if word[:1].isupper()}
    # A country's name counts where it stands before an occupation: "United States composer".
    of_people = rf"\b(?:{_any(proper)})\b(?! (?:Catholic|Empire|mythology))"
    worker = rf"(?=(?: [a-z]+){{0,2}} (?:{_any(occupations)})\b)"
    of_countries = rf"(?<!in )(?<!of )(?<!to )(?<!the )\b(?:{_any(countries)}){worker}"
    return Words(
        re.compile(f"{of_people}|{of_countries}"),
        re.compile(rf"\b(?:{_any(occupations)})\b(?!-)"),
        frozenset(lemma for letter, lemma in wordnet.senses if letter == "a"),
    )


def _pertains_to_place(wordnet: WordNet, synset: Synset) -> bool:
    targets = [target for kind, target in synset.pointers if kind == POINTER_PERTAINS]
    return any(t in wordnet.synsets and wordnet.synsets[t].file == "noun.location" for t in targets)


def _kinds(wordnet: WordNet, words: tuple[str, ...]) -> set[str]:
    """The synsets of these words that are about people or places."""
    files = ("noun.person", "noun.location")
    ids = [id for word in words for id in wordnet.senses["n", word]]
    return {id for id in ids if wordnet.synsets[id].file in files}


def _any(words: set[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda w: (-len(w), w)))


def _task(rng: random.Random, index: int, synset: Synset, truth: list[Span], mess: Mess) -> Task:
    text, spans = synset.definition, truth
    if index in mess.emoji:
        text, spans = _after_emoji(rng, text, spans)
    if index in mess.crlf:
        text, spans = _with_crlf(text, spans)
    task = Task({"text": text, "lemma": synset.lemmas[0], "synset": synset.id}, [])
    if index not in mess.untouched:
        task.work.append(_first(rng, index, text, spans, mess))
    if index in mess.second:
        seen = _differ(rng, text, spans, SLIP_BEN)
        rng.shuffle(seen)  # the order in which they were drawn
        task.work.append(_answer(rng, BEN, text, seen))
    return task


def _after_emoji(rng: random.Random, text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    prefix = f"{rng.choice(EMOJI)} "
    by = len(prefix)
    moved = [Span(span.start + by, span.end + by, span.label) for span in spans]
    return prefix + text, moved


def _with_crlf(text: str, spans: list[Span]) -> tuple[str, list[Span]]:
    """Make CR LF of the first space: inside the span for "United States", else after it."""
    at = text.index(" ")
    moved = [
        Span(span.start + (span.start > at), span.end + (span.end > at), span.label)
        for span in spans
    ]
    return text[:at] + "\r\n" + text[at + 1 :], moved


def _first(rng: random.Random, index: int, text: str, spans: list[Span], mess: Mess) -> Work:
    if index in mess.skipped:
        return Work(ADA, [], skipped=True, lead_time=seconds(rng, 20.0))
    if index in mess.empty:
        return Work(ADA, [], lead_time=seconds(rng, 2.0))
    if index in mess.ground_truth:
        return _answer(rng, ADA, text, spans, ground_truth=True)
    return _answer(rng, ADA, text, _differ(rng, text, spans, SLIP_ADA))


def _differ(rng: random.Random, text: str, spans: list[Span], share: float) -> list[Span]:
    """Change this share of the spans: leave out, take a word more, or take another label."""
    seen = []
    for span in spans:
        if rng.random() >= share:
            seen.append(span)
            continue
        how = rng.choice(("drop", "widen", "relabel"))
        if how == "widen":
            seen.append(_widen(text, span))
        elif how == "relabel":
            seen.append(Span(span.start, span.end, rng.choice(LABELS)))
    return seen


def _widen(text: str, span: Span) -> Span:
    """One word more to the right, without the punctuation that follows it; never less."""
    more = re.match(r" [\w-]+", text[span.end :])
    if more:
        return Span(span.start, span.end + more.end(), span.label)
    return Span(max(0, span.start - 1), min(len(text), span.end + 1), span.label)


def _answer(
    rng: random.Random, annotator: int, text: str, spans: list[Span], ground_truth: bool = False
) -> Work:
    result = [_result(rng, text, span) for span in spans]
    return Work(annotator, result, ground_truth=ground_truth, lead_time=seconds(rng, 15.0))


def _result(rng: random.Random, text: str, span: Span) -> dict[str, Any]:
    # The editor writes each CR and each LF of the quoted text as a backslash and an n.
    quoted = re.sub(r"[\r\n]", r"\\n", text[span.start : span.end])
    return {
        "id": region_id(rng),
        "from_name": "label",
        "to_name": "text",
        "type": "labels",
        "value": {"start": span.start, "end": span.end, "text": quoted, "labels": [span.label]},
        "origin": "manual",
    }
