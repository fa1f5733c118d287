"""What is checked when a path and a reader are named."""

import codecs
import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dataprep import checker
from dataprep.checks import Context
from dataprep.conversion import convert
from dataprep.conversion.recipe_flags import assembled
from dataprep.finding import Finding, UsageError

ALPACA = [{"instruction": f"Add {n} and {n}.", "output": str(2 * n)} for n in range(3)]
SHAREGPT = [
    {"conversations": [{"from": "human", "value": f"Hi {n}"}, {"from": "gpt", "value": f"Ho {n}"}]}
    for n in range(3)
]
CHAT = [
    {
        "messages": [
            {"role": "user", "content": f"q {n}"},
            {"role": "assistant", "content": f"a {n}"},
        ]
    }
    for n in range(12)
]


def written(path: Path, rows: list[Any], head: bytes = b"") -> Path:
    path.write_bytes(head + b"".join(json.dumps(row).encode() + b"\n" for row in rows))
    return path


def check(path: Path, target: str | None = None, **settings: Any) -> tuple[list[Finding], Context]:
    context = Context(near_duplicates=False, **settings)
    return list(checker.check([path], target, context)), context


@pytest.mark.parametrize(("rows", "name"), [(ALPACA, "alpaca"), (SHAREGPT, "sharegpt")])
@pytest.mark.parametrize("indent", [None, 1])
def test_one_json_list_of_rows_is_read(
    tmp_path: Path, rows: list[Any], name: str, indent: int | None
) -> None:
    path = tmp_path / "data.json"
    path.write_text(json.dumps(rows, indent=indent), "utf-8")
    found, context = check(path)
    assert found == []
    assert (context.seen.rows, list(context.seen.formats.values())) == (3, [name])


