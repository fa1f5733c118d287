"""Chat templates in transformers' own sandbox, with a meter: no rendering is endless or boundless.

What is written is what `apply_chat_template` writes, character for character. Three things hold a
template: its source has a length and a nesting at most (`read`), every operator, filter, method and
function that can grow something pays before it runs (`_Code`, `metered_calls`), and every turn of a
loop and every call of a macro pays for its body (`metered_bodies`). A call in C cannot be stopped,
so nothing is measured afterwards.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

import jinja2
import markupsafe
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, operators
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension
from jinja2.runtime import BlockReference, Context, LoopContext, Macro, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Cycler, Joiner

from dataprep.finding import EnvironmentProblem
from dataprep.tokens import meter as metering
from dataprep.tokens import metered_calls as calls
from dataprep.tokens import metered_texts as texts
from dataprep.tokens.meter import METER, NODE, Meter, OversizedTemplate
from dataprep.tokens.metered_bodies import pay_for_bodies

LONGEST = 100_000
"""Characters of a chat template; those that are known have up to 25,000."""

PARTS = 20_000
"""Parts of a chat template: names, texts, operators; those that are known have up to 5,000."""

SCOPES = 1_500_000
"""Branches of a chat template times its names: jinja2 copies all names at each branch."""

_REMEDY = "Give another template as `chat_template` in the recipe, or another tokenizer."

_RUNTIME = {
    "str": metering.printed,
    "escape": lambda value: markupsafe.escape(metering.printed(value)),
    "str_join": metering.concatenated,
    "markup_join": metering.markup_joined,
    "added": metering.added,
    "subtracted": metering.subtracted,
    "multiplied": metering.multiplied,
    "raised": metering.raised,
    "held": metering.held,
    "keyed": metering.keyed,
    "sliced": metering.sliced,
    "seen": metering.seen,
    "searched": metering.searched,
}
"""What the code of a template calls in the place of Python's own."""


class MeteredTemplate:
    """A chat template that is compiled; it has the name of its tokenizer in errors."""

    def __init__(self, template: jinja2.Template, name: str) -> None:
        self._template = template
        self._name = name

    def render(self, values: Mapping[str, Any]) -> str:
        """The text by these values, plain JSON all of them but for functions.

        Raises OversizedTemplate for a template over its limits, and what the template raises.
        """
        token = METER.set(Meter(dict(values)))
        try:
            context = self._template.new_context(dict(values))
            return "".join(self._template.root_render_func(context))
        except metering.OverLimit as error:
            raise oversized(self._name, str(error)) from None
        except RecursionError:
            raise oversized(self._name, "calls itself, or nests values, without an end") from None
        except MemoryError:
            raise oversized(self._name, "needs more memory than there is") from None
        finally:
            METER.reset(token)


def oversized(name: str, what: str) -> OversizedTemplate:
    """The error for the chat template of `name` that does so."""
    return OversizedTemplate(f"the chat template of {name} {what}.", _REMEDY)


@lru_cache(maxsize=16)
def read(source: str, name: str) -> nodes.Template:
    """What a chat template consists of.

    Raises OversizedTemplate for one that is too long or nests too deep, jinja2's own errors for
    one that does not parse.
    """
    if len(source) > LONGEST:
        raise oversized(name, f"has {len(source):,} characters, over {LONGEST:,}")
    try:
        tree = _environment().parse(source)
        parts = sum(1 for _ in tree.find_all(nodes.Node))
        names = len({name.name for name in tree.find_all(nodes.Name)})
        branches = sum(1 for _ in tree.find_all((nodes.If, nodes.For, nodes.Macro, nodes.Scope)))
    except (RecursionError, MemoryError):
        raise oversized(name, "nests too deep to be read") from None
    if parts > PARTS:
        raise oversized(name, f"has {parts:,} parts, over {PARTS:,}")
    if branches * names > SCOPES:
        what = f"has {branches:,} branches with {names:,} names, over {SCOPES:,} by multiplication"
        raise oversized(name, what)
    return tree


