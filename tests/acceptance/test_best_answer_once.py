"""A ranking in a supervised target: the best answer is taught once, and a worse one never."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.building import Json, annotated, of_task
from tests.converting import Converting
from tests.exports import answer

RANKER = (
    '<View><Text name="q" value="$q"/><List name="items" value="$items"/>'
    '<Ranker name="rank" toName="items"/></View>'
)
BUCKETS = RANKER.replace("/></View>", '><Bucket name="good"/><Bucket name="poor"/></Ranker></View>')
ITEMS = [{"id": id, "title": id, "body": f"Answer {id}."} for id in "abcd"]
SUPERVISED = (
    *("prompt-completion", "openai-chat", "azure", "together", "fireworks", "nebius"),
    *("alpaca", "sharegpt"),
)


@pytest.fixture
def convert(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Converting:
    monkeypatch.setenv("COLUMNS", "400")
    return Converting(tmp_path, capsys)


def ranking(**ranker: list[str]) -> list[Json]:
    result = answer("rank", "items", "ranker", ranker=ranker)
    return [of_task({"q": "Why?", "items": ITEMS}, annotated(result))]


def written(folder: Path) -> list[str]:
    return [line for path in folder.glob("*.jsonl") for line in path.read_text().splitlines()]


@pytest.mark.parametrize("target", SUPERVISED)
def test_a_ranking_teaches_its_best_answer_once_in_every_supervised_target(
    convert: Converting, target: str
) -> None:
    made = convert(ranking(rank=["c", "a", "d", "b"]), "--to", target, config=RANKER)
    (row,) = written(made.folder / target)
    assert "Answer c." in row
    assert not any(f"Answer {worse}." in row for worse in "abd")
    assert "5 compared-again" in made.said


def test_the_tokenised_targets_teach_it_once_too(convert: Converting) -> None:
    tasks = [
        of_task(
            {"q": f"Why {n}?", "items": ITEMS},
            annotated(answer("rank", "items", "ranker", ranker={"rank": ["c", "a", "b"]})),
            id=n,
        )
        for n in range(60)
    ]
    made = convert(tasks, "--to", "t5", config=RANKER)
    manifest = json.loads((made.folder / "manifest.json").read_text())
    assert sum(manifest["targets"]["t5"]["splits"].values()) == 60


def test_all_pairs_stay_where_answers_are_compared(convert: Converting) -> None:
    for target in ("preference", "trl-preference", "label-studio"):
        made = convert(ranking(rank=["c", "a", "b"]), "--to", target, config=RANKER)
        assert "compared-again" not in made.said
        if target != "label-studio":
            assert len(written(made.folder / target)) == 3
    tasks = json.loads((made.folder / "label-studio" / "tasks.json").read_text())
    assert len(tasks) == 3


def test_of_a_bucket_every_best_answer_is_taught_once(convert: Converting) -> None:
    made = convert(ranking(good=["a", "c"], poor=["b", "d"]), config=BUCKETS)
    assert made.rows == [("Why?", "Answer a."), ("Why?", "Answer c.")]
