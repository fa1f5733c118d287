"""Shares of the input are worked on apart, and make what one run over all of it makes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep import checks, sources, store
from dataprep.conversion import convert
from dataprep.conversion.shard_frames import compared
from dataprep.conversion.units import ConversionPlan, planned
from dataprep.example import EXAMPLES, Batch, Example
from dataprep.finding import NothingToDo
from dataprep.recipe import Recipe, Source
from tests.building import SENTIMENT, annotated, choices, of_task


def test_the_fields_of_an_example_are_the_columns_of_its_frame() -> None:
    assert Example.__struct_fields__ == (*EXAMPLES, "turns")


def export(path: Path, count: int, filling: int = 0, **data: Any) -> None:
    tasks = []
    for n in range(count):
        text = f"text {n % (count - 5)} " + "x" * filling
        label = "unknown" if n % 50 == 0 else ("Positive", "Negative")[n % 2]
        given = [annotated(choices(label), at=n % 60)]
        if n % 7 == 0:
            given.append(annotated(by=2, skipped=True))
        tasks.append(of_task({"text": text, **data}, *given, id=n))
    path.write_text(json.dumps(tasks))


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "PART_SIZE", 20_000)


def recipe(folder: Path, **source: Any) -> Recipe:
    (folder / "config.xml").write_text(SENTIMENT)
    found = {"path": "export.json", "label_config": "config.xml", **source}
    return Recipe.model_validate(
        {"sources": [found], "targets": ["openai-chat", "prompt-completion", "label-studio"]}
    )


def converted(folder: Path, workers: int, plan: Recipe) -> dict[str, Any]:
    out = folder / f"out-{workers}"
    convert(plan, folder, out, drop_invalid=True, workers=workers)
    assert store.verify(out) == []
    return store.read_manifest(out)


@pytest.mark.usefixtures("small_parts")
def test_the_output_is_the_same_with_one_two_and_four_workers(tmp_path: Path) -> None:
    export(tmp_path / "export.json", 600)
    one, two, four = (converted(tmp_path, n, recipe(tmp_path)) for n in (1, 2, 4))
    assert one == two == four
    assert one["findings"].keys() >= {"A001", "D002"}
    parts = [name for name in one["files"] if name.startswith("examples/")]
    assert len(parts) > 4
    assert all(f["in"] == f["out"] + sum(f["dropped"].values()) for f in one["ledger"])


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("name", ["rows.jsonl", "tasks.jsonl"])
def test_lines_are_cut_too_and_keep_their_numbers(tmp_path: Path, name: str) -> None:
    export(tmp_path / "export.json", 400)
    tasks = json.loads((tmp_path / "export.json").read_text())
    rows = [{"prompt": f"q {n} {'x' * 99}", "completion": f"a {n}"} for n in range(400)]
    kept = [json.dumps(row) for row in (rows if name == "rows.jsonl" else tasks)]
    kept[390] = "{"
    (tmp_path / name).write_text("\n".join(kept) + "\n")
    config = {} if name == "rows.jsonl" else {"label_config": "config.xml"}
    plan = recipe(tmp_path, path=name)
    plan = plan.model_copy(update={"sources": [Source(path=name, **config)]})
    one, two = (converted(tmp_path, n, plan) for n in (1, 2))
    assert one == two
    assert len([part for part in one["files"] if part.startswith("examples/")]) > 1
    lines = (tmp_path / "out-2" / "findings.jsonl").read_text().splitlines()
    found = [json.loads(line) for line in lines]
    assert [f["place"]["line"] for f in found if f["code"] == "J001"] == [391]


@pytest.mark.usefixtures("small_parts")
def test_grouped_rows_are_divided_alike_with_any_number_of_workers(tmp_path: Path) -> None:
    export(tmp_path / "export.json", 200, who="Ada")
    plan = recipe(tmp_path, group="who")
    one, two = (converted(tmp_path, n, plan) for n in (1, 2))
    assert one == two
    assert sorted(one["splits"].values())[:2] == [0, 0]


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_refuses_the_run_and_leaves_nothing(tmp_path: Path, workers: int) -> None:
    export(tmp_path / "export.json", 300)
    out = tmp_path / "out"
    outcome = convert(recipe(tmp_path), tmp_path, out, workers=workers)
    assert outcome.refused
    assert outcome.journal.counts.rules["A001"] == 6
    assert sorted(p.name for p in tmp_path.iterdir()) == ["config.xml", "export.json"]


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("workers", [1, 2])
def test_nothing_to_do_is_said_with_the_reasons(tmp_path: Path, workers: int) -> None:
    tasks = [of_task(f"text {n} {'x' * 200}", id=n) for n in range(200)]
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    with pytest.raises(NothingToDo, match="200 unlabelled"):
        convert(recipe(tmp_path), tmp_path, tmp_path / "out", workers=workers)


def test_where_nothing_came_of_the_input_it_is_said_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "export.json").write_text(json.dumps([of_task("a", annotated())]))
    with pytest.raises(NothingToDo) as caught:
        convert(recipe(tmp_path), tmp_path, tmp_path / "out")
    assert str(caught.value) == (
        "No example came of the input: 1 submitted-empty. "
        "Of spans, where nothing marked means that nothing is there: --empty negative."
    )


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("workers", [1, 2])
def test_annotations_in_two_tasks_are_named_wherever_the_tasks_stand(
    tmp_path: Path, workers: int
) -> None:
    tasks = [
        of_task(f"text {n} {'x' * 200}", annotated(choices("Positive"), by=n), id=n)
        for n in range(200)
    ]
    tasks[190]["annotations"] = tasks[3]["annotations"]
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    plan = recipe(tmp_path)
    outcome = convert(plan, tmp_path, tmp_path / "out", workers=workers)
    (twin,) = outcome.journal.counts.first["A014"]
    assert (twin.place.task, twin.message) == (
        190,
        "holds an annotation that task 3 holds too, by its unique_id",
    )


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("workers", [1, 2])
def test_what_all_agree_on_is_counted_as_it_is_task_by_task(tmp_path: Path, workers: int) -> None:
    def labels(n: int) -> tuple[str, str]:
        return ("Positive", "Negative") if n % 10 == 0 else ("Negative", "Negative")

    tasks = [
        of_task(
            f"text {n} {'x' * 200}",
            *(annotated(choices(label), by=by, at=n % 60) for by, label in enumerate(labels(n))),
            id=n,
        )
        for n in range(200)
    ]
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    outcome = convert(recipe(tmp_path), tmp_path, tmp_path / "out", workers=workers)
    (result,) = outcome.agreement
    assert (result.tasks, result.answers, result.observed.value) == (200, 400, 0.9)
    assert [(one.annotator, one.tasks) for one in result.annotators] == [("0", 200), ("1", 200)]
    assert result.disputed[0].task == "0"
    assert result.cohen.value == 0.0


@pytest.mark.parametrize(
    ("first", "second", "codes"),
    [
        (("good", "worse"), ("good", "worst"), []),
        (("good", "worse"), ("good", "worse"), ["D001"]),
        (("good", "better"), ("better", "good"), ["D002"]),
    ],
)
def test_a_rejected_answer_is_compared_too(
    first: tuple[str, str], second: tuple[str, str], codes: list[str]
) -> None:
    examples = [
        Example(id=f"{n:016x}", file="f", shape="preference", input="q", output=a, rejected=b)
        for n, (a, b) in enumerate((first, second))
    ]
    duplicates = checks.Duplicates()
    duplicates.add_examples(compared(Batch.of(examples)))
    assert [finding.code for finding in duplicates.findings()] == codes


def test_rules_are_ignored_in_the_files_of_a_glob(tmp_path: Path) -> None:
    for name in ("old.jsonl", "new.jsonl"):
        rows = [{"prompt": name, "completion": ""}, {"prompt": f"{name} too", "completion": "a"}]
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    plan = Recipe.model_validate(
        {
            "sources": [{"path": "old.jsonl"}, {"path": "new.jsonl"}],
            "targets": ["prompt-completion"],
            "checks": {"per_file": {"old*": {"ignore": ["C"]}}},
        }
    )
    outcome = convert(plan, tmp_path, tmp_path / "out", drop_invalid=True)
    assert {f.place.file for f in outcome.journal.counts.first["C003"]} == {"new.jsonl"}


@pytest.mark.usefixtures("small_parts")
def test_small_files_share_their_work_and_a_big_one_is_cut(tmp_path: Path) -> None:
    for n in range(4):
        (tmp_path / f"{n}.txt").write_text("x" * 9_000)
    export(tmp_path / "export.json", 200, filling=200)
    plan = Recipe.model_validate({"sources": [{"path": "."}]})
    files = sources.files(plan.sources[0], tmp_path)
    inputs = tuple((plan.sources[0], f, sources.parts(f)) for f in files)
    shares = planned(ConversionPlan(plan, tmp_path, inputs), tmp_path)
    assert [[number for number, _ in share.parts] for share in shares] == [
        [0, 1],
        [2, 3],
        *[[4]] * (len(shares) - 2),
    ]
    assert len(shares) > 4
