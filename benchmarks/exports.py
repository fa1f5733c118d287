"""A seeded generator of Label Studio exports of any size: real shapes, made-up words.

Classification with spans, relations, a text area, skips, prediction ids, emoji and CRLF, as an
easy JSON export of Label Studio 1.23 writes them. The same seed gives the same bytes. Two other
kinds are spans alone, and several controls at once, of mostly one annotator. The last
is the sample of the project, many times over: one choice a task, and nothing else.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

CONFIG = """\
<View>
  <Text name="text" value="$text"/>
  <Choices name="topic" toName="text" choice="single" required="true">
    <Choice value="invoice"/><Choice value="delivery"/><Choice value="return"/>
    <Choice value="praise"/><Choice value="other"/>
  </Choices>
  <Labels name="label" toName="text">
    <Label value="PER"/><Label value="ORG"/><Label value="PRODUCT"/>
  </Labels>
  <TextArea name="note" toName="text"/>
</View>
"""
SPANS_CONFIG = """\
<View>
  <Text name="text" value="$text"/>
  <Labels name="label" toName="text">
    <Label value="PER"/><Label value="ORG"/><Label value="PRODUCT"/>
  </Labels>
</View>
"""
SEVERAL_CONFIG = """\
<View>
  <Text name="text" value="$text"/>
  <Choices name="topic" toName="text" choice="single" required="true">
    <Choice value="invoice"/><Choice value="delivery"/><Choice value="return"/>
    <Choice value="praise"/><Choice value="other"/>
  </Choices>
  <Choices name="tone" toName="text" choice="multiple">
    <Choice value="angry"/><Choice value="polite"/><Choice value="short"/>
  </Choices>
  <Labels name="label" toName="text">
    <Label value="PER"/><Label value="ORG"/><Label value="PRODUCT"/>
  </Labels>
  <Rating name="stars" toName="text" maxRating="5"/>
  <TextArea name="note" toName="text"/>
