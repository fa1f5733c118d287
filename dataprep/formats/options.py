"""The options of a question: in lettered columns, in a list, an object, or ARC's two lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

from dataprep.finding import excerpt
from dataprep.formats.cells import kind_of, scalar, set_aside
from dataprep.formats.flags import IN_THE_RECIPE, is_nameable, template_flag, variable
from dataprep.formats.format import Row, Unreadable
from dataprep.formats.meanings import USUAL_LETTERS, folded, option_columns, place_of
from dataprep.patterns import LatePattern

INDEXES = (
    *("answer", "answerkey", "label", "cop", "correct", "answeridx", "correctanswer"),
    *("correctoption", "correctchoice", "correctanswerid", "correctindex", "correctidx"),
    *("correctanswerindex", "correctansweridx", "correctanswerkey", "correctletter"),
    *("correctlabel", "answerindex", "answerid", "answerletter", "answerlabel", "answeroption"),
    *("goldindex", "goldidx", "goldlabel", "goldanswer", "gold", "rightanswer", "rightoption"),
    *("rightchoice", "truelabel"),
)
"""What names one of several options or answers is called, folded: a letter, an index, a text."""


_OF_PIQA = "sol"


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one question in order; None stands for one that the row leaves empty.

    `labels` are the names that the row itself gives them. `start` is the number in the name of
    the first column, where the columns are numbered. `are_numbers` says that the list holds some.
    """

    texts: tuple[str | None, ...] = ()
    labels: tuple[str, ...] = ()
    start: int | None = None
    are_numbers: bool = False

    @property
    def have_letters(self) -> bool:
        """Whether the row calls them by letters."""
        return _are_letters(self.labels)

    def shown(self) -> list[str]:
        """Each option that is there behind its letter, as the prompt has it, or as it came."""
        called = [label.upper() for label in self.labels] if self.have_letters else None
        told = [called[at] if called else letter(at) for at in range(len(self.texts))]
        given = [(name, text) for name, text in zip(told, self.texts, strict=True) if text]
        marks = [_LETTERED.match(text) for _, text in given]
        if given and all(m and m[1].upper() == n for m, (n, _) in zip(marks, given, strict=True)):
            return [text for _, text in given]
        return [
            f"{name}) {text}"
            for name, text in zip(told, self.texts, strict=True)
            if text is not None
        ]


def letter(position: int) -> str:
    """What an option is called by its place: A to Z, then numbers."""
    return chr(65 + position) if position < 26 else str(position + 1)


def options_of(
    row: Row, names: tuple[str, ...], asked: str = "question", answered: str = "answer"
) -> Options:
    """The options of a row, which stand in columns of these names, or in the one of this name.

    Raises Unreadable for a column that holds no plain options.
    """
    if len(names) > 1:
        return _in_columns(row, names)
    value = row.get(names[0]) if names else None
    if value is None or value in ("", [], {}):
        return Options()
    if isinstance(value, dict):
        found = _in_lists(value) if isinstance(value.get("text"), list) else _in_object(value)
    else:
        found = _in_list(value) if isinstance(value, list) else None
    if found is None:
        words = f"{excerpt(names[0])} is {kind_of(value)} of no plain options"
        raise Unreadable("S004", names[0], words, _as_they_stand(names[0], row, asked, answered))
    return found


def _in_columns(row: Row, names: tuple[str, ...]) -> Options:
    """Options in columns of letters or numbers: an empty one keeps its letter."""
    by_label = option_columns(names)
    start = start_of(by_label)
    texts: list[str | None] = []
    for label, name in by_label.items():
        place = place_of(label) - start
        texts += [None] * (place + 1 - len(texts))
        texts[place] = _plain(row.get(name))
    while texts and texts[-1] is None:
        texts.pop()
    if not next(iter(by_label)).isdigit():
        return Options(tuple(texts), tuple(map(letter, range(len(texts)))))
    counts_from_0 = folded(names[0]).startswith(_OF_PIQA)  # its label 0 is the column sol1
    return Options(tuple(texts), (), None if counts_from_0 else start)


def start_of(by_label: Mapping[str, str]) -> int:
    """The number in the name of the first of some columns of options: 0 or 1; 0 for letters."""
    least = next(iter(by_label))
    return min(int(least), 1) if least.isdigit() else 0


