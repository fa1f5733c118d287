"""An output is a data set as the Hugging Face Hub has them: `load_dataset` reads it as it lies."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from dataprep.cli import app
from dataprep.conversion.card_configs import configs_of
from tests.acceptance.conftest import Run
from trainers import dataset

CHATS = [
    {
        "messages": [
            {"role": "user", "content": f"What is {n} and {n}?"},
            {"role": "assistant", "content": f"It is {2 * n}."},
        ]
    }
    for n in range(30)
]


def written(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def head(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((folder / "README.md").read_text().split("---\n")[1])
    return told


def lines_of(card: str) -> list[str]:
    """The command lines of a card, in blocks and in sentences."""
    return re.findall(r"(?:^|`)(dataprep (?!0)[^`\n]+)", card, re.MULTILINE)


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """`datasets`, with nothing to reach and a cache of its own."""
    monkeypatch.setenv("HF_DATASETS_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    return datasets


def test_datasets_loads_every_target_by_its_name_and_the_first_without(
    dataprep: Run, tmp_path: Path, offline: Any
) -> None:
    written(tmp_path / "rows.jsonl", CHATS)
    to = "openai-chat,prompt-completion,alpaca,t5"
    run = dataprep("convert", "rows.jsonl", "--to", to, "-o", "out")
    assert run.returncode == 0, run.stderr
    splits = json.loads((tmp_path / "out/manifest.json").read_text())["splits"]
    given = {split: count for split, count in splits.items() if count}
    for name, key in (("openai-chat", "messages"), ("prompt-completion", "prompt")):
        loaded = offline.load_dataset(str(tmp_path / "out"), name)
        assert {split: len(rows) for split, rows in loaded.items()} == given
        assert all(key in rows.features for rows in loaded.values())
    assert "messages" in offline.load_dataset(str(tmp_path / "out"))["train"].features
    assert "input_ids" in offline.load_dataset(str(tmp_path / "out/t5"))["train"].features
    names = [one["config_name"] for one in head(tmp_path / "out")["configs"]]
    assert names == ["openai-chat", "prompt-completion", "alpaca"]
    assert 'load_dataset("FOLDER", data_dir="t5")' in (tmp_path / "out/README.md").read_text()


def test_the_card_says_what_was_made_of_what_and_how_to_make_it_again(
    dataprep: Run, tmp_path: Path
) -> None:
    rows = [{"text": f"the film number {n}", "label": "tea" if n % 3 else "milk"} for n in range(9)]
    written(tmp_path / "rows.jsonl", [*rows, {"text": "no more", "label": ""}])
    flags = ("--to", "prompt-completion", "--drop-invalid", "--near-duplicates", "off")
    run = dataprep("convert", tmp_path / "rows.jsonl", *flags, "-o", "out")
    assert run.returncode == 0, run.stderr
    card = (tmp_path / "out/README.md").read_text()
    assert str(tmp_path) not in card
    assert "| rows.jsonl | " in card
    assert "| shape | 1 record | C003 |" in card
    assert "| milk | " in card and "| tea | " in card
    assert "# license: say which license this data has\n" in card
    assert head(tmp_path / "out")["size_categories"] == ["n<1K"]
    recipe = card.split("```yaml\n")[1].split("```")[0]
    (tmp_path / "recipe.yaml").write_text(recipe)
    assert lines_of(card) == [
        "dataprep convert --recipe recipe.yaml --drop-invalid -o out",
        "dataprep verify .",
    ]
    for line in lines_of(card):
        app.parse_args(shlex.split(line)[1:], exit_on_error=False, print_error=False)
    again = ("--recipe", "recipe.yaml", "--drop-invalid", "-o", "again")
    assert dataprep("convert", *again).returncode == 0
    for path in (tmp_path / "out/prompt-completion").iterdir():
        assert path.read_bytes() == (tmp_path / "again/prompt-completion" / path.name).read_bytes()


def test_the_card_is_the_same_again_is_verified_and_is_no_row_of_anything(
    dataprep: Run, tmp_path: Path
) -> None:
    written(tmp_path / "rows.jsonl", CHATS)
    for out, workers in (("one", "1"), ("two", "2")):
        given = ("--to", "openai-chat", "--workers", workers, "-o", out)
        assert dataprep("convert", "rows.jsonl", *given).returncode == 0
    one, two = (tmp_path / name / "README.md" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    assert dataprep("verify", "one").returncode == 0
    run = dataprep("check", "one")
    assert run.returncode == 0, run.stdout + run.stderr
    run = dataprep("convert", "one", "--to", "alpaca", "-o", "three")
    assert run.returncode == 0, run.stderr


def test_a_license_that_somebody_wrote_stays_when_the_output_is_made_anew(
    dataprep: Run, tmp_path: Path
) -> None:
    written(tmp_path / "rows.jsonl", CHATS)
    made = ("convert", "rows.jsonl", "--to", "openai-chat", "-o", "out")
    assert dataprep(*made).returncode == 0
    card = tmp_path / "out/README.md"
    hub = pytest.importorskip("huggingface_hub")
    assert hub.DatasetCard(card.read_text()).data.size_categories == ["n<1K"]
    mine = card.read_text().replace("# license: say which license this data has", "license: mit")
    card.write_text(mine)
    assert dataprep(*made).returncode == 0
    assert head(tmp_path / "out")["license"] == "mit"
    assert [one["config_name"] for one in head(tmp_path / "out")["configs"]] == ["openai-chat"]


def test_a_fence_in_a_template_and_marks_in_names_end_nothing(
    dataprep: Run, tmp_path: Path
) -> None:
    rows = [{"a": f"x {n}", "b": f"y {n}", "c": ["<b>|", "*"][n % 2]} for n in range(8)]
    written(tmp_path / "rows.jsonl", rows)
    sides = ("--prompt", "```\n{{ a }}\n```", "--completion", "{{ b }}", "--strata", "c")
    run = dataprep("convert", "rows.jsonl", *sides, "--to", "alpaca", "-o", "out")
    assert run.returncode == 0, run.stderr
    card = (tmp_path / "out/README.md").read_text()
    assert "\n````yaml\n" in card and "\n````\n" in card
    assert "| \\<b\\>\\| |" in card and "| \\* |" in card


def test_rows_with_and_without_tools_load_together(
    dataprep: Run, tmp_path: Path, offline: Any
) -> None:
    tool = {
        "type": "function",
        "function": {
            "name": "rain",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
        },
    }
    call = {"id": "a1", "type": "function", "function": {"name": "rain", "arguments": "{}"}}
    called = [
        {"role": "user", "content": "Does it rain in Lima?"},
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "a1", "content": "no"},
        {"role": "assistant", "content": "No."},
    ]
    written(tmp_path / "rows.jsonl", [*CHATS, {"messages": called, "tools": [tool]}])
    run = dataprep("convert", "rows.jsonl", "--to", "openai-chat", "-o", "out")
    assert run.returncode == 0, run.stderr
    loaded = offline.load_dataset(str(tmp_path / "out"))
    assert sum(len(rows) for rows in loaded.values()) == 31
    shutil.rmtree(tmp_path / "cache", ignore_errors=True)


ROWS = [{"text": f"the film number {n}", "label": "tea" if n % 3 else "milk"} for n in range(20)]


@pytest.mark.parametrize("target", ["label-studio", "azure"])
def test_a_target_alone_is_what_the_folder_loads_and_not_what_lies_beside_it(
    dataprep: Run, tmp_path: Path, offline: Any, target: str
) -> None:
    written(tmp_path / "rows.jsonl", ROWS)
    assert dataprep("convert", "rows.jsonl", "--to", target, "-o", "out").returncode == 0
    loaded = offline.load_dataset(str(tmp_path / "out"))
    if target == "label-studio":
        tasks = json.loads((tmp_path / "out/label-studio/tasks.json").read_text())
        assert (len(tasks), list(loaded), [*loaded["train"]]) == (20, ["train"], tasks)
    for split, rows in loaded.items() if target == "azure" else ():
        lines = (tmp_path / f"out/azure/{split}.jsonl").read_text("utf-8-sig").splitlines()
        assert lines and [*rows] == [*map(json.loads, lines)]
    assert f'load_dataset("FOLDER", "{target}")' in (tmp_path / "out/README.md").read_text()


def test_every_target_with_rows_has_a_line_that_loads_it(
    dataprep: Run, tmp_path: Path, offline: Any
) -> None:
    """Files of another type than the first target's are loaded by their place."""
    written(tmp_path / "rows.jsonl", ROWS)
    to = "label-studio,t5,openai-chat,azure,preference"
    run = dataprep("convert", "rows.jsonl", "--to", to, "-o", "out")
    assert run.returncode == 0, run.stderr
    out = tmp_path / "out"
    assert [one["config_name"] for one in head(out)["configs"]] == ["t5"]
    card = (out / "README.md").read_text()
    lines = card.split("```python\n")[1].split("```")[0].strip().splitlines()
    assert [line for line in lines if line.startswith("load_dataset")] == [
        'load_dataset("FOLDER", "t5")',
        'load_dataset("FOLDER", data_dir="openai-chat")',
        'load_dataset("FOLDER", data_dir="azure")',
        'load_dataset("FOLDER", data_files="label-studio/tasks.json")',
    ]
    for line in lines[-4:]:
        loaded = eval(line.replace("FOLDER", str(out)), {"load_dataset": offline.load_dataset})  # noqa: S307
        assert sum(len(rows) for rows in loaded.values()) == 20


