"""The main road, as a user types it: real exports and raw text become training files."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import SAMPLES, Run


def rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSONL file."""
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line]


def all_rows(folder: Path) -> list[dict[str, Any]]:
    """The rows of all splits."""
    return [row for path in sorted(folder.glob("*.jsonl")) for row in rows(path)]


def ok(done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    """The command succeeded."""
    assert done.returncode == 0, done.stderr
    return done


def test_an_export_becomes_chat_and_pairs_that_check_finds_clean(
    dataprep: Run, tmp_path: Path, export: Path, config: Path
) -> None:
    targets = ("--to", "openai-chat", "--to", "prompt-completion")
    done = ok(dataprep("convert", export, "--label-config", config, *targets, "-o", "out"))
    assert "Nothing was lost" in done.stderr
    assert "Next: dataprep" in done.stderr
    assert done.stdout == ""
    chat = rows(tmp_path / "out" / "openai-chat" / "train.jsonl")
    first = chat[0]["messages"]
    assert [m["role"] for m in first] == ["user", "assistant"]
    assert first[0]["content"].startswith("What kind of thing is defined here? Choose one label:")
    assert first[1]["content"] in {"plant", "food", "person", "body", "time", "quantity"}
    assert len(all_rows(tmp_path / "out" / "prompt-completion")) == len(
        all_rows(tmp_path / "out" / "openai-chat")
    )
    ok(dataprep("check", "out"))
    ok(dataprep("verify", "out"))


def test_the_manifest_proves_conservation_for_every_stage(
    dataprep: Run, tmp_path: Path, export: Path, config: Path
) -> None:
    ok(dataprep("convert", export, "--label-config", config, "--to", "openai-chat"))
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    for stage in manifest["ledger"]:
        assert stage["in"] == stage["out"] + sum(stage["dropped"].values()), stage
    tasks = json.loads(export.read_text())
    stages = {stage["stage"]: stage for stage in manifest["ledger"]}
    assert stages["read"]["in"] == len(tasks)
    assert stages["merge"]["in"] == sum(len(task["annotations"]) for task in tasks)
    dropped = rows(tmp_path / "out" / "dropped.jsonl")
    counted = sum(sum(stage["dropped"].values()) for stage in manifest["ledger"])
    assert len(dropped) == counted


def test_the_recipe_that_init_writes_works_as_it_stands(
    dataprep: Run, tmp_path: Path, export: Path, config: Path
) -> None:
    done = ok(dataprep("init", export, "--label-config", config))
    assert "Next: dataprep convert" in done.stderr
    recipe = (tmp_path / "dataprep.yaml").read_text()
    assert 'control: "category"' in recipe
    assert "# other" not in recipe
    ok(dataprep("convert"))
    assert (tmp_path / "out" / "openai-chat" / "train.jsonl").exists()
    again = dataprep("init", export, "--label-config", config)
    assert again.returncode == 2
    assert "dataprep.yaml exists" in again.stderr


@pytest.mark.parametrize("project", ["classification", "ner", "definitions"])
def test_every_sample_project_converts_without_a_recipe(
    dataprep: Run, tmp_path: Path, project: str
) -> None:
    beside = ok(dataprep("convert", SAMPLES / project / "export.json", "--to", "openai-chat"))
    assert "config.xml stands beside the export: taken as its labeling config" in beside.stderr
    export = shutil.copy(SAMPLES / project / "export.json", tmp_path)
    done = ok(dataprep("convert", export, "--to", "openai-chat"))
    assert "read from the results, as no labeling config was given" in done.stderr
    assert all_rows(tmp_path / "out" / "openai-chat")


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("json", '[{"text":"Bob","label":"PER"},{"text":"Acme 🙂","label":"ORG"}]'),
        ("inline", "<PER>Bob</PER> left <ORG>Acme 🙂</ORG>\r\n&lt;b>"),
        ("list", "PER: Bob; ORG: Acme 🙂"),
    ],
)
def test_spans_are_written_in_three_forms(
    dataprep: Run, tmp_path: Path, form: str, expected: str
) -> None:
    text = "Bob left Acme 🙂\r\n<b>"
    result = [
        span(0, 3, "Bob", "PER"),
        span(9, 15, "Acme 🙂", "ORG"),
    ]
    task = {"id": 1, "data": {"text": text}, "annotations": [{"id": 1, "result": result}]}
    (tmp_path / "export.json").write_text(json.dumps([task]))
    recipe = f"sources: [{{path: export.json, spans_as: {form}}}]\ntargets: [prompt-completion]\n"
    (tmp_path / "dataprep.yaml").write_text(recipe)
    ok(dataprep("convert"))
    assert all_rows(tmp_path / "out" / "prompt-completion")[0]["completion"] == expected


def span(start: int, end: int, text: str, label: str) -> dict[str, Any]:
    """A labelled region as Label Studio writes it."""
    value = {"start": start, "end": end, "text": text, "labels": [label]}
    return {"id": text, "from_name": "l", "to_name": "text", "type": "labels", "value": value}


