"""No annotation is lost and none is counted twice: of generated tasks, and of real ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.annotation import read_config
from dataprep.annotation.consensus import Policy
from dataprep.example import Record
from dataprep.finding import Finding, UsageError
from dataprep.recipe import Source
from dataprep.shapes import shape_for
from dataprep.shapes.tasks import task_shape
from dataprep.sources import label_studio
from tests.building import (
    NER,
    SENTIMENT,
    SUMMARY,
    annotated,
    choices,
    corpus,
    of_task,
    reasons,
    region,
    shaped,
    written,
)

labels = st.lists(st.sampled_from(["Positive", "Negative", "neu", "unknown"]), max_size=2)
places = st.tuples(st.integers(-1, 8), st.integers(0, 9))
results = {
    SENTIMENT: st.one_of(
        labels.map(lambda given: choices(*given)), st.just(choices("x", control="other"))
    ),
    NER: st.builds(
        lambda place, label: region(*place, label), places, st.sampled_from(["PER", "ORG", "x"])
    ),
    SUMMARY: st.lists(st.sampled_from(["", "Short.", "Brief."]), max_size=2).map(
        lambda given: written(*given)
    ),
}
tasks = st.sampled_from(sorted(results)).flatmap(
    lambda config: st.tuples(
        st.just(config),
        st.lists(
            st.tuples(st.lists(results[config], max_size=3), st.booleans(), st.booleans()),
            max_size=4,
        ),
        st.sampled_from([{"text": "Bob & Eve"}, {"text": "😀😀 Bob"}, {"text": ""}, {}]),
    )
)


@given(
    tasks,
    st.sampled_from(["majority", "first", "latest", "ground-truth-first", "all"]),
    st.sampled_from(["json", "list", "inline"]),
    st.booleans(),
)
@settings(deadline=None, max_examples=300)
def test_every_annotation_is_used_or_dropped_once_and_every_task_gives_an_example_or_a_reason(
    task: Any, policy: Policy, form: Any, negative: bool
) -> None:
    config, given, data = task
    annotations = [
        annotated(*results, by=n, at=n % 3, skipped=skipped, truth=truth)
        for n, (results, skipped, truth) in enumerate(given, 1)
    ]
    empty = "negative" if negative and config == NER else "drop"
    shape = shaped(
        config, of_task(data, *annotations), annotators=policy, spans_as=form, empty=empty
    )
    dropped = [d.place.annotation for d in shape.drops if d.unit == "annotation"]
    used = {key for e in shape.examples for key in json.loads(e.annotations)}
    assert sorted([*dropped, *used]) == sorted(a["unique_id"] for a in annotations)
    assert (shape.annotations, shape.merged) == (len(annotations), len(used))
    assert [d.unit for d in shape.drops].count("record") == (0 if shape.examples else 1)
    assert all(d.reason for d in shape.drops)
    assert all(isinstance(f, Finding) and len(f.message) < 200 for f in shape.findings)
    assert len({e.id for e in shape.examples}) == len(shape.examples)


@pytest.mark.parametrize("path", corpus("exports/*/snapshot_full.json"))
@pytest.mark.parametrize("configured", [True, False])
def test_every_export_of_a_live_server_is_conserved_or_refused_in_words(
    path: Path, configured: bool
) -> None:
    records = [r for r in label_studio.read(path, path.name) if isinstance(r, Record)]
    source = Source(path=path.name, label_config="config.xml" if configured else None)
    try:
        shape, _ = shape_for(records, source, path.parent, 0)
    except UsageError as error:
        assert error.remedy
        return
    for record in records:
        made = shape(record)
        dropped = [d.unit for d in made.drops]
        assert made.annotations == made.merged + dropped.count("annotation")
        assert dropped.count("record") == (0 if made.examples else 1)


@pytest.mark.parametrize("path", corpus("exports/sentiment_choices/snapshot_full.json"))
def test_the_real_disagreement_skip_alias_and_empty_submission_end_as_named(path: Path) -> None:
    shape = task_shape(read_config(path.parent / "config.xml"), Source(path="x"))
    records = (r for r in label_studio.read(path, path.name) if isinstance(r, Record))
    made = [shape(record) for record in records]
    assert [[e.output for e in m.examples] or reasons(m)[1] for m in made] == [
        ["Positive"],
        ["Negative"],
        ["neu"],
        ["Negative"],
        ["unlabelled"],
        ["tie"],
        ["unlabelled"],
        ["submitted-empty"],
    ]


@pytest.mark.parametrize("path", corpus("exports/ner/snapshot_full.json"))
def test_the_real_utf16_annotator_is_found(path: Path) -> None:
    config = read_config(path.parent / "config.xml")
    shape = task_shape(config, Source(path="x", annotators="all"))
    records = (r for r in label_studio.read(path, path.name) if isinstance(r, Record))
    first = shape(next(records))
    assert [f.code for f in first.findings] == ["A004", "A004"]
    assert first.examples[0].output.count('{"text":"Apple","label":"ORG"}') == 1
    assert first.examples[1].output.count('{"text":"Apple","label":"ORG"}') == 1
