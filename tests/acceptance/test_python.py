"""The public names, as docs/python.md shows them."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import dataprep
from tests.acceptance.conftest import ROOT, SAMPLES


def test_the_example_of_the_docs_runs(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "python.md").read_text("utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    sample = SAMPLES / "classification"
    shutil.copy(sample / "config.xml", tmp_path)
    tasks = json.loads((sample / "export.json").read_text("utf-8"))
    (tmp_path / "export.json").write_text(json.dumps(tasks[:120]), "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "manifest.json").exists()


def test_every_public_name_is_there_and_on_the_page() -> None:
    page = (ROOT / "docs" / "python.md").read_text("utf-8")
    assert len(dataprep.__all__) > 15
    assert [name for name in dataprep.__all__ if f"`{name}" not in page] == []
    assert all(getattr(dataprep, name) for name in dataprep.__all__)
    assert set(dataprep.__all__) < set(dir(dataprep))


def test_the_reference_of_the_page_is_that_of_the_docstrings() -> None:
    path = ROOT / "docs" / "make_python.py"
    spec = importlib.util.spec_from_file_location("make_python", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = (ROOT / "docs" / "python.md").read_text("utf-8")
    assert page.endswith(module.reference()), "run: python docs/make_python.py"
    called = {n for n in dataprep.__all__ if n.islower()}
    assert set(module.FUNCTIONS) == called


def test_importing_the_package_loads_none_of_its_dependencies() -> None:
    code = "import sys, dataprep; print('polars' in sys.modules, 'pydantic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"
