"""A recipe is read strictly: what is wrong in it is named by file, line and the nearest field."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from dataprep.contracts import contract
from dataprep.contracts import load as load_schema
from dataprep.finding import UsageError
from dataprep.recipe import Recipe, Source, Splits, Target
from dataprep.recipe_file import load, parse


def refused(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        parse(text)
    return str(caught.value)


def test_every_field_can_be_left_out() -> None:
    assert parse("") == parse("# only a comment\n") == parse("{}") == Recipe()
    recipe = Recipe()
    assert (recipe.version, recipe.seed, recipe.sources, recipe.wanted) == (1, 0, [], [])
    assert recipe.splits == Splits(train=0.8, validation=0.1, test=0.1)


def test_a_whole_recipe_is_read() -> None:
    recipe = parse("""
version: 1
seed: 7
sources:
  - path: export.json
    label_config: config.xml
    annotators: ground-truth-first
    spans_as: list
    empty: negative
  - {path: faq.txt, way: qa}
splits: {train: 0.9, validation: 0.1, test: 0}
targets:
  - openai-chat
  - name: t5
    tokenizer: google-t5/t5-small
    max_input: 256
  - name: faq
    schema: faq.schema.json
    fields: {question: "{{ input }}", tags: ["{{ label }}", 1]}
    sample: sample.jsonl
checks:
  ignore: [D001, A]
  completion_schema: answer.schema.json
