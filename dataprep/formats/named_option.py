"""Which option an answer names: by its label, its letter, its index, or its own text.

What an index calls the first option, 0 or 1, is told by the first rows of a file: it is no guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from dataprep.finding import excerpt
from dataprep.formats.cells import scalar, set_aside
from dataprep.formats.flags import template_flag, variable
from dataprep.formats.format import Row, Unreadable
from dataprep.formats.meanings import folded, option_columns, place_of
from dataprep.formats.options import INDEXES, Options, letter, start_of, without_letter


class Naming(NamedTuple):
    """How the answers of one file name their options, as its first rows show it.

    `first` is what an index calls the first option; None where no row tells. The others say that
    some answer is a label or a letter, an index, or an option's text, and nothing else of these;
    `is_hidden` that there are options and no answer at all, as in the test splits of HellaSwag.
    """

    first: int | None = None
    by_label: bool = False
    by_index: bool = False
    by_text: bool = False
    is_hidden: bool = False

    @property
    def by_place(self) -> bool:
        """Whether some answer names its option otherwise than by its text."""
        return self.by_label or self.by_index


UNKNOWN = Naming()


def naming_of(answers: Iterable[tuple[Any, Options]]) -> Naming:
    """What some answers and their options show: an index 0 says 0, one of their number says 1."""
    zero = top = by_label = by_index = by_text = by_number = False
    hidden = seen = 0
    for given, options in answers:
        value = _one(given)
        seen += bool(options.texts)
        hidden += bool(options.texts) and says_nothing(value)
        if not options.texts or value is None:
            continue
        has_text = with_text(value, options) is not None
        index = index_in(value, options)
        places = places_of(value, options, None)
        if has_text:
            by_text = by_text or (index is None and not places)
            by_number = by_number or (index is not None and not places)
            continue
        by_label = by_label or (index is None and bool(places))
        by_index = by_index or index is not None
        zero = zero or index == 0
        top = top or index == len(options.texts)
    by_text = by_text or (by_number and not by_index)
    first = 0 if zero else 1 if top else None
    return Naming(first, by_label, by_index, by_text, is_hidden=0 < seen == hidden)


def says_nothing(value: Any) -> bool:
    """Whether an answer is not there."""
    return value is None or (isinstance(value, str) and not value.strip())


def index_in(value: Any, options: Options) -> int | None:
    """A value as an index among options; None for a label, and for what is no whole number."""
    if isinstance(value, bool) or _label_at(value, options) is not None:
        return None
    if options.labels and not options.have_letters:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # pandas writes whole numbers as 1.0 where some are missing
    text = str(value).strip()
    return int(text) if text.isdecimal() and len(text) < 4 else None


def places_of(value: Any, options: Options, first: int | None) -> list[int]:
    """The places that a value may name by a label, a letter or an index; several where unknown."""
    if (at := _label_at(value, options)) is not None:
        return [at]
    index = index_in(value, options)
    if index is None:
        told = str(value).strip().upper()
        letters = [] if options.labels else [letter(at) for at in range(len(options.texts))]
        return [letters.index(told)] if told in letters and told.isalpha() else []
    known = options.start if first is None else first
    bases = (0, 1) if known is None else (known,)
    return [index - base for base in bases if 0 <= index - base < len(options.texts)]


def with_text(value: Any, options: Options) -> int | None:
    """The place of the option whose text a value is; None where there is none."""
    if isinstance(value, int | float) and options.are_numbers:
        value = scalar(value)
    if not isinstance(value, str) or not value.strip():
        return None
    if value in options.texts:
        return options.texts.index(value)
    bare = [text and text.strip() for text in options.texts]
    if value.strip() in bare:
        return bare.index(value.strip())
    own = [text and without_letter(text) for text in options.texts] if options.labels else []
    return own.index(value.strip()) if own.count(value.strip()) == 1 else None


def _label_at(value: Any, options: Options) -> int | None:
    text = str(value).strip()
    if text in options.labels:
        return options.labels.index(text)
    folds = [label.lower() for label in options.labels]
    return folds.index(text.lower()) if folds.count(text.lower()) == 1 else None


class Hidden(Exception):
    """A row has no answer, as none of its file has: it is no example, and no fault."""

    def __init__(self, column: str) -> None:
        super().__init__(column)
        self.column = column


class ChoiceRow(NamedTuple):
    """Where the question of a row, its options and the answer that names one stand."""

    row: Row
    asked: str
    options: tuple[str, ...]
    answered: str


def option_named(options: Options, naming: Naming, at: ChoiceRow) -> str:
    """The text of the option that an answer names.

    Raises Unreadable where it names none, and where nothing tells which of two it names; Hidden
    where no row of the file has an answer.
    """
    value = _one(at.row.get(at.answered))
    if naming.is_hidden and says_nothing(value):
        raise Hidden(at.answered)
    places = places_of(value, options, naming.first)
    text = with_text(value, options)
    is_beyond = naming.by_index and not naming.by_text and index_in(value, options) is not None
    if text is not None and (naming.by_text > naming.by_place or not (places or is_beyond)):
        places = [text]
    is_settled = text is None or places == [text] or _label_at(value, options) is not None
    if not is_settled and (naming.by_text or not naming.by_place):
        words = "is the text of one option, and the index or the letter of another"
        raise _unsettled(words, options, at, as_text=True)
    if len(places) > 1:
        words = f"is an index, and nothing tells whether it counts the {len(options.texts)} options"
        raise _unsettled(f"{words} from 0 or from 1", options, at)
    chosen = options.texts[places[0]] if places else None
    if chosen is None:
        count = sum(text is not None for text in options.texts)
        words = f"{excerpt(at.answered)} names none of the {count} options"
        raise Unreadable("S005", at.answered, words)
    _refuse_another(options, places[0], at)
    return chosen


def _one(value: Any) -> Any:
    """The answer of a list that holds one."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _refuse_another(options: Options, chosen: int, at: ChoiceRow) -> None:
    """Raise Unreadable for a column that names another option as the answer."""
    for name, value in at.row.items():
        if folded(name) not in _AGAIN or name in (at.answered, at.asked, *at.options):
            continue
        text = with_text(value, options)
        places = places_of(value, options, None) if text is None else [text]
        if places and chosen not in places:
            words = f"{excerpt(name)} names another option than {excerpt(at.answered)}"
            raise Unreadable("S004", name, words, set_aside(name))


