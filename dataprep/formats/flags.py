"""The flags that a message prints, so that a shell and a template read them as they are meant."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable

from dataprep.patterns import LatePattern
from dataprep.templates import GLOBALS

OURS = frozenset(("row", "columns"))
"""Names of the whole row, for columns whose names are no words of a template."""

ASKED, ANSWERED = ("input", "asked"), ("output", "answered")
"""Our names for what would be asked and answered without a template; a column of a name wins."""

LONGEST = 100
"""Characters of a name that a printed flag holds; a longer one is named in a recipe."""

_PLAIN_NAME = LatePattern(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_PLAIN_WORD = LatePattern(r"[\w.][\w.-]*\Z")
_RESERVED = "true false none True False None not and or in is if else self loop"
_WORDS = OURS.union(_RESERVED.split())
_NOT_IN_QUOTES = LatePattern(r'["$`!]|\\(?=[\\"$`]|\Z)')
IN_THE_RECIPE = "Name it in a recipe, under carry or leave_out: its name is too long for a flag"


KEEP, DROP = "--unjudged keep", "--unjudged drop"
"""What becomes of answers that nobody judged."""


def variable(name: str, columns: Iterable[str] = ()) -> str:
    """A column as a template reads it, in a file that has these columns."""
    if _PLAIN_NAME.match(name) and name not in _WORDS and name not in GLOBALS:
        return f"{{{{ {name} }}}}"
    whole = "columns" if "row" in columns else "row"
    return f"{{{{ {whole}[{_literal(name)}] }}}}"


def with_filter(variable_: str, how: str) -> str:
    """A variable with a filter behind it."""
    return f"{variable_.removesuffix(' }}')} | {how} }}}}"


def template_flag(flag: str, template: str) -> str:
    """`--prompt '{{ question }}'`: in it a backslash and an n are a line break."""
    spelled = template.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    return f"--{flag} {_quoted(spelled)}"


def column_flag(flag: str, name: str) -> str:
    """`--carry source`."""
    if _PLAIN_WORD.match(name):
        return f"--{flag} {name}"
    return f"--{flag}{'=' if name.startswith('-') else ' '}{_quoted(name)}"


def is_nameable(name: str) -> bool:
    """Whether a printed flag can hold the name of a column."""
    return len(name) <= LONGEST


def _literal(name: str) -> str:
    """A text as a template spells it."""
    shown = json.dumps(name, ensure_ascii=False)
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in shown)


def _quoted(text: str) -> str:
    """A text as a shell takes it whole."""
    if not text.isprintable():
        return f"$'{''.join(map(_escaped, text))}'"
    if "'" in text and not _NOT_IN_QUOTES.search(text):
        return f'"{text}"'
    return shlex.quote(text) if "'" in text else f"'{text}'"


def _escaped(character: str) -> str:
    if character in "\\'":
        return f"\\{character}"
    return character if character.isprintable() else f"\\U{ord(character):08x}"
