"""What a chat template does to a dataset, as `dataprep convert` says it: T022 to T024, the date."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
import yaml

from dataprep import store
from dataprep.cli import run
from dataprep.tokens import chat_template, load_chat_tokenizer, save_chat_tokenizer
from tests.unit.tokens.chat_tokenizers import QWEN, assistant, tokenizer_of, user

CASES = Path(__file__).parents[2] / "cases"
PLAIN = [user("Two?"), assistant("2.")]
THOUGHT = [user("One?"), assistant("1.", reasoning_content="Count.")]


def on(day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be that day."""

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Clock:
            return cls(day.year, day.month, day.day, 12, tzinfo=tz)

    monkeypatch.setattr(chat_template, "datetime", Clock)


def convert(
    folder: Path, template: str, *talks: list[dict[str, Any]], to: str = "out", **target: Any
) -> int:
    """What `dataprep convert` answers to the conversations, its exit code."""
    folder.mkdir(exist_ok=True)
    if not (folder / "given").exists():
        save_chat_tokenizer(tokenizer_of(QWEN), folder / "given")
    lines = [json.dumps({"messages": talk}) for talk in talks]
    (folder / "rows.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "own.jinja").write_text(template, encoding="utf-8")
    causal = {"name": "causal", "tokenizer": "given", "chat_template": "own.jinja", **target}
    recipe = {
        "sources": [{"path": "rows.jsonl"}],
        "splits": {"train": 1.0, "validation": 0.0, "test": 0.0},
        "targets": [causal],
    }
    (folder / "recipe.yaml").write_text(yaml.safe_dump(recipe), encoding="utf-8")
    return run(["convert", "--recipe", str(folder / "recipe.yaml"), "-o", str(folder / to)])


def converted(
    folder: Path, template: str, *talks: list[dict[str, Any]], to: str = "out", **target: Any
) -> dict[str, Any]:
    """The manifest of what `dataprep convert` makes of the conversations."""
    assert convert(folder, template, *talks, to=to, **target) == 0
    return store.read_manifest(folder / to)


def text_of(folder: Path) -> str:
    """The first conversation of a dataset, as the model reads it."""
    tokenizer = load_chat_tokenizer(str(folder / "causal" / "tokenizer"))
    (ids,) = pl.read_parquet(folder / "causal" / "train.parquet")["input_ids"].head(1).to_list()
    return tokenizer.decode(ids)


def messages_of(case: Path) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = json.loads(case.read_text("utf-8"))["messages"]
    return messages


def test_an_answer_of_which_only_the_end_is_learned_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, good = (messages_of(CASES / "T022" / f"{name}.jsonl") for name in ("bad", "good"))
    assert converted(tmp_path / "bad", QWEN, bad)["findings"]["T022"] == 1
    assert "nothing but its end is learned of messages[1]" in "".join(capsys.readouterr())
    assert "T022" not in converted(tmp_path / "good", QWEN, good)["findings"]


def test_a_thought_that_a_template_leaves_out_is_found_and_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, good = ((CASES / "T023" / f"{n}.jinja").read_text("utf-8") for n in ("bad", "good"))
    manifest = converted(tmp_path / "bad", bad, THOUGHT, PLAIN)
    assert manifest["findings"] == {"T023": 1}
    tokens = manifest["targets"]["causal"]["tokens"]["train"]
    assert (tokens["thoughts"], tokens["thoughts_left_out"]) == (1, 1)
    said = "the chat template of own.jinja leaves out 1 of the 1 thoughts before answers"
    assert said in " ".join("".join(capsys.readouterr()).split())
    assert converted(tmp_path / "good", good, THOUGHT, PLAIN)["findings"] == {}


def test_the_template_of_a_new_tokenizer_is_called_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rows.jsonl").write_text(json.dumps({"messages": THOUGHT}) + "\n", "utf-8")
    out = str(tmp_path / "out")
    assert run(["convert", str(tmp_path / "rows.jsonl"), "--to", "causal", "-o", out]) == 0
    said = " ".join("".join(capsys.readouterr()).split())
    assert "T023 the chat template of the new tokenizer leaves out 1 of the 1 thoughts" in said


def test_thoughts_of_earlier_turns_that_a_template_drops_are_counted(tmp_path: Path) -> None:
    twice = [*THOUGHT, user("Two?"), assistant("<think>Count on.</think>2.")]
    tokens = converted(tmp_path, QWEN, twice)["targets"]["causal"]["tokens"]["train"]
    assert (tokens["thoughts"], tokens["thoughts_left_out"]) == (2, 1)


def test_a_template_that_asks_for_the_date_is_found_and_the_day_is_kept(tmp_path: Path) -> None:
    bad, good = ((CASES / "T024" / f"{n}.jinja").read_text("utf-8") for n in ("bad", "good"))
    manifest = converted(tmp_path / "bad", bad, PLAIN, date="2026-02-03")
    assert manifest["findings"] == {"T024": 1}
    assert manifest["targets"]["causal"]["chat_template"]["date"] == "2026-02-03"
    assert text_of(tmp_path / "bad" / "out").startswith("Today: 03 Feb 2026\n")
    manifest = converted(tmp_path / "good", good, PLAIN)
    assert manifest["findings"] == {}
    assert "date" not in manifest["targets"]["causal"]["chat_template"]


def test_an_output_that_is_made_again_on_another_day_has_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = (CASES / "T024" / "bad.jinja").read_text("utf-8")
    on(date(2026, 2, 3), monkeypatch)
    first = converted(tmp_path, template, PLAIN)
    on(date(2027, 4, 5), monkeypatch)
    assert converted(tmp_path, template, PLAIN)["digest"] == first["digest"]
    assert text_of(tmp_path / "out").startswith("Today: 03 Feb 2026\n")
    other = converted(tmp_path, template, PLAIN, to="other")
    assert text_of(tmp_path / "other").startswith("Today: 05 Apr 2027\n")
    same = converted(tmp_path, template, PLAIN, to="other", date="2026-02-03")
    assert text_of(tmp_path / "other").startswith("Today: 03 Feb 2026\n")
    rows = [m["targets"]["causal"]["rows_sha256"] for m in (first, same, other)]
    assert rows[0] == rows[1] != rows[2]


def test_a_date_that_is_none_is_refused_by_its_field(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert convert(tmp_path, QWEN, PLAIN, date="2026-02-31") == 2
    assert "date" in capsys.readouterr().err


def test_a_run_asks_with_the_day_that_it_learned(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from transformers import GenerationConfig

    from trainers.trained import _load_causal

    tokenizer = tokenizer_of((CASES / "T024" / "bad.jinja").read_text("utf-8"))
    save_chat_tokenizer(tokenizer, tmp_path)
    dataset = {"chat_template": {"date": "2026-02-03"}}
    net = SimpleNamespace(generation_config=GenerationConfig())
    trained = _load_causal(tmp_path, net, {"target": "causal", "dataset": dataset})
    (ids,) = trained.ask([{"prompt": "Hi", "completion": ""}])
    assert tokenizer.decode(ids).startswith("Today: 03 Feb 2026\n")
