"""Chat templates rendered with traced texts in the place of what a conversation says.

The environment is that of `metered_jinja`. Each filter, test, call and operator that is given a
traced text either notes what it does with it, or raises Untraceable.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.compiler import Frame
from jinja2.runtime import Context, LoopContext, Macro

from dataprep.tokens import metered_calls as calls
from dataprep.tokens import metered_jinja as metered
from dataprep.tokens.meter import METER, NODE
from dataprep.tokens.metered_bodies import pay_for_bodies
from dataprep.tokens.template_marks import LoopMark
from dataprep.tokens.traced_texts import (
    GROWTH,
    MARKED,
    Script,
    Slot,
    Trace,
    TracedLength,
    TracedMarkup,
    TracedText,
    Untraceable,
    joined,
)
from dataprep.tokens.traced_values import (
    RUNTIME,
    TRACED,
    TraceMeter,
    concatenated,
    contained,
    holds,
    plainly,
    printed,
    trace_at_work,
    unmarked,
)


def traced_template(
    source: str, name: str, change: Callable[[nodes.Template], None] | None = None
) -> Callable[[Trace, Mapping[str, Any]], str]:
    """A function that renders a template with the texts of a trace among its values.

    The function gives the text, with marks where traced texts stand. It raises what the template
    raises, and Untraceable for what cannot be noted.
    """
    template = _compiled(source, name, change)

    def render(trace: Trace, values: Mapping[str, Any]) -> str:
        token = METER.set(TraceMeter(trace))
        try:
            context = template.new_context(dict(values))
            return "".join(template.root_render_func(context))
        finally:
            METER.reset(token)

    return render


@lru_cache(maxsize=32)
def _compiled(
    source: str, name: str, change: Callable[[nodes.Template], None] | None
) -> jinja2.Template:
    metered.read(source, name)
    environment = _environment()
    tree = environment.parse(source)
    if any(tree.find_all((nodes.EvalContextModifier, nodes.ScopedEvalContextModifier))):
        raise Untraceable("a template that turns escaping on")
    if change is not None:
        change(tree)
    pay_for_bodies(tree)
    tree.set_lineno(1)
    tree.set_environment(environment)
    code = environment.compile(tree)
    template = jinja2.Template.from_code(environment, code, environment.make_globals(None))
    template.root_render_func.__globals__.update(RUNTIME)
    return template


class _Code(metered._Code):
    """Python for a template, whose `in` is a function too."""

    def visit_Compare(self, node: nodes.Compare, frame: Frame) -> None:
        inside = [operand.op for operand in node.ops if operand.op in ("in", "notin")]
        if not inside:
            super().visit_Compare(node, frame)
            return
        if len(node.ops) > 1:
            raise Untraceable("a chain of comparisons")
        self.write("(not " if inside == ["notin"] else "(")
        self._call("contained", frame, node.expr, node.ops[0].expr)
        self.write(")")


def _joined_by(between: Any, items: Iterable[Any]) -> str:
    parts: list[Any] = []
    for item in items:
        parts += [between, item] if parts else [item]
    return concatenated(parts)


def _join(value: Any, d: Any = "", attribute: Any = None) -> str:
    if attribute is not None or isinstance(value, TracedText):
        raise Untraceable("a join by an attribute")
    return _joined_by(d, value)


def _length(value: Any) -> Any:
    return TracedLength(value) if isinstance(value, TracedText) else len(value)


def _to_json(
    value: Any,
    ensure_ascii: bool = False,
    indent: Any = None,
    separators: Any = None,
    sort_keys: bool = False,
) -> str:
    """As transformers does; a traced text in it is written as JSON when it is known."""
    if ensure_ascii or holds((ensure_ascii, indent, separators)):
        raise Untraceable("JSON of ASCII alone")
    trace, made = trace_at_work(), {}

    def shown(inner: Any) -> Any:
        if isinstance(inner, TracedText):
            text = trace.made(_escaped, inner)
            made[text._slot.at] = text
            return "".join((text,))
        if isinstance(inner, dict):
            return {key: shown(part) for key, part in inner.items()}
        if isinstance(inner, list | tuple):
            return list(map(shown, inner))
        if not isinstance(inner, str | int | float | type(None)):
            raise Untraceable("JSON of something else")
        return inner

    written = json.dumps(
        shown(value), ensure_ascii=False, indent=indent, separators=separators, sort_keys=sort_keys
    )
    pieces = MARKED.split(written)
    return joined(
        trace, [made[int(p)] if at % 2 else p for at, p in enumerate(pieces) if at % 2 or p]
    )


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


GROWTH[_escaped] = 6


def _method(name: str) -> Callable[..., Any]:
    def call(value: Any, *given: Any) -> Any:
        if not isinstance(value, TracedText):
            raise Untraceable(f"a traced text beside {name}")
        return getattr(value, name)(*given)

    return call


def _safe(value: Any) -> TracedMarkup:
    if not isinstance(value, TracedText):
        raise Untraceable("something safe")
    return TracedMarkup(trace_at_work(), value._slot)


_FILTERS: dict[str, Callable[..., Any]] = {
    "count": _length,
    "join": _join,
    "length": _length,
    "safe": _safe,
    "string": lambda value: unmarked(trace_at_work(), printed(value)),
    "tojson": _to_json,
    "trim": _method("strip"),
    **{name: _method(name) for name in ("capitalize", "lower", "replace", "upper")},
}
"""What is called in the place of a filter that is given a traced text."""

_KEEPING = (
    "d default dictsort first items last list map reject rejectattr reverse select selectattr"
)
"""Filters that look at no more of a text than its methods tell, and hand it on."""

_TESTS: dict[str, Callable[..., bool]] = {
    "in": contained,
    "iterable": lambda _: True,
    "sequence": lambda _: True,
}
_COMPARING = "!= < <= == > >= eq equalto ge greaterthan gt le lessthan lt ne"
_TELLING = "boolean defined false float integer mapping none number string true undefined"


def _traced_filter(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    behind = hasattr(function, "jinja_pass_arg")

    def call(*given: Any, **named: Any) -> Any:
        given = tuple(map(calls.as_list, given))
        plain = given[1:] if behind else given
        if not holds((plain, named)):
            return function(*given, **named)
        direct = isinstance(plain[0], TRACED)
        if name in _FILTERS:
            return _FILTERS[name](*plain, **named)
        if name in ("d", "default") or (name in _KEEPING.split() and not direct):
            if name == "dictsort" and (len(plain) > 1 or named):
                raise Untraceable("a sort by values")
            METER.get().weight([*plain, *named.values()])
            return getattr(function, "__wrapped__", function)(*given, **named)
        raise Untraceable(f"the filter {name}")

    call.__dict__.update(getattr(function, "__dict__", {}))
    call.__dict__.pop("__wrapped__", None)
    return call


def _traced_test(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    behind = hasattr(function, "jinja_pass_arg")

    def call(*given: Any) -> Any:
        plain = given[1:] if behind else given
        if name == "sameas" and not any(v is None or type(v) is bool for v in plain):
            raise Untraceable("whether two values are one")
        if not any(isinstance(value, TRACED) for value in plain):
            return function(*given)
        if any(isinstance(value, TracedLength) for value in plain):
            if name not in _COMPARING.split():
                raise Untraceable(f"the test {name}")
        elif name in _TESTS:
            return _TESTS[name](*plain)
        if name in _TELLING.split() or name in _COMPARING.split():
            return getattr(function, "__wrapped__", function)(*plain)
        raise Untraceable(f"the test {name}")

    call.__dict__.update(getattr(function, "__dict__", {}))
    call.__dict__.pop("__wrapped__", None)
    return call


_SCOPES = ("_loop_vars", "_block_vars")
"""What jinja2 gives to a call beside its arguments."""

_METHODS = (types.BuiltinMethodType, types.MethodType)


class _Environment(metered._Environment):
    """The metered environment, where what is done with texts is noted."""

    code_generator_class = _Code
    concat = staticmethod(concatenated)

    def trace(self, other: metered._Environment) -> None:
        """Take over the filters, tests and functions of another, each traced."""
        self.filters = {name: _traced_filter(name, f) for name, f in other.filters.items()}
        tests: dict[str, Any] = {**other.tests}
        self.tests = {name: _traced_test(name, f) for name, f in tests.items()}
        self.globals.clear()
        self.globals.update(other.globals)
        self._may_call = other._may_call
        self._passing = [self.globals[name] for name in ("namespace", "dict")]

    def getitem(self, obj: Any, argument: Any) -> Any:
        """`obj[argument]`, by no traced text."""
        if isinstance(argument, TRACED):
            raise Untraceable("an item by a text that is said")
        return super().getitem(obj, argument)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """`left % right`, of no traced text."""
        if holds((left, right)):
            raise Untraceable(f"the operator {operator}")
        return super().call_binop(context, operator, left, right)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """A text's own `format`, of no traced text."""
        if isinstance(value, types.MethodType) and isinstance(value.__self__, TracedText):
            return None
        format_ = super().wrap_str_format(value)
        return None if format_ is None else metered.Bounded(plainly(format_))

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """A call, where it is known what it does with a traced text."""
        of = __obj.__self__ if isinstance(__obj, _METHODS) else None
        named = {key: value for key, value in kwargs.items() if key not in _SCOPES}
        if isinstance(of, TracedText):
            METER.get().charge(NODE)
            return __obj(*args, **named)
        if holds((args, named)):
            if isinstance(of, str) and __obj.__name__ == "join" and len(args) == 1:
                return _joined_by(of, calls.as_list(args[0]))
            passes = isinstance(__obj, Macro | LoopMark) or __obj in __self._passing
            if not (passes or isinstance(of, list | tuple | dict | LoopContext)):
                raise Untraceable(f"a call of {__obj!r:.60}")
        return super().call(__context, __obj, *args, **kwargs)


@lru_cache(maxsize=1)
def _environment() -> _Environment:
    theirs = metered._environment()
    ours = _Environment(
        trim_blocks=theirs.trim_blocks,
        lstrip_blocks=theirs.lstrip_blocks,
        keep_trailing_newline=theirs.keep_trailing_newline,
        extensions=[type(extension) for extension in theirs.extensions.values()],
    )
    ours.trace(theirs)
    return ours


def parts_of(script: Script, marked: str) -> list[str | Slot]:
    """The parts of a rendered text: what the template writes, and the slots of what is said."""
    pieces = MARKED.split(marked)
    parts: list[str | Slot] = []
    for at, piece in enumerate(pieces):
        for part in script.summands(Slot(int(piece))) if at % 2 else (piece,):
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            elif part != "":
                parts.append(part)
    return parts