</View>
"""
TOPICS = ("invoice", "delivery", "return", "praise", "other")
TONES = ("angry", "polite", "short")
LABELS = ("PER", "ORG", "PRODUCT")
_SYLLABLES = ("ka", "lo", "mi", "ren", "sta", "vo", "the", "an", "in", "er", "qu", "zy", "plo")
_EXTRAS = ("🙂", "👩‍🚀", "\r\n", "\t", "é", "ß", "日本", "“so”")


Result = dict[str, Any]


class Export(NamedTuple):
    """An export: its tasks, and the bytes of the largest of them."""

    path: Path
    tasks: int
    largest: int

    @property
    def megabytes(self) -> float:
        """The size of the file, in millions of bytes."""
        return self.path.stat().st_size / 1e6


def write(path: Path, size: int, seed: int = 0, sort: str = "rich") -> Export:
    """Write an export of at least `size` bytes, each task another; `sort` is one of SORTS."""
    random_ = random.Random(seed)
    words = ["".join(random_.choices(_SYLLABLES, k=random_.randint(1, 4))) for _ in range(5_000)]
    tasks = (_task(number, words, random_, SORTS[sort]) for number in count(1))
    return _write(path, size, tasks)


def write_like(path: Path, size: int, sample: Path) -> Export:
    """Write an export of at least `size` bytes by repeating a real one.

    Ids, and a number at the end of each text, tell the copies apart: no row is a duplicate.
    """
    tasks = json.loads(sample.read_text("utf-8"))
    copies = (_copy(tasks[n % len(tasks)], n, n // len(tasks)) for n in count())
    return _write(path, size, copies)


def _write(path: Path, size: int, tasks: Iterator[dict[str, Any]]) -> Export:
    written = number = largest = 0
    with path.open("wb") as file:
        while written < size:
            task = json.dumps(next(tasks), ensure_ascii=False).encode()
            written += file.write((b",\n" if number else b"[") + task)
            largest = max(largest, len(task))
            number += 1
        file.write(b"]")
    return Export(path, number, largest)


def _copy(task: dict[str, Any], number: int, copied: int) -> dict[str, Any]:
    data = {**task["data"], "text": f"{task['data']['text']} #{copied}"}
    annotations = [
        {**a, "id": number * 4 + n, "unique_id": f"{a['unique_id']}-{copied}"}
        for n, a in enumerate(task["annotations"])
    ]
    return {**task, "id": number + 1, "data": data, "annotations": annotations}


def _task(number: int, words: list[str], random_: random.Random, sort: Sort) -> dict[str, Any]:
    pieces = random_.choices(words, k=random_.randint(20, 120))
    for _ in range(random_.randint(0, 3) if sort.odd == 1 or random_.random() < sort.odd else 0):
        pieces.insert(random_.randrange(len(pieces)), random_.choice(_EXTRAS))
    text = " ".join(pieces)
    count = 2 if random_.random() < sort.two else 1
    annotations = [_annotation(number, n, text, random_, sort) for n in range(count)]
    return {
        "id": number,
        "annotations": annotations,
        "drafts": [],
        "predictions": [number * 2],
        "data": {"text": text, "source": random_.choice(words), "row": number},
        "meta": {},
        "created_at": "2026-11-22T17:13:54.961002Z",
        "updated_at": "2026-11-22T17:13:54.961002Z",
        "allow_skip": True,
        "inner_id": number,
        "total_annotations": count,
        "cancelled_annotations": 0,
        "total_predictions": 1,
        "comment_count": 0,
        "unresolved_comment_count": 0,
        "last_comment_updated_at": None,
        "project": 1,
        "updated_by": 1,
        "comment_authors": [],
    }


def _rich(task: int, text: str, random_: random.Random) -> list[Result]:
    """A choice, spans, relations between some of them, and a note."""
    topic = TOPICS[task % len(TOPICS)] if random_.random() < 0.95 else random_.choice(TOPICS)
    result = [_result("topic", "choices", {"choices": [topic]}, random_)]
    result += _spans(text, random_.randint(0, 12), random_)
    regions = [r["id"] for r in result[1:]]
    for left, right in zip(regions[::3], regions[1::3], strict=False):
        result.append({"from_id": left, "to_id": right, "type": "relation", "direction": "right"})
    result.append(_result("note", "textarea", {"text": [text[:40]]}, random_))
    return result


def _several(task: int, text: str, random_: random.Random) -> list[Result]:
    """A choice, some of three, a rating, a note and a few spans."""
    tones = random_.sample(TONES, random_.randint(1, 2))
    return [
        _result("topic", "choices", {"choices": [TOPICS[task % len(TOPICS)]]}, random_),
        _result("tone", "choices", {"choices": tones}, random_),
        _result("stars", "rating", {"rating": random_.randint(1, 5)}, random_),
        _result("note", "textarea", {"text": [text[:40]]}, random_),
        *_spans(text, random_.randint(0, 3), random_),
    ]


def _spans_alone(_: int, text: str, random_: random.Random) -> list[Result]:
    return _spans(text, random_.randint(1, 6), random_)


def _spans(text: str, number: int, random_: random.Random) -> list[Result]:
    found: list[Result] = []
    for _ in range(number):
        start = random_.randrange(len(text) - 12)
        span = {"start": start, "end": start + random_.randint(3, 12)}
        quote = text[span["start"] : span["end"]].replace("\r", "\\n").replace("\n", "\\n")
        value = {**span, "text": quote, "labels": [random_.choice(LABELS)]}
        found.append(_result("label", "labels", value, random_))
    return found


class Sort(NamedTuple):
    """What annotators do: their results, and how often two of them answer, and one skips.

    `odd` is how often a text has emoji, line breaks of Windows and the like in it.
    """

    results: Callable[[int, str, random.Random], list[Result]]
    two: float
    skipped: float
    odd: float


SORTS = {
    "rich": Sort(_rich, 0.2, 0.05, 1),
    "spans": Sort(_spans_alone, 0.02, 0.02, 0.1),
    "several": Sort(_several, 0.02, 0.02, 0.1),
}


def _annotation(
    task: int, number: int, text: str, random_: random.Random, sort: Sort
) -> dict[str, Any]:
    result = sort.results(task, text, random_)
    return {
        "id": task * 2 + number,
        "completed_by": number + 1,
        "result": result,
        "was_cancelled": random_.random() < sort.skipped and task > 1,
        "ground_truth": False,
        "created_at": "2026-11-22T17:13:54.961002Z",
        "updated_at": "2026-11-22T17:13:54.961002Z",
        "draft_created_at": None,
        "lead_time": round(random_.random() * 60, 3),
        "prediction": {},
        "result_count": len(result),
        "unique_id": f"{random_.getrandbits(128):032x}",
        "import_id": None,
        "last_action": None,
        "bulk_created": False,
        "task": task,
        "project": 1,
        "updated_by": number + 1,
        "parent_prediction": None,
        "parent_annotation": None,
        "last_created_by": None,
    }


def _result(
    control: str, kind: str, value: dict[str, Any], random_: random.Random
) -> dict[str, Any]:
    return {
        "id": f"{random_.getrandbits(40):010x}",
        "from_name": control,
        "to_name": "text",
        "type": kind,
        "value": value,
        "origin": "manual",
    }
