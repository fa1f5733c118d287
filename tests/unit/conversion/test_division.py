"""Near copies stand in one split, and every row that was there keeps its own."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from dataprep import sources, store
from dataprep.conversion import division, torn_clusters
from dataprep.finding import UsageError
from tests.near_copies import (
    clusters,
    clusters_of,
    near,
    rows_of,
    splits_of,
    straddling,
    text,
)
from tests.unit.conversion.dividing import divided

SEED_OF_31 = 6
"""Of the made-up words: with it the hashes of 31 of 65 clusters fall on several sides."""


def drops(folder: Path) -> list[tuple[str, int]]:
    lines = (folder / "dropped.jsonl").read_text().splitlines()
    return [(row["reason"], row["place"]["line"]) for row in map(json.loads, lines)]


def test_of_65_texts_in_three_versions_31_straddle_by_hash_and_none_together(
    tmp_path: Path,
) -> None:
    found = clusters(65, 3, seed=SEED_OF_31)
    rows = rows_of(prompt for cluster in found for prompt in cluster)
    apart = divided(tmp_path, rows, "apart", near_duplicates=False)
    together = divided(tmp_path, rows, "together")
    assert straddling(found, splits_of(tmp_path / "apart")) == 31
    assert straddling(found, splits_of(tmp_path / "together")) == 0
    assert (
        "near copies were not looked for, and may stand in two splits (--near-duplicates off)"
    ) in apart.notes
    assert (
        "195 examples in 65 clusters of near copies: each cluster stands in one split"
    ) in together.notes


def test_a_cluster_is_known_by_its_smallest_id_which_says_its_split(tmp_path: Path) -> None:
    found = clusters(20, 3)
    alone = rows_of(" ".join(text(Random(n))) for n in range(20))  # noqa: S311
    rows = [*rows_of(prompt for cluster in found for prompt in cluster), *alone]
    divided(tmp_path, rows)
    divided(tmp_path, rows, "apart", near_duplicates=False)
    names = clusters_of(tmp_path / "out")
    ids = ids_of(tmp_path / "out")
    together, apart = splits_of(tmp_path / "out"), splits_of(tmp_path / "apart")
    for cluster in found:
        least = min(cluster, key=lambda prompt: ids[prompt])
        assert {names[prompt] for prompt in cluster} == {ids[least]}
        assert together[cluster[0]] == apart[least]
    assert {names[row["prompt"]] for row in alone} == {None}
    assert all(together[row["prompt"]] == apart[row["prompt"]] for row in alone)


def ids_of(out: Path) -> dict[str, str]:
    files = sorted((out / "examples").glob("*.parquet"))
    return {p: i for file in files for p, i in pl.read_parquet(file)["input", "id"].iter_rows()}


def test_without_near_copies_both_ways_write_the_same(tmp_path: Path) -> None:
    rows = rows_of(f"What is {n} and {n + 1}?" for n in range(300))
    rows += rows_of((" ".join(text(Random(n))) for n in range(300)), completion="Yes.")  # noqa: S311
    divided(tmp_path, rows, "on")
    divided(tmp_path, rows, "off", near_duplicates=False)
    files = sorted(p.relative_to(tmp_path / "on") for p in (tmp_path / "on").rglob("*.*"))
    assert len(files) > 5
    for name in (name for name in files if str(name) not in ("manifest.json", "README.md")):
        assert (tmp_path / "on" / name).read_bytes() == (tmp_path / "off" / name).read_bytes()


@pytest.mark.parametrize("asked", [{"from": "old"}, {"group": "by"}])
def test_the_output_is_the_same_with_any_number_of_workers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any]
) -> None:
    monkeypatch.setattr(sources, "PART_SIZE", 9_000)
    found = clusters(40, 3)
    rows = rows_of((prompt for cluster in found for prompt in cluster), by="one")
    for number, row in enumerate(rows):
        row["by"] = f"user {number % 7}"
    divided(tmp_path, rows[:30], "old", carry=["by"])
    if "group" not in asked:
        asked = {**asked, "carry": ["by"]}
    for workers in (1, 2):
        divided(tmp_path, rows, f"out-{workers}", workers, **asked)
    one, two = (store.read_manifest(tmp_path / f"out-{n}") for n in (1, 2))
    assert one == two
    assert len([name for name in one["files"] if name.startswith("examples/")]) > 4


def test_a_row_that_was_there_keeps_its_split_and_a_new_near_copy_joins_it(tmp_path: Path) -> None:
    dice = Random(3)  # noqa: S311
    texts = [text(dice) for _ in range(120)]
    old = [" ".join(words) for words in texts]
    new = [" ".join(near(dice, words)) for words in texts]
    divided(tmp_path, rows_of(old), "old")
    before = splits_of(tmp_path / "old")
    outcome = divided(tmp_path, [*rows_of(new), *rows_of(old)], "grown", **{"from": "old"})
    after = splits_of(tmp_path / "grown")
    assert {prompt: after[prompt] for prompt in old} == before
    assert [after[prompt] for prompt in new] == [before[prompt] for prompt in old]
    assert set(before.values()) == {"train", "validation", "test"}
    manifest = store.read_manifest(tmp_path / "grown")
    digest = store.read_manifest(tmp_path / "old")["digest"]
    assert manifest["division"]["from"]["digest"] == digest
    assert outcome.ledger.stages["split"].dropped == {}


def test_a_new_row_joins_its_near_copy_of_before_that_does_not_come_again(tmp_path: Path) -> None:
    dice = Random(4)  # noqa: S311
    texts = [text(dice) for _ in range(60)]
    divided(tmp_path, rows_of(" ".join(words) for words in texts), "old")
    before = splits_of(tmp_path / "old")
    new = [" ".join(near(dice, words)) for words in texts]
    divided(tmp_path, rows_of(new), "new", **{"from": "old"})
    after = splits_of(tmp_path / "new")
    assert [after[prompt] for prompt in new] == [before[" ".join(words)] for words in texts]


def bridge(folder: Path) -> tuple[list[str], str]:
    """Prompts on two sides by hash, and one that is near both."""
    dice = Random(5)  # noqa: S311
    words = text(dice, 90)
    ends = [" ".join(words[:70]), " ".join([*words[20:], *words[:0]])]
    middle = " ".join(words[10:80])
    return ends, middle


def test_a_new_row_that_bridges_two_splits_is_left_out_by_name(tmp_path: Path) -> None:
    ends, middle = bridge(tmp_path)
    for seed in range(100):
        divided(tmp_path, rows_of(ends), "old", near_duplicates=False, seed=seed)
        if len({*splits_of(tmp_path / "old").values()}) == 2:
            break
    before = splits_of(tmp_path / "old")
    outcome = divided(tmp_path, rows_of([middle, *ends]), "new", seed=seed, **{"from": "old"})
    assert splits_of(tmp_path / "new") == before
    assert drops(tmp_path / "new") == [("D006", 1)]
    assert outcome.ledger.stages["split"].dropped == {"D006": 1}


def test_the_output_that_is_replaced_keeps_its_splits(tmp_path: Path) -> None:
    found = clusters(60, 4)
    first = rows_of(cluster[0] for cluster in found)
    divided(tmp_path, first)
    before = splits_of(tmp_path / "out")
    grown = rows_of(prompt for cluster in found for prompt in cluster)
    outcome = divided(tmp_path, grown)
    after = splits_of(tmp_path / "out")
    assert {prompt: after[prompt] for prompt in before} == before
    assert straddling(found, after) == 0
    anew = splits_of_anew(tmp_path, grown)
    assert anew != after
    kept = sum(anew[prompt] != split for prompt, split in before.items())
    assert outcome.notes[-1] == (
        f"{kept} examples keep the split of {tmp_path / 'out'}, and would have another if all were"
        " divided anew: --splits-from none"
    )


def splits_of_anew(folder: Path, rows: list[dict[str, Any]]) -> dict[str, str]:
    divided(folder, rows, "out", **{"from": "none"})
    return splits_of(folder / "out")


def test_the_same_rows_over_their_own_output_change_nothing(tmp_path: Path) -> None:
    rows = rows_of(prompt for cluster in clusters(30, 3) for prompt in cluster)
    for number, row in enumerate(rows):
        row["by"] = f"user {number % 5}"
    divided(tmp_path, rows, group="by")
    first = store.read_manifest(tmp_path / "out")
    assert first["ledger"][3]["dropped"]["D006"] > 0
    divided(tmp_path, rows, group="by")
    assert store.read_manifest(tmp_path / "out") == first


@pytest.mark.parametrize(
    ("asked", "other"),
    [({"seed": 7}, "seed"), ({"train": 0.5, "validation": 0.25, "test": 0.25}, "shares")],
)
def test_other_settings_divide_anew_over_an_output_and_say_so(
    tmp_path: Path, asked: dict[str, Any], other: str
) -> None:
    rows = rows_of(f"question {n}" for n in range(100))
    divided(tmp_path, rows)
    outcome = divided(tmp_path, rows, **asked)
    divided(tmp_path, rows, "fresh", **asked)
    assert splits_of(tmp_path / "out") == splits_of(tmp_path / "fresh")
    out = tmp_path / "out"
    assert outcome.notes[-1] == (
        f"the splits of {out} were made with another {other}, and are made anew; to keep them:"
        f" --splits-from {out}"
    )


def test_near_copies_in_the_output_that_is_replaced_are_put_together_once_asked(
    tmp_path: Path,
) -> None:
    found = clusters(30, 3)
    rows = rows_of(prompt for cluster in found for prompt in cluster)
    divided(tmp_path, rows, near_duplicates=False)
    assert straddling(found, splits_of(tmp_path / "out")) > 5
    divided(tmp_path, rows)
    assert straddling(found, splits_of(tmp_path / "out")) == 0


def test_a_folder_that_is_no_output_is_refused(tmp_path: Path) -> None:
    (tmp_path / "none-of-ours").mkdir()
    with pytest.raises(UsageError, match=r"none-of-ours is no output of dataprep"):
        divided(tmp_path, rows_of(["a question"]), **{"from": "none-of-ours"})


def test_a_file_in_the_place_of_an_output_is_refused_as_one(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(
        UsageError, match=r"rows\.csv is a file, and an output of dataprep is a folder"
    ):
        divided(tmp_path, rows_of(["a question"]), **{"from": "rows.csv"})


@pytest.mark.parametrize(
    ("recipe", "part", "said"),
    [
        ({"splits": 5}, None, "is of no known form."),
        ({}, {"id": ["x"], "input": ["a"], "output": ["b"]}, "holds other rows than convert"),
        ({}, {"id": ["0" * 16], "input": [None], "output": ["b"]}, "holds other rows than convert"),
        ({}, {"id": [1], "input": ["a"], "output": ["b"]}, "holds other rows than convert"),
        ({}, {"id": ["0" * 16]}, "cannot be read as Parquet"),
        ({}, {"id": ["0" * 16], "input": ["a"], "output": ["b"]}, "holds no examples whose splits"),
    ],
)
def test_an_output_that_was_changed_by_hand_keeps_no_splits_and_is_replaced(
    tmp_path: Path, recipe: dict[str, Any], part: dict[str, Any] | None, said: str
) -> None:
    divided(tmp_path, rows_of(["a question"]))
    out = tmp_path / "out"
    manifest = store.read_manifest(out)
    (out / "manifest.json").write_text(json.dumps({**manifest, "recipe": recipe}))
    if part is not None:
        none = pl.Series([None], dtype=pl.String)
        frame = pl.DataFrame(part).with_columns(group=none, split=none)
        frame.write_parquet(out / "examples" / "part-00000.parquet")
    outcome = divided(tmp_path, rows_of(["a question"]))
    assert outcome.notes[-1].startswith(f"the splits of {out} cannot be kept: ")
    assert said in outcome.notes[-1]
    assert store.verify(out) == []
    if part is not None:
        frame.write_parquet(out / "examples" / "part-00000.parquet")
        with pytest.raises(UsageError, match=said):
            divided(tmp_path, rows_of(["a question"]), **{"from": "out"})


def test_an_earlier_output_is_kept_without_the_search_for_near_copies_too(tmp_path: Path) -> None:
    prompts = [f"question {n}" for n in range(90)]
    divided(tmp_path, rows_of(prompts[:40]), "old", seed=7)
    before = splits_of(tmp_path / "old")
    divided(tmp_path, rows_of(prompts), near_duplicates=False, **{"from": "old"})
    divided(tmp_path, rows_of(prompts), "anew", near_duplicates=False)
    after, anew = splits_of(tmp_path / "out"), splits_of(tmp_path / "anew")
    assert after == {**anew, **before}
    assert anew != after


def test_near_copies_of_two_groups_are_left_out_where_the_groups_stand_apart(
    tmp_path: Path,
) -> None:
    found = clusters(40, 2)
    rows = rows_of(prompt for cluster in found for prompt in cluster)
    for number, row in enumerate(rows):
        row["by"] = f"user {number % 2}{number % 6}"
    outcome = divided(tmp_path, rows, group="by")
    splits = splits_of(tmp_path / "out")
    assert straddling(found, splits) == 0
    by = {row["prompt"]: row["by"] for row in rows}
    assert all(
        len({split for prompt, split in splits.items() if by[prompt] == user}) == 1
        for user in {*by.values()}
    )
    assert outcome.ledger.stages["split"].dropped["D006"] == len(rows) - len(splits)


def test_splits_that_are_given_stand_and_what_leaks_between_them_is_counted(
    tmp_path: Path,
) -> None:
    found = clusters(10, 3)
    rows = rows_of(prompt for cluster in found for prompt in cluster)
    for number, row in enumerate(rows):
        row["part"] = (("train", "test", ""), ("train", "train", ""))[number // 3 % 2][number % 3]
    outcome = divided(tmp_path, rows, split_by="part")
    splits = splits_of(tmp_path / "out")
    assert all(splits[row["prompt"]] == row["part"] for row in rows[0::3])
    assert all(splits[row["prompt"]] == row["part"] for row in rows[1::3])
    free = [row["prompt"] for row in rows[2::3]]
    assert [splits.get(prompt) for prompt in free] == [None, "train"] * 5
    assert outcome.ledger.stages["split"].dropped == {"D006": 5}
    assert (
        "10 examples with a near copy in another split, where the splits that were given, or kept"
        " from an earlier output, have them"
    ) in outcome.notes


def test_a_large_cluster_goes_to_one_side_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torn_clusters, "MOST_COMPARED", 3)
    monkeypatch.setattr(division, "MUCH", 0)  # no groups are put together
    (cluster,) = clusters(1, 4)
    rows = rows_of([*cluster, *(f"question {n}" for n in range(100))])
    for row, by in zip(rows, ("user 1", "user 2", "user 1", None), strict=False):
        row["by"] = by  # at seed 0 user 1 is in validation, user 2 in train
    divided(tmp_path, rows, group="by")
    splits = splits_of(tmp_path / "out")
    sides = [splits.get(prompt) for prompt in cluster]
    assert sides == ["validation", None, "validation", "validation"]


def test_texts_that_are_mostly_a_template_are_told_of(tmp_path: Path) -> None:
    dice = Random(3)  # noqa: S311
    task = " ".join(text(dice))
    alike = [f"{task} {' '.join(text(dice, 10))}" for _ in range(30)]
    others = [text for pair in clusters(20, 1, seed=7) for text in pair]
    outcome = divided(tmp_path, rows_of([*alike, *others]))
    assert (
        "30 of 50 examples have most of their words from a template (words that one example in"
        " twenty has too), and were compared by their other words alone; if they are versions of"
        " one text, --near-duplicates whole keeps them together"
    ) in outcome.notes


def test_a_text_whose_versions_are_a_fifth_of_all_rows_stands_in_one_split(tmp_path: Path) -> None:
    (versions,) = clusters(1, 80)
    others = [text for pair in clusters(320, 1, seed=7) for text in pair]
    outcome = divided(tmp_path, rows_of([*others, *versions]))
    assert straddling([versions], splits_of(tmp_path / "out")) == 0
    assert "80 examples in 1 cluster of near copies: each cluster stands in one split" in (
        outcome.notes
    )


def test_a_cluster_with_much_of_the_data_stands_where_most_rows_are(tmp_path: Path) -> None:
    others = [text for pair in clusters(40, 1, seed=7) for text in pair]
    for seed in range(12):
        (versions,) = clusters(1, 60, seed=seed)
        divided(tmp_path, rows_of([*others, *versions]), seed=seed)
        splits = splits_of(tmp_path / "out")
        assert {splits[one] for one in versions} == {"train"}


def test_a_cluster_with_much_of_the_data_is_told_of(tmp_path: Path) -> None:
    (alike,) = clusters(1, 4)
    outcome = divided(tmp_path, rows_of([*alike, *(f"question {n}" for n in range(40))]))
    assert (
        "the largest cluster of near copies holds 4 of 44 examples: the sizes of the splits"
        " follow it"
    ) in outcome.notes
