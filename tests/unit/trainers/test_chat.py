"""A conversation with a run: what is remembered, what is shown as it comes, what is too long."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dataprep.finding import UsageError
from tests.unit.trainers.converted import convert, convert_causal
from trainers import causal, chat, t5
from trainers.trained import answer_rows, load

SIZES = {"train": 60}


@pytest.fixture(scope="module", params=["t5", "causal"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "t5":
        return t5.train(convert(folder / "out", SIZES), out=folder / "run", epochs=3)
    return causal.train(convert_causal(folder / "out", SIZES), out=folder / "run", epochs=3)


def test_what_is_shown_piece_by_piece_is_the_answer(run: Path) -> None:
    talk = chat.begin(run, max_new_tokens=12)
    pieces: list[str] = []
    answer = talk.say("What is number 3, the trout? ", pieces.append)
    assert "".join(pieces) == answer
    row = {"prompt": "What is number 3, the trout? "}
    assert answer == answer_rows(load(run), [row], 12)[0]


def test_a_causal_model_reads_what_was_said_before_and_a_t5_does_not(run: Path) -> None:
    talk = chat.begin(run, max_new_tokens=6)
    asked: list[Any] = []
    kept = talk.trained.ask

    def ask(rows: Any) -> list[list[int]]:
        asked.append(rows[0]["messages"])
        return kept(rows)

    object.__setattr__(talk.trained, "ask", ask)
    first = talk.say("Hello", lambda _: None)
    talk.say("And now?", lambda _: None)
    talk.begin_anew()
    talk.say("Hello again", lambda _: None)
    alone = [{"role": "user", "content": "And now?"}]
    before = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": first}]
    remembers = talk.trained.family == "causal"
    assert asked[1] == ([*before, *alone] if remembers else alone)
    assert asked[2] == [{"role": "user", "content": "Hello again"}]


def test_a_system_message_stands_before_every_question(run: Path) -> None:
    talk = chat.begin(run, system="Be short.", max_new_tokens=4)
    with_it, without = talk._ids([{"role": "user", "content": "Hi"}])[0], chat.begin(run)
    assert len(with_it) > len(without._ids([{"role": "user", "content": "Hi"}])[0])


def test_a_conversation_that_grows_too_long_loses_its_beginning(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = chat.begin(run, max_new_tokens=4)
    if talk.trained.family == "t5":
        assert talk.room() is None
        return
    asked = talk.trained.ask([{"prompt": "Look at it well. " * 4}])[0]
    monkeypatch.setattr(chat.ChatSession, "room", lambda _: len(asked) * 2)
    for _ in range(4):
        talk.say("Look at it well. " * 4, lambda _: None)
    assert talk.left_out > 0
    assert talk.left_out % 2 == 0
    with pytest.raises(UsageError, match="Say less"):
        talk.say("Look at it well. " * 40, lambda _: None)


def test_an_answer_that_is_stopped_is_forgotten(run: Path) -> None:
    talk = chat.begin(run, max_new_tokens=8)

    def stop(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        talk.say("Hello", stop)
    assert talk.turns == []