""")
    export, faq = recipe.sources
    assert (export.label_config, export.annotators) == ("config.xml", "ground-truth-first")
    assert (faq.path, faq.way, faq.annotators) == ("faq.txt", "qa", "majority")
    assert [t.name for t in recipe.wanted] == ["openai-chat", "t5", "faq"]
    assert recipe.wanted[2].json_schema == "faq.schema.json"
    assert recipe.wanted[2].fields == {"question": "{{ input }}", "tags": ["{{ label }}", 1]}
    assert recipe.checks.ignore == ["D001", "A"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "soruces: []",
            "dataprep.yaml:1: soruces is not a field of the recipe. Did you mean 'sources'?",
        ),
        (
            "seed: 1\nsources:\n  - path: x\n    lable_config: y",
            "dataprep.yaml:4: sources[0].lable_config is not a field of the recipe. "
            "Did you mean 'label_config'?",
        ),
        (
            "targets:\n  - openai-chat\n  - name: t5\n    tokeniser: x",
            "dataprep.yaml:4: targets[1].tokeniser is not a field of the recipe. "
            "Did you mean 'tokenizer'?",
        ),
        (
            "targets: [{name: faq, json_schema: x}]",
            "dataprep.yaml:1: targets[0].json_schema is not a field of the recipe. "
            "Did you mean 'schema'?",
        ),
        (
            "splits: {trian: 1}",
            "dataprep.yaml:1: splits.trian is not a field of the recipe. Did you mean 'train'?",
        ),
        (
            "checks:\n  zzz: 1",
            "dataprep.yaml:2: checks.zzz is not a field of the recipe. "
            "Known: select, ignore, per_file, completion_schema.",
        ),
        # fields that are called like the steps of pydantic's own path
        (
            "Target: 1",
            "dataprep.yaml:1: Target is not a field of the recipe. Did you mean 'targets'?",
        ),
        (
            'checks:\n  per_file:\n    "*.json": {ignroe: [A]}',
            "dataprep.yaml:3: checks.per_file.*.json.ignroe is not a field of the recipe. "
            "Did you mean 'ignore'?",
        ),
        (
            "checks: {str: 1}",
            "dataprep.yaml:1: checks.str is not a field of the recipe. "
            "Known: select, ignore, per_file, completion_schema.",
        ),
    ],
)
def test_an_unknown_field_is_named_with_its_line_and_what_was_meant(text: str, said: str) -> None:
    assert refused(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seed: '1'", "dataprep.yaml:1: seed: input should be a valid integer."),
        ("seed: yes", "dataprep.yaml:1: seed: input should be a valid integer."),
        ("seed: 1.0", "dataprep.yaml:1: seed: input should be a valid integer."),
        ("seed: -1", "dataprep.yaml:1: seed: input should be greater than or equal to 0."),
        (f"seed: {2**63}", f"dataprep.yaml:1: seed: input should be less than {2**63}."),
        ("version: 2", "dataprep.yaml:1: version: input should be 1."),
        ("\nsources:", "dataprep.yaml:2: sources: input should be a valid list."),
        ("sources: [{way: qa}]", "dataprep.yaml:1: sources[0].path: field required."),
        (
            "sources:\n- path: 7",
            "dataprep.yaml:2: sources[0].path: input should be a valid string.",
        ),
        (
            "sources:\n- path: 2026-11-22",
            "dataprep.yaml:2: sources[0].path: input should be a valid string.",
        ),
        (
            "sources:\n- path: a\n  share: 1",
            "dataprep.yaml:3: sources[0].share: input should be less than 1.",
        ),
        (
            "sources: [{path: a, share: .nan}]",
            "dataprep.yaml:1: sources[0].share: input should be less than 1.",
        ),
        (
            "splits: {train: .nan}",
            "dataprep.yaml:1: splits.train: input should be less than or equal to 1.",
        ),
        ("targets: [{system: x}]", "dataprep.yaml:1: targets[0].name: field required."),
        (
            "targets:\n- name: ../evil",
            "dataprep.yaml:2: targets[0].name: string should match pattern '^[a-z0-9][a-z0-9-]*$'.",
        ),
        (
            "- a",
            "dataprep.yaml:1: the recipe has no fields, as `sources:` and `targets:`. Make one"
            " with: dataprep init FILE; a file to convert needs no --recipe.",
        ),
        (
            "just words",
            "dataprep.yaml:1: the recipe has no fields, as `sources:` and `targets:`. Make one"
            " with: dataprep init FILE; a file to convert needs no --recipe.",
        ),
    ],
)
def test_a_wrong_type_or_value_is_named_with_its_line(text: str, said: str) -> None:
    assert refused(text) == said


def test_a_wrong_choice_is_named_with_the_choices() -> None:
    said = refused("sources:\n- path: a\n  annotators: mean")
    assert said.startswith(
        "dataprep.yaml:3: sources[0].annotators: input should be 'majority', 'first', 'latest', "
    )


@pytest.mark.parametrize(
    ("train", "validation", "test"), [(0.8, 0.1, 0.2), (0.5, 0, 0), (1, 0.1, 0), (0.8, 0.1, 0)]
)
def test_shares_that_do_not_sum_to_one_are_refused(
    train: float, validation: float, test: float
) -> None:
    text = f"seed: 1\nsplits: {{train: {train}, validation: {validation}, test: {test}}}"
    assert refused(text) == "dataprep.yaml:2: splits: train, validation and test must sum to 1."


@given(st.integers(1, 99), st.integers(0, 99))
@settings(deadline=None)
def test_shares_in_hundredths_that_sum_to_one_are_accepted(train: int, validation: int) -> None:
    test = 100 - train - validation
    if test >= 0:
        shares = [n / 100 for n in (train, validation, test)]
        text = json.dumps(dict(zip(("train", "validation", "test"), shares, strict=True)))
        assert parse(f"splits: {text}").splits.train == train / 100


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'sources:\n  - path: a.json\n    completion: "\\ud800"',
            "dataprep.yaml:3: holds half of a character. Write it whole.",
        ),
        (
            'sources:\n  - path: a.json\n    "\\ud800": x',
            "dataprep.yaml:3: holds half of a character. Write it whole.",
        ),
        ("seed: 1\nseed: 2", "dataprep.yaml:2: 'seed' stands twice. Keep one of the two."),
        (
            "sources:\n  - path: a\n    path: b",
            "dataprep.yaml:3: 'path' stands twice. Keep one of the two.",
        ),
        (
            "targets:\n- name: faq\n  fields:\n    a: {b: 1,\n      b: 2}",
            "dataprep.yaml:5: 'b' stands twice. Keep one of the two.",
        ),
        ('seed: 1\n"seed": 2', "dataprep.yaml:2: 'seed' stands twice. Keep one of the two."),
        ("? [a, b]\n: 1", "dataprep.yaml:1: a key must be a word. Mend the YAML."),
        ("? {a: b}\n: 1", "dataprep.yaml:1: a key must be a word. Mend the YAML."),
    ],
)
def test_a_key_that_stands_twice_or_is_none_is_refused(text: str, said: str) -> None:
    assert refused(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "dataprep.yaml:1: expected the node content, but found '<stream end>'."),
        ("sources:\n\t- path: x", "dataprep.yaml:2: found character '\\t' that cannot start any"),
        ("a: 1\n---\nb: 2", "dataprep.yaml:2: but found another document."),
        ("a: *b", "dataprep.yaml:1: found undefined alias 'b'."),
        ("a: 1\nb: \x01", "dataprep.yaml:2: special characters are not allowed."),
        ("a: !!python/object/apply:os.system [x]", "dataprep.yaml:1: could not determine a"),
        ("seed: 2026-13-45", "dataprep.yaml: month must be in 1..12."),
        ("seed: !!int abc", "dataprep.yaml: invalid literal for int() with base 10: 'abc'."),
        ("[" * 3000 + "]" * 3000, "dataprep.yaml: nests too deep."),
        ("sources: &a [*a]", "dataprep.yaml:1: refers to itself."),
        ("targets:\n- name: x\n  fields: &a\n    b: *a", "dataprep.yaml:3: refers to itself."),
    ],
)
def test_what_is_not_yaml_is_refused_in_words(text: str, said: str) -> None:
    assert refused(text).startswith(said)


def test_aliases_of_aliases_do_not_fill_the_memory() -> None:
    laughs = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    laughs += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert refused("\n".join(laughs)).endswith(
        "is too large, with its aliases written out. Use fewer aliases."
    )


def test_an_alias_may_be_used_twice() -> None:
    recipe = parse("sources:\n  - &one {path: a, way: qa}\n  - {<<: *one, path: b}\n  - *one")
    assert [(s.path, s.way) for s in recipe.sources] == [("a", "qa"), ("b", "qa"), ("a", "qa")]


@given(st.text(alphabet="ab:-[]{}&*!#|>'\" \n\t0?,%@", max_size=40))
@settings(deadline=None, max_examples=300)
def test_no_text_ends_in_anything_but_a_recipe_or_words(text: str) -> None:
    try:
        assert isinstance(parse(text), Recipe)
    except UsageError as error:
        assert error.message


def test_a_recipe_is_read_from_its_file_and_named_by_it(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_bytes(b"\xef\xbb\xbfseed: 3\n")
    assert load(path).seed == 3
    path.write_text("sede: 3")
    with pytest.raises(UsageError, match=r"my\.yaml:1: sede is not a field"):
        load(path)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (None, "No such file or directory. Make one with: dataprep init FILE"),
        (b"a: \xff", "not UTF-8"),
    ],
)
def test_a_recipe_that_cannot_be_read_is_named(
    tmp_path: Path, raw: bytes | None, said: str
) -> None:
    path = tmp_path / "dataprep.yaml"
    if raw is not None:
        path.write_bytes(raw)
    with pytest.raises(UsageError, match=said):
        load(path)


def test_the_schema_file_is_what_the_models_say() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "dataprep.recipe"], check=True, capture_output=True, text=True
    ).stdout
    assert load_schema("recipe") == json.loads(printed), (
        "write it again: python -m dataprep.recipe > schemas/recipe.schema.json"
    )


def test_the_schema_has_a_name_with_its_version_and_a_description_for_every_choice() -> None:
    schema = load_schema("recipe")
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == "urn:dataprep:schema:recipe:1"
    fields = schema["$defs"]["Source"]["properties"]
    assert [name for name, field in fields.items() if not field.get("description")] == []


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ({}, True),
        ({"sources": [{"path": "a"}], "targets": ["t5", {"name": "faq", "schema": "x"}]}, True),
        ({"soruces": []}, False),
        ({"seed": "1"}, False),
        ({"seed": -1}, False),
        ({"targets": [{"name": "../x"}]}, False),
        ({"sources": [{"path": "a", "annotators": "mean"}]}, False),
    ],
)
def test_the_schema_and_the_models_give_one_verdict(value: dict[str, Any], kept: bool) -> None:
    assert contract("recipe").accepts(value) is kept
    try:
        parse(json.dumps(value))
    except UsageError:
        assert not kept
    else:
        assert kept


def test_a_recipe_cannot_be_changed_once_it_is_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Source(path="a").path = "b"  # type: ignore[misc]
    assert Target(name="t5") == Target(name="t5")


def test_a_column_is_carried_or_left_out_and_not_both() -> None:
    text = "sources:\n- {path: a.jsonl, carry: [id, x], leave_out: [x]}"
    said = refused(text)
    assert said.endswith("carry and leave_out both name 'x'; name it in one of the two.")
