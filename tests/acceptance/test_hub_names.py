"""A data set of the Hugging Face Hub by its address, from a Hub on this machine."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from subprocess import run as run_python
from typing import Any

import pytest
import yaml

from tests.acceptance.conftest import Run
from tests.acceptance.hub_server import COMMIT, LocalHub, local_hub
from tests.acceptance.test_hub_folders import SUBSETS, written

pytest.importorskip("huggingface_hub")

TOKEN = "hf_" + "abcdefghij" * 3 + "klmn"
Typed = Callable[..., CompletedProcess[str]]


def rows(word: str, labels: list[int]) -> bytes:
    made = [{"sentence": f"{word} number {n} of {n * 7}", "label": k} for n, k in enumerate(labels)]
    return "".join(json.dumps(row) + "\n" for row in made).encode()


@pytest.fixture(scope="module")
def hub() -> Iterator[LocalHub]:
    glue = {
        ".gitattributes": b"*.parquet filter=lfs",
        "README.md": SUBSETS.encode(),
        "cola/train-00000-of-00001.jsonl": rows("apple", [0, 1, 1]),
        "cola/dev-00000-of-00001.jsonl": rows("bread", [1]),
        "sst2/train-00000-of-00001.jsonl": rows("cheese", [0, 1]),
        "picture.png": b"no row",
    }
    plain = {
        "data/train.csv": b"prompt,completion\na,b\n",
        "data/test.csv": b"prompt,completion\nc,d\n",
    }
    data = {"ada/glue": glue, "ada/plain": plain, "ada/pictures": {"a.png": b"no row"}}
    with local_hub(data) as server:
        yield server


@pytest.fixture
def typed(dataprep: Run, hub: LocalHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Run `dataprep convert ARGUMENTS` into `out`, with the Hub of this machine."""
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    hub.asked.clear()
    hub.status = None

    def run(*words: str) -> CompletedProcess[str]:
        ended = dataprep("convert", *words, "--to", "prompt-completion", "-o", "out")
        assert TOKEN not in ended.stdout + ended.stderr
        assert TOKEN[:8] not in ended.stdout + ended.stderr
        return ended

    return run


def test_a_subset_is_downloaded_with_its_splits_and_classes(
    typed: Typed, hub: LocalHub, tmp_path: Path
) -> None:
    run = typed("hf://datasets/ada/glue", "--subset", "cola")
    assert run.returncode == 0, run.stderr
    assert written(tmp_path / "out") == {
        "train": ["unacceptable", "acceptable", "acceptable"],
        "validation": ["acceptable"],
    }
    assert f"revision {COMMIT[:12]}" in run.stderr
    assert not [path for path in hub.asked if "sst2/" in path or path.endswith(".png")]
    manifest: dict[str, Any] = json.loads((tmp_path / "out/manifest.json").read_text())
    assert manifest["recipe"]["sources"] == [{"path": "hf://datasets/ada/glue", "subset": "cola"}]
    assert [one["path"] for one in manifest["made_from"]] == [
        "hf://datasets/ada/glue/cola/dev-00000-of-00001.jsonl",
        "hf://datasets/ada/glue/cola/train-00000-of-00001.jsonl",
    ]
    card = (tmp_path / "out/README.md").read_text()
    assert str(tmp_path) not in card + json.dumps(manifest)
    recipe = yaml.safe_load(card.split("```yaml\n")[1].split("```")[0])
    assert recipe["sources"][0]["path"] == "hf://datasets/ada/glue"