def test_what_is_for_annotators_or_azure_is_the_default_only_where_nothing_else_is(
    tmp_path: Path,
) -> None:
    for name in ("azure", "openai-chat"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "train.jsonl").write_text("{}\n")
    entries: dict[str, Any] = {"label-studio": {"tasks": 1}, "azure": {}, "openai-chat": {}}
    found = [(one["config_name"], one.get("default")) for one in configs_of(entries, tmp_path)]
    assert found == [("openai-chat", True), ("azure", None), ("label-studio", None)]
    entries = {"label-studio": {"tasks": 1}, "azure": {}}
    assert configs_of(entries, tmp_path)[0]["config_name"] == "azure"
    assert configs_of({"label-studio": {"tasks": 0}}, tmp_path) == []


def test_a_card_that_somebody_edited_is_no_fault_and_data_that_somebody_edited_are(
    dataprep: Run, tmp_path: Path
) -> None:
    written(tmp_path / "rows.jsonl", CHATS)
    made = ("convert", "rows.jsonl", "--to", "openai-chat", "-o", "out")
    assert dataprep(*made).returncode == 0
    out = tmp_path / "out"
    card = out / "README.md"
    card.write_text(card.read_text().replace("# license: say", "license: mit  # say"))
    (out / ".gitattributes").write_text("*.parquet filter=lfs\n")
    (out / ".git").mkdir()
    (out / ".git/HEAD").write_text("ref: refs/heads/main\n")
    run = dataprep("verify", "out")
    assert (run.returncode, run.stderr) == (
        0,
        "README.md was edited, as a card may be; the data are verified without it.\n"
        ".git, .gitattributes: of git or the Hub, and no part of the data.\n"
        "out: 7 files, all as they were written.\n",
    )
    card.unlink()
    run = dataprep("verify", "out")
    assert "README.md is not there any more; the data are verified without it.\n" in run.stderr
    assert run.returncode == 0
    (out / "openai-chat/README.md").write_text("mine")
    (out / "openai-chat/test.jsonl").write_text("{}\n")
    run = dataprep("verify", "out")
    assert run.returncode == 1
    assert "openai-chat/README.md was not made by this run." in run.stderr
    assert "openai-chat/test.jsonl was changed after it was written." in run.stderr
    run = dataprep(*made)  # what git keeps would be lost
    assert run.returncode == 2