@pytest.mark.parametrize(
    ("policy", "completions"),
    [
        ("majority", []),
        ("first", ["food"]),
        ("latest", ["plant"]),
        ("ground-truth-first", ["plant"]),
        ("all", ["food", "plant"]),
    ],
)
def test_two_annotators_become_one_answer_by_the_named_policy(
    dataprep: Run, tmp_path: Path, policy: str, completions: list[str]
) -> None:
    def said(label: str, number: int, *, truth: bool) -> dict[str, Any]:
        value = {"choices": [label]}
        result = {"from_name": "c", "to_name": "text", "type": "choices", "value": value}
        created = f"2026-11-2{number}T00:00:00Z"
        return {
            "id": number,
            "result": [result],
            "created_at": created,
            "completed_by": number,
            "ground_truth": truth,
        }

    annotations = [said("plant", 2, truth=True), said("food", 1, truth=False)]
    agreed = [said("time", 3, truth=False)]
    tasks = [
        {"id": 1, "data": {"text": "Tomato."}, "annotations": annotations},
        {"id": 2, "data": {"text": "Noon."}, "annotations": agreed},
    ]
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    ok(dataprep("convert", "export.json", "--annotators", policy, "--to", "prompt-completion"))
    found = [r["completion"] for r in all_rows(tmp_path / "out" / "prompt-completion")]
    assert sorted(found) == sorted([*completions, "time"])
    if policy == "majority":
        reasons = [(d["unit"], d["reason"]) for d in rows(tmp_path / "out" / "dropped.jsonl")]
        assert reasons.count(("annotation", "tie")) == 2
        assert reasons.count(("record", "tie")) == 1


RAW = {
    "qa": ("faq.txt", "Q: One?\nA: Uno.\n\nQ: Two?\nA: Dos.\n", ["One?"], ["Uno."]),
    "sections": (
        "doc.md",
        "# Guide\n\n## Start\n\nPush the button.\n\n## Stop\n\nPull it.\n",
        ["Start"],
        ["Push the button."],
    ),
    "columns": ("t.csv", "question,answer\nOne?,Uno\nTwo?,Dos\n", ["One?"], ["Uno"]),
    "pairs": (
        "p.jsonl",
        '{"prompt": "One?", "completion": "Uno"}\n',
        ["One?"],
        ["Uno"],
    ),
    "messages": (
        "m.jsonl",
        '{"messages": [{"role": "user", "content": "One?"}, '
        '{"role": "assistant", "content": "Uno"}]}\n',
        ["One?"],
        ["Uno"],
    ),
}


@pytest.mark.parametrize("way", list(RAW))
def test_structure_in_raw_text_is_recognised_and_said(
    dataprep: Run, tmp_path: Path, way: str
) -> None:
    name, content, prompts, completions = RAW[way]
    (tmp_path / name).write_text(content)
    done = ok(dataprep("convert", name, "--to", "prompt-completion"))
    assert name in done.stderr
    written = all_rows(tmp_path / "out" / "prompt-completion")
    assert any(prompts[0] in row["prompt"] for row in written)
    assert any(completions[0] in row["completion"] for row in written)


STORY = " ".join(f"Sentence number {n} tells of the sea and of the wind." for n in range(60))


@pytest.mark.parametrize("way", ["continuation", "denoising", "plain"])
def test_running_text_needs_a_named_way_and_takes_it(
    dataprep: Run, tmp_path: Path, way: str
) -> None:
    (tmp_path / "story.txt").write_text(STORY)
    asked = dataprep("convert", "story.txt", "--to", "prompt-completion")
    assert asked.returncode == 2
    assert way in asked.stderr
    ok(dataprep("convert", "story.txt", "--way", way, "--to", "prompt-completion"))
    written = all_rows(tmp_path / "out" / "prompt-completion")
    assert written
    if way == "continuation":
        joined = written[0]["prompt"] + " " + written[0]["completion"]
        assert joined.split() == STORY[: len(joined) + 5].split()[: len(joined.split())]


def test_text_is_cut_into_chunks_for_annotators(dataprep: Run, tmp_path: Path) -> None:
    (tmp_path / "story.txt").write_text(STORY)
    ok(dataprep("convert", "story.txt", "--way", "chunks", "--to", "label-studio"))
    tasks = json.loads((tmp_path / "out" / "label-studio" / "tasks.json").read_text())
    assert "".join(task["data"]["text"] for task in tasks) == STORY
    assert len(tasks) > 1


def test_blocks_that_did_not_match_are_reported_with_their_line(
    dataprep: Run, tmp_path: Path
) -> None:
    (tmp_path / "faq.txt").write_text("Q: One?\nA: Uno.\n\nstray words\n\nQ: Two?\nA: Dos.\n")
    ok(dataprep("convert", "faq.txt", "--to", "prompt-completion"))
    dropped = rows(tmp_path / "out" / "dropped.jsonl")
    assert [(d["unit"], d["reason"], d["place"]["line"]) for d in dropped] == [
        ("block", "no-match", 4)
    ]