@lru_cache(maxsize=32)
def compiled(
    source: str, name: str, change: Callable[[nodes.Template], None] | None = None
) -> MeteredTemplate:
    """A chat template that is ready to render; `change` may put more into it before."""
    read(source, name)
    environment = _environment()
    try:
        tree = environment.parse(source)
        if change is not None:
            change(tree)
        pay_for_bodies(tree)
        tree.set_lineno(1)
        tree.set_environment(environment)
        code = environment.compile(tree)
    except (RecursionError, MemoryError, SyntaxError):
        what = "cannot be compiled: it nests too deep, or names one argument twice"
        raise oversized(name, what) from None
    template = jinja2.Template.from_code(environment, code, environment.make_globals(None))
    template.root_render_func.__globals__.update(_RUNTIME)
    return MeteredTemplate(template, name)


class _Code(CodeGenerator):
    """Python for a template, where what can grow goes through the meter."""

    def _call(self, function: str, frame: Frame, *arguments: nodes.Node) -> None:
        for number, argument in enumerate(arguments):
            self.write(", " if number else f"{function}(")
            self.visit(argument, frame)
        self.write(")")

    def visit_Add(self, node: nodes.BinExpr, frame: Frame) -> None:
        self._call("added", frame, node.left, node.right)

    def visit_Sub(self, node: nodes.BinExpr, frame: Frame) -> None:
        self._call("subtracted", frame, node.left, node.right)

    def visit_Mul(self, node: nodes.BinExpr, frame: Frame) -> None:
        self._call("multiplied", frame, node.left, node.right)

    def visit_Pow(self, node: nodes.BinExpr, frame: Frame) -> None:
        self._call("raised", frame, node.left, node.right)

    def visit_List(self, node: nodes.List, frame: Frame) -> None:
        self._held(super().visit_List, node, node.items, frame)

    def visit_Tuple(self, node: nodes.Tuple, frame: Frame) -> None:
        if node.ctx == "load":
            self._held(super().visit_Tuple, node, node.items, frame)
        else:
            super().visit_Tuple(node, frame)

    def visit_Dict(self, node: nodes.Dict, frame: Frame) -> None:
        self.write("held({")
        for pair in node.items:
            self._call("" if isinstance(pair.key, nodes.Const) else "keyed", frame, pair.key)
            self.write(": ")
            self.visit(pair.value, frame)
            self.write(", ")
        self.write("})")

    def _held(
        self,
        visit: Callable[[Any, Frame], None],
        node: nodes.Node,
        items: list[nodes.Expr],
        frame: Frame,
    ) -> None:
        plain = all(isinstance(item, nodes.Const) for item in items)
        self.write("(" if plain else "held(")
        visit(node, frame)
        self.write(")")

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:
        if isinstance(node.arg, nodes.Slice):
            self.write("sliced(")
            super().visit_Getitem(node, frame)
        else:
            self.write("environment.getitem(")
            self.visit(node.node, frame)
            self.write(", ")
            self._call("" if isinstance(node.arg, nodes.Const) else "keyed", frame, node.arg)
        self.write(")")

    def visit_Compare(self, node: nodes.Compare, frame: Frame) -> None:
        self.write("(")
        self._operand(node.expr, "seen", frame, alone=_is_short(node.ops[0]))
        alone = isinstance(node.expr, nodes.Const)
        for operand in node.ops:
            inside = operand.op in ("in", "notin")
            self.write(f" {operators[operand.op]} ")
            short = alone and not inside and len(node.ops) == 1
            self._operand(operand.expr, "searched" if inside else "seen", frame, alone=short)
        self.write(")")

    def _operand(self, node: nodes.Expr, function: str, frame: Frame, *, alone: bool) -> None:
        """An operand; one that is compared with a constant of the template costs nothing."""
        constant = isinstance(node, nodes.Const) or _is_constant(node)
        self._call("" if alone or constant else function, frame, node)


def _is_short(operand: nodes.Operand) -> bool:
    return _is_constant(operand.expr)


def _is_constant(node: nodes.Expr) -> bool:
    if isinstance(node, nodes.List | nodes.Tuple):
        return all(isinstance(item, nodes.Const) for item in node.items)
    return isinstance(node, nodes.Const)


