"""The first pass over tasks: the same whatever the order, the workers and the parts of a file."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dataprep import sources
from dataprep.conversion import convert
from dataprep.recipe import Annotators, Recipe, Source

Json = dict[str, Any]
METHODS: tuple[Annotators, ...] = ("dawid-skene", "mace")
TEXT = "Ann Lee met Bob in Oslo."


def annotation(who: str, number: int, *spans: tuple[int, int]) -> Json:
    result = [
        {
            "from_name": "label",
            "to_name": "text",
            "type": "labels",
            "value": {"start": start, "end": end, "labels": ["PER"]},
        }
        for start, end in spans
    ]
    return {"unique_id": f"{who}-{number}", "completed_by": who, "result": result}


def project(seed: int) -> list[Json]:
    """Tasks with spans of three annotators, who stand in an order by the seed."""
    rng, order = random.Random(1), random.Random(seed)  # noqa: S311  no secret
    tasks = []
    for number in range(90):
        said = [
            annotation("ann", number, (0, 7), (12, 15)),
            annotation("ben", number, (0, 7), *([(12, 15)] if rng.random() < 0.9 else [])),
            annotation(
                "cid", number, rng.choice([(4, 7), (0, 7)]), rng.choice([(19, 23), (12, 15)])
            ),
        ]
        order.shuffle(said)
        tasks.append({"id": number, "data": {"text": TEXT}, "annotations": said})
    return tasks


def converted(
    folder: Path, tasks: list[Json], method: Annotators, workers: int = 1, files: int = 1
) -> tuple[dict[str, bytes], list[Json]]:
    """The files of an output, and what the manifest says of the annotators."""
    (folder / "in").mkdir(parents=True)
    size = len(tasks) // files
    for at in range(files):
        path = folder / "in" / f"{at}.json"
        path.write_text(json.dumps(tasks[at * size : (at + 1) * size]))
    source = Source(path="in", annotators=method, agreement=0.7)
    plan = Recipe(sources=[source], targets=["prompt-completion"])
    convert(plan, folder, folder / "out", drop_invalid=True, workers=workers)
    manifest = json.loads((folder / "out" / "manifest.json").read_text())
    paths = sorted(p for p in (folder / "out").rglob("*") if p.is_file())
    made = {str(p.relative_to(folder)): p.read_bytes() for p in paths if p.name != "manifest.json"}
    return made, manifest["reliability"]


def test_two_workers_write_the_same_bytes_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "PART_SIZE", 20_000)
    one = converted(tmp_path / "1", project(1), "dawid-skene", 1)
    two = converted(tmp_path / "2", project(1), "dawid-skene", 2)
    assert len(one[0]) > 3
    assert one == two


@pytest.mark.parametrize("method", METHODS)
def test_the_order_of_annotators_in_the_file_changes_no_byte(
    tmp_path: Path, method: Annotators
) -> None:
    one = converted(tmp_path / "1", project(1), method)
    other = converted(tmp_path / "2", project(2), method)
    assert one[1] == other[1]
    own = ("dropped", "README")  # the one has file and order, the other the hash of the source
    assert {name: data for name, data in one[0].items() if not any(o in name for o in own)} == {
        name: data for name, data in other[0].items() if not any(o in name for o in own)
    }


def test_the_files_of_a_folder_are_one_export(tmp_path: Path) -> None:
    _, whole = converted(tmp_path / "1", project(1), "dawid-skene")
    _, parts = converted(tmp_path / "2", project(1), "dawid-skene", files=3)
    assert len(whole) == 1
    assert whole == parts


def test_a_task_in_a_file_of_its_own_is_estimated_from_all(tmp_path: Path) -> None:
    made, (result,) = converted(tmp_path, project(1), "dawid-skene", files=90)
    assert [p["tasks"] for p in result["annotators"]] == [90, 90, 90]
    assert sum(len(data.splitlines()) for name, data in made.items() if "completion" in name) == 90


@pytest.mark.parametrize("command", ["convert", "check"])
def test_numpy_is_loaded_only_where_annotators_are_estimated(tmp_path: Path, command: str) -> None:
    (tmp_path / "rows.jsonl").write_text('{"prompt": "a", "completion": "b"}\n')
    more = {"convert": ["--to", "prompt-completion", "-o", "out"], "check": []}[command]
    code = (
        "import sys; from dataprep.cli import main\n"
        f"sys.argv = ['dataprep', {command!r}, 'rows.jsonl', *{more!r}]\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "names = [n for n in sys.modules if n.startswith('dataprep.annotation.')]\n"
        "print([n for n in names if n.endswith(('mace', 'dawid_skene', 'vote_table'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