def test_what_somebody_wrote_into_a_card_stays_when_the_output_is_made_anew(
    dataprep: Run, tmp_path: Path
) -> None:
    rows = [{"text": f"the film number {n}", "label": "tea" if n % 3 else "milk"} for n in range(9)]
    written(tmp_path / "rows.jsonl", [*rows, {"text": "no more", "label": ""}])
    flags = ("--to", "alpaca", "--drop-invalid", "--near-duplicates", "off", "-o", "out")
    first = dataprep("convert", "rows.jsonl", *flags)
    assert (first.returncode, "the card" in first.stderr) == (0, False)
    card = tmp_path / "out/README.md"
    ours = card.read_text()
    again = dataprep("convert", "rows.jsonl", *flags)
    assert (card.read_text(), "the card" in again.stderr) == (ours, False)
    mine = "\n## Limits\n\n```\n# no heading\n```\n\n## Thanks to\n\nAnna.\n"
    head_of_mine = "viewer: false\nversion: 1.10  # mine\nlanguage:\n- no\ntags:\n- film\n"
    card.write_text(
        ours.replace("tags:\n", head_of_mine).replace("\n## Classes", mine + "\n## Classes")
    )
    for _ in range(2):
        run = dataprep("convert", "rows.jsonl", *flags)
        assert run.returncode == 0
        assert "out/README.md, the card, had been edited: " in run.stderr
        now = head(tmp_path / "out")
        assert (now["viewer"], now["tags"]) == (False, ["film", "dataprep"])
        assert "\nviewer: false\nversion: 1.10  # mine\nlanguage:\n- no\n" in card.read_text()
        text = card.read_text()
        assert text.split("---\n", 2)[2] == ours.split("---\n", 2)[2] + mine
        card.write_text(text.replace("Anna.", "Anna. "))
        mine = mine.replace("Anna.", "Anna. ").rstrip() + "\n"


