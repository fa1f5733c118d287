"""What a scan says of a task, held against the object path."""

from __future__ import annotations

from collections import Counter

from dataprep import jsonio, scan, shapes
from dataprep.annotation import decode_task, parse_config
from dataprep.conversion.scanned_part import _answer, _examples
from dataprep.example import Batch, Record
from dataprep.finding import Place
from dataprep.recipe import Source
from dataprep.shapes.tasks import TaskShape, task_shape
from tests.mutated_tasks import CONFIG

FILE = "export.json"


def shape_and_plan(config: str = CONFIG, **source: str) -> tuple[TaskShape, scan.TaskPlan]:
    """The shape of the mutated tasks, and what a scan of them looks for."""
    asked = source if "task" in source else {"control": "kind", **source}
    shape = task_shape(parse_config(config.encode()), Source.model_validate({"path": FILE} | asked))
    plan = shapes.scan_plan(shape)
    assert plan is not None
    return shape, plan


def compare(texts: list[str], shape: TaskShape, plan: scan.TaskPlan) -> Counter[str]:
    """Assert that no scan of a task says another thing than its shape; how many were what."""
    verdicts: Counter[str] = Counter()
    for text in texts:
        raw = text.encode("utf-8", "surrogatepass")
        found = scan.read_tasks(plan, raw)
        if found is None:
            verdicts["no JSON"] += 1
            assert _is_refused(raw), raw
        elif found.rare:
            verdicts["rare"] += 1
            assert (len(found.plain), [*found.rare]) == (0, [(0, 0, len(raw))])
        else:
            verdicts["plain"] += 1
            _assert_same(found, raw, shape)
    return verdicts


def _is_refused(raw: bytes) -> bool:
    try:
        jsonio.loads(raw)
    except jsonio.JsonError:
        return True
    return False


def _assert_same(found: scan.ScannedTasks, raw: bytes, shape: TaskShape) -> None:
    task = decode_task(raw)
    shaped = shape(Record(Place(file=FILE, task=task.id), 0, task))
    assert (shaped.drops, shaped.findings, shaped.disputed, shaped.truths) == ([], [], None, [])
    (example,) = shaped.examples
    frame = _examples(found.plain, FILE, shape)
    expected = Batch.of([example]).examples
    assert frame.equals(expected, null_equal=True) and frame.schema == expected.schema, raw
    texts = (example.input, example.output, example.data)
    annotations = task.annotations or []
    assert found.plain["length"].to_list() == [sum(map(len, texts))]
    assert [shaped.annotations, shaped.merged] == [len(annotations)] * 2
    assert found.plain["annotated"].to_list() == [len(annotations)]
    _assert_same_parts(found, shaped, shape)
    ids = [(a.unique_id, task.id) for a in annotations]
    assert found.unique_ids.rows() == ids
    answer = _answer(example.output, example.data, shape)
    people = [(who, answer) for who in jsonio.loads(example.annotators.encode())]
    assert shaped.votes == (people if len(people) > 1 else [])


def _assert_same_parts(found: scan.ScannedTasks, shaped: shapes.Shaped, shape: TaskShape) -> None:
    """Assert that the parts of answers are counted as those of objects are."""
    row = found.plain.row(0, named=True)
    kept = {"region": row["regions"], "choice": row["choices"], "answer": row["answers"]}
    kept = {unit: number for unit, number in kept.items() if number}
    given = {unit: number * row["annotated"] for unit, number in kept.items()}
    account = shaped.parts
    if shape.partition and shape.partition.applies(()):
        assert account is not None
        assert {unit: number for unit, number in account.given.items() if number} == given
        assert {unit: number for unit, number in account.kept.items() if number} == kept
        lost = {(unit, "merged"): given[unit] - kept[unit] for unit in kept}
        assert account.dropped == {key: number for key, number in lost.items() if number}
    else:
        assert account is None
    rules = 4 if row["annotated"] > 1 else 1
    assert shaped.borders == (((1, row["regions"]),) * rules if shape.compares_borders else None)
    if (offsets := shape.look.offsets) is not None:
        assert offsets.counts == ({"codepoint": row["marked"]} if row["marked"] else {})
        offsets.counts.clear()
