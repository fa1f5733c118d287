"""An output is the same to the byte, whether the compiled reader takes the plain tasks or not."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from dataprep import scan, sources, store
from dataprep.conversion import convert, scanned_part
from dataprep.recipe import Recipe
from tests import mutated_answers
from tests.mutated_tasks import CONFIG, export

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "samples" / "classification"

pytestmark = pytest.mark.skipif(not scan.available(), reason=f"no scan: {scan.why_not()}")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "PART_SIZE", 100_000)


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many tasks each scan took."""
    taken: list[int] = []
    read = scan.read_tasks

    def counted(plan: scan.TaskPlan, piece: bytes) -> scan.ScannedTasks | None:
        found = read(plan, piece)
        taken.append(-1 if found is None else len(found.plain))
        return found

    monkeypatch.setattr(scanned_part.scan, "read_tasks", counted)
    return taken


def recipe(together: bool, **source: Any) -> Recipe:
    found = {"path": "export.json", "label_config": "config.xml", "control": "kind", **source}
    targets = ["openai-chat", "prompt-completion", "label-studio", "preference"]
    return Recipe.model_validate(
        {"sources": [found], "targets": targets, "splits": {"near_duplicates": together}}
    )


def written(folder: Path, out: str, plan: Recipe, workers: int = 1) -> dict[str, bytes]:
    """Every file of the output."""
    convert(plan, folder, folder / out, drop_invalid=True, workers=workers)
    assert store.verify(folder / out) == []
    files = (path for path in (folder / out).rglob("*") if path.is_file())
    return {path.relative_to(folder / out).as_posix(): path.read_bytes() for path in files}


def assert_same(folder: Path, monkeypatch: pytest.MonkeyPatch, plan: Recipe) -> None:
    with_scan = written(folder, "with", plan)
    monkeypatch.setenv("DATAPREP_SCAN", "off")
    without = written(folder, "without", plan)
    assert {n for n in with_scan if with_scan[n] != without.get(n)} == set()
    assert with_scan.keys() == without.keys()


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_mutated_tasks(
    seed: int, together: bool, tmp_path: Path, rows: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "export.json").write_bytes(export(seed, 900))
    (tmp_path / "config.xml").write_text(CONFIG)
    assert_same(tmp_path, monkeypatch, recipe(together))
    assert len(rows) > 4
    assert sum(max(taken, 0) for taken in rows) > 200


def test_several_choices(tmp_path: Path, rows: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "export.json").write_bytes(export(12, 600))
    (tmp_path / "config.xml").write_text(CONFIG.replace('"single"', '"multiple"'))
    assert_same(tmp_path, monkeypatch, recipe(together=False))
    assert sum(max(taken, 0) for taken in rows) > 100


@pytest.mark.parametrize("asked", [*mutated_answers.CONTROLS, "structured", "inferred"])
def test_answers_of_every_kind(
    asked: str, tmp_path: Path, rows: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "export.json").write_bytes(export(31, 300, mutated_answers.PROJECT))
    (tmp_path / "config.xml").write_text(mutated_answers.CONFIG)
    source: dict[str, str | None] = {"control": asked}
    if asked in ("structured", "inferred"):
        source = {"control": None, "task": "structured"}
    if asked == "inferred":
        source["label_config"] = None
        (tmp_path / "config.xml").unlink()
    assert_same(tmp_path, monkeypatch, recipe(together=False, **source))
    assert sum(max(taken, 0) for taken in rows) > (50 if asked != "inferred" else -1)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_packed_export_is_scanned_too(tmp_path: Path, rows: list[int], workers: int) -> None:
    (tmp_path / "config.xml").write_text(CONFIG)
    (tmp_path / "export.json").write_bytes(export(5, 900))
    plain = written(tmp_path, "plain", recipe(together=False))
    scanned = [*rows]
    packed = gzip.compress((tmp_path / "export.json").read_bytes())
    (tmp_path / "export.json").write_bytes(packed)  # whatever its name says
    out = written(tmp_path, "packed", recipe(together=False), workers)
    of_bytes = {"manifest.json", "README.md"}  # they name the digest of the source
    assert {name for name in plain if plain[name] != out[name]} == of_bytes
    if workers == 1:
        assert rows == scanned * 2


@pytest.mark.parametrize("together", [False, True])
def test_the_sample(
    together: bool, tmp_path: Path, rows: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = recipe(together, control=None)
    for name in ("export.json", "config.xml"):
        (tmp_path / name).write_bytes((SAMPLE / name).read_bytes())
    assert_same(tmp_path, monkeypatch, plan)
    assert len(rows) > 20
    assert sum(rows) > 2_600


def test_two_exports_and_two_workers(
    tmp_path: Path, rows: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.xml").write_text(CONFIG)
    for number in (5, 6):
        (tmp_path / f"export-{number}.json").write_bytes(export(number, 300))
    found = {"label_config": "config.xml", "control": "kind", "prompt": "{{ answer }}? {{ text }}"}
    plan = Recipe.model_validate(
        {
            "sources": [{"path": f"export-{number}.json", **found} for number in (5, 6)],
            "targets": ["openai-chat"],
        }
    )
    assert_same(tmp_path, monkeypatch, plan)
    assert rows
    monkeypatch.delenv("DATAPREP_SCAN")
    assert written(tmp_path, "two", plan, workers=2) == written(tmp_path, "one", plan)


@pytest.mark.parametrize("bad", [b"\xff", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80"])
def test_bytes_that_are_no_utf8_are_named_where_they_stand(
    bad: bytes, tmp_path: Path, rows: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = export(9, 300)
    broken = whole[20_000:].replace(b"peel", b"pe" + bad + b"el", 7)
    (tmp_path / "export.json").write_bytes(whole[:20_000] + broken)
    (tmp_path / "config.xml").write_text(CONFIG)
    assert_same(tmp_path, monkeypatch, recipe(together=False))
    assert rows
    assert b"J002" in (tmp_path / "with" / "findings.jsonl").read_bytes()


@pytest.mark.parametrize(
    "more",
    [
        {"group": "lemma"},
        {"strata": "lemma"},
        {"completion": "{{ answer }}."},
        {"system": "Say it."},
        {"prompt": "{{ text | upper }}"},
        {"annotators": "dawid-skene"},
    ],
)
def test_what_asks_more_of_a_task_goes_the_plain_way(
    more: dict[str, str], tmp_path: Path, rows: list[int]
) -> None:
    (tmp_path / "export.json").write_bytes(export(4, 300))
    (tmp_path / "config.xml").write_text(CONFIG)
    written(tmp_path, "out", recipe(together=False, **more))
    assert rows == []


def test_an_export_that_is_cut_off_goes_the_plain_way(tmp_path: Path, rows: list[int]) -> None:
    whole = export(4, 600)
    (tmp_path / "export.json").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "config.xml").write_text(CONFIG)
    plan = recipe(together=False)
    assert convert(plan, tmp_path, tmp_path / "out", drop_invalid=True).refused
    assert rows == []
