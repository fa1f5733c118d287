"""What several tests build from: tasks, annotations, configs, and strategies for odd texts."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from dataprep.annotation import Task, decode_task, parse_config
from dataprep.example import Example, Record
from dataprep.finding import Place
from dataprep.recipe import Source
from dataprep.shapes.shaped import Shaped
from dataprep.shapes.tasks import task_shape

CORPORA = Path(os.environ.get("DATAPREP_CORPORA", "/nonexistent"))
LABEL_STUDIO = CORPORA / "label-studio"

SENTIMENT = """<View>
  <Text name="text" value="$text"/>
  <Choices name="sentiment" toName="text" choice="single" required="true">
    <Choice value="Positive"/><Choice value="Negative"/><Choice value="Neutral" alias="neu"/>
  </Choices>
</View>"""

TOPICS = """<View>
  <Text name="text" value="$review"/>
  <Choices name="topics" toName="text" choice="multiple">
    <Choice value="price"/><Choice value="quality"/><Choice value="delivery, returns"/>
  </Choices>
</View>"""

NER = """<View>
  <Labels name="label" toName="text"><Label value="PER"/><Label value="ORG"/></Labels>
  <Text name="text" value="$text"/>
</View>"""

SUMMARY = """<View>
  <Text name="text" value="$text"/>
  <TextArea name="summary" toName="text" maxSubmissions="3"/>
</View>"""

Json = dict[str, Any]


def choices(*labels: Any, control: str = "sentiment") -> Json:
    """A result of a Choices control."""
    value = {"choices": list(labels)}
    return {"from_name": control, "to_name": "text", "type": "choices", "value": value}


def region(start: Any, end: Any, *labels: str, quote: str | None = None) -> Json:
    """A result of a Labels control."""
    value: Json = {"start": start, "end": end, "labels": list(labels)}
    if quote is not None:
        value["text"] = quote
    return {"from_name": "label", "to_name": "text", "type": "labels", "value": value}


def written(*texts: Any, control: str = "summary") -> Json:
    """A result of a TextArea control."""
    value = {"text": list(texts)}
    return {"from_name": control, "to_name": "text", "type": "textarea", "value": value}


GOOD, BAD = choices("Positive"), choices("Negative")


def annotated(
    *results: Json, by: int = 1, at: int = 1, skipped: bool = False, truth: bool = False
) -> Json:
    """An annotation by one annotator, submitted `at` so many minutes past ten."""
    return {
        "unique_id": f"{at:02d}-{by}",
        "completed_by": by,
        "created_at": f"2026-11-22T10:{at:02d}:00.000000Z",
        "was_cancelled": skipped,
        "ground_truth": truth,
        "result": list(results),
    }


def of_task(data: Json | str, *annotations: Json, id: int = 1) -> Json:
    """A task as an export holds it; a text alone stands for `{"text": text}`."""
    known = {"text": data} if isinstance(data, str) else data
    return {"id": id, "data": known, "annotations": list(annotations)}


def decoded(task: Json) -> Task:
    """The task as the reader gives it."""
    return decode_task(json.dumps(task).encode())


def record(task: Json) -> Record:
    """The task as a source gives it."""
    return Record(Place(file="export.json", task=task["id"]), 0, decoded(task))


def shaped(config: str, task: Json, /, **recipe: Any) -> Shaped:
    """What a recipe makes of one task of a project."""
    shape = task_shape(parse_config(config.encode()), Source(path="export.json", **recipe))
    return shape(record(task))


def one(shape: Shaped) -> Example:
    """The only example that was made."""
    (made,) = shape.examples
    return made


def reasons(shape: Shaped) -> tuple[list[str], list[str]]:
    """Why annotations were dropped, and why the task was."""
    return (
        [f"{d.place.annotation} {d.reason}" for d in shape.drops if d.unit == "annotation"],
        [d.reason for d in shape.drops if d.unit == "record"],
    )


def words(shape: Shaped) -> list[str]:
    """The findings as a person reads them."""
    return [f"{f.code} {f.place}: {f.message}" for f in shape.findings]


def example(number: int = 0, **fields: Any) -> Example:
    """A small example; every field may be given."""
    known: Json = {
        "id": f"{number:016x}",
        "file": "t.jsonl",
        "line": number + 1,
        "shape": "pairs",
        "input": f"question {number}",
        "output": f"answer {number}",
    }
    return Example(**{**known, **fields})


def corpus(*patterns: str) -> list[Any]:
    """The files of the Label Studio corpus that match, as parameters; a skip without corpora."""
    found = sorted(path for pattern in patterns for path in LABEL_STUDIO.glob(pattern))
    absent = pytest.mark.skip(reason="no corpora at $DATAPREP_CORPORA")
    return [pytest.param(p, id=str(p.relative_to(LABEL_STUDIO))) for p in found] or [
        pytest.param(LABEL_STUDIO, id="no-corpora", marks=absent)
    ]


def sentiment_export(folder: Path, number: int) -> Path:
    """An export of so many films, and its labeling config in labels.xml, in a folder."""
    tasks = [
        of_task(f"Film number {n}, seen twice.", annotated((GOOD, BAD)[n % 2]), id=n)
        for n in range(number)
    ]
    (folder / "export.json").write_text(json.dumps(tasks))
    (folder / "labels.xml").write_text(SENTIMENT)
    return folder / "export.json"


_ODD = [
    "😀",  # outside the basic plane
    "👩‍👩‍👧",  # joined by zero-width joiners
    "🇪🇺",  # two regional indicators
    "𝕏",
    "e\u0301",  # a combining mark
    "שלום",  # right to left
    "\u202e",  # an override of direction
    "\u200b",  # a zero-width space
    "\xa0",  # a no-break space
    "漢字",
    "\r\n",
    "\t",
    "  ",
    "\\n",  # a backslash and an n, as in a Windows path
    '"',
    "Bob",
    "a",
    " ",
]

texts = st.lists(st.sampled_from(_ODD) | st.characters(codec="utf-8"), min_size=1, max_size=30).map(
    "".join
)
"""Texts with what shifts offsets: astral characters, joiners, line breaks, blanks."""

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
