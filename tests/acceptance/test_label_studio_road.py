"""Label Studio exports as a user converts them: their forms, workers, and what is disputed."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import SAMPLES, Run
from tests.acceptance.test_main_road import all_rows, ok, rows

Json = dict[str, Any]


def choice(label: str) -> list[Json]:
    """The results of one answer."""
    value = {"choices": [label]}
    return [{"id": "r", "from_name": "c", "to_name": "text", "type": "choices", "value": value}]


def task(number: int, *labels: str, **more: Any) -> Json:
    """A task that some annotators answered, one after the other."""
    annotations = [
        {"id": 10 * number + n, "completed_by": n, "result": choice(label)}
        for n, label in enumerate(labels, 1)
    ]
    return {"id": number, "data": {"text": f"Text {number}."}, "annotations": annotations, **more}


def pairs(folder: Path) -> dict[str, str]:
    """Completion by the last line of the prompt, over all splits."""
    found = all_rows(folder / "prompt-completion")
    return {row["prompt"].rpartition("\n")[2]: row["completion"] for row in found}


def test_predictions_are_learned_from_only_when_asked(dataprep: Run, tmp_path: Path) -> None:
    predicted = {"result": choice("plant"), "model_version": "m1", "score": 0.9}
    tasks = [task(1, "food"), task(2, predictions=[predicted])]
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    ok(dataprep("convert", "export.json", "--to", "prompt-completion"))
    assert pairs(tmp_path / "out") == {"Text 1.": "food"}
    ok(dataprep("convert", "export.json", "--from", "predictions", "--to", "prompt-completion"))
    assert pairs(tmp_path / "out") == {"Text 2.": "plant"}


@pytest.mark.parametrize("form", ["array", "single", "ndjson", "gzip", "folder", "bom"])
def test_every_form_of_export_gives_the_same_examples(
    dataprep: Run, tmp_path: Path, form: str
) -> None:
    tasks = [task(1, "food"), task(2, "plant")]
    array = json.dumps(tasks)
    if form == "single":
        tasks = tasks[:1]
        array = json.dumps(tasks[0])
    name = {"ndjson": "x.ndjson", "gzip": "x.json.gz", "folder": "tasks"}.get(form, "x.json")
    path = tmp_path / name
    if form == "folder":
        path.mkdir()
        for one in tasks:
            (path / f"{one['id']}.json").write_text(json.dumps(one))
    elif form == "ndjson":
        path.write_text("".join(json.dumps(one) + "\n" for one in tasks))
    elif form == "gzip":
        path.write_bytes(gzip.compress(array.encode()))
    else:
        path.write_bytes((b"\xef\xbb\xbf" if form == "bom" else b"") + array.encode())
    ok(dataprep("convert", name, "--to", "prompt-completion"))
    expected = {f"Text {one['id']}.": one["annotations"][0]["result"] for one in tasks}
    assert pairs(tmp_path / "out") == {
        text: result[0]["value"]["choices"][0] for text, result in expected.items()
    }


def test_what_annotators_disagree_on_is_measured_and_given_back(
    dataprep: Run, tmp_path: Path
) -> None:
    tasks = [task(1, "food", "food"), task(2, "plant", "plant"), task(3, "food", "plant")]
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    done = ok(dataprep("convert", "export.json", "--to", "prompt-completion"))
    assert "Agreement on c: 3 tasks with two answers or more" in done.stderr
    assert "Most disputed tasks: 3." in done.stderr
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["agreement"][0]["observed"]["value"] == pytest.approx(2 / 3)
    (disputed,) = json.loads((tmp_path / "out" / "adjudication.json").read_text())
    assert (disputed["id"], disputed["data"]) == (3, {"text": "Text 3."})
    about = {"task": 3, "file": "export.json", "control": "c", "unit": "task"}
    assert disputed["meta"] == {"dataprep": about}
    said = [p["result"][0]["value"]["choices"] for p in disputed["predictions"]]
    assert sorted(said) == [["food"], ["plant"]]
    ok(dataprep("verify", "out"))


def test_the_output_is_the_same_with_any_number_of_workers(dataprep: Run, tmp_path: Path) -> None:
    config = SAMPLES / "ner" / "config.xml"
    digests = set()
    for workers in ("1", "2"):
        ok(
            dataprep(
                *("convert", SAMPLES / "ner" / "export.json", "--label-config", config),
                *("--to", "openai-chat", "--workers", workers, "-o", f"out{workers}"),
            )
        )
        manifest = json.loads((tmp_path / f"out{workers}" / "manifest.json").read_text())
        digests.add(manifest["digest"])
    assert len(digests) == 1


def test_how_spans_were_counted_is_said(dataprep: Run) -> None:
    config = SAMPLES / "ner" / "config.xml"
    export = SAMPLES / "ner" / "export.json"
    done = ok(dataprep("convert", export, "--label-config", config, "--to", "openai-chat"))
    assert "spans: 1,926 in code points, 0 in UTF-16 units" in done.stderr
    refused = dataprep(
        *("convert", export, "--label-config", config),
        *("--offsets", "utf16", "--to", "openai-chat", "-o", "out2"),
    )
    assert refused.returncode == 1
    assert "A003" in refused.stderr


def test_a_row_that_breaks_its_target_refuses_the_run(dataprep: Run, tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"answer": {"enum": ["food"]}}}
    (tmp_path / "row.json").write_text(json.dumps(schema))
    (tmp_path / "export.json").write_text(json.dumps([task(1, "food"), task(2, "plant")]))
    (tmp_path / "dataprep.yaml").write_text(
        "sources: [{path: export.json}]\n"
        'targets: [{name: quiz, schema: row.json, fields: {answer: "{{ label }}"}}]\n'
    )
    refused = dataprep("convert")
    assert refused.returncode == 1
    assert "task 2: S001" in refused.stderr
    assert not (tmp_path / "out").exists()
    ok(dataprep("convert", "--drop-invalid"))
    assert all_rows(tmp_path / "out" / "quiz") == [{"answer": "food"}]
    reasons = [d["reason"] for d in rows(tmp_path / "out" / "dropped.jsonl")]
    assert reasons == ["S001"]


def test_push_and_pull_never_take_a_token_as_a_flag(dataprep: Run) -> None:
    for command in ("push", "pull"):
        text = dataprep(command, "--help").stdout
        assert "LABEL_STUDIO_API_KEY" in text
        assert "--token" not in text


RANKER = (
    '<View><Text name="prompt" value="$prompt"/><List name="answers" value="$items"/>'
    '<Ranker name="rank" toName="answers"/></View>'
)


def test_the_recipe_of_a_ranking_project_works_as_it_stands(dataprep: Run, tmp_path: Path) -> None:
    items = [{"id": "a", "body": "Short."}, {"id": "b", "body": "Longer."}]
    result = {"from_name": "rank", "to_name": "answers", "type": "ranker"}
    ranked = {**result, "id": "r", "value": {"ranker": {"rank": ["b", "a"]}}}
    data = {"prompt": "Which?", "items": items}
    tasks = [{"id": 1, "data": data, "annotations": [{"id": 1, "result": [ranked]}]}]
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    (tmp_path / "config.xml").write_text(RANKER)
    ok(dataprep("init", "export.json", "--label-config", "config.xml"))
    ok(dataprep("convert", "--to", "preference"))
    (row,) = all_rows(tmp_path / "out" / "preference")
    assert row["preferred_output"][0]["content"] == "Longer."
    assert row["non_preferred_output"][0]["content"] == "Short."


def test_an_export_is_read_from_standard_input(dataprep: Run, tmp_path: Path) -> None:
    tasks = json.dumps([task(1, "food"), task(2, "plant")])
    ok(dataprep("convert", "-", "--to", "prompt-completion", input=tasks))
    assert pairs(tmp_path / "out") == {"Text 1.": "food", "Text 2.": "plant"}


def test_a_dataset_without_a_train_split_is_not_sent_to_training(
    dataprep: Run, tmp_path: Path
) -> None:
    (tmp_path / "export.json").write_text(json.dumps([task(1, "food")]))
    (tmp_path / "dataprep.yaml").write_text(
        "sources: [{path: export.json}]\n"
        "targets: [openai-chat]\n"
        "splits: {train: 0.01, validation: 0.98, test: 0.01}\n"
    )
    said = ok(dataprep("convert")).stderr
    assert "The train split is empty: nothing can be trained on this." in said
    assert said.rstrip().endswith("Next: dataprep show out")


def test_tasks_that_nobody_answered_are_told_so(dataprep: Run, tmp_path: Path) -> None:
    answered = [{"id": 1, "completed_by": 1, "result": []}]
    (tmp_path / "export.json").write_text(json.dumps([task(1), task(2, annotations=answered)]))
    done = dataprep("convert", "export.json", "--to", "openai-chat")
    assert done.returncode == 3
    assert done.stderr.startswith(
        "dataprep: There is no answer about a text among the annotations of the first tasks. "
        "Pass --label-config;"
    )


def test_a_file_that_is_no_list_of_tasks_is_told_what_an_export_is(
    dataprep: Run, tmp_path: Path
) -> None:
    (tmp_path / "export.json").write_text('{"id": 1}')
    (tmp_path / "config.xml").write_text(
        '<View><Text name="t" value="$t"/><Choices name="c" toName="t"/></View>'
    )
    flags = ("--label-config", "config.xml", "--to", "openai-chat")
    done = dataprep("convert", "export.json", *flags)
    assert done.returncode == 1
    assert "Give it as Label Studio exports it: a list of tasks, or one task a line." in done.stderr
    assert "--fix" not in done.stderr


def test_what_was_settled_takes_the_place_of_its_dispute(dataprep: Run, tmp_path: Path) -> None:
    tasks = [task(1, "food", "food"), task(3, "food", "plant")]
    (tmp_path / "export.json").write_text(json.dumps(tasks))
    ok(dataprep("convert", "export.json", "--to", "prompt-completion"))
    (disputed,) = json.loads((tmp_path / "out" / "adjudication.json").read_text())
    answered = [{"id": 71, "completed_by": 9, "result": choice("plant")}]
    back = {**disputed, "id": 1, "annotations": answered}
    (tmp_path / "settled.json").write_text(json.dumps([back]))
    again = ("convert", "export.json", "--settled", "settled.json", "--to", "prompt-completion")
    done = ok(dataprep(*again))
    assert "settled.json: disputes settled: 1" in done.stderr
    assert pairs(tmp_path / "out") == {"Text 1.": "food", "Text 3.": "plant"}
    assert not (tmp_path / "out" / "adjudication.json").exists()
    both = dataprep("convert", "export.json", "settled.json", "--to", "prompt-completion")
    assert both.returncode == 2
    assert "--settled settled.json" in both.stderr
