"""Templates for prompts and completions: minijinja, strict and fenced.

Chosen over a jinja2 sandbox by measurement (1.0 against 6.6 microseconds a render) and attack:
no Python attribute is reachable, repeated strings and ranges are capped, and fuel ends loops.
User text is data, never template source.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import minijinja

from dataprep.finding import UsageError

FUEL = 200_000
MAX_OUTPUT = 16_000_000

Render = Callable[[Mapping[str, Any]], str]


@functools.lru_cache(maxsize=256)
def compile_template(source: str, name: str = "template") -> Render:
    """A function from fields to text.

    Raises UsageError for a template that does not parse; the function itself raises it for
    an unknown field or a template that would not end.
    """
    environment = minijinja.Environment(
        undefined_behavior="strict",
        auto_escape_callback=lambda _: False,
        keep_trailing_newline=True,
    )
    environment.fuel = FUEL
    try:
        environment.add_template(name, source)
    except minijinja.TemplateError as error:
        raise UsageError(
            f"{name}: {error.message or error.kind}.",
            "Fields stand in double braces, like {{ text }}.",
        ) from None

    def render(fields: Mapping[str, Any]) -> str:
        try:
            text = environment.render_template(name, **fields)
        except minijinja.TemplateError as error:
            known = ", ".join(sorted(map(str, fields))) or "none"
            reason = (error.message or error.kind).splitlines()[0]
            raise UsageError(f"{name}: {reason}.", f"The fields here are: {known}.") from None
        if len(text) > MAX_OUTPUT:
            raise UsageError(f"{name}: the text would be longer than {MAX_OUTPUT:,} characters.")
        return text

    return render


def evaluate(expression: str, fields: Mapping[str, Any], name: str = "field") -> Any:
    """The value of one expression, as JSON types, not as text."""
    environment = minijinja.Environment(undefined_behavior="strict")
    environment.fuel = FUEL
    try:
        return environment.eval_expr(expression, **fields)
    except minijinja.TemplateError as error:
        reason = (error.message or error.kind).splitlines()[0]
        known = ", ".join(sorted(map(str, fields))) or "none"
        raise UsageError(f"{name}: {reason}.", f"The fields here are: {known}.") from None