@pytest.mark.usefixtures("typed")
def test_a_script_keeps_its_progress_bars(tmp_path: Path) -> None:
    program = (
        "import dataprep\nfrom huggingface_hub.utils import are_progress_bars_disabled\n"
        "dataprep.convert('hf://datasets/ada/plain', to='prompt-completion', out='out')\n"
        "print(are_progress_bars_disabled())"
    )
    ended = run_python(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (ended.stdout, ended.stderr) == ("False\n", "")


def test_several_subsets_are_named_before_anything_but_the_card_is_downloaded(
    typed: Typed, hub: LocalHub
) -> None:
    run = typed("hf://datasets/ada/glue")
    assert run.returncode == 2
    assert "hf://datasets/ada/glue holds 2 subsets" in run.stderr
    assert {path.rpartition("/")[2] for path in hub.asked if "/resolve/" in path} == {"README.md"}


def test_a_file_or_a_folder_inside_is_read_alone(typed: Typed, tmp_path: Path) -> None:
    run = typed("hf://datasets/ada/plain@main/data/test.csv")
    assert run.returncode == 0, run.stderr
    assert [a for split in written(tmp_path / "out").values() for a in split] == ["d"]
    run = typed("hf://datasets/ada/plain/data")
    assert run.returncode == 0, run.stderr
    assert written(tmp_path / "out") == {"train": ["b"], "test": ["d"]}


def test_what_was_downloaded_is_read_again_when_the_hub_is_not_reached(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert typed("hf://datasets/ada/plain").returncode == 0
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    run = typed("hf://datasets/ada/plain")
    assert run.returncode == 0, run.stderr
    assert "the Hub was not reached, so a copy of before is read" in run.stderr
    assert written(tmp_path / "out") == {"train": ["b"], "test": ["d"]}
    run = typed("hf://datasets/ada/glue", "--subset", "cola")
    assert run.returncode == 4
    assert "The Hub could not be reached for hf://datasets/ada/glue." in run.stderr


@pytest.mark.parametrize(
    ("address", "code", "said"),
    [
        ("hf://datasets/ada/nothing", 2, "The Hub has no data set 'ada/nothing' that you may read"),
        ("hf://datasets/ada/plain@v9", 2, "ada/plain has no revision 'v9'"),
        ("hf://datasets/ada/plain/no.csv", 3, "ada/plain/no.csv holds no file that is read"),
        ("hf://datasets/ada/pictures", 3, "hf://datasets/ada/pictures@refs/convert/parquet"),
        ("hf://datasets/glue", 2, "names no data set of the Hugging Face Hub"),
        ("hf://ada/model", 2, "Write hf://datasets/OWNER/NAME"),
        ("hf://datasets/ada/../plain", 2, "names no data set of the Hugging Face Hub"),
        ("hf://datasets/a--d/x..y", 2, "is no name that the Hub allows"),
    ],
)
def test_what_is_not_there_is_said_in_words(
    typed: Typed, address: str, code: int, said: str
) -> None:
    run = typed(address)
    assert (run.returncode, said in run.stderr) == (code, True), run.stderr


@pytest.mark.parametrize(("status", "code"), [(500, 4), (403, 2)])
def test_a_hub_that_refuses_is_said_with_its_answer(
    typed: Typed, hub: LocalHub, status: int, code: int
) -> None:
    hub.status = status
    run = typed("hf://datasets/ada/plain")
    assert run.returncode == code, run.stderr
    assert "ada/plain" in run.stderr and "Traceback" not in run.stderr


def test_a_bare_name_contacts_nobody_and_is_told_with_its_address(
    typed: Typed, hub: LocalHub
) -> None:
    for path in ("ada/plain", "https://huggingface.co/datasets/ada/plain"):
        run = typed(path)
        assert run.returncode == 2
        assert "on the Hugging Face Hub: hf://datasets/ada/plain" in run.stderr
    assert hub.asked == []


def test_check_and_init_take_the_address_too(dataprep: Run, typed: Typed, tmp_path: Path) -> None:
    run = dataprep("check", "hf://datasets/ada/glue")
    assert run.returncode in (0, 1), run.stderr
    assert "in 6 rows" in run.stdout + run.stderr
    run = dataprep("init", "hf://datasets/ada/plain", "-o", "made.yaml")
    assert run.returncode == 0, run.stderr
    assert 'path: "hf://datasets/ada/plain"' in (tmp_path / "made.yaml").read_text()
    run = dataprep("convert", "--recipe", "made.yaml", "-o", "out2")
    assert run.returncode == 0, run.stderr


def test_without_the_library_its_extra_is_named(
    dataprep: Run, typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = tmp_path / "hidden/huggingface_hub"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ImportError('hidden')\n")
    before = os.environ.get("PYTHONPATH", "")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(hidden.parent), before))))
    run = typed("hf://datasets/ada/plain")
    assert run.returncode == 4
    assert "pip install 'dataprep-tune[train]'" in run.stderr
