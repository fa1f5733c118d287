"""Where in a rendered conversation each message stands, as the chat template itself tells it.

Every loop of the template writes a mark before and behind its body. What is rendered between the
marks of a message is of that message, wherever in the conversation it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from jinja2 import TemplateError, nodes

from dataprep.patterns import LatePattern
from dataprep.tokens.metered_jinja import Bounded, read

_BEGIN, _END = 0xF0000, 0x100000  # two planes of private use, which no template writes
_GENERATED = 0xFFFD  # the last of a plane, where no message has its number
MARKS = LatePattern("[\U000f0000-\U0010ffff]")
CLOCK = "strftime_now"
"""The function by which transformers tells a template the time."""

_SUPPORT = "_generation_support"  # what transformers calls for the block
_PARSING = frozenset(("split", "rsplit", "partition", "startswith", "endswith", "find", "index"))


class Regions(NamedTuple):
    """A rendered text, and the runs of it (in code points) that each message wrote, by index.

    `generated` are those inside `{% generation %}`; None for a template that has no such block.
    """

    text: str
    runs: dict[int, list[tuple[int, int]]]
    generated: dict[int, list[tuple[int, int]]] | None = None


def regions(source: str, name: str, messages: Sequence[Mapping[str, Any]], marked: str) -> Regions:
    """The conversation with the runs of each message; blank runs are left out.

    `marked` is rendered with `marks` by a template that `mark_loops` changed; `name` is what the
    template is called in errors. A message that the template only reads copies of has no run.
    """
    told = read_marks(marked, messages)
    return told if has_generation(source, name) else told._replace(generated=None)


class LoopMark(Bounded):
    """A function that only asks whether it is given a message."""


def marks(messages: Sequence[Mapping[str, Any]]) -> dict[str, LoopMark]:
    """The functions by which a template marks the bodies of its loops over these messages."""
    index = {id(message): at for at, message in enumerate(messages)}
    stack: list[int | None] = []

    def begin(item: Any) -> str:
        stack.append(index.get(id(item)))
        return "" if stack[-1] is None else chr(_BEGIN + stack[-1])

    def end() -> str:
        at = stack.pop() if stack else None
        return "" if at is None else chr(_END + at)

    return {"_begin": LoopMark(begin), "_end": LoopMark(end)}


@lru_cache(maxsize=16)
def has_generation(source: str, name: str) -> bool:
    """Whether a template says by `{% generation %}` what an assistant says."""
    try:
        return any(map(_is_generation, read(source, name).find_all(nodes.CallBlock)))
    except (TemplateError, ValueError):  # a number of too many digits
        return False


@lru_cache(maxsize=16)
def reads_clock(source: str, name: str) -> bool:
    """Whether a template asks for the date: its text is another one tomorrow."""
    try:
        return any(found.name == CLOCK for found in read(source, name).find_all(nodes.Name))
    except (TemplateError, ValueError):  # a number of too many digits
        return False


def read_marks(marked: str, messages: Sequence[Mapping[str, Any]]) -> Regions:
    """The text without its marks; what a message quotes of an answer is its own."""
    answers = frozenset(n for n, message in enumerate(messages) if message["role"] == "assistant")
    pieces: list[str] = []
    runs: dict[int, list[tuple[int, int]]] = {}
    generated: dict[int, list[tuple[int, int]]] = {}
    owners: list[int] = []
    spoken = -1  # what stands behind the last loop, and is generated, closes the last message
    at = last = inside = 0
    for mark in [*MARKS.finditer(marked), None]:
        piece = marked[last : mark.start() if mark else len(marked)]
        if owners:
            spoken = next((n for n in owners if n not in answers), owners[-1])
        if owners and piece.strip():
            runs.setdefault(spoken, []).append((at, at + len(piece)))
        if inside and piece and spoken >= 0:
            generated.setdefault(spoken, []).append((at, at + len(piece)))
        pieces.append(piece)
        at += len(piece)
        if mark:
            last = mark.end()
            code = ord(mark[0])
            if code in (_BEGIN + _GENERATED, _END + _GENERATED):
                inside = max(0, inside + (1 if code < _END else -1))
            elif code < _END:
                owners.append(code - _BEGIN)
            elif owners:
                owners.pop()
    joined = ({owner: _joined(own) for owner, own in of.items()} for of in (runs, generated))
    return Regions("".join(pieces), *joined)


def _joined(runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Runs that touch are one."""
    joined = runs[:1]
    for start, end in runs[1:]:
        if start == joined[-1][1]:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


@lru_cache(maxsize=16)
def parsed_texts(source: str, name: str) -> frozenset[str]:
    """The texts that a template looks for inside other texts: `'</think>' in content`, `split`.

    None for a template that does not parse.
    """
    found: set[str] = set()
    try:
        tree = read(source, name)
    except (TemplateError, ValueError):  # a number of too many digits
        return frozenset()
    for compared in tree.find_all(nodes.Compare):
        if any(operand.op in ("in", "notin") for operand in compared.ops):
            found.update(_texts([compared.expr]))
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Getattr) and call.node.attr in _PARSING:
            found.update(_texts(call.args))
    return frozenset(found)


def _texts(expressions: Sequence[nodes.Expr]) -> list[str]:
    constants = (e.value for e in expressions if isinstance(e, nodes.Const))
    return [value for value in constants if isinstance(value, str)]


def mark_loops(tree: nodes.Template) -> None:
    """Let the loops of a template write marks."""
    _mark(tree, in_loop=False)


def _mark(node: nodes.Node, *, in_loop: bool) -> None:
    """Put marks into every loop below a node; what leaves a loop body early ends it too."""
    for _, value in node.iter_fields():
        if isinstance(value, nodes.Node):
            _mark(value, in_loop=in_loop)
        if not isinstance(value, list):
            continue
        for at in range(len(value) - 1, -1, -1):
            inner = value[at]
            if isinstance(inner, nodes.CallBlock) and _is_generation(inner):
                _mark(inner, in_loop=in_loop)
                begin, end = (_text(chr(plane + _GENERATED)) for plane in (_BEGIN, _END))
                value[at : at + 1] = [begin, nodes.Scope(inner.body), end]
            elif isinstance(inner, nodes.For):
                _mark(inner, in_loop=True)
                inner.body = [_call("_begin", inner.target), *inner.body, _call("_end")]
            elif isinstance(inner, nodes.Node):
                _mark(inner, in_loop=in_loop and not isinstance(inner, nodes.Macro))
            if in_loop and isinstance(inner, nodes.Continue | nodes.Break):
                value.insert(at, _call("_end"))


def _is_generation(block: nodes.CallBlock) -> bool:
    function = block.call.node
    return isinstance(function, nodes.ExtensionAttribute) and function.name == _SUPPORT


def _text(text: str) -> nodes.Output:
    return nodes.Output([nodes.TemplateData(text)])


def _call(name: str, target: nodes.Node | None = None) -> nodes.Output:
    arguments: list[nodes.Expr] = []
    if isinstance(target, nodes.Name):
        arguments = [nodes.Name(target.name, "load")]
    elif target is not None:
        arguments = [nodes.Const(None)]
    return nodes.Output([nodes.Call(nodes.Name(name, "load"), arguments, [], None, None)])