def test_a_broken_element_is_found_at_its_line_and_index(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text('[\n{"instruction": "a", "output": "b"},\n{"instruction": "c"}\n]', "utf-8")
    (finding,) = check(path)[0]
    assert (finding.code, finding.place.line, finding.place.path) == ("S001", 3, "[1]")
    path.write_text('[\n{"instruction": "a", "output": ""},\n{"a": 1, "a": 2}\n]', "utf-8")
    assert [(f.code, f.place.line, f.place.path) for f in check(path)[0]] == [
        ("C003", 2, "[0].output"),
        ("J003", 3, "[1]"),
    ]


@pytest.mark.parametrize(
    ("text", "code", "line"), [("[]", "J009", None), ("[1]", "J005", 1), ("7", "J005", 1)]
)
def test_a_list_that_holds_no_rows_is_found(
    tmp_path: Path, text: str, code: str, line: int | None
) -> None:
    path = tmp_path / "data.json"
    path.write_text(text, "utf-8")
    assert [(f.code, f.place.line) for f in check(path)[0]] == [(code, line)]


def test_a_row_that_is_no_json_does_not_hide_the_rows_of_its_list(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text('[\n{"instruction": "a", "output": ""},\n{"b": }\n]', "utf-8")
    found = check(path)[0]
    assert [(f.code, f.place.line, f.place.path) for f in found] == [
        ("C003", 2, "[0].output"),
        ("J001", 3, "[1]"),
    ]
    assert found[1].message == "expecting value (row [1], byte 44)"


def test_lines_in_a_json_file_are_read_as_lines(tmp_path: Path) -> None:
    found, context = check(written(tmp_path / "data.json", ALPACA))
    assert (found, context.seen.rows) == ([], 3)


def test_gzip_is_read_in_both_forms(tmp_path: Path) -> None:
    lines, whole = tmp_path / "a.jsonl.gz", tmp_path / "b.json.gz"
    lines.write_bytes(gzip.compress(written(tmp_path / "x.jsonl", CHAT).read_bytes()))
    whole.write_bytes(gzip.compress(json.dumps(SHAREGPT).encode()))
    assert check(lines)[1].seen.rows == 12
    assert check(whole)[1].seen.rows == 3
    whole.write_bytes(whole.read_bytes()[:-9])
    assert [f.code for f in check(whole)[0]] == ["J011"]


def test_a_byte_order_mark_is_what_azure_wants_and_others_do_not(tmp_path: Path) -> None:
    path = written(tmp_path / "t.jsonl", CHAT, codecs.BOM_UTF8)
    assert "J006" in [f.code for f in check(path)[0]]
    assert "J006" not in [f.code for f in check(path, "azure")[0]]


def test_a_target_is_a_format_or_a_provider_with_or_without_a_model() -> None:
    assert checker.reader("sharegpt") == checker.TargetReader(form="sharegpt")
    assert checker.reader("together") == checker.TargetReader(provider="together")
    assert checker.reader("azure:gpt-4o-mini") == checker.TargetReader(
        provider="azure", model="gpt-4o-mini"
    )
    with pytest.raises(UsageError, match="Did you mean 'openai-chat'"):
        checker.reader("openai-chta")
    with pytest.raises(UsageError, match=r"Known: .*alpaca.*together"):
        checker.reader("zzz")


def test_what_a_provider_demands_is_found_only_for_it(tmp_path: Path) -> None:
    twice = {"messages": [CHAT[0]["messages"][0], *CHAT[0]["messages"]]}
    path = written(tmp_path / "t.jsonl", [*CHAT[1:], twice])
    assert [f.code for f in check(path)[0]] == []
    assert [(f.code, f.place.line) for f in check(path, "together")[0]] == [("C013", 12)]


def test_a_parquet_file_is_checked_as_token_ids(tmp_path: Path) -> None:
    import polars as pl

    path = tmp_path / "train.parquet"
    ids = [[1, 2, 3], [4, 5, 6]]
    pl.DataFrame(
        {"input_ids": ids, "attention_mask": [[1, 1, 1]] * 2, "labels": ids}
    ).write_parquet(path)
    found, context = check(path)
    assert (found, context.seen.rows) == ([], 2)
    assert "not what the texts say" in context.seen.notes[str(path)]
    pl.DataFrame({"input_ids": ids}).write_parquet(path)
    assert {f.code for f in check(path)[0]} == {"T101"}


def test_a_parquet_file_of_rows_is_checked_as_rows(tmp_path: Path) -> None:
    import polars as pl

    path = tmp_path / "train.parquet"
    pl.DataFrame({"prompt": ["Hi?", "Ho?"], "completion": ["Yes.", ""]}).write_parquet(path)
    found, context = check(path)
    assert [(f.code, f.place.line) for f in found] == [("C003", 2)]
    assert (context.seen.rows, list(context.seen.formats.values())) == (2, ["prompt-completion"])


@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_a_null_in_typed_columns_is_nothing_and_no_fault(tmp_path: Path, ending: str) -> None:
    import polars as pl

    nothing = {"name": None, "tool_calls": None}
    said = [[{**message, **nothing} for message in row["messages"]] for row in CHAT]
    rows = [{"messages": messages, "tools": None} for messages in said]
    path = tmp_path / f"train.{ending}"
    table = pl.DataFrame(rows)
    table.write_parquet(path) if ending == "parquet" else table.write_ipc(path)
    found, context = check(path)
    assert (found, list(context.seen.formats.values())) == ([], ["openai-chat"])
    lines = written(tmp_path / "train.jsonl", rows)
    assert {finding.code for finding in check(lines)[0]} == {"C016"}


def test_a_file_that_holds_no_rows_by_its_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    for path in (tmp_path / "a.txt", tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(UsageError):
            check(path)


def test_several_answers_in_one_output_are_no_fault_for_azure(tmp_path: Path) -> None:
    two = [{"role": "assistant", "content": text} for text in ("Yes.", "Indeed.")]
    asked = {"messages": [{"role": "user", "content": "Rain?"}]}
    row = {"input": asked, "preferred_output": two, "non_preferred_output": two[:1]}
    path = written(tmp_path / "t.jsonl", [row])
    assert "C202" in [f.code for f in check(path)[0]]
    assert "C202" in [f.code for f in check(path, "openai")[0]]
    assert "C202" not in [f.code for f in check(path, "azure")[0]]


def test_an_answer_that_t5_cannot_spell_is_found_only_for_t5(tmp_path: Path) -> None:
    path = written(tmp_path / "t.jsonl", [{"prompt": "Name?", "completion": '{"name": "Ada"}'}])
    assert check(path)[0] == []
    (finding,) = check(path, "t5")[0]
    assert (finding.code, finding.place.line) == ("T005", 1)
    assert "{ }" in finding.message


def test_copies_in_a_list_on_one_line_are_told_by_their_index(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text(json.dumps([*ALPACA, ALPACA[1]]), "utf-8")
    (finding,) = check(path)[0]
    assert (finding.code, finding.place.line, finding.place.path) == ("D001", 1, "[3]")
    assert finding.message == "is the same as [1]"


def test_a_small_file_is_judged_without_loading_frames(tmp_path: Path) -> None:
    path = written(tmp_path / "train.jsonl", CHAT)
    code = (
        "import sys; from pathlib import Path; from dataprep import checker;"
        f"found = list(checker.check([Path({str(path)!r})]));"
        "assert not found, found;"
        "heavy = {'polars', 'jsonschema', 'dataprep.tokens', 'dataprep.providers'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    "target",
    [
        *("prompt-completion", "openai-chat", "azure", "together", "fireworks", "nebius"),
        *("alpaca", "sharegpt", "t5", "causal"),
    ],
)
def test_what_convert_has_written_has_no_finding(tmp_path: Path, target: str) -> None:
    topics = ("rivers", "bridges", "harbours", "windmills", "orchards", "castles", "markets")
    rows = [
        {"prompt": f"Which {topic} has town {n}?", "completion": f"It has {n * 7 + 3} {topic}."}
        for n in range(40)
        for topic in topics
    ]
    source = written(tmp_path / "source.jsonl", rows)
    recipe, base = assembled([source], None, [target], {})
    convert(recipe, base, tmp_path / "out")
    found = list(checker.check([tmp_path / "out"], context=Context(near_duplicates=False)))
    assert [str(f) for f in found if f.severity != "info"] == []


def test_a_tokenizer_that_was_changed_behind_a_dataset_is_found(tmp_path: Path) -> None:
    rows = [{"prompt": f"Say {n}?", "completion": f"The number is {n}."} for n in range(60)]
    recipe, base = assembled([written(tmp_path / "s.jsonl", rows)], None, ["t5"], {})
    convert(recipe, base, tmp_path / "out")
    manifest = tmp_path / "out" / "manifest.json"
    told = json.loads(manifest.read_text("utf-8"))
    told["targets"]["t5"]["tokenizer"]["sha256"] = "0" * 64
    manifest.write_text(json.dumps(told), "utf-8")
    found = [f for f in checker.check([tmp_path / "out"]) if f.code == "T108"]
    assert [Path(f.place.file).name for f in found] == ["tokenizer"]


def test_an_export_is_told_from_a_training_file_and_sent_to_convert(tmp_path: Path) -> None:
    export = tmp_path / "export.json"
    export.write_text('[{"id": 1, "data": {"text": "a"}, "annotations": []}]', "utf-8")
    (finding,) = checker.check([export])
    assert finding.code == "S001"
    assert finding.message == "the row is a task of Label Studio: dataprep convert reads those"


def test_check_names_what_it_does_not_judge_of_a_folder(tmp_path: Path) -> None:
    written(tmp_path / "b.jsonl", ALPACA)
    (tmp_path / "a.txt").write_text("Some words.", "utf-8")
    (tmp_path / "c.md").write_text("More words.", "utf-8")
    (tmp_path / "d.py").write_text("pass", "utf-8")
    _, context = check(tmp_path)
    assert context.seen.notes == {
        str(tmp_path / "b.jsonl"): (
            "not judged, since they are running text: a.txt, c.md; not read: d.py"
        )
    }
