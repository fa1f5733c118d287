"""Which columns of an unknown table look like what is asked and what is answered.

A proposal is made where the names say so, or where one column asks and one other text is there;
a table of one or two texts and a class is a classification. All else is left to the user.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from dataprep.formats.flags import is_nameable, variable
from dataprep.formats.format import Row
from dataprep.formats.meanings import Meaning, folded, is_words, lettered, meaning_of
from dataprep.formats.sides import PAIR_NAMES
from dataprep.formats.verdict_words import number_of
from dataprep.patterns import LatePattern


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_QUESTIONS = _set(
    "q question query problem instruction prompt input ask request user human goal puzzle riddle "
    "exercise task"
)
_ANSWERS = _set(
    "a answer answers response reply completion output solution target assistant bot gpt "
    "generation summary tldr highlights translation ideal expected truth gold"
)
_CLASSES = _set("label labels class intent sentiment emotion stance polarity")
_SCALES = _set("score similarity relatedness")
_NEVER = _set(
    "id ids idx key index name title type kind hash sha url link date time path file page count "
    "score rating model source lang language level subject reasoning cot thought thoughts thinking "
    "rationale explanation trajectory trajectories start end test tests cases system role author "
    "speaker labeler labeller annotator worker used"
)
"""Words in the name of a column that is neither asked nor answered, whatever else it is called."""

_ASIDE = (
    Meaning.METADATA,
    Meaning.INDEX,
    Meaning.SPLIT,
    Meaning.SYSTEM,
    Meaning.REASONING,
    Meaning.WEIGHT,
    Meaning.MEDIA,
    Meaning.HISTORY,
    Meaning.REJECTED,
)
_WORD = LatePattern(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+|[^\W\d_a-zA-Z]+")
_LETTERED = LatePattern(r"(?<=[a-z])[A-E]|(?<=[_\s-])[a-ejkA-E]")
_ASKS = LatePattern(
    r"\?\s*$|^(?:what|who|when|where|why|how|which|is|are|do|does|can|write|give|list|explain)\b",
    re.IGNORECASE,
)


def likely_templates(rows: Sequence[Row]) -> tuple[str, str] | None:
    """The templates of the prompt and of the completion; None where nothing says the sides."""
    rows = [row for row in rows if isinstance(row, dict)]
    texts = _texts(rows)
    names = list(dict.fromkeys(key for row in rows for key in row))
    held = {key for row in rows for key, value in row.items() if value not in (None, "", [], {})}
    sides = _by_name(texts) or _as_classification(names, texts, held) or _as_scale(rows, texts)
    sides = sides or _by_asking(rows, texts)
    if sides is None or not all(map(is_nameable, (*sides[0], sides[1]))):
        return None
    asked, answered = sides
    titles = [n for n in texts if folded(n) == "title" and n not in (*asked, answered)]
    asked = (*(n for n in titles if _share_that_asks(rows, n) > 0.5), *asked)
    above = [n for n in texts if meaning_of(n) is Meaning.CONTEXT and n not in (*asked, answered)]
    own = [_read(name, texts.get(name, ""), names) for name in (*above, *asked)]
    return "\n\n".join(own), _read(answered, texts.get(answered, ""), names)


def texts_in(rows: Sequence[Row]) -> list[str]:
    """The columns that hold words, in whichever depth, but for metadata."""
    held = {
        key: None
        for row in rows
        for key, value in row.items()
        if (isinstance(value, str) and value.strip()) or is_words(value)
    }
    aside = (Meaning.METADATA, Meaning.INDEX, Meaning.SPLIT)
    return [key for key in held if meaning_of(key) not in aside]


def _texts(rows: Sequence[Row]) -> dict[str, str]:
    """The columns of texts with where the text stands in one: nothing, .text or [0].text."""
    found: dict[str, str] = {}
    for row in rows:
        for key, value in row.items():
            where = _where(value)
            if where is not None:
                found.setdefault(key, where)
    return found


def _where(value: Any) -> str | None:
    if isinstance(value, str):
        return "" if value.strip() else None
    if isinstance(value, dict) and isinstance(value.get("text"), str):
        return ".text"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        inside = _where(value[0])
        return f"[0]{inside}" if inside else None
    return None


def _read(name: str, where: str, names: Sequence[str]) -> str:
    return f"{variable(name, names).removesuffix(' }}')}{where} }}}}"


def _by_name(texts: dict[str, str]) -> tuple[tuple[str, ...], str] | None:
    """The column that is called a question and the one that is called an answer.

    Where only an answer is called so, the one other text is what is asked.
    """
    alone = _without_siblings(texts)
    plain = [name for name in alone if meaning_of(name) not in (*_ASIDE, Meaning.CONTEXT)]
    answers = [n for n in plain if _is_called(n, _ANSWERS)]
    asked = [n for n in plain if _is_called(n, _QUESTIONS) and n not in answers]
    if not answers or _has_options(texts):
        return None
    if asked:
        return (_first(asked),), _first(answers)
    rest = [n for n in texts if meaning_of(n) not in _ASIDE and n != answers[0]]
    rest = [n for n in rest if not _NEVER.intersection(_words(n))]
    return ((rest[0],), answers[0]) if len(rest) == len(answers) == 1 else None


def _as_classification(
    names: Sequence[str], texts: dict[str, str], held: set[str]
) -> tuple[tuple[str, ...], str] | None:
    """One or two texts, and a column that is called a class, and holds some."""
    classes = [n for n in names if _CLASSES.intersection(_words(n)) and n in held]
    if len(classes) != 1 or _has_options(texts):
        return None
    own = [n for n, where in texts.items() if n != classes[0] and where == ""]
    own = [n for n in own if folded(n) == "title" or not _NEVER.intersection(_words(n))]
    read = tuple(n for n in own if meaning_of(n) not in _ASIDE or folded(n) == "title")
    return (read, classes[0]) if len(read) in (1, 2) else None


def _as_scale(rows: Sequence[Row], texts: dict[str, str]) -> tuple[tuple[str, ...], str] | None:
    """Two texts of one name but for its number, and how alike they are, as a number (STS)."""
    names = dict.fromkeys(key for row in rows for key in row)
    scales = [n for n in names if _SCALES.intersection(_words(n)) and _are_numbers(rows, n)]
    pair = [n for n, where in texts.items() if n not in scales and where == ""]
    pair = [n for n in pair if meaning_of(n) not in _ASIDE]
    if len(scales) != 1 or len(pair) != 2 or _without_siblings(pair):
        return None
    return tuple(pair), scales[0]


def _are_numbers(rows: Sequence[Row], name: str) -> bool:
    """Whether a column holds numbers, or their texts, where it holds anything."""
    held = [row[name] for row in rows if row.get(name) not in (None, "")]
    return bool(held) and all(
        not isinstance(value, bool) and number_of(value) is not None for value in held
    )


def _by_asking(rows: Sequence[Row], texts: dict[str, str]) -> tuple[tuple[str, ...], str] | None:
    """The column whose texts ask, where there is one, and one other text."""
    own = [n for n, where in texts.items() if where == "" and meaning_of(n) not in _ASIDE]
    own = [n for n in own if not _NEVER.intersection(_words(n))]
    if len(own) != 2 or any(meaning_of(n) is not None for n in own):
        return None
    asking = [n for n in own if _share_that_asks(rows, n) > 0.5]
    if len(asking) != 1 or len(_without_siblings(own)) < 2:
        return None
    return (asking[0],), next(n for n in own if n != asking[0])


def _share_that_asks(rows: Sequence[Row], name: str) -> float:
    said = [row[name].strip() for row in rows if isinstance(row.get(name), str)]
    return sum(bool(_ASKS.search(text)) for text in said) / len(said)


def _without_siblings(names: Iterator[str] | Sequence[str] | dict[str, str]) -> list[str]:
    """The names but for those that are numbered or lettered among others of the same stem."""
    stems = {name: _stem(name) for name in names}
    many = Counter(stems.values())
    return [name for name, stem in stems.items() if many[stem] == 1]


def _stem(name: str) -> str:
    """The folded name without the number or the letter that it ends with."""
    bare = name.rstrip("0123456789")
    if bare == name:
        if not _LETTERED.match(name, len(name) - 1):
            return folded(name)
        bare = name[:-1]
    end = len(bare)
    while end and (bare[end - 1] in "_-" or bare[end - 1].isspace()):
        end -= 1
    return folded(bare[:end] or name[:1])


def _has_options(names: dict[str, str]) -> bool:
    return bool(lettered(names)) or any(meaning_of(n) is Meaning.OPTIONS for n in names)


def _is_called(name: str, words: frozenset[str]) -> bool:
    said = _words(name)
    is_both = _QUESTIONS.intersection(said) and _ANSWERS.intersection(said)
    return bool(words.intersection(said)) and not is_both and not _NEVER.intersection(said)


def _words(name: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(name)]


def _first(names: Sequence[str]) -> str:
    """The name that a known pair has too, else the first."""
    return next((name for name in names if folded(name) in PAIR_NAMES), names[0])
