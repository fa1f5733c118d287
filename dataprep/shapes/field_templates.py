"""What writes a field of a task's data in a template, however deep it lies."""

from __future__ import annotations

from dataprep import jsonio
from dataprep.annotation import VARIABLE, is_mixed, steps_of

_OURS = ("text", "answer", "instruction", "data", "verdict")
"""Names under which a template finds something else than the field of that name."""


def field_template(field: str) -> str:
    """The template of a field, or of a text with fields in it: `$title: $body`.

    A key that is spelled like a path is taken before what the path leads to, as the editor does.
    """
    if is_mixed(field):
        return _mixed(field, short=False)
    whole = f"data[{_literal(field)}]"
    steps = steps_of(field)
    if len(steps) < 2:
        return f"{{{{ {whole} }}}}"
    deep = "".join(f"[{step if step.isdecimal() else _literal(step)}]" for step in steps)
    return f"{{{{ {whole} if {_literal(field)} in data else data{deep} }}}}"


def short_template(field: str) -> str:
    """The same for a person to read and to change, where its names are words of a template."""
    if is_mixed(field):
        return _mixed(field, short=True)
    steps = field.split(".")
    if steps[0] not in _OURS and all(step.isascii() and step.isidentifier() for step in steps):
        return f"{{{{ {field} }}}}"
    return field_template(field)


def _mixed(text: str, *, short: bool) -> str:
    write = short_template if short else field_template
    pieces = VARIABLE.split(text)  # a text and a field in turn
    return "".join(
        write(piece) if number % 2 else f"{{{{ {_literal(piece)} }}}}" if piece else ""
        for number, piece in enumerate(pieces)
    )


def _literal(text: str) -> str:
    return jsonio.dumps(text).decode()