class Bounded:
    """A function that a template may call, for which the function itself pays."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    def __call__(self, *given: Any, **named: Any) -> Any:
        """The same as the function."""
        return self._function(*given, **named)


def pinned_clock(day: date) -> Callable[[str], str]:
    """What a template may ask for the time: the first hour of that day."""
    return texts.date(datetime.combine(day, time()).strftime)


_METHOD = (types.BuiltinMethodType, types.MethodType)
_GLOBALS = ("cycler", "dict", "joiner", "namespace", "raise_exception", "range", "strftime_now")
_CALLED = (Macro, LoopContext, BlockReference, Cycler, Joiner, Undefined, Extension, Bounded)


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox of transformers, whose calls and operators go through the meter."""

    code_generator_class = _Code
    intercepted_binops = frozenset(("+", "-", "*", "**", "%"))

    def bound(self) -> None:
        """Put every filter, test and function behind its rule, and take away the unknown."""
        ruled = calls.filters(self)
        self.filters.clear()
        self.filters.update(ruled)
        self.tests.update(calls.tests(self))
        known: dict[str, Any] = {
            name: self.globals[name] for name in _GLOBALS if name in self.globals
        }
        known["range"] = calls.bounded_range(known["range"])
        if "strftime_now" in known:
            known["strftime_now"] = texts.date(known["strftime_now"])
        self.globals.clear()
        self.globals.update(known)
        self._may_call = frozenset(map(id, known.values()))

    def turn(self, units: int) -> bool:
        """Pay for one turn of a loop, or one call of a macro."""
        return metering.turn(units)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """`left % right`; what else is intercepted goes another way."""
        if isinstance(left, str):
            texts.pay_format(METER.get(), (left, right), {})
        return super().call_binop(context, operator, left, right)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """A text's own `format`, each field of which pays."""
        method = isinstance(value, types.MethodType | types.BuiltinMethodType)
        if not method or value.__name__ not in ("format", "format_map"):
            return None
        text = value.__self__
        if not isinstance(text, str):
            return None
        return Bounded(texts.formatted(self, text, mapped=value.__name__ == "format_map"))

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """A call, where it is known what it costs."""
        if isinstance(__obj, _METHOD):
            of = __obj.__self__
            rules = calls.METHODS.get(str if isinstance(of, str) else type(of), {})
            if rule := rules.get(__obj.__name__):
                if kwargs:
                    kwargs.pop("_loop_vars", None)
                    kwargs.pop("_block_vars", None)
                if __obj.__name__ == "join":
                    args = tuple(map(calls.as_list, args))
                rule(METER.get(), (of, *args), kwargs)
                return __obj(*args, **kwargs)
            known = isinstance(of, _CALLED) or id(of) in __self._may_call
        else:
            known = isinstance(__obj, _CALLED) or id(__obj) in __self._may_call
        if not known:
            raise SecurityError(f"{type(__obj).__name__} is not safely callable")
        meter = METER.get()
        meter.charge(NODE * (1 + len(args) + len(kwargs)))
        if not isinstance(__obj, Macro | Bounded):
            for value in (*args, *kwargs.values()):
                meter.charge(meter.weight(value))
        return super().call(__context, __obj, *args, **kwargs)


@lru_cache(maxsize=1)
def _environment() -> _Environment:
    """The environment in which transformers renders templates, with a meter."""
    try:
        from transformers.utils.chat_template_utils import _compile_jinja_template
    except ImportError:
        raise EnvironmentProblem(
            "this version of transformers has another way to compile chat templates.",
            "Install one that dataprep was tested with: pip install 'transformers>=5.0,<6'.",
        ) from None
    theirs = _compile_jinja_template("").environment
    ours = _Environment(
        trim_blocks=theirs.trim_blocks,
        lstrip_blocks=theirs.lstrip_blocks,
        keep_trailing_newline=theirs.keep_trailing_newline,
        extensions=[type(extension) for extension in theirs.extensions.values()],
    )
    for own, other in (
        (ours.filters, theirs.filters),
        (ours.tests, theirs.tests),
        (ours.globals, theirs.globals),
    ):
        own.update(other)
    ours.bound()
    return ours
