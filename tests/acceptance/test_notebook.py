"""docs/first-hour.ipynb runs in a kernel, and its outputs are those of today."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
import pytest

from tests.acceptance.conftest import ROOT

BY_TWO = """\
import asyncio

assert asyncio.get_running_loop().is_running()
again = dataprep.convert(
    work / "export.json",
    label_config=samples / "config.xml",
    to="prompt-completion",
    workers=2,
    out=work / "again",
)
again.splits
"""
"""A cell behind the others: worker processes, from a kernel whose event loop is running."""


def make_notebook() -> ModuleType:
    path = ROOT / "docs" / "make_notebook.py"
    spec = importlib.util.spec_from_file_location("make_notebook", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


WRITTEN = nbformat.read(ROOT / "docs" / "first-hour.ipynb", as_version=4)
PRINTING = ["notes", "errors"]
CELLS = [cell.id for cell in code_cells(WRITTEN)]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The cells of code of the notebook, run, and one more."""
    return code_cells(make_notebook().executed(tmp_path_factory.mktemp("notebook"), BY_TWO))


def varies(cell: Any) -> bool:
    return "varies" in cell.metadata.get("tags", ())


def outputs(cell: Any) -> list[Any]:
    """What a cell shows: all of it, or where it varies the kinds of it."""
    if not varies(cell):
        return [
            {name: part for name, part in each.items() if name != "execution_count"}
            for each in cell.outputs
        ]
    return [(each.output_type, sorted(each.get("data", ()))) for each in cell.outputs]


@pytest.mark.parametrize("number", range(len(CELLS)), ids=CELLS)
def test_a_cell_shows_what_is_written(number: int, run: list[Any]) -> None:
    written = code_cells(WRITTEN)[number]
    assert outputs(run[number]) == outputs(written), "run: python docs/make_notebook.py"
    assert written.outputs


def test_nothing_is_shown_that_nobody_asked_for(run: list[Any]) -> None:
    """A kernel has no terminal: no bar, no warning of a library, no words beside the result."""
    shown = {(o.output_type, o.get("name")) for cell in run for o in cell.outputs}
    assert shown == {("execute_result", None), ("stream", "stdout")}
    assert [c.id for c in run if any(o.output_type == "stream" for o in c.outputs)] == PRINTING


def test_workers_are_started_from_a_kernel(run: list[Any]) -> None:
    (shown,) = run[-1].outputs
    assert "471" in shown.data["text/plain"]


def test_the_outputs_tell_nothing_of_a_machine() -> None:
    text = (ROOT / "docs" / "first-hour.ipynb").read_text("utf-8")
    paths = [str(ROOT), str(Path.home()), "/tmp", "site-packages", "/Users", "/home"]  # noqa: S108
    assert [path for path in paths if path in text] == []
    assert len(text) < 60_000
    assert WRITTEN.metadata["language_info"] == {"name": "python"}
