"""What holds for every format: recognised, read, counted, searched, accounted for, written."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.checks import Context, RowJudge, Selection
from dataprep.contracts import contract, load
from dataprep.conversion.judges import Judges
from dataprep.example import Example
from dataprep.finding import Drop, Severity
from dataprep.formats import FORMATS, RowRead, RowReader, recognise, strict
from dataprep.formats.counted_texts import count
from dataprep.formats.native import halves_of
from dataprep.formats.uses import CARRIED
from dataprep.recipe import Target
from dataprep.rules import CATALOGUE
from dataprep.targets import CATALOGUE as TARGETS
from dataprep.tokens.counting import Counter
from tests.building import json_values
from tests.unit.formats.rows import shaped, shaped_rows

FOLDER = Path(__file__).parents[2] / "formats"
SECRET = " sk-proj-" + "A1b2C3d4E5f6G7h8I9j0" * 3
MARKER = " a marker of many words"
WORDS = Counter("words", lambda texts: [float(len(text.split())) for text in texts])

Row = dict[str, Any]
Path_ = tuple[str | int, ...]


def rows_in(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


NAMES = (
    *("context", "system", "rating", "label", "weight", "split", "image", "rationale", "rejected"),
    *("id", "source", "index", "note", "Unnamed: 0", "history", "options", "a.b", "input"),
)
"""Names of columns that mean something beside a pair."""

GOOD = [
    pytest.param(name, row, id=f"{name}-{n}")
    for name in FORMATS
    for n, row in enumerate(rows_in(FOLDER / name / "good.jsonl"))
]
BAD = [
    pytest.param(name, path.stem.removeprefix("bad-"), row, id=f"{name}-{path.stem}-{n}")
    for name in FORMATS
    for path in sorted((FOLDER / name).glob("bad-*.jsonl"))
    for n, row in enumerate(rows_in(path))
]


def errors(row: Row) -> tuple[RowRead, list[str]]:
    """A row as check reads it, and the errors that it finds."""
    judge = RowJudge(Context())
    read = RowReader([row], broken=judge.broken).read(row)
    codes = [fault.code for fault in judge.wrong_with(row, read)]
    return read, [code for code in codes if CATALOGUE[code].severity is Severity.ERROR]


def test_every_format_has_its_cases() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(FORMATS)
    assert {name for name, *_ in (p.values for p in BAD)} == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_the_good_rows_of_a_format_have_every_key_of_its_schema(name: str) -> None:
    seen = set(_keys(rows_in(FOLDER / name / "good.jsonl")))
    assert _properties(load(name)) <= seen


def _properties(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(_properties, schema))
    if not isinstance(schema, dict):
        return set()
    own = schema.get("properties", {})
    named = set(own) if isinstance(own, dict) else set()
    return named | set().union(*map(_properties, schema.values()))


def _keys(value: Any) -> Iterator[str]:
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from _keys(inner)
    if isinstance(value, dict):
        yield from value


@pytest.mark.parametrize(("name", "row"), GOOD)
def test_a_good_row_is_recognised_and_sound(name: str, row: Row) -> None:
    read, codes = errors(row)
    assert read.form is FORMATS[name]
    assert codes == []
    assert read.reading is not None


@pytest.mark.parametrize(("name", "code", "row"), BAD)
def test_what_check_calls_an_error_convert_drops_by_the_same_code(
    name: str, code: str, row: Row
) -> None:
    assert code in errors(row)[1]
    good = rows_in(FOLDER / name / "good.jsonl")
    drops = [
        d.reason
        for d in shaped_rows([*good, *good, row], judge=RowJudge(Context()))
        if isinstance(d, Drop)
    ]
    assert drops[-1:] == [code]


@pytest.mark.parametrize(("name", "row"), GOOD)
def test_every_key_of_a_row_is_used_carried_along_or_left_out(name: str, row: Row) -> None:
    more = {**row, "id": "r-1", "source": "atlas", "Timestamp": 17, "nothing": None, "tags": ["a"]}
    for one in (row, more):
        read, _ = errors(one)
        assert {key for key in read.keys if key in one or not _inside(key)} == set(one)


@given(
    found=st.sampled_from([param.values for param in GOOD]),
    beside=st.dictionaries(
        st.text(min_size=1, max_size=8) | st.sampled_from(NAMES), json_values, max_size=4
    ),
)
@settings(max_examples=300, deadline=None)
def test_whatever_stands_beside_a_row_is_accounted_for(found: tuple[str, Row], beside: Row) -> None:
    name, row = found
    given_row = {**beside, **row}
    read = RowReader([given_row]).read(given_row)
    if read.form is FORMATS[name] and read.reading is not None:
        assert {key for key in read.keys if key in given_row or not _inside(key)} == set(given_row)
        carried = {key for key, use in read.keys.items() if use == CARRIED}
        assert carried == set(read.reading.carried)


def _inside(key: str) -> bool:
    return "[]" in key or "." in key


def _leaves(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    if isinstance(value, str):
        yield path
        return
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, held in inner:
        if isinstance(held, str | dict | list):
            yield from _leaves(held, (*path, key))


def _with(row: Row, path: Path_, change: Callable[[str], str]) -> Row:
    changed = copy.deepcopy(row)
    value: Any = changed
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = change(value[path[-1]])
    return changed


def _planted(name: str, row: Row, text: str) -> Iterator[tuple[Path_, Row, RowRead]]:
    """The row with a text put into each string of it in turn, wherever the format allows it."""
    for path in _leaves(row):
        changed = _with(row, path, lambda held: held + text)
        form = recognise(changed)
        if form is None or form.name != name:
            continue
        if not contract(name).accepts(strict(form.tidy(changed)[0], form)):
            continue
        read = RowReader([changed]).read(changed)
        if read.reading is not None:
            yield path, changed, read


@pytest.mark.parametrize(("name", "row"), GOOD)
def test_a_secret_is_found_in_every_string(name: str, row: Row) -> None:
    judge = RowJudge(Context())
    planted = list(_planted(name, row, SECRET))
    assert planted
    for path, changed, read in planted:
        faults = judge.wrong_with(changed, read)
        assert "P001" in [fault.code for fault in faults], path
        assert not any(SECRET[3:20] in f.message + f.path + f.remedy for f in faults), path


UNREAD = {
    *("type", "role", "author", "from", "id", "parent", "children", "current_node", "url"),
    *("title", "custom_id", "method", "model", "schemaVersion", "content_type", "category"),
    "source",
    "object",
    "finish_reason",
}
"""Keys whose text no model reads or says: discriminators, places, metadata."""


@pytest.mark.parametrize(("name", "row"), GOOD)
def test_every_text_that_a_model_reads_or_says_is_counted_and_told_apart(
    name: str, row: Row
) -> None:
    before, halves = count(row, WORDS), halves_of(RowReader([row]).read(row))
    for path, changed, read in _planted(name, row, MARKER):
        last = next(key for key in reversed(path) if isinstance(key, str))
        if path[0] == "choices" and path[1] != 0:
            continue  # of several answers the first is learned, and the others are named
        if last in UNREAD or (last == "name" and "functions" in row):
            continue
        assert count(changed, WORDS) > before, path
        assert halves_of(read) != halves, path


WRITTEN = [
    pytest.param(target.name, row, id=f"{target.name}-{n}")
    for target in TARGETS.values()
    if target.row_format and target.row
    for n, row in enumerate(rows_in(FOLDER / target.row_format / "good.jsonl"))
]


@pytest.mark.parametrize(("target", "row"), WRITTEN)
def test_a_row_of_a_target_is_written_again_without_an_error(target: str, row: Row) -> None:
    form = TARGETS[target]
    (made,) = (item for item in shaped(row) if isinstance(item, Example))
    if made.shape in form.not_for:
        return
    assert form.row
    again = form.row(Target(name=target))(made)
    judge = Judges(Selection()).of_target(form)
    assert judge
    if refused := [fault.code for fault in judge(again)]:
        assert refused in (["C021"], ["C020"])  # what this provider does not take is named
        return
    assert contract(form.schema).accepts(again)
    read, codes = errors(again)
    assert (read.form and read.form.name, codes) == (form.row_format, [])
    (back,) = (item for item in shaped(again) if isinstance(item, Example))
    assert (back.output, back.rejected) == (made.output, made.rejected)
    assert back.input.endswith(made.input)
    if target != "prompt-completion":
        assert [t.content for t in back.turns] == [t.content for t in made.turns]
