"""What a scan says of a task, held against the object path."""

from __future__ import annotations

from collections import Counter

from dataprep import jsonio, scan, shapes
from dataprep.annotation import decode_task, parse_config
from dataprep.conversion.scanned_part import _examples
from dataprep.example import Batch, Record
from dataprep.finding import Place
from dataprep.recipe import Source
from dataprep.shapes.tasks import TaskShape, task_shape
from tests.mutated_tasks import CONFIG

FILE = "export.json"


def shape_and_plan(config: str = CONFIG, **source: str) -> tuple[TaskShape, scan.TaskPlan]:
    """The shape of the mutated tasks, and what a scan of them looks for."""
    shape = task_shape(parse_config(config.encode()), Source(path=FILE, control="kind", **source))
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
    frame = _examples(found.plain, FILE)
    expected = Batch.of([example]).examples
    assert frame.equals(expected, null_equal=True) and frame.schema == expected.schema, raw
    texts = (example.input, example.output, example.data)
    annotations = task.annotations or []
    assert found.plain["length"].to_list() == [sum(map(len, texts))]
    assert [shaped.annotations, shaped.merged] == [len(annotations)] * 2
    assert found.plain["annotated"].to_list() == [len(annotations)]
    counted = (
        shapes.agreed_choice(len(annotations)) if shape.short and shape.short.several else None
    )
    assert shaped.parts == counted
    ids = [(a.unique_id, task.id) for a in annotations]
    assert found.unique_ids.rows() == ids
    people = [(who, (example.output,)) for who in jsonio.loads(example.annotators.encode())]
    assert shaped.votes == (people if len(people) > 1 else [])
