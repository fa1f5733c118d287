"""Runs docs/first-hour.ipynb and writes its outputs: python docs/make_notebook.py

In a folder of its own, so that nothing is left beside the notebook. A test runs it the same way and
compares; of cells tagged `varies` (weights are those of a machine) only what does not.
"""

import os
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parent.parent
NOTEBOOK = ROOT / "docs" / "first-hour.ipynb"
SECONDS = 600
"""For one cell, at most."""


def executed(folder: Path, *more: str) -> Any:
    """The notebook with the outputs of a run in `folder`; with `more` cells of code behind it."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.cells += [nbformat.v4.new_code_cell(code) for code in more]
    place = folder / "docs"
    place.mkdir()
    (folder / "samples").symlink_to(ROOT / "samples", target_is_directory=True)
    environment = {**os.environ, "IPYTHONDIR": str(folder / "ipython")}
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(place)}},
    )
    client.execute(env=environment)
    return notebook


def main() -> None:
    """Write the outputs, without what tells of this machine."""
    with tempfile.TemporaryDirectory() as folder:
        notebook = executed(Path(folder))
    notebook.metadata["language_info"] = {"name": "python"}
    nbformat.write(notebook, NOTEBOOK)


if __name__ == "__main__":
    main()