def test_a_new_jsonl_target_needs_a_schema_a_mapping_and_a_sample_but_no_code(
    dataprep: Run, tmp_path: Path, export: Path, config: Path
) -> None:
    schema = {
        "type": "object",
        "required": ["question", "answer", "meta"],
        "properties": {
            "question": {"type": "string"},
            "answer": {"enum": ["plant", "food", "person", "body", "time", "quantity"]},
            "meta": {"type": "object", "properties": {"labels": {"type": "array"}}},
        },
        "additionalProperties": False,
    }
    (tmp_path / "row.schema.json").write_text(json.dumps(schema))
    sample = {"question": "q", "answer": "food", "meta": {"labels": [], "synset": "x"}}
    (tmp_path / "sample.jsonl").write_text(json.dumps(sample) + "\n")
    (tmp_path / "dataprep.yaml").write_text(
        f"""
sources: [{{path: {export}, label_config: {config}}}]
targets:
  - name: quiz
    schema: row.schema.json
    sample: sample.jsonl
    fields:
      question: "What is: {{{{ text }}}}?"
      answer: "{{{{ label }}}}"
      meta: {{labels: "{{{{ labels }}}}", synset: "{{{{ data.synset }}}}"}}
"""
    )
    ok(dataprep("convert"))
    row = all_rows(tmp_path / "out" / "quiz")[0]
    assert row["question"].startswith("What is: ")
    assert row["meta"]["labels"] == [row["answer"]]
    (tmp_path / "sample.jsonl").write_text('{"question": 7}\n')
    broken = dataprep("convert")
    assert broken.returncode == 2
    assert "sample.jsonl:1" in broken.stderr


def test_a_schema_for_completions_is_enforced_on_every_example(
    dataprep: Run, tmp_path: Path
) -> None:
    schema = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    (tmp_path / "answer.json").write_text(json.dumps(schema))
    (tmp_path / "rows.jsonl").write_text(
        '{"prompt": "a", "completion": "{\\"name\\": \\"Ada\\"}"}\n'
        '{"prompt": "b", "completion": "{\\"name\\": 7}"}\n'
        '{"prompt": "c", "completion": "not json"}\n'
    )
    (tmp_path / "dataprep.yaml").write_text(
        "sources: [{path: rows.jsonl}]\ntargets: [prompt-completion]\n"
        "checks: {completion_schema: answer.json}\n"
    )
    refused = dataprep("convert")
    assert refused.returncode == 1
    assert "rows.jsonl:2: S002" in refused.stderr
    assert "rows.jsonl:3: S002" in refused.stderr
    assert not (tmp_path / "out").exists()
    ok(dataprep("convert", "--drop-invalid"))
    assert [r["prompt"] for r in all_rows(tmp_path / "out" / "prompt-completion")] == ["a"]


def test_the_same_input_gives_the_same_bytes_in_any_environment(
    tmp_path: Path, export: Path, config: Path
) -> None:
    digests = set()
    for seed, zone, locale in (("0", "UTC", "C"), ("1", "Asia/Tokyo", "C.UTF-8")):
        out = tmp_path / f"out{seed}"
        command = [
            *(sys.executable, "-m", "dataprep.cli", "convert", str(export)),
            *("--label-config", str(config), "--to", "openai-chat", "-o", str(out)),
        ]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale}
        subprocess.run(command, env=environment, check=True, capture_output=True)
        digests.add(json.loads((out / "manifest.json").read_text())["digest"])
    assert len(digests) == 1


def test_a_changed_file_is_found_by_verify(
    dataprep: Run, tmp_path: Path, export: Path, config: Path
) -> None:
    ok(dataprep("convert", export, "--label-config", config, "--to", "openai-chat"))
    path = tmp_path / "out" / "openai-chat" / "test.jsonl"
    path.write_bytes(path.read_bytes().replace(b"food", b"fool", 1))
    done = dataprep("verify", "out")
    assert done.returncode == 1
    assert "openai-chat/test.jsonl was changed after it was written." in done.stderr


def test_no_user_text_and_no_control_character_reaches_the_terminal_from_a_finding(
    dataprep: Run, tmp_path: Path
) -> None:
    evil = "\\u001b[31mred\\u001b[0m " + "secret " * 30
    row = f'{{"messages": [{{"role": "{evil}", "content": "x"}}]}}\n'
    (tmp_path / "evil.jsonl").write_text(row)
    done = dataprep("check", "evil.jsonl")
    assert done.returncode == 1
    assert "\x1b" not in done.stdout + done.stderr
    assert "secret " * 6 not in done.stdout + done.stderr


def test_help_teaches_by_example(dataprep: Run) -> None:
    assert "dataprep convert export.json --label-config" in dataprep("--help").stdout
    for command in ("init", "convert", "check", "explain", "show", "verify", "schema"):
        said = " ".join(dataprep(command, "--help").stdout.split())
        assert f"Example: dataprep {command}" in said
