"""`evaluate`: the same held-out questions to endpoints and runs, resumable, scored by the task."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from dataprep import contracts, conversion, network
from dataprep.finding import (
    EnvironmentProblem,
    NothingToDo,
    Refused,
    UsageError,
)
from dataprep.recipe import Recipe
from tests.unit.trainers.chat_server import Body, Chat, chat_server, message
from tests.unit.trainers.converted import convert
from trainers import t5, taught
from trainers.asking import evaluate, questions, scoring
from trainers.asking.kept import KeptAnswer, opened

SIZES = {"train": 30, "test": 12}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve held-out questions about birds and fish."""
    return convert(tmp_path_factory.mktemp("asked") / "out", SIZES)


def right(body: Body) -> Body:
    """Odd numbers are birds."""
    number = int(re.findall(r"number (\d+)", body["messages"][-1]["content"])[0])
    return message("bird" if number % 2 else "fish of the sea")


def always_bird(_: Body) -> Body:
    return message("bird")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def ask(server: Chat, dataset: Path, out: Path, *models: str, **more: Any) -> dict[str, Any]:
    return evaluate(dataset, out=out, endpoint=server.url, models=models or ("m",), **more).table


def test_two_models_stand_side_by_side_in_one_table(dataset: Path, tmp_path: Path) -> None:
    def by_model(body: Body) -> Body:
        return right(body) if body["model"] == "good" else always_bird(body)

    with chat_server(by_model) as server:
        table = ask(server, dataset, tmp_path / "e", "good", "poor")
    scores = {r["name"]: r["shapes"]["classification"]["scores"] for r in table["roads"]}
    assert scores["good"] == {"exact_match": 1.0, "accuracy": 1.0, "macro_f1": 1.0}
    # Half the questions, and of the label "bird": precision 1/2, recall 1.
    assert scores["poor"] == {"exact_match": 0.5, "accuracy": 0.5, "macro_f1": 0.3333}
    assert table["majority"]["classification"]["scores"]["exact_match"] == 0.5
    assert table["pairs"] == [
        {
            "roads": ["good", "poor"],
            "both": 6,
            "only_first": 6,
            "only_second": 0,
            "neither": 0,
            "p": 0.0312,
        }
    ]
    page = (tmp_path / "e" / "report.md").read_text("utf-8")
    assert "| **label F1 (macro)** | 1.000 | 0.333 | 0.333 |" in page
    assert contracts.contract("evaluation").accepts(
        json.loads((tmp_path / "e" / "evaluation.json").read_text("utf-8"))
    )
    said = lines(tmp_path / "e" / "answers.jsonl")
    assert len(said) == 12
    assert {row["said"]["poor"]["text"] for row in said} == {"bird"}
    assert {row["wanted"] for row in said} == {"bird", "fish of the sea"}


def test_slices_tell_labels_lengths_and_files_apart(dataset: Path, tmp_path: Path) -> None:
    with chat_server(always_bird) as server:
        (road,) = ask(server, dataset, tmp_path / "e")["roads"]
    slices = road["shapes"]["classification"]["slices"]
    assert slices["label"]["bird"]["exact_match"] == 1.0
    assert slices["label"]["fish"]["exact_match"] == 0.0
    assert slices["length"]["under 200"]["examples"] == 12
    assert slices["file"]["a.jsonl"]["examples"] == 12
    assert road["kinds"] == {"answered": 12, "cut": 0, "empty": 0, "refused": 0, "failed": 0}
    assert road["tokens"] == {"in": 84, "out": 24}


def test_an_answer_is_asked_for_once_and_a_torn_line_again(dataset: Path, tmp_path: Path) -> None:
    with chat_server(right) as server:
        first = ask(server, dataset, tmp_path / "e")
        kept = tmp_path / "e" / "asked" / "endpoints.jsonl"
        content = kept.read_bytes().splitlines(keepends=True)
        assert len(server.requests) == 12
        assert ask(server, dataset, tmp_path / "e") == first
        assert len(server.requests) == 12
        kept.write_bytes(b"".join(content[:5]) + content[5][:20])
        assert ask(server, dataset, tmp_path / "e") == first
        assert len(server.requests) == 19
        assert ask(server, dataset, tmp_path / "e") == first
        assert len(server.requests) == 19
        ask(server, dataset, tmp_path / "e", temperature=0.5)
        assert len(server.requests) == 31