def _in_list(values: Sequence[Any]) -> Options | None:
    if not all(isinstance(value, str | int | float) for value in values):
        return None
    texts = tuple(value if isinstance(value, str) else scalar(value) for value in values)
    if (letters := _own_letters(texts)) is not None:
        return Options(texts, letters)
    return Options(texts, are_numbers=not all(isinstance(value, str) for value in values))


_LETTERED = LatePattern(r"\s*\(?([A-Ja-j])[.):]\s*\S")


def without_letter(text: str) -> str:
    """The text of an option behind the letter that it begins with."""
    mark = _LETTERED.match(text)
    return text[mark.end() - 1 :].strip() if mark else text


def _own_letters(texts: Sequence[str]) -> tuple[str, ...] | None:
    """The letters that all options of a list begin with, which follow each other in some order.

    None where one has none, and for other letters: E. coli and C. difficile are names.
    """
    marks = [_LETTERED.match(text) for text in texts]
    letters = tuple(mark[1] for mark in marks if mark)
    places = sorted(place_of(letter.lower()) for letter in letters)
    is_run = len(places) == len(texts) > 1 and places == [
        *range(places[0], places[0] + len(places))
    ]
    return letters if is_run else None


def _in_lists(value: Mapping[str, Any]) -> Options | None:
    """ARC: a list of texts, and a list of their labels."""
    texts, labels = value["text"], value.get("label")
    if not isinstance(labels, list):
        return _in_list(texts)
    if len(labels) != len(texts) or not all(isinstance(v, str | int) for v in labels):
        return None
    if not all(isinstance(text, str | int | float) for text in texts):
        return None
    return _labelled(
        [(str(label), _plain(text)) for label, text in zip(labels, texts, strict=True)]
    )


def _in_object(value: Mapping[str, Any]) -> Options | None:
    """An object: its keys are the labels, in the order of the alphabet where they are letters."""
    if not all(isinstance(inner, str | int | float | None) for inner in value.values()):
        return None
    return _labelled([(label, _plain(inner)) for label, inner in value.items()])


def _labelled(pairs: list[tuple[str, str | None]]) -> Options:
    pairs = [(label.strip(), text) for label, text in pairs]
    if _are_letters([label for label, _ in pairs]):
        pairs.sort(key=lambda pair: pair[0].lower())
    while pairs and pairs[-1][1] is None:
        pairs.pop()
    return Options(tuple(text for _, text in pairs), tuple(label for label, _ in pairs))


def _are_letters(labels: Sequence[str]) -> bool:
    """Whether labels are the letters that options are called by: some of A to J, or all from A."""
    folds = sorted(label.lower() for label in labels)
    few = len(set(folds)) == len(folds) and set(folds) <= set(USUAL_LETTERS)
    return bool(folds) and (few or folds == [*ascii_lowercase[: len(folds)]])


def _plain(value: Any) -> str | None:
    """An option as a text; None for one that is left empty."""
    if isinstance(value, str):
        return value if value.strip() else None
    return None if value is None else scalar(value)


def _as_they_stand(name: str, row: Row, asked: str, answered: str) -> str:
    """The flags that show options as they stand and learn the answer as it stands."""
    if not is_nameable(name):
        return f"{IN_THE_RECIPE}."
    own = variable(name, row)
    if not isinstance(row[name], str):
        own = f"{own.removesuffix(' }}')} | tojson }}}}"
    prompt = template_flag("prompt", f"{variable(asked, row)}\n\n{own}")
    completion = template_flag("completion", variable(answered, row))
    words = f"Show them as they stand, and learn the answer as it stands: {prompt} {completion}."
    return words if is_bare(row.get(answered)) else f"{words} Or else: {set_aside(name)}"


def is_bare(value: Any) -> bool:
    """Whether a value is an index or a letter, which answers nothing without options."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).strip()
    return (text.isdecimal() and len(text) <= 2) or text.lower() in tuple(USUAL_LETTERS)


def index_of_several(row: Row, answered: str) -> str | None:
    """The column that says which of several answers is meant; None where there are not several."""
    given = row.get(answered)
    if not isinstance(given, list) or len({v for v in given if isinstance(v, str)}) < 2:
        return None
    name = next((name for name in row if folded(name) in INDEXES and name != answered), None)
    return name if name is not None and is_bare(row[name]) else None
