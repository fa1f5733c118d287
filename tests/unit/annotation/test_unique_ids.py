"""An annotation that stands in two tasks of a file is found, in whatever parts it was read."""

from __future__ import annotations

import pickle
import tracemalloc

from dataprep.annotation.unique_ids import UniqueIds
from tests.building import GOOD, annotated, decoded, of_task


def seen(*tasks: tuple[int | str, list[str]]) -> UniqueIds:
    """The unique_ids of some tasks, given as (id, unique_ids)."""
    ids = UniqueIds()
    for number, keys in tasks:
        annotations = [{**annotated(GOOD), "unique_id": key} for key in keys]
        ids.add(decoded({**of_task("a", *annotations), "id": number}))
    return ids


def test_different_annotations_are_no_twins() -> None:
    assert list(seen((1, ["a", "b"]), (2, ["c"]), (3, [])).twins()) == []


def test_an_annotation_in_two_tasks_names_both() -> None:
    ids = seen((1, ["a", "b"]), (2, ["c"]), (7, ["b"]), (9, ["b", "a"]))
    assert list(ids.twins()) == [(7, 1), (9, 1)]


def test_a_task_that_stands_twice_is_its_own_twin() -> None:
    assert list(seen((5, ["a"]), (5, ["a"])).twins()) == [(5, 5)]


def test_an_annotation_twice_in_one_task_is_left_to_the_task() -> None:
    assert list(seen((1, ["a", "a"])).twins()) == []


def test_a_task_whose_id_is_no_number_is_not_named() -> None:
    assert list(seen(("x", ["a"]), (2, ["a"])).twins()) == [(2, None)]


def test_annotations_without_a_unique_id_are_never_twins() -> None:
    bare = {k: v for k, v in annotated(GOOD).items() if k != "unique_id"} | {"id": 4}
    ids = UniqueIds()
    for number in (1, 2):
        ids.add(decoded({**of_task("a", bare), "id": number}))
    assert list(ids.twins()) == []


def test_the_parts_of_a_file_are_one_file_whichever_process_read_them() -> None:
    first = seen((1, ["a"]), (2, ["b"]))
    first.merge(pickle.loads(pickle.dumps(seen((3, ["c", "a"])))))  # noqa: S301
    assert list(first.twins()) == [(3, 1)]


def test_an_annotation_takes_sixteen_bytes() -> None:
    task = decoded(of_task("a", *({**annotated(GOOD), "unique_id": str(n)} for n in range(100))))
    ids = UniqueIds()
    ids.add(task)
    tracemalloc.start()
    for _ in range(1_000):
        ids.add(task)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 100_000 * 16 * 1.3