def test_equal_questions_are_sent_once(tmp_path: Path) -> None:
    rows = [{"prompt": "Which?", "completion": "one", "n": n} for n in range(30)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    out = converted(tmp_path, "rows.jsonl")
    with chat_server(lambda _: message("one")) as server:
        table = ask(server, out, tmp_path / "e", split="train")
    assert len(server.requests) == 1
    (scores,) = table["roads"][0]["shapes"].values()
    assert scores["scores"]["exact_match"] == 1.0


def converted(base: Path, name: str, **more: Any) -> Path:
    """A dataset as `convert` makes it."""
    recipe = Recipe.model_validate(
        {
            "sources": [{"path": name}],
            "targets": [{"name": "openai-chat", **more}],
            "checks": {"ignore": ["D"]},
        }
    )
    conversion.convert(recipe, base, base / "out")
    return base / "out"


def test_what_is_asked_is_the_conversation_up_to_the_last_answer(tmp_path: Path) -> None:
    talk = [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": "Hello", "weight": 0},
        {"role": "user", "content": "Bye now"},
        {"role": "assistant", "content": "So long", "weight": 1},
    ]
    tool = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
    (tmp_path / "a.jsonl").write_text(json.dumps({"messages": talk, "tools": [tool]}) + "\n")
    with chat_server(lambda _: message("So long")) as server:
        ask(server, converted(tmp_path, "a.jsonl"), tmp_path / "e", split="train")
    assert server.requests == [
        {
            "model": "m",
            "max_tokens": 512,
            "temperature": 0.0,
            "messages": [{k: v for k, v in m.items() if k != "weight"} for m in talk[:4]],
            "tools": [tool],
        }
    ]


def test_the_system_message_of_the_target_is_asked_with(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"prompt": "Which?", "completion": "one"}\n')
    out = converted(tmp_path, "rows.jsonl", system="Be kind.")
    with chat_server(lambda _: message("one")) as server:
        ask(server, out, tmp_path / "e", split="train")
    assert server.requests[0]["messages"][0] == {"role": "system", "content": "Be kind."}


def test_refusals_and_empty_answers_count_as_such_and_as_wrong(
    dataset: Path, tmp_path: Path
) -> None:
    ways = [
        message(None, refusal="I will not."),
        message(None, finish="content_filter"),
        message("  "),
        message("fish of", finish="length"),
        (400, {"error": {"message": "flagged", "code": "content_policy_violation"}}),
    ]
    with chat_server(right) as server:
        server.faults = ways
        (road,) = ask(server, dataset, tmp_path / "e", concurrency=1)["roads"]
        assert road["kinds"] == {"answered": 7, "cut": 1, "empty": 1, "refused": 2, "failed": 1}
        assert road["shapes"]["classification"]["scores"]["exact_match"] == round(7 / 12, 4)
        # What failed may have passed: it alone is asked again.
        (again,) = ask(server, dataset, tmp_path / "e")["roads"]
        assert again["kinds"]["answered"] == 8
        assert len(server.requests) == 13


def test_a_busy_server_is_asked_again_by_the_sdk(dataset: Path, tmp_path: Path) -> None:
    busy = (429, {"error": {"message": "slow down"}})
    with chat_server(right) as server:
        server.faults = [busy, (500, {"error": {"message": "oh"}}), "reset"]
        (road,) = ask(server, dataset, tmp_path / "e")["roads"]
    assert road["kinds"]["answered"] == 12
    assert len(server.requests) == 15


def test_a_server_that_dies_leaves_what_was_answered(dataset: Path, tmp_path: Path) -> None:
    down = (503, {"error": {"message": "down"}})

    with chat_server(right) as server:
        count = iter(range(10_000))
        server.answer = lambda body: right(body) if next(count) < 5 else down
        with pytest.raises(EnvironmentProblem, match="503, down") as stopped:
            ask(server, dataset, tmp_path / "e", concurrency=2)
        assert "goes on from there" in stopped.value.remedy
        assert len(lines(tmp_path / "e" / "asked" / "endpoints.jsonl")) == 5
        assert not (tmp_path / "e" / "evaluation.json").exists()
        sent = len(server.requests)
        server.answer = right
        ask(server, dataset, tmp_path / "e")
        assert len(server.requests) - sent == 7


def test_a_killed_evaluation_goes_on_and_asks_no_answered_question_again(
    dataset: Path, tmp_path: Path
) -> None:
    def slowly(body: Body) -> Body:
        time.sleep(0.2)
        return right(body)

    with chat_server(slowly) as server:
        code = (
            "from pathlib import Path; from trainers.asking import evaluate;"
            f"evaluate(Path({str(dataset)!r}), out=Path({str(tmp_path / 'e')!r}),"
            f" endpoint={server.url!r}, models=['m'], concurrency=1)"
        )
        process = subprocess.Popen([sys.executable, "-c", code])
        while len(server.requests) < 4 and process.poll() is None:
            time.sleep(0.02)
        process.kill()
        process.wait()
        known = lines(tmp_path / "e" / "asked" / "endpoints.jsonl")
        assert 3 <= len(known) < 12
        sent = len(server.requests)
        server.answer = right
        (road,) = ask(server, dataset, tmp_path / "e")["roads"]
        assert len(server.requests) - sent == 12 - len(known)
    assert road["shapes"]["classification"]["scores"]["exact_match"] == 1.0


def test_a_server_that_refuses_every_question_is_left_after_five(
    dataset: Path, tmp_path: Path
) -> None:
    bad = (400, {"error": {"message": "unknown parameter max_tokens"}})
    with chat_server(lambda _: bad) as server:
        with pytest.raises(UsageError, match="refuses every question: unknown parameter"):
            ask(server, dataset, tmp_path / "e", concurrency=1)
        assert len(server.requests) == 5


@pytest.mark.parametrize(
    ("status", "error"),
    [(401, EnvironmentProblem), (403, EnvironmentProblem), (404, UsageError), (410, UsageError)],
)
def test_a_server_that_cannot_be_asked_says_why(
    dataset: Path, tmp_path: Path, status: int, error: type[Exception]
) -> None:
    answer = (status, {"error": {"message": "the model is gone"}})
    with (
        chat_server(lambda _: answer) as server,
        pytest.raises(error, match=f"{status}, the model is gone"),
    ):
        ask(server, dataset, tmp_path / "e")


def test_a_body_that_is_no_protocol_is_a_failed_answer_or_a_message(
    dataset: Path, tmp_path: Path
) -> None:
    with chat_server(right) as server:
        server.faults = [(200, {"hello": "world"})]
        (road,) = ask(server, dataset, tmp_path / "e", concurrency=1)["roads"]
        assert road["kinds"]["failed"] == 1
        server.faults = [(200, b"<html>")]
        with pytest.raises(EnvironmentProblem, match="Asking m"):
            ask(server, dataset, tmp_path / "f")


def test_the_key_goes_to_its_own_server_and_to_no_other(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("MINE", "other")
    with chat_server(right) as server:
        ask(server, dataset, tmp_path / "e")
        assert server.keys == {"Bearer none"}
        ask(server, dataset, tmp_path / "f", key_variable="MINE")
        assert server.keys == {"Bearer none", "Bearer other"}
        with pytest.raises(EnvironmentProblem, match="YOURS is not set"):
            ask(server, dataset, tmp_path / "g", key_variable="YOURS")
    assert network.granted("https://api.openai.com/v1").variable == "OPENAI_API_KEY"
    assert network.granted("https://api.openai.com.example/v1").variable == ""
    with pytest.raises(Refused, match="unencrypted"):
        evaluate(
            dataset,
            out=tmp_path / "h",
            endpoint="http://models.example/v1",
            models=["m"],
            key_variable="MINE",
        )


def test_nobody_is_asked_where_no_endpoint_was_typed(dataset: Path, tmp_path: Path) -> None:
    for more in ({}, {"models": ["m"]}, {"endpoint": "https://x.example/v1"}):
        with pytest.raises(UsageError):
            evaluate(dataset, out=tmp_path / "e", **more)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="not the address"):
        evaluate(dataset, out=tmp_path / "e", endpoint="x.example", models=["m"])
    with pytest.raises(UsageError, match="twice"):
        evaluate(dataset, out=tmp_path / "e", endpoint="https://x/v1", models=["m", "m"])
    with pytest.raises(UsageError, match="no finished run"):
        evaluate(dataset, out=tmp_path / "e", runs=[tmp_path])


def test_an_empty_split_and_a_foreign_folder_are_refused(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(NothingToDo, match="no validation example"):
        evaluate(
            dataset,
            out=tmp_path / "e",
            split="validation",
            endpoint="https://x.example/v1",
            models=["m"],
        )
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with (
        chat_server(right) as server,
        pytest.raises(UsageError, match="holds something else"),
    ):
        ask(server, dataset, tmp_path / "mine")
    assert not server.requests


def test_a_run_of_this_machine_and_an_endpoint_answer_the_same_split(
    dataset: Path, tmp_path: Path
) -> None:
    run = t5.train(dataset, out=tmp_path / "run", epochs=1, batch_tokens=700)
    with chat_server(right) as server:
        table = ask(server, dataset, tmp_path / "e", runs=[run], max_tokens=8)
        again = ask(server, dataset, tmp_path / "e", runs=[run], max_tokens=8)
    assert [road["kind"] for road in table["roads"]] == ["run", "endpoint"]
    assert table["compared"] == 12
    assert table == again
    said = lines(tmp_path / "e" / "answers.jsonl")
    assert all(set(row["said"]) == {str(run), "m"} for row in said)
    trained = json.loads((run / "evaluation.json").read_text())["shapes"]["classification"]
    (local, endpoint) = (r["shapes"]["classification"]["scores"] for r in table["roads"])
    assert local["exact_match"] == trained["exact_match"]
    assert endpoint["exact_match"] == 1.0


def test_only_what_all_roads_answered_is_compared(dataset: Path) -> None:
    asked = questions.read(dataset, "test").asked
    roads = {
        "a": {q.id: KeptAnswer(text=q.wanted) for q in asked},
        "b": {q.id: KeptAnswer(text=q.wanted) for q in asked[:4]},
    }
    assert scoring.compared(asked, roads) == asked[:4]


def test_tool_calls_are_compared_by_name_and_arguments() -> None:
    def call(name: str, arguments: str) -> dict[str, Any]:
        return {
            "id": name * 2,
            "type": "function",
            "function": {"name": "f", "arguments": arguments},
        }

    one = taught.said({"content": None, "tool_calls": [call("a", '{"x": 1, "y": 2}')]})
    other = taught.said({"tool_calls": [call("b", '{"y":2,"x":1}')]})
    assert one == other == '[{"arguments":{"x":1,"y":2},"name":"f"}]'
    assert taught.plain_calls(json.dumps([call("c", '{"y":2,"x":1}')])) == one
    assert taught.plain_calls("[{ no json") == "[{ no json"


def test_the_coin_is_the_exact_binomial() -> None:
    assert scoring.coin(0, 0) == 1.0
    assert scoring.coin(5, 5) == 1.0
    assert scoring.coin(6, 0) == pytest.approx(2 / 64)
    assert scoring.coin(8, 2) == pytest.approx(0.109375)


def test_two_processes_do_not_share_a_file_of_answers(tmp_path: Path) -> None:
    with (
        opened(tmp_path / "a.jsonl"),
        pytest.raises(EnvironmentProblem, match="Another process"),
        opened(tmp_path / "a.jsonl"),
    ):
        pass


def test_rows_that_say_their_task_only_by_their_answers_are_judged_by_it(tmp_path: Path) -> None:
    def row(number: int, answer: str) -> dict[str, Any]:
        asked = {"role": "user", "content": f"Which is {number}?"}
        return {"messages": [asked, {"role": "assistant", "content": answer}]}

    rows = [row(n, answer) for n, answer in enumerate(["bird", "fish", "frog"] * 20)]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    with chat_server(always_bird) as server:
        made = ask(server, converted(tmp_path, "a.jsonl"), tmp_path / "e", split="train")
    (shape,) = made["roads"][0]["shapes"].values()
    assert (shape["judged_as"], shape["judged_by"]) == ("classification", "macro_f1")
    assert set(shape["slices"]["label"]) == {"bird", "fish", "frog"}
    assert shape["slices"]["label"]["fish"]["exact_match"] == 0.0
    assert "By its answers this is classification." in (tmp_path / "e" / "report.md").read_text()


@pytest.mark.parametrize(
    "choice",
    [
        {"message": 0.5},
        {"message": "bird"},
        {"message": {"role": "assistant", "content": ["bird"]}},
    ],
    ids=repr,
)
def test_an_answer_of_another_kind_is_one_that_failed(
    choice: Body, dataset: Path, tmp_path: Path
) -> None:
    first = iter([choice])
    with chat_server(lambda body: next(first, None) or right(body)) as server:
        (road,) = ask(server, dataset, tmp_path / "e")["roads"]
    assert (road["kinds"]["failed"], road["kinds"]["answered"]) == (1, 11)
