"""Rows of tokens with the numbers or names of their tags become tasks."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dataprep.finding import UsageError
from tests.marked_exports import findings, items, marks, put, records
from tests.tool_exports import opened

NAMES = ["O", "B-PER", "I-PER", "B-LOC"]
ROWS: list[dict[str, Any]] = [
    {"id": "0", "tokens": ["Ann", "Smith", "left", "Rome"], "ner_tags": [1, 2, 0, 3]},
    {"id": "1", "tokens": ["Nobody", "😊"], "ner_tags": [0, 0], "pos_tags": [4, 5]},
]
READ = [[(0, 9, "PER"), (15, 19, "LOC")], []]


def lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def features(kind: str) -> dict[str, Any]:
    tags = {"names": NAMES, "_type": "ClassLabel"}
    return {
        "id": {"dtype": "string", "_type": "Value"},
        "tokens": {"feature": {"dtype": "string", "_type": "Value"}, "_type": kind},
        "ner_tags": {"feature": tags, "_type": kind},
    }


def test_the_names_can_be_given(tmp_path: Path) -> None:
    path = put(tmp_path / "train.jsonl", lines(ROWS))
    told = records(path, tag_names=NAMES)
    assert [marks(record) for record in told] == READ
    assert [record.value.id for record in told] == ["0", "1"]
    (one,) = opened(path, tag_names=NAMES)
    assert one.note == (
        "token rows, ner_tags in IOB2 (B- opens 2 spans); tokens joined by blanks, so that their"
        " offsets are new: 2 tasks; left out: column pos_tags (1)"
    )


@pytest.mark.parametrize("kind", ["List", "Sequence"])
def test_the_names_stand_in_the_file_of_datasets_beside_it(tmp_path: Path, kind: str) -> None:
    put(tmp_path / "dataset_info.json", json.dumps({"features": features(kind)}))
    path = put(tmp_path / "train.jsonl", lines(ROWS))
    assert [marks(record) for record in records(path)] == READ
    assert [marks(record) for record in records(tmp_path)] == READ


def test_datasets_writes_the_names_into_parquet_and_arrow(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    tags = datasets.List(datasets.ClassLabel(names=NAMES))
    told = datasets.Features(tokens=datasets.List(datasets.Value("string")), ner_tags=tags)
    rows = [{key: row[key] for key in ("tokens", "ner_tags")} for row in ROWS]
    data = datasets.Dataset.from_list(rows, features=told)
    data.to_parquet(str(tmp_path / "train.parquet"))
    data.save_to_disk(str(tmp_path / "saved"))
    assert [marks(record) for record in records(tmp_path / "train.parquet")] == READ
    assert [marks(record) for record in records(tmp_path / "saved")] == READ


def test_numbers_without_names_are_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        opened(put(tmp_path / "train.jsonl", lines(ROWS)))
    assert "the ner_tags are numbers (0, 1, 2, 3), and nothing says" in caught.value.message
    assert "--tag-names O,B-PER,I-PER" in caught.value.remedy


def test_tags_that_are_texts_are_read_before_numbers(tmp_path: Path) -> None:
    rows = [{**ROWS[0], "ner_tags_str": ["B-PER", "I-PER", "O", "B-LOC"]}]
    (record,) = records(put(tmp_path / "train.json", json.dumps(rows)))
    assert marks(record) == READ[0]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"tokens": ["Ann"], "ner_tags": [1, 0]}, "S001 has 1 tokens and 2 ner_tags"),
        ({"tokens": ["Ann", 1], "ner_tags": [1, 0]}, "S001 has tokens that are no list of texts"),
        ({"tokens": ["Ann"], "ner_tags": [9]}, "A020 has the tag 9, which has no name"),
        ({"tokens": ["Ann"], "ner_tags": [-100]}, "A020 has the tag -100, which hides a token"),
        ({"tokens": ["a", "b"], "ner_tags": [0, 2]}, "A020 token 1: 'I-PER' stands after another"),
    ],
)
def test_a_row_that_cannot_be_is_named_with_its_line(
    tmp_path: Path, row: dict[str, Any], said: str
) -> None:
    path = put(tmp_path / "train.jsonl", lines([ROWS[0], row, ROWS[1]]))
    (found,) = findings(path, format="token-rows", tag_names=NAMES)
    assert found.startswith(f"train.jsonl:2: {said}")
    assert len(items(path, format="token-rows", tag_names=NAMES)) == 3


@pytest.mark.parametrize(
    "row", [{"tokens": [], "ner_tags": []}, {"tokens": ["Ann"], "ner_tags": [1, 0]}]
)
def test_a_first_row_that_is_empty_or_wrong_hides_no_others(
    tmp_path: Path, row: dict[str, Any]
) -> None:
    put(tmp_path / "train.jsonl", lines([row, *ROWS]))
    schema = {"tokens": pl.List(pl.String), "ner_tags": pl.List(pl.Int64)}
    every = [{key: one[key] for key in schema} for one in (row, *ROWS)]
    pl.DataFrame(every, schema).write_parquet(tmp_path / "train.parquet")
    for name in ("train.jsonl", "train.parquet"):
        (one,) = opened(tmp_path / name, tag_names=NAMES)
        assert one.format == "token-rows"
        assert len(items(tmp_path / name, tag_names=NAMES)) == len(ROWS) + 1


def test_names_of_tags_for_other_files_are_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "a.txt", "text")
    with pytest.raises(UsageError, match="--tag-names are for rows with tokens"):
        opened(path, tag_names=NAMES)


def test_tokens_of_a_tokenizer_are_no_such_rows(tmp_path: Path) -> None:
    row = {"text": "a b", "tokens": ["a", "b"], "labels": [0, 1]}
    (one,) = opened(put(tmp_path / "a.jsonl", lines([row])))
    assert one.format == "jsonl"


def test_five_hundred_rows_give_the_text_and_the_spans_that_they_were_made_of(
    tmp_path: Path,
) -> None:
    draw = random.Random(12)  # noqa: S311
    rows, expected = [], []
    for _ in range(500):
        tokens = [draw.choice(["Ann", "😀", "e\u0301", "漢字", "a\u200db"]) for _ in range(6)]
        tags = [draw.choice([0, 1, 3]) for _ in tokens]
        starts = [sum(len(token) + 1 for token in tokens[:at]) for at in range(6)]
        spans = [
            (start, start + len(token), NAMES[tag][2:])
            for start, token, tag in zip(starts, tokens, tags, strict=True)
            if tag
        ]
        rows.append({"tokens": tokens, "ner_tags": tags})
        expected.append((" ".join(tokens), spans))
    told = records(put(tmp_path / "train.jsonl", lines(rows)), tag_names=NAMES)
    assert [(record.value.data["text"], marks(record)) for record in told] == expected


def test_words_beside_the_tags_of_their_document_are_no_such_rows(tmp_path: Path) -> None:
    rows = [{"words": ["Ann"], "tags": ["O"]}, *[{"words": ["a", "b"], "tags": ["x"]}] * 3]
    (one,) = opened(put(tmp_path / "a.jsonl", lines(rows)))
    assert one.format == "jsonl"


def test_texts_and_numbers_beside_the_tokens_stay_in_the_data(tmp_path: Path) -> None:
    rows = [{**ROWS[0], "doc": "d1", "page": 2, "note": None}, {**ROWS[1], "doc": "d2", "page": 1}]
    path = put(tmp_path / "train.jsonl", lines(rows))
    first, second = records(path, tag_names=NAMES)
    assert first.value.data == {"doc": "d1", "page": 2, "text": "Ann Smith left Rome"}
    assert second.value.data == {"doc": "d2", "page": 1, "text": "Nobody 😊"}
    (one,) = opened(path, tag_names=NAMES)
    assert one.note.endswith("2 tasks; left out: column pos_tags (1)")


CLASSES = "class_label:\n{indent}  names:\n" + "".join(
    f"{{indent}}    '{number}': {name}\n" for number, name in enumerate(NAMES)
)


def card(
    kind: str = "sequence", indent: int = 6, head: str = "dataset_info:\n  features:\n"
) -> str:
    blanks = " " * indent
    classes = CLASSES.format(indent=blanks + "  ")
    return (
        f"---\nlicense: mit\n{head}{blanks[:-2]}- name: tokens\n{blanks}sequence: string\n"
        f"{blanks[:-2]}- name: ner_tags\n{blanks}{kind}:\n{blanks}  {classes}---\n\n# A data set\n"
    )


@pytest.mark.parametrize("kind", ["sequence", "list"])
def test_the_names_stand_in_the_card_of_the_hub_beside_it(tmp_path: Path, kind: str) -> None:
    put(tmp_path / "README.md", card(kind))
    path = put(tmp_path / "train.jsonl", lines(ROWS))
    assert [marks(record) for record in records(path)] == READ
    (one,) = opened(tmp_path)
    assert [marks(record) for record in records(tmp_path)] == READ
    assert [Path(name).name for name, _ in one.made_from] == ["train.jsonl", "README.md"]
    assert "not read" not in one.note


def test_a_card_with_configurations_that_agree_is_read_and_one_that_does_not_is_no_guess(
    tmp_path: Path,
) -> None:
    head = "dataset_info:\n- config_name: a\n  features:\n"
    one = card(head=head)
    other = one[one.index("- config_name") : one.rindex("---")].replace("name: a", "name: b")
    both = one[: one.rindex("---")] + other + "---\n"
    path = put(tmp_path / "train.jsonl", lines(ROWS))
    put(tmp_path / "README.md", both)
    assert [marks(record) for record in records(path)] == READ
    put(tmp_path / "README.md", both[: -len(other) - 4] + other.replace("PER", "ORG") + "---\n")
    with pytest.raises(UsageError, match="nothing says what they are called"):
        opened(path)


@pytest.mark.parametrize(
    "text",
    [
        "# no head",
        "---\n: : :\n---\n",
        "---\ndataset_info: null\n---\n",
        "---\ndataset_info: &a [*a]\n---\n",
        "---\ndataset_info:\n  features: &a\n  - name: ner_tags\n    struct: *a\n---\n",
        "---\ndataset_info:\n  features:\n  - name: ner_tags\n    class_label: 3\n---\n",
        card().replace("'3': B-LOC", "'9': B-LOC"),
        "---\n" + "[" * 5000,
    ],
)
def test_a_card_that_says_nothing_of_the_tags_is_no_name(tmp_path: Path, text: str) -> None:
    put(tmp_path / "README.md", text)
    with pytest.raises(UsageError, match="nothing says what they are called"):
        opened(put(tmp_path / "train.jsonl", lines(ROWS)))


def test_what_the_user_says_stands_above_the_card(tmp_path: Path) -> None:
    put(tmp_path / "README.md", card())
    path = put(tmp_path / "train.jsonl", lines(ROWS))
    names = [name.replace("PER", "ORG") for name in NAMES]
    first, _ = records(path, tag_names=names)
    assert marks(first) == [(0, 9, "ORG"), (15, 19, "LOC")]
