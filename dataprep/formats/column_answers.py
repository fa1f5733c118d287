"""What a column of answers says: the option that it names, the first of several, or its text."""

from __future__ import annotations

from typing import Any

from dataprep.finding import excerpt
from dataprep.formats.cells import text_of, written_out
from dataprep.formats.column_cells import is_written_structure
from dataprep.formats.flags import is_nameable, template_flag, variable
from dataprep.formats.format import Unreadable
from dataprep.formats.meanings import Meaning, folded, is_option, meaning_of, option_label, several
from dataprep.formats.named_option import ChoiceRow, Naming, option_named
from dataprep.formats.options import Options, is_bare
from dataprep.formats.verdict_words import number_of
from dataprep.patterns import LatePattern

_OF_SQUAD = ("text", "answer_start")
_ENDING = LatePattern(r"(?P<stem>.*[\s_.\-]|.*[a-z](?=[A-Z]))?(?P<label>[A-Za-z])")


def answer_of(options: Options, naming: Naming, at: ChoiceRow, uses: dict[str, str]) -> str:
    """The answer as a text: of options the chosen one's, of several the first.

    Notes in `uses` what is left out. Raises Unreadable for what is no answer by itself.
    """
    row, name = at.row, at.answered
    if options.texts:
        return option_named(options, naming, at)
    _refuse_bare(at, naming)
    value = row.get(name)
    if folded(name) in _CLASSES and str(value).strip() in NO_CLASS:
        words = f"{excerpt(name)} is {excerpt(str(value))}, which in many sets stands for no class"
        raise Unreadable("S004", name, words, _no_class(at))
    place = name
    if isinstance(value, dict) and isinstance(value.get("text"), list):  # SQuAD
        place = f"{name}.text"
        uses[place] = "answer" if value["text"] else "unanswerable"
        uses.update((f"{name}.{key}", "left out") for key in value if key not in _OF_SQUAD)
        value = value["text"] or "unanswerable"
    if value == [] and any(map(_is_context, row.items())):
        uses[name] = "unanswerable"
        return "unanswerable"
    if isinstance(value, list):
        return _first_of(value, place, at, uses)
    if isinstance(value, str) and is_written_structure(name, value):
        words = f"{excerpt(name)} is a list or an object that Python wrote as a text"
        raise Unreadable("S004", name, words, _as_it_stands(at))
    return value if isinstance(value, str) else text_of(row, name, "completion")


def _is_context(column: tuple[str, Any]) -> bool:
    """Whether a column holds something that a question is asked of."""
    name, value = column
    is_given = value not in (None, [], {}) and str(value).strip() != ""
    return is_given and meaning_of(name) is Meaning.CONTEXT


def _first_of(values: list[Any], place: str, at: ChoiceRow, uses: dict[str, str]) -> str:
    """The first of several answers; the others are left out by name."""
    given = [value for value in values if isinstance(value, str)]
    if not given or len(given) < len(values):
        words = f"{excerpt(at.answered)} is a list of no plain answers"
        remedy = written_out(at.answered, at.row, "completion")
        raise Unreadable("S004", at.answered, words, remedy)
    if len(set(given)) > 1:
        uses[f"{place}[1:]"] = "left out"
    return given[0]


_CLASSES = several("label labels goldlabel class category intent")
NO_CLASS = ("-1", "-1.0", "-")
"""What in many sets stands for no class: a number, or the dash of SNLI."""


def refuse_score(at: ChoiceRow) -> None:
    """Raise Unreadable for a class of two texts that is a number on a scale (STS-B)."""
    value = at.row.get(at.answered)
    number = None if isinstance(value, bool) else number_of(value)
    if number is None or number.is_integer():
        return
    words = f"{excerpt(at.answered)} is {excerpt(str(value))}, a number on a scale and no class"
    flag = template_flag("completion", variable(at.answered, at.row))
    raise Unreadable("S004", at.answered, words, f"To learn it as it stands: {flag}.")


def _no_class(at: ChoiceRow) -> str:
    """What to do about a class that may stand for none."""
    rest = "let convert leave such rows out: --drop-invalid"
    if not is_nameable(at.answered):
        return f"{rest.capitalize()}."
    flag = template_flag("completion", variable(at.answered, at.row))
    return f"If it is a class: {flag}. Or else {rest}."


def _as_it_stands(at: ChoiceRow) -> str:
    """What to do about a structure in a text, of which nobody said that it is the answer."""
    listed = "write the cells as JSON, in a column of the name answers"
    if not is_nameable(at.answered):
        return f"{listed.capitalize()}."
    flag = template_flag("completion", variable(at.answered, at.row))
    return f"To learn it as it stands: {flag}. To learn the first of several: {listed}."


def _refuse_bare(at: ChoiceRow, naming: Naming) -> None:
    """Raise Unreadable for an index or a letter whose option is not there, or not known as one."""
    value = at.row.get(at.answered)
    if not is_bare(value):
        return
    is_index = str(value).strip().isdecimal()
    if at.options or (naming.by_index if is_index else naming.by_label):
        words = f"{excerpt(at.answered)} names an option, and the row has none"
        raise Unreadable("S005", at.answered, words)
    told = str(value).strip()
    if named := _named_columns(at, told):
        name = excerpt(named[told.lower()])
        words = f"{excerpt(at.answered)} may name {name}, which no rule reads as an option"
        raise Unreadable("S004", at.answered, words, _as_a_name(named, told, at))


def may_be_named(name: str) -> bool:
    """Whether an answer that is a letter or a number alone may name this column, or be in it."""
    holds_options = meaning_of(name) is Meaning.OPTIONS
    return holds_options or is_option(name) or _ENDING.fullmatch(name) is not None


def _named_columns(at: ChoiceRow, told: str) -> dict[str, str]:
    """The columns of which a letter or a number may name one, by letter or number; or none."""
    stems: dict[str, dict[str, str]] = {}
    options: dict[str, dict[str, str]] = {}
    for name in at.row:
        if name in (at.asked, at.answered):
            continue
        if is_option(name) and (label := option_label(name)) is not None:
            options.setdefault(label[0], {})[label[1]] = name
        elif match := _ENDING.fullmatch(name):
            stems.setdefault(match["stem"] or "", {})[match["label"].lower()] = name
    for word, found in (*options.items(), *stems.items()):
        is_one = len(found) > 1 or word in options or (not word and found.get(told.lower()) == told)
        if told.lower() in found and is_one:
            return found
    return {}


def _as_a_name(named: dict[str, str], told: str, at: ChoiceRow) -> str:
    """The flags that learn the column that an answer names, or the answer as it stands."""
    name = named[told.lower()]
    if not all(map(is_nameable, (*named.values(), at.asked, at.answered))):
        return "Name the options option_a, option_b, and so on."
    own, label = variable(at.answered, at.row), name[-len(told) :]
    inner = own.removeprefix("{{ ").removesuffix(" }}")
    if isinstance(at.row[at.answered], str) and label != told:
        inner += f" | {'upper' if label.isupper() else 'lower'}"
    stem = name[: -len(told)].replace("\\", "\\\\").replace('"', '\\"')
    whole = "columns" if "row" in at.row else "row"
    learned = template_flag("completion", f'{{{{ {whole}["{stem}" ~ ({inner})] }}}}')
    shown = (f"{called.upper()}) {variable(one, at.row)}" for called, one in named.items())
    asked = template_flag("prompt", "\n".join((f"{variable(at.asked, at.row)}\n", *shown)))
    return (
        f"To learn what it names: {asked} {learned}."
        f" To learn it as it stands: {template_flag('completion', own)}."
    )
