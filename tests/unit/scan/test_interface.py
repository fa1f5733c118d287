"""What stands twice, in C and in Python, says the same."""

from __future__ import annotations

import re
from typing import get_args

import msgspec
import pytest

from dataprep.annotation.task import Annotation, Result, Task
from dataprep.checks import columnar
from dataprep.near import runs
from dataprep.scan import build, library, rows, tasks, texts

SOURCE = build.HERE / "source"


def keys(file: str, table: str) -> set[str]:
    """The keys of a table in a C file."""
    found = re.search(rf"{table}\[\] = \{{(.*?)\}};", (SOURCE / file).read_text(), re.DOTALL)
    assert found is not None
    return set(re.findall(r'KEY\("(\w+)"\)', found[1]))


@pytest.mark.parametrize(
    ("file", "table", "kind", "rare"),
    [
        ("tasks.c", "TASK_KEYS", Task, set()),
        ("annotations.c", "ANNOTATION_KEYS", Annotation, {"asked"}),
        ("annotations.c", "RESULT_KEYS", Result, set()),
    ],
)
def test_the_keys_that_are_known_are_the_fields_of_the_task(
    file: str, table: str, kind: type[msgspec.Struct], rare: set[str]
) -> None:
    assert keys(file, table) == set(kind.__struct_fields__) - rare


def test_the_kinds_of_values_are_those_that_the_library_knows() -> None:
    words = re.search(r"WORDS\[\] = \{(.*?)\};", (SOURCE / "plan.c").read_text(), re.DOTALL)
    assert words is not None
    assert re.findall(r'"(\w+)"', words[1]) == [*get_args(tasks.ValueKind)]


def test_the_numbers_of_the_columns_and_of_a_plan_are_those_of_the_header() -> None:
    header = (SOURCE / "scan.h").read_text()
    numbers = {name: int(n) for name, n in re.findall(r"SCAN_(\w+) = (\d+)", header)}
    assert [numbers[name.upper()] for name in tasks._COLUMNS] == list(range(numbers["COLUMNS"]))
    counted = [numbers[name.upper()] for name in rows._COLUMNS]
    assert counted == list(range(numbers["ROW_COLUMNS"]))
    most = re.search(r"ROW_TEXTS = (\d+)", (SOURCE / "rows.h").read_text())
    assert most is not None
    assert int(most[1]) == columnar._MOST_TURNS
    assert (numbers["CHAT"], numbers["PAIR"]) == (rows.CHAT, rows.PAIR)
    for name in (
        *("CONTROL", "FIELD", "LABEL", "ALLOWED", "PIECE", "TEXT", "ANSWER", "WHOLE", "VOTING"),
        *("LEARNED", "BOUNDS", "REQUIRED", "TOGETHER", "JOINT"),
    ):
        assert getattr(tasks, f"_{name}") == numbers[name]
    assert numbers["DONE"] == library.DONE
    assert numbers["HASHES"] == texts.HASHES == runs.HASHES
    assert numbers["RUN"] == runs.WORDS
    assert f"#define SCAN_VERSION {library.VERSION}\n" in header
    assert set(library._FUNCTIONS) | {"scan_version"} == set(
        re.findall(r"^SCAN_API [\w *]*?(scan_\w+)\(", header, re.MULTILINE)
    )
