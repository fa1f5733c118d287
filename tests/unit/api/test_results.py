"""What the functions return: typed, short on a screen, tables in a notebook, rows as tables."""

from __future__ import annotations

import json
import pickle
import sys
from html.parser import HTMLParser
from pathlib import Path

import datasets
import polars as pl
import pytest

import dataprep
from dataprep.api.tabular import dataset_of, pandas_frame
from tests.building import SENTIMENT, annotated, choices, of_task

EVIL = "<script>alert(1)</script>$x$ &amp;"


class Tags(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def page(result: object) -> Tags:
    return Tags(result._repr_html_())  # type: ignore[attr-defined]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dataprep.ConvertedDataset:
    """Twenty annotated texts and one that was skipped, converted for two targets."""
    monkeypatch.chdir(tmp_path)
    results = [annotated(choices("Positive" if n % 2 else "Negative")) for n in range(20)]
    tasks = [of_task(f"A text number {n}.", r, id=n + 1) for n, r in enumerate(results)]
    tasks.append(of_task("Nobody read this.", id=99))
    Path("export.json").write_text(json.dumps(tasks))
    Path("config.xml").write_text(SENTIMENT)
    return dataprep.convert(
        "export.json",
        label_config="config.xml",
        to="openai-chat, prompt-completion",
        near_duplicates="off",
        seed=1,
    )


def test_a_dataset_says_on_one_line_what_it_is(made: dataprep.ConvertedDataset) -> None:
    train, validation, test = made.splits.values()
    assert (train + validation + test, list(made.splits)) == (20, ["train", "validation", "test"])
    assert repr(made) == (
        f"ConvertedDataset('out'): 20 examples ({train} train, {validation} validation, {test}"
        " test) for openai-chat, prompt-completion"
    )


def test_what_convert_returns_is_what_load_reads(made: dataprep.ConvertedDataset) -> None:
    assert dataprep.load("out") == made == dataprep.load(made)
    assert made.targets == ["openai-chat", "prompt-completion"]
    assert made.ledger.stages["shape"].dropped.total() == 1
    assert [drop.reason for drop in made.dropped] == ["unlabelled"]
    assert [f.code for f in made.findings] == ["A014"] * 19
    assert dataprep.verify(made.folder) == []


def test_a_notebook_shows_the_ledger_and_the_splits(made: dataprep.ConvertedDataset) -> None:
    shown = page(made)
    assert shown.tags == {"div", "p", "table", "tr", "th", "td"}
    assert "Nothing was lost: in = out + dropped, at every stage." in shown.text
    assert "unlabelled" in shown.text
    assert "write openai-chat" in shown.text
    assert "100.0 %" in shown.text


def test_examples_and_rows_are_tables_of_polars(made: dataprep.ConvertedDataset) -> None:
    examples = made.to_polars()
    assert examples.height == 20
    assert examples.columns[:2] == ["split", "id"]
    assert set(examples["output"]) == {"Positive", "Negative"}
    rows = made.to_polars("openai-chat", split="train")
    assert rows.height == made.splits["train"]
    assert rows.columns == ["messages"]
    assert [m["role"] for m in rows["messages"][0]] == ["user", "assistant"]
    whole = made.to_polars("prompt-completion")
    counted = dict(whole.group_by("split").len().iter_rows())
    assert counted == {split: n for split, n in made.splits.items() if n}


def test_pandas_and_datasets_have_the_same_rows(made: dataprep.ConvertedDataset) -> None:
    frame = made.to_polars("prompt-completion", split="train")
    table = made.to_pandas("prompt-completion", split="train")
    assert list(table["prompt"]) == frame["prompt"].to_list()
    whole = made.to_datasets("prompt-completion")
    assert isinstance(whole, datasets.DatasetDict)
    assert whole["train"]["completion"][:] == frame["completion"].to_list()
    one = made.to_datasets(split="train")
    assert isinstance(one, datasets.Dataset)
    assert one.num_rows == made.splits["train"]


def test_token_ids_are_handed_on_in_the_same_memory() -> None:
    frame = pl.DataFrame({"input_ids": [[1, 2, 3], [4]]}, schema={"input_ids": pl.List(pl.UInt16)})
    ours = frame["input_ids"].to_arrow()
    of_datasets = dataset_of(frame).data.column("input_ids").chunk(0)
    of_pandas = pandas_frame(frame)["input_ids"].array._pa_array.chunk(0)
    places = {each.values.buffers()[1].address for each in (ours, of_datasets, of_pandas)}
    assert len(places) == 1


def test_conversations_are_a_list_of_turns(tmp_path: Path) -> None:
    said = [("user", "Hi"), ("assistant", "Hello"), ("user", "Bye"), ("assistant", "So long")]
    rows = [
        {"messages": [{"role": r, "content": f"{text} {n}"} for r, text in said]} for n in range(3)
    ]
    source = tmp_path / "chat.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    made = dataprep.convert(source, to="openai-chat", out=tmp_path / "out")
    turns = made.to_polars()["turns"]
    assert [[t["role"] for t in each] for each in turns] == [[r for r, _ in said]] * 3
    assert {each[1]["content"] for each in turns} == {"Hello 0", "Hello 1", "Hello 2"}


def test_all_splits_of_a_target_have_one_schema(tmp_path: Path) -> None:
    """What only one row of one split holds is null in the others, and nothing is lost."""
    source = tmp_path / "chat.jsonl"
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    tools = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]
    rows: list[dict[str, object]] = [
        {
            "messages": [
                {"role": "user", "content": f"Question {n}"},
                {"role": "assistant", "content": f"Answer {n}"},
            ]
        }
        for n in range(20)
    ]
    called: dict[str, object] = {"role": "assistant", "tool_calls": [call]}
    rows.append({"messages": [{"role": "user", "content": "Do f"}, called], "tools": tools})
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    made = dataprep.convert(source, to="azure", out=tmp_path / "out", near_duplicates="off")
    whole = made.to_datasets("azure")
    assert isinstance(whole, datasets.DatasetDict)
    assert len({str(each.features) for each in whole.values()}) == 1
    assert {split: each.num_rows for split, each in whole.items()} == made.splits
    assert made.to_polars("azure").height == 21
    said = [m["tool_calls"] for row in made.to_polars("azure")["messages"] for m in row]
    assert [each for each in said if each] == [[call]]


