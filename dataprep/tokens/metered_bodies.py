"""The loops, macros and blocks of a chat template, each turn of which pays for what it runs."""

from __future__ import annotations

from typing import Any

from jinja2 import nodes

from dataprep.tokens.meter import NODE

STEP = 5
"""What one part of a loop's body costs at each turn."""


def pay_for_bodies(tree: nodes.Template) -> None:
    """Let every turn of a loop, and every call of a macro or a block, pay for what it runs."""
    kinds = (nodes.For, nodes.Macro, nodes.CallBlock, nodes.Block)
    bodies: list[tuple[Any, nodes.Expr]] = [(node, _turn(node)) for node in tree.find_all(kinds)]
    for node, turn in bodies:
        node.body.insert(0, nodes.ExprStmt(turn))
    for loop in tree.find_all(nodes.For):
        if loop.test is not None:
            loop.test = nodes.And(_turn(loop.test), loop.test)


def _turn(node: nodes.Node) -> nodes.Expr:
    cost = NODE
    for part in (node, *node.find_all(nodes.Node)):
        cost += STEP
        written = part.data if isinstance(part, nodes.TemplateData) else getattr(part, "value", 0)
        cost += len(written) if isinstance(written, str) else 0
    return nodes.EnvironmentAttribute(f"turn({cost})")
