"""A column that nothing places: what it holds, in words, and the flags that say what it is for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from dataprep.finding import Fault, excerpt
from dataprep.formats.cells import ways_to_write
from dataprep.formats.flags import (
    ASKED,
    DROP,
    IN_THE_RECIPE,
    KEEP,
    column_flag,
    is_nameable,
    template_flag,
    variable,
    with_filter,
)
from dataprep.formats.format import Reading, Row, RowRead
from dataprep.formats.literals import from_cell
from dataprep.formats.meanings import Meaning, is_words, says_when_gone, sets_a_scene
from dataprep.formats.verdict_words import bound_of, is_understood, number_of, true_is_bad, truth_of
from dataprep.formats.verdicts import inside


def kind_in_words(value: Any) -> str:
    """What a value is called."""
    if isinstance(value, str):
        return (
            "text" if is_words(value) else "a number" if number_of(value) is not None else "words"
        )
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, list):
        return "a list"
    return "an object" if isinstance(value, dict) else "a number"


class OpenColumn(NamedTuple):
    """A column of which the user must say what it is for, among the columns of its file.

    `prompt` is the template of the prompt that the user gave, `bound` a number that approves.
    `may_lack` says that some rows have nothing in it.
    """

    key: str
    value: Any
    meaning: Meaning | None
    prompt: str | None
    bound: str
    among: frozenset[str] = frozenset()
    may_lack: bool = False


def ways_of(column: OpenColumn, reading: Reading, read: RowRead, *, judges: bool = True) -> str:
    """The flags that settle what a column is for, the likeliest first; it may `judge` answers."""
    key, value, meaning, prompt, bound, among, may_lack = column
    if not is_nameable(key):
        return f"{IN_THE_RECIPE}."
    own = _as_text(key, read.row)
    given = with_filter(own, "default('')") if may_lack and isinstance(value, str) else own
    asked = _asked(reading, read.row, among) if prompt is None else prompt
    ways = []
    if meaning is Meaning.SPLIT:
        ways.append(f"honour it: {column_flag('split-by', key)}")
    elif meaning is Meaning.CORRECTED:
        ways.append(f"learn it: {template_flag('completion', own)}")
    elif (
        judges
        and meaning in (Meaning.VERDICT, Meaning.METADATA, None)
        and (approving := _approving(key, variable(key, read.row), value, bound))
    ):
        ways.append(f"say which answers were approved: {_approved(key, value, approving)}")
    elif meaning in (Meaning.VERDICT, Meaning.REJECTED, Meaning.WEIGHT, Meaning.MEDIA):
        pass
    elif any(True for _ in inside(value, key)):
        pass  # a verdict that no template reaches, in the JSON of a cell
    elif meaning is Meaning.SYSTEM:
        ways.append(f"make it the system message: {template_flag('system', given)}")
    elif reading.kind in ("pair", "chat", "feedback", "preference") and key in read.row:
        if sets_a_scene(key, value) and isinstance(value, str) and not _has_system(reading):
            ways.append(f"make it the system message: {template_flag('system', given)}")
        if asked:
            both = "\n\n".join((given, asked))
            ways.append(f"put it in the prompt: {template_flag('prompt', both)}")
        if reading.kind == "pair":
            ways.append(f"learn it: {template_flag('completion', own)}")
    ways.append(f"carry it along: {column_flag('carry', key)}")
    ways.append(f"leave it out: {column_flag('leave-out', key)}")
    first, *others = ways
    return f"{first[0].upper()}{first[1:]}; {'; '.join(others)}."


def _approved(key: str, value: Any, template: str) -> str:
    """The flag of a template that says what approves; both ways round for a truth of any name."""
    if not isinstance(value, bool) or is_understood(key):
        return template_flag("approved", template)
    plain = template.replace("{{ not ", "{{ ", 1)
    turned = template_flag("approved", plain.replace("{{ ", "{{ not ", 1))
    return f"{template_flag('approved', plain)}, or if true is bad {turned}"


def unjudged(key: str, row: Row) -> Fault:
    """S004 for an answer that nobody judged, under a column that judges those of other rows."""
    words = f"{excerpt(key)} judges the answers of other rows, and says nothing of this one"
    remedy = f"Learn what nobody judged: {KEEP}; drop it: {DROP}."
    return Fault("S004", excerpt(key) if key in row else "", words, remedy)


def _has_system(reading: Reading) -> bool:
    return bool(reading.messages) and reading.messages[0]["role"] == "system"


_SAYS = '== "'


def _approving(key: str, own: str, value: Any, bound: str) -> str:
    """A template that says whether such a value approves, for the user to put right; or nothing."""
    inner = own.removeprefix("{{ ").removesuffix(" }}")
    if value == [] or (isinstance(value, str) and from_cell(value) is not None):
        return ""
    if isinstance(value, dict) or (isinstance(value, list) and isinstance(value[0], dict)):
        found = next(iter(inside(value, inner)), None)
        if found is None:
            return ""
        bound = bound_of(number_of(found[2]))
        return _approving(found[1], f"{{{{ {found[0]} }}}}", found[2], bound)
    if is_words(value) and not says_when_gone(key):
        return ""
    if isinstance(value, list):
        return _approving(key, f"{{{{ {inner}[0] }}}}", value[0], bound)
    if says_when_gone(key):
        return f"{{{{ not {inner} }}}}"
    return f"{{{{ {_test(inner, value, bound, says_no=true_is_bad(key))} }}}}"


def _test(inner: str, value: Any, bound: str, *, says_no: bool) -> str:
    """What is true where a word or a number approves."""
    if number_of(value) is not None:
        return f"{'not ' if says_no else ''}{inner} {bound}"
    if truth_of(value) is None:
        return f"{inner} {bound}" if bound.startswith(_SAYS) else f'{inner} {_SAYS}..."'
    if isinstance(value, bool) or str(value).strip().lower() in ("true", "false"):
        return f"not {inner}" if says_no else inner
    return f'{inner} {_SAYS}{"no" if says_no else "yes"}"'


def _as_text(key: str, row: Row) -> str:
    """A column as a template writes it: a list or an object with what makes a text of it."""
    if isinstance(row.get(key), list | dict):
        return ways_to_write(key, row)[0]
    return variable(key, row)


def _asked(reading: Reading, row: Row, among: frozenset[str]) -> str:
    """What a template says for all that is asked today: the columns, or our name for it.

    Nothing where all our names are columns of the file, and no columns say it alone.
    """
    asked = [key for key, use in reading.uses.items() if use == "prompt" and key in row]
    if reading.kind == "pair" and len(asked) == 1:
        return variable(asked[0], row)
    ours = next((name for name in ASKED if name not in among and name not in row), None)
    if ours != ASKED[0] and _say_it(asked, reading, row):
        return "\n\n".join(variable(key, row) for key in asked)
    return f"{{{{ {ours} }}}}" if ours else ""


def _say_it(names: Sequence[str], reading: Reading, row: Row) -> bool:
    """Whether some columns, one below the other, are the question as it is read."""
    said = [m["content"] for m in reading.messages if m["role"] == "user"][-1:]
    texts = [row[name] for name in names]
    return all(isinstance(text, str) for text in texts) and said == ["\n\n".join(texts)]