_AGAIN = frozenset(INDEXES) - {"label", "truelabel", "cop"}
"""Columns that name an option beside another one that does."""


def _unsettled(words: str, options: Options, at: ChoiceRow, as_text: bool = False) -> Unreadable:
    """S004 with a flag for each way in which an answer may name an option."""
    value = _one(at.row.get(at.answered))
    if index_in(value, options) is None:
        flags = [("is the letter", _by_letter(options, at))]
    else:
        flags = [(f"counts from {base}", _indexed(base, options, at)) for base in (0, 1)]
    if as_text:
        flags.append(("is the text itself", variable(at.answered, at.row)))
    ways = "; ".join(f"if it {how}: {template_flag('completion', flag)}" for how, flag in flags)
    remedy = f"Say which it is: {ways}."
    return Unreadable("S004", at.answered, f"{excerpt(at.answered)} {words}", remedy)


def _indexed(first: int, options: Options, at: ChoiceRow) -> str:
    """The template that learns the option of an index, of which the first is 0 or 1."""
    value = _one(at.row.get(at.answered))
    index = _answer(at)
    if not isinstance(value, int):
        index = f"{index} | int"
    if first:  # what counts from 1 has no 0, which would be the last of a list
        less = f"{index} - 1" if isinstance(value, int) else f"({index}) - 1"
        index = f"{less} if {index} else {_BEYOND}"
    return _chosen(index, options, at)


_BEYOND = 99
"""A place that no list of options has."""


def _by_letter(options: Options, at: ChoiceRow) -> str:
    """The template that learns the option of a letter, as the answer of the row has it."""
    is_upper = str(_one(at.row.get(at.answered))).strip().isupper()
    letters = (letter(n) if is_upper else letter(n).lower() for n in range(len(options.texts)))
    places = ", ".join(f'"{name}": {n}' for n, name in enumerate(letters))
    return _chosen(f"{{{places}}}[{_answer(at)}]", options, at)


def _answer(at: ChoiceRow) -> str:
    """The answer of a row, or the one in its list, as an expression of a template reads it."""
    own = _inner(at.answered, at.row)
    return f"{own}[0]" if isinstance(at.row.get(at.answered), list) else own


def _chosen(index: str, options: Options, at: ChoiceRow) -> str:
    """The template that learns the option at a place, which an expression says."""
    if len(at.options) > 1:
        return f"{{{{ [{', '.join(_listed(options, at))}][{index}] }}}}"
    own, held = _inner(at.options[0], at.row), at.row[at.options[0]]
    if isinstance(held, dict) and isinstance(held.get("text"), list):
        return f"{{{{ {own}.text[{index}] }}}}"
    if isinstance(held, dict):
        labels = ", ".join(f'"{label}"' for label in options.labels)
        return f"{{{{ {own}[[{labels}][{index}]] }}}}"
    return f"{{{{ {own}[{index}] }}}}"


def _listed(options: Options, at: ChoiceRow) -> Iterator[str]:
    """The columns of options in order, as a template lists them; an empty one may be absent."""
    columns = option_columns(at.options)
    start = start_of(columns)
    last = max(place_of(label) - start for label in columns)
    by_place = {place_of(label) - start: name for label, name in columns.items()}
    for place in range(last + 1):
        name = by_place.get(place)
        optional = name is not None and at.row.get(name) is None
        yield f"{_inner(name, at.row)}{' | default(0)' if optional else ''}" if name else "0"


def _inner(name: str, row: Row) -> str:
    """A column as an expression of a template reads it."""
    return variable(name, row).removeprefix("{{ ").removesuffix(" }}")
