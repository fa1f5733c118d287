"""A live Label Studio: a project is made, annotated and exported, and its export converted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.real.label_studio import server_module

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the exports of two projects, made by two annotators on a live server."""
    folder = tmp_path_factory.mktemp("exports")
    label_studio = server_module()
    python = label_studio.install()
    with label_studio.running() as server:
        tokens = [annotator.token for annotator in server.annotators]
        driver = ROOT / "tests" / "real" / "drive_label_studio.py"
        subprocess.run([python, driver, server.base_url, *tokens, folder], check=True, timeout=300)
    yield folder


def converted(exports: Path, project: str, form: str, out: Path, *flags: str) -> list[Any]:
    """The prompt-completion rows of one export, over all splits."""
    subprocess.run(
        [
            *(sys.executable, "-m", "dataprep.cli", "convert", f"{exports}/{project}-{form}.json"),
            *("--label-config", f"{exports}/{project}.xml"),
            *("--to", "prompt-completion", "-o", str(out), *flags),
        ],
        check=True,
    )
    lines = [
        json.loads(line)
        for path in (out / "prompt-completion").glob("*.jsonl")
        for line in path.read_text("utf-8").split("\n")
        if line
    ]
    return sorted((row["prompt"], row["completion"]) for row in lines)


@pytest.mark.parametrize("form", ["easy", "snapshot"])
def test_choices_of_two_annotators_become_examples(
    exports: Path, form: str, tmp_path: Path
) -> None:
    rows = converted(exports, "choices", form, tmp_path / "out")
    asked = "Choose one label for the text: glad, cross, none.\n\n"
    assert rows == [
        (asked + "I like the sea.", "glad"),
        (asked + "The train was late.\r\nAgain.", "cross"),
        (asked + "What a day 🙂!", "glad"),
    ]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    shape = next(stage for stage in manifest["ledger"] if stage["stage"] == "shape")
    assert shape["dropped"] == {"skipped": 1, "submitted-empty": 1, "tie": 1, "unlabelled": 1}


@pytest.mark.parametrize("form", ["easy", "snapshot"])
def test_spans_after_emoji_and_line_breaks_are_exact(
    exports: Path, form: str, tmp_path: Path
) -> None:
    rows = converted(exports, "spans", form, tmp_path / "out")
    assert [completion for _, completion in rows] == [
        '[{"text":"Bob","label":"PER"},{"text":"Eve","label":"PER"}]',
        '[{"text":"Ada","label":"PER"},{"text":"Acme","label":"ORG"}]',
    ]
