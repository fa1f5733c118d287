"""Writes the reference of docs/python.md: python docs/make_python.py (a test holds them together).

From the signatures and the docstrings of the public functions and of the results that they return.
"""

import inspect
from pathlib import Path
from typing import Any

import dataprep

PAGE = Path(__file__).parent / "python.md"
HEAD = "## Reference\n"
FUNCTIONS = (
    "convert",
    "load",
    "check",
    "train",
    "plan",
    "predict",
    "evaluate",
    "load_recipe",
    "verify",
)
RESULTS = ("ConvertedDataset", "CheckResult", "MendedFiles", "TrainedRun", "Predictions")
_WIDTH = 100


def reference() -> str:
    """The part of the page below its last heading."""
    parts = [_function(name, getattr(dataprep, name)) for name in FUNCTIONS]
    parts += [_class(name, getattr(dataprep, name)) for name in RESULTS]
    return "\n".join([HEAD, *parts])


def signature(name: str, function: Any, *, wrapped: bool = True) -> str:
    """The signature of a function: on one line, or where that is too long a parameter a line."""
    whole = inspect.signature(function)
    parameters = [each for each in whole.parameters.values() if each.name != "self"]
    kinds = [each.kind for each in parameters]
    shown = [_parameter(each) for each in parameters]
    if inspect.Parameter.KEYWORD_ONLY in kinds and inspect.Parameter.VAR_POSITIONAL not in kinds:
        shown.insert(kinds.index(inspect.Parameter.KEYWORD_ONLY), "*")
    returned = f" -> {whole.return_annotation}"
    line = f"{name}({', '.join(shown)}){returned}"
    if len(line) <= _WIDTH or not wrapped:
        return line
    inside = "".join(f"    {part},\n" for part in shown)
    return f"{name}(\n{inside}){returned}"


def _parameter(each: inspect.Parameter) -> str:
    stars = {each.VAR_POSITIONAL: "*", each.VAR_KEYWORD: "**"}.get(each.kind, "")
    default = "" if each.default is each.empty else f" = {each.default!r}"
    return f"{stars}{each.name}: {each.annotation}{default}"


def _function(name: str, function: Any) -> str:
    return (
        f"### {name}\n\n```text\n{signature(name, function)}\n```\n\n{inspect.getdoc(function)}\n"
    )


def _class(name: str, kind: type) -> str:
    lines = [f"### {name}\n", f"{inspect.getdoc(kind)}\n"]
    for member, value in vars(kind).items():
        if member.startswith("_"):
            continue
        if isinstance(value, property):
            lines.append(f"- `{member}`: {_first(value)}")
        elif inspect.isfunction(value):
            shown = signature(member, value, wrapped=False)
            lines.append(f"- `{shown}`: {_first(value)}")
        elif inspect.ismemberdescriptor(value):
            lines.append(f"- `{member}`: `{inspect.get_annotations(kind)[member]}`")
    return "\n".join([*lines, ""])


def _first(documented: Any) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join((inspect.getdoc(documented) or "").split("\n\n")[0].split())


if __name__ == "__main__":
    above = PAGE.read_text("utf-8").partition(HEAD)[0]
    PAGE.write_text(above + reference(), "utf-8")
