"""The formula of a multi grader: arithmetic over the rewards of its parts, and no code."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass

from dataprep.finding import UsageError

_OPERATORS: dict[type, Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: math.pow,
}
_SIGNS: dict[type, Callable[[float], float]] = {ast.USub: operator.neg, ast.UAdd: operator.pos}
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "abs": abs,
    "floor": math.floor,
    "ceil": math.ceil,
    "exp": math.exp,
    "sqrt": math.sqrt,
    "log": math.log,
}
_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Formula:
    """An expression that was found sound: numbers, names of graders, + - * / ^ and functions."""

    root: ast.expr

    @classmethod
    def read(cls, text: str, names: Container[str]) -> Formula:
        """Raises UsageError for a formula that holds anything else."""
        known = f"It may hold numbers, the graders' names, + - * / ^ and {', '.join(_FUNCTIONS)}."
        if len(text) > _LONGEST:
            raise UsageError("The formula calculate_output is too long.", known)
        try:
            root = ast.parse(text.strip().replace("^", "**"), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise UsageError(f"The formula {text!r} is no arithmetic.", known) from None
        if (stranger := _stranger(root, names)) is not None:
            raise UsageError(f"The formula {text!r} holds {ast.unparse(stranger)}.", known)
        return cls(root)

    def value(self, rewards: Mapping[str, float]) -> float:
        """The result; 0 where it has none, as a division by 0."""
        try:
            return float(_value(self.root, rewards))
        except (ArithmeticError, ValueError, TypeError):
            return 0.0


def _stranger(node: ast.expr, names: Container[str]) -> ast.expr | None:
    """The first part that a formula may not hold."""
    parts: list[ast.expr] = []
    if isinstance(node, ast.Constant):
        fits = type(node.value) in (int, float)
    elif isinstance(node, ast.Name):
        fits = node.id in names
    elif isinstance(node, ast.BinOp):
        fits, parts = type(node.op) in _OPERATORS, [node.left, node.right]
    elif isinstance(node, ast.UnaryOp):
        fits, parts = type(node.op) in _SIGNS, [node.operand]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        fits, parts = node.func.id in _FUNCTIONS and bool(node.args), node.args
    else:
        fits = False
    if not fits:
        return node
    return next((found for p in parts if (found := _stranger(p, names)) is not None), None)


def _value(node: ast.expr, rewards: Mapping[str, float]) -> float:
    if isinstance(node, ast.Constant):
        return float(node.value)  # type: ignore[arg-type]
    if isinstance(node, ast.Name):
        return rewards[node.id]
    if isinstance(node, ast.BinOp):
        sides = _value(node.left, rewards), _value(node.right, rewards)
        return _OPERATORS[type(node.op)](*sides)
    if isinstance(node, ast.UnaryOp):
        return _SIGNS[type(node.op)](_value(node.operand, rewards))
    assert isinstance(node, ast.Call)  # noqa: S101  nothing else is let in
    assert isinstance(node.func, ast.Name)  # noqa: S101
    values = [_value(part, rewards) for part in node.args]
    function = _FUNCTIONS[node.func.id]
    return function(values) if function in (min, max) else function(*values)
