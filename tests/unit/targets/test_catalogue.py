"""The table of targets is whole, and a target that cannot be written is refused before any work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.contracts import load
from dataprep.finding import UsageError
from dataprep.recipe import Target
from dataprep.recipe_file import parse
from dataprep.targets import CATALOGUE, check_wanted
from tests.building import example

SCHEMA = {"type": "object", "required": ["q"], "properties": {"q": {"type": "string"}}}
FIELDS = {"q": "{{ input }}"}


def refused(folder: Path, *targets: Target) -> str:
    with pytest.raises(UsageError) as caught:
        check_wanted(targets, folder)
    return str(caught.value).replace(str(folder), "")


def own(**known: Any) -> Target:
    return Target.model_validate({"name": "qa", **known})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "qa.json").write_text(json.dumps(SCHEMA))
    return tmp_path


def test_the_table_knows_these_targets() -> None:
    assert CATALOGUE.keys() >= {"label-studio", "openai-chat", "prompt-completion", "t5"}


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_every_target_has_a_schema_with_a_version_and_says_who_reads_it(name: str) -> None:
    row = CATALOGUE[name]
    assert row.name == name
    assert row.reader
    assert row.road in ("closed", "open", "annotators")
    assert load(row.schema)["$id"].startswith(f"urn:dataprep:schema:{row.schema}:")


@pytest.mark.parametrize("name", sorted(n for n, row in CATALOGUE.items() if row.row))
def test_every_row_of_a_target_keeps_its_schema(name: str) -> None:
    from dataprep.contracts import contract

    build = CATALOGUE[name].row
    assert build
    row = build(Target(name=name))(example(1, system="Be kind.", rejected="no answer"))
    assert list(contract(CATALOGUE[name].schema).violations(row)) == []


def test_the_targets_of_the_table_may_be_written_together(folder: Path) -> None:
    check_wanted([Target(name=name) for name in CATALOGUE], folder)


@pytest.mark.parametrize(
    ("name", "meant"),
    [("openai_chat", "openai-chat"), ("T5", "t5"), ("promptcompletion", "prompt-completion")],
)
def test_a_target_that_is_not_there_is_refused_with_what_was_meant(
    folder: Path, name: str, meant: str
) -> None:
    (target,) = parse(f"targets: [{name}]").wanted
    assert refused(folder, target) == f"There is no target {name!r}. Did you mean {meant!r}?"


def test_a_target_that_is_nothing_like_ours_is_refused_with_those_that_are(folder: Path) -> None:
    said = refused(folder, Target(name="mongodb"))
    assert said.startswith("There is no target 'mongodb'. Known: prompt-completion, openai-chat, ")
    assert all(name in said for name in CATALOGUE)


def test_a_target_twice_is_refused(folder: Path) -> None:
    assert refused(folder, Target(name="t5"), Target(name="t5", max_input=64)) == (
        "The target 't5' stands twice in the recipe, and both would be written into the folder t5."
        " Keep one of the two; the other one goes into an output of its own."
    )


@pytest.mark.parametrize("name", ["examples", "turns"])
def test_a_name_that_the_output_itself_uses_is_refused(folder: Path, name: str) -> None:
    target = Target.model_validate({"name": name, "schema": "qa.json", "fields": FIELDS})
    assert refused(folder, target) == (
        f"A target cannot be called {name!r}: the output has a folder of that name. "
        "Choose another name."
    )


@pytest.mark.parametrize("known", [{"fields": FIELDS}, {"sample": "sample.jsonl"}])
@pytest.mark.parametrize("name", ["qa", "openai-chat"])
def test_fields_without_a_schema_are_refused_and_not_passed_over(
    folder: Path, name: str, known: dict[str, Any]
) -> None:
    assert refused(folder, Target.model_validate({"name": name, **known})) == (
        f"The target {name!r} has fields or a sample, but no schema. "
        "Add schema: FILE.schema.json, the JSON Schema of a row."
    )


def test_a_schema_without_fields_is_refused(folder: Path) -> None:
    assert refused(folder, own(schema="qa.json")).startswith(
        "The target 'qa' has a schema but no fields."
    )


def test_a_target_with_schema_fields_and_a_sample_that_agree_may_be_written(folder: Path) -> None:
    (folder / "sample.jsonl").write_bytes(b'{"q": "x"}\r\n\n{"q": ""}')
    check_wanted([own(schema="qa.json", fields=FIELDS, sample="sample.jsonl")], folder)
    check_wanted([own(schema="qa.json", fields=FIELDS)], folder)


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (None, "/other.json: No such file or directory. Check the path of the schema."),
        ("{", "/other.json is not JSON: "),
        ('{"type": "objct"}', "/other.json is not a JSON Schema: "),
        ('{"$ref": "https://example.com/x.json"}', "/other.json: "),
        ("7", "/other.json is not a JSON Schema: "),
    ],
)
def test_a_schema_that_is_none_is_refused(folder: Path, schema: str | None, said: str) -> None:
    if schema is not None:
        (folder / "other.json").write_text(schema)
    assert refused(folder, own(schema="other.json", fields=FIELDS)).startswith(said)


@pytest.mark.parametrize(
    ("sample", "said"),
    [
        (None, "/sample.jsonl: No such file or directory. Check the path of the sample."),
        (
            '{"q": "x"}\n{"q": 7}',
            "/sample.jsonl:2: the sample breaks /qa.json: q is a number, not string. "
            "Mend the sample or the schema.",
        ),
        (
            "{}",
            "/sample.jsonl:1: the sample breaks /qa.json: the row lacks 'q'. "
            "Mend the sample or the schema.",
        ),
        (
            '{"q": "x", "q": "y"}',
            '/sample.jsonl:1: the key "q" stands twice in one object. Mend the sample.',
        ),
        ("not JSON", "/sample.jsonl:1: expecting value. Mend the sample."),
        ("\n \n", "/sample.jsonl: holds no row. Write one row as it shall be."),
    ],
)
def test_a_sample_that_breaks_the_schema_is_refused_with_its_line(
    folder: Path, sample: str | None, said: str
) -> None:
    if sample is not None:
        (folder / "sample.jsonl").write_text(sample)
    assert refused(folder, own(schema="qa.json", fields=FIELDS, sample="sample.jsonl")) == said


def test_a_template_that_does_not_parse_is_refused_before_any_work(folder: Path) -> None:
    fields = {"q": {"deep": ["{{ input }", "x {% if %}"]}}
    said = refused(folder, own(schema="qa.json", fields=fields))
    assert said.startswith("qa.q.deep[1]: syntax error")
