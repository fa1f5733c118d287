"""A push: nothing is imported twice, whatever happens in between."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.finding import EnvironmentProblem, UsageError
from dataprep.server import Pushed, push
from dataprep.server.wire import ServerWire
from tests.unit.server.loopback import CONFIG, Studio, serving

TEXTS = ["a", "b", "b", "🙂", "e"]


def tasks_in(folder: Path, texts: list[str] = TEXTS) -> Path:
    """A file of tasks."""
    path = folder / "tasks.json"
    path.write_text(json.dumps([{"data": {"text": text}} for text in texts]), "utf-8")
    return path


def pushed(wire: ServerWire, path: Path, **more: Any) -> Pushed:
    """One push, in batches of two."""
    given: dict[str, Any] = {
        "label_config": CONFIG,
        "title": "Moods",
        "batch": 2,
        "pause": lambda _: None,
    }
    return push(wire, path, path.with_name("journal.jsonl"), **(given | more))


def texts_of(studio: Studio) -> list[str]:
    return [task["data"]["text"] for task in studio.tasks]


def test_tasks_go_into_a_new_project_in_batches(tmp_path: Path) -> None:
    studio = Studio()
    with serving(studio) as wire:
        done = pushed(wire, tasks_in(tmp_path))
        assert done == Pushed(1, f"{wire.address}/projects/1", 5, 0, 0)
    assert texts_of(studio) == TEXTS
    assert studio.seen == ["POST /api/projects/"] + ["POST /api/projects/1/import"] * 3
    assert studio.projects[0] == {"id": 1, "title": "Moods", "label_config": CONFIG}


def test_the_same_push_again_sends_nothing(tmp_path: Path) -> None:
    studio = Studio()
    with serving(studio) as wire:
        pushed(wire, tasks_in(tmp_path))
        again = pushed(wire, tasks_in(tmp_path))
    assert (again.project, again.sent, again.already) == (1, 0, 5)
    assert texts_of(studio) == TEXTS


def test_only_what_is_new_in_the_file_is_sent(tmp_path: Path) -> None:
    studio = Studio()
    with serving(studio) as wire:
        pushed(wire, tasks_in(tmp_path))
        again = pushed(wire, tasks_in(tmp_path, ["new", *TEXTS, "b"]))
    assert (again.sent, again.already) == (2, 5)
    assert texts_of(studio) == [*TEXTS, "new", "b"]


def test_an_import_that_breaks_before_it_arrives_is_sent_the_next_time(tmp_path: Path) -> None:
    studio = Studio(fails={"/api/projects/1/import": 500})
    with serving(studio) as wire:
        with pytest.raises(EnvironmentProblem, match="Run the same command again"):
            pushed(wire, tasks_in(tmp_path))
        studio.fails.clear()
        again = pushed(wire, tasks_in(tmp_path))
    assert (again.sent, again.already) == (5, 0)
    assert texts_of(studio) == TEXTS
    assert studio.seen.count("POST /api/projects/1/import") == 4


def test_an_import_whose_answer_is_lost_is_not_sent_again(tmp_path: Path) -> None:
    studio = Studio(fails={"/api/projects/1/import": 504})  # the server works on behind a proxy
    with serving(studio) as wire:
        with pytest.raises(EnvironmentProblem, match="not known whether the last 2 tasks"):
            pushed(wire, tasks_in(tmp_path))
        assert texts_of(studio) == ["a", "b"]
        studio.fails.clear()
        again = pushed(wire, tasks_in(tmp_path))
    assert (again.sent, again.already) == (3, 2)
    assert texts_of(studio) == TEXTS


def test_a_settled_doubt_is_not_asked_about_again(tmp_path: Path) -> None:
    studio = Studio(fails={"/api/projects/1/import": 504})
    with serving(studio) as wire:
        with pytest.raises(EnvironmentProblem):
            pushed(wire, tasks_in(tmp_path))
        studio.fails.clear()
        pushed(wire, tasks_in(tmp_path))
        pushed(wire, tasks_in(tmp_path))
    assert studio.seen.count("GET /api/tasks/") == 1


def test_a_lost_journal_costs_a_look_and_no_duplicates(tmp_path: Path) -> None:
    studio = Studio()
    with serving(studio) as wire:
        pushed(wire, tasks_in(tmp_path))
        (tmp_path / "journal.jsonl").unlink()
        again = pushed(wire, tasks_in(tmp_path), project=1)
    assert (again.sent, again.already) == (0, 5)


def test_a_journal_line_that_a_kill_cut_off_counts_as_not_written(tmp_path: Path) -> None:
    studio = Studio()
    journal = tmp_path / "journal.jsonl"
    with serving(studio) as wire:
        pushed(wire, tasks_in(tmp_path))
        journal.write_bytes(journal.read_bytes()[:-30])
        again = pushed(wire, tasks_in(tmp_path))
    assert (again.sent, again.already) == (0, 5)
    assert texts_of(studio) == TEXTS


def test_another_server_gets_a_project_of_its_own(tmp_path: Path) -> None:
    with serving(Studio()) as wire:
        pushed(wire, tasks_in(tmp_path))
    other = Studio()
    with serving(other) as wire:
        assert pushed(wire, tasks_in(tmp_path)).sent == 5


def test_a_project_that_was_deleted_is_named_with_its_journal(tmp_path: Path) -> None:
    studio = Studio()
    with serving(studio) as wire:
        pushed(wire, tasks_in(tmp_path))
        studio.projects.clear()
        with pytest.raises(UsageError, match="remove that file"):
            pushed(wire, tasks_in(tmp_path))


def test_predictions_go_along_and_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    prediction = {"result": [], "model_version": "dataprep"}
    path.write_text(json.dumps([{"data": {"text": "a"}, "predictions": [prediction]}]), "utf-8")
    studio = Studio()
    with serving(studio) as wire:
        assert pushed(wire, path).predictions == 1
    assert studio.tasks[0]["predictions"] == [prediction]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{}", "this is no list of tasks"),
        ("[", "this is no list of tasks"),
        ("[]", "holds no task"),
        ('[{"text": "a"}]', "item 1 has no data"),
        ('[{"data": {}, "predictions": [3]}]', "easy export"),
        ('[{"data": {"a": 1, "a": 2}}]', "stands twice"),
    ],
)
def test_a_file_without_tasks_is_refused_before_anything_is_sent(
    content: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "tasks.json"
    path.write_text(content, "utf-8")
    studio = Studio()
    with serving(studio) as wire, pytest.raises(UsageError, match=said):
        pushed(wire, path)
    assert studio.seen == []


def test_a_new_project_needs_a_config(tmp_path: Path) -> None:
    with serving(Studio()) as wire, pytest.raises(UsageError, match="--label-config"):
        pushed(wire, tasks_in(tmp_path), label_config=None)
    assert not (tmp_path / "journal.jsonl").exists()


def test_what_the_server_refuses_is_told_in_its_words(tmp_path: Path) -> None:
    studio = Studio(fails={"/api/projects/": 400})
    with serving(studio) as wire, pytest.raises(UsageError, match="It says: It is broken"):
        pushed(wire, tasks_in(tmp_path))


def reading(who: str, label: str) -> dict[str, Any]:
    """What an annotator said, as adjudication.json holds it."""
    value = {"choices": [label]}
    result = {"id": "r", "from_name": "mood", "to_name": "text", "type": "choices", "value": value}
    return {"model_version": who, "result": [result], "score": 0.5}


def test_disputes_without_a_config_get_one_that_takes_their_readings(tmp_path: Path) -> None:
    about = {"task": 17, "file": "export.json", "control": "mood", "unit": "task"}
    dispute = {
        "id": 17,
        "data": {"text": "Well."},
        "meta": {"dataprep": about},
        "predictions": [reading("1", "glad"), reading("2", "cross")],
    }
    path = tmp_path / "adjudication.json"
    path.write_text(json.dumps([dispute]))
    studio = Studio()
    with serving(studio) as wire:
        done = pushed(wire, path, label_config=None)
        again = pushed(wire, path, label_config=None)
    assert (done.sent, done.predictions, done.made_config) == (1, 1, True)
    assert (again.sent, again.already, again.made_config) == (0, 1, False)
    assert done.disputes
    assert again.disputes
    assert studio.projects[0]["label_config"] == (
        "<View>\n"
        '  <Text name="text" value="$text"/>\n'
        '  <Choices name="mood" toName="text" choice="single">\n'
        '    <Choice value="cross"/>\n'
        '    <Choice value="glad"/>\n'
        "  </Choices>\n"
        "</View>\n"
    )
    assert studio.tasks[0]["meta"] == {"dataprep": about}


def test_tasks_without_predictions_and_without_a_config_are_refused(tmp_path: Path) -> None:
    studio = Studio()
    with (
        serving(studio) as wire,
        pytest.raises(UsageError, match="There is no labeling config for the new project"),
    ):
        pushed(wire, tasks_in(tmp_path), label_config=None)
    assert studio.projects == []