def test_a_card_that_somebody_edited_keeps_no_training_from_its_data(
    dataprep: Run, tmp_path: Path
) -> None:
    written(tmp_path / "rows.jsonl", CHATS)
    assert dataprep("convert", "rows.jsonl", "--to", "t5", "-o", "out").returncode == 0
    (tmp_path / "out/README.md").write_text("# Mine\n")
    assert dataset.read(tmp_path / "out", "t5", "t5").folder == tmp_path / "out"


def test_every_target_is_loaded_as_it_was_written_whatever_only_one_split_has(
    dataprep: Run, tmp_path: Path, offline: Any
) -> None:
    """`datasets` takes the types from the first split, and failed on `tools` in a later one."""
    tool = {"type": "function", "function": {"name": "rain", "parameters": {"type": "object"}}}
    call = {"id": "a1", "type": "function", "function": {"name": "rain", "arguments": "{}"}}
    called = [
        {"role": "user", "content": "Does it rain in Lima?"},
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "a1", "content": "no"},
        {"role": "assistant", "content": "2024-01-01"},
    ]
    (tmp_path / "rows").mkdir()
    written(tmp_path / "rows/train.jsonl", CHATS)
    written(tmp_path / "rows/test.jsonl", [{"messages": called, "tools": [tool]}])
    to = "prompt-completion,openai-chat,alpaca,sharegpt,azure,label-studio"
    run = dataprep("convert", "rows", "--to", to, "-o", "out")
    assert run.returncode == 0, run.stderr
    out = tmp_path / "out"
    assert [one["config_name"] for one in head(out)["configs"]] == to.split(",")
    for config in head(out)["configs"]:
        loaded = offline.load_dataset(str(out), config["config_name"])
        for data in config["data_files"]:
            text = (out / data["path"]).read_text("utf-8-sig")
            is_list = data["path"].endswith(".json")
            rows = json.loads(text) if is_list else [*map(json.loads, text.splitlines())]
            found = [
                {key: value for key, value in row.items() if value is not None}
                for row in loaded[data["split"]]
            ]
            assert rows and found == rows, config["config_name"]