@pytest.mark.parametrize("name", ["pandas", "datasets"])
def test_a_library_that_is_not_installed_is_named(
    made: dataprep.ConvertedDataset, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(dataprep.EnvironmentProblem) as caught:
        getattr(made, f"to_{name}")()
    packages = "pandas pyarrow" if name == "pandas" else "datasets"
    assert str(caught.value) == (
        f"{name} is not installed. Install it with: pip install {packages}"
    )


def test_a_target_and_a_split_that_are_not_there_are_told(
    made: dataprep.ConvertedDataset,
) -> None:
    with pytest.raises(dataprep.UsageError, match=r"out holds no t5\. It has: openai-chat, prompt"):
        made.to_polars("t5")
    with pytest.raises(dataprep.NothingToDo, match=r"out has nothing in dev\. It has: train"):
        made.to_polars(split="dev")


def test_data_with_errors_raises_and_writes_nothing(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    good = {"prompt": "Q?", "completion": "A."}
    rows.write_text(json.dumps(good) + "\n" + json.dumps({**good, "completion": ""}) + "\n")
    with pytest.raises(dataprep.InvalidData) as caught:
        dataprep.convert(rows, to="openai-chat", out=tmp_path / "out")
    error = caught.value
    assert str(error).startswith(
        f"The data has 1 error, and nothing was written. The first: {rows}:2: C003 completion is"
    )
    assert str(error).endswith("or convert with drop_invalid=True to leave out what has errors.")
    assert (error.exit_code, [f.code for f in error.findings]) == (1, ["C003"])
    assert isinstance(pickle.loads(pickle.dumps(error)), dataprep.InvalidData)  # noqa: S301
    assert not (tmp_path / "out").exists()
    made = dataprep.convert(rows, to="openai-chat", out=tmp_path / "out", drop_invalid=True)
    assert sum(made.splits.values()) == 1


def test_a_recipe_may_be_a_path_or_an_object(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"prompt": "Q?", "completion": "A."}\n')
    file = tmp_path / "recipe.yaml"
    file.write_text("sources: [{path: rows.jsonl}]\ntargets: [openai-chat]\n")
    by_path = dataprep.convert(recipe=file, out=tmp_path / "one")
    recipe = dataprep.Recipe(
        sources=[dataprep.Source(path=str(tmp_path / "rows.jsonl"))], targets=["openai-chat"]
    )
    by_object = dataprep.convert(recipe=recipe, out=tmp_path / "two")
    assert by_path.manifest["files"].keys() == by_object.manifest["files"].keys()
    assert by_path.to_polars("openai-chat").equals(by_object.to_polars("openai-chat"))


def test_a_backslash_in_a_template_of_python_is_a_backslash(tmp_path: Path) -> None:
    """Only what is typed on a command line needs an escape for a line break."""
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"a": "x", "b": "y"}\n')
    templates = {"prompt": r"\nabla {{ a }}", "completion": "{{ b }}"}
    made = dataprep.convert(rows, to="prompt-completion", out=tmp_path / "out", **templates)
    assert made.to_polars("prompt-completion")["prompt"].to_list() == [r"\nabla x"]


def test_findings_are_returned_counted_and_shown(tmp_path: Path) -> None:
    file = tmp_path / "train.jsonl"
    row = {"messages": [{"role": "user", "content": "Q"}, {"role": "assistant", "content": ""}]}
    file.write_text(json.dumps(row) + "\n")
    result = dataprep.check(str(file), select="C")
    assert [f.code for f in result] == ["C003"]
    assert (len(result), result.ok, result.rows) == (1, False, 1)
    assert repr(result) == "CheckResult(not ok): 1 finding in 1 row: C003 1"
    assert result.to_polars().select("line", "code", "severity").rows() == [(1, "C003", "error")]
    assert list(result.to_pandas()["code"]) == ["C003"]
    assert "messages[1].content is empty" in page(result).text
    clean = dataprep.check(file, ignore=["C", "D"])
    assert (clean.ok, len(clean)) == (True, 0)
    assert repr(clean) == "CheckResult(ok): no findings in 1 row"
    assert "No findings in 1 row." in page(clean).text


def test_tokens_are_counted_where_they_are_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "train.jsonl"
    file.write_text('{"prompt": "one two", "completion": "three"}\n')
    result = dataprep.check(file, tokens=True, epochs=2)
    assert result.account is not None
    assert "2 epochs, asked for" in page(result).text
    assert dataprep.check(file).account is None


def test_text_of_others_is_never_markup_in_a_notebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is it set as a formula, which notebooks do between dollar signs."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / EVIL.replace("/", "\N{FRACTION SLASH}")
    folder.mkdir()
    rows = [{"text": f"words {n}", EVIL: EVIL} for n in range(4)]
    file = folder / f"{EVIL.replace('/', '')}.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    made = dataprep.convert(
        file, text="text", label=EVIL, way="rows", to="openai-chat", out=folder / "out"
    )
    result = dataprep.check(made, folder / "out" / "openai-chat" / "train.jsonl")
    for each in (made, result):
        shown = page(each)
        assert "script" not in shown.tags
        assert "<script>" in shown.text
        assert each._repr_html_().startswith('<div class="dataprep tex2jax_ignore mathjax_ignore">')


def test_the_rows_of_files_in_parts_are_all_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is too large for a provider lies in parts, and no table leaves them out."""
    own = tmp_path / "providers.json"
    own.write_text(json.dumps({"providers": [{"name": "azure", "limits": {"max_examples": 3}}]}))
    monkeypatch.setenv("DATAPREP_PROVIDERS", str(own))
    source = tmp_path / "pairs.jsonl"
    rows = [{"prompt": f"Question {n} of {n * n}?", "completion": f"Answer {n}"} for n in range(30)]
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    made = dataprep.convert(source, to="azure", out=tmp_path / "out")
    assert (tmp_path / "out/azure/train-00002.jsonl").is_file()
    counted = dict(made.to_polars("azure").group_by("split").len().iter_rows())
    assert counted == {split: n for split, n in made.splits.items() if n}


def test_a_file_of_a_target_that_is_missing_is_no_smaller_table(
    made: dataprep.ConvertedDataset,
) -> None:
    (made.folder / "openai-chat/train.jsonl").unlink()
    with pytest.raises(dataprep.DataprepError, match=r"train\.jsonl is missing"):
        made.to_polars("openai-chat")
