"""Lists and objects as Python writes them in the cell of a table, with numpy's arrays in them.

numpy writes an array of texts without commas, which Python would read as one text: nobody's data
holds that, so that they are read as several.
"""

from __future__ import annotations

import ast
import json
import re
from typing import Any

from dataprep import jsonio
from dataprep.patterns import LatePattern

_STRING = r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\""
_ARRAY = LatePattern(
    rf"(?:,\s*dtype=(?:{_STRING}|[\w.]+)\s*)?\)|(?P<text>{_STRING})|\barray\(", re.DOTALL
)
_GAPS = LatePattern(rf"(?P<text>{_STRING})|\}}\s+\{{", re.DOTALL)
"""Between two objects of an array numpy writes no comma."""

_STRINGS = LatePattern(_STRING, re.DOTALL)
_TEXTS = LatePattern(rf"(?:{_STRING})(?P<more>\s*(?:{_STRING}))*", re.DOTALL)


def from_cell(text: str, *, arrays: bool = True) -> Any:
    """The value of the JSON of a list or an object, or of Python's literal of one; else None.

    A key that stands twice in an object is no JSON of ours, and no literal either. `arrays` are
    read as numpy writes them.
    """
    if text[:1] not in ("[", "{"):
        return None
    try:
        return jsonio.loads(text.encode("utf-8", "surrogatepass"))
    except jsonio.JsonError:
        pass
    return from_python(text, arrays=arrays)


def from_python(text: str, *, arrays: bool = True) -> Any:
    """The value of a literal of Python, as JSON has it; None for anything else."""
    if "array(" in text:
        text = _ARRAY.sub(lambda found: found["text"] or "", text)
    if arrays:
        text = _TEXTS.sub(_with_commas, text)
        text = _GAPS.sub(lambda found: found["text"] or "}, {", text)
    try:
        tree = ast.parse(text.strip(), mode="eval")
        if any(map(_has_twice, ast.walk(tree))):
            return None
        written = json.dumps(ast.literal_eval(tree), allow_nan=False)
        return jsonio.loads(written.encode())
    except (jsonio.JsonError, ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _has_twice(node: ast.AST) -> bool:
    """Whether an object has a key twice, of which only one could be kept."""
    if not isinstance(node, ast.Dict):
        return False
    keys = [key.value for key in node.keys if isinstance(key, ast.Constant)]
    return len(set(keys)) < len(keys)


def is_literal(text: str) -> bool:
    """Whether a text is plainly a list or an object that Python or numpy wrote, and no JSON."""
    if (text[:1], text[-1:]) not in (("[", "]"), ("{", "}")):
        return False
    if "array(" in text or ", dtype=" in text:
        return True
    return "'" in text and isinstance(from_python(text), list | dict)


def _with_commas(found: re.Match[str]) -> str:
    """Texts that stand side by side, as numpy writes them in an array, with commas between them."""
    if not found["more"]:
        return found[0]
    return ", ".join(one[0] for one in _STRINGS.finditer(found[0]))
