"""The way `turns`: what a text in a chat template asks and answers."""

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.conversion import convert
from dataprep.example import Example, Record
from dataprep.finding import Drop, Finding, NothingToDo, Place, UsageError
from dataprep.recipe import Recipe, Source, Target
from dataprep.shapes import turns


def shaped(text: str) -> list[object]:
    record = Record(Place(file="a", line=1), 0, {"text": text})
    return list(turns.shape(record, Source(path="a", way="turns")))


def test_marks_in_one_line_are_split() -> None:
    (made,) = shaped("### Human: Hi there?### Assistant: Hello.")
    assert isinstance(made, Example)
    assert (made.input, made.output) == ("Hi there?", "Hello.")


def test_a_question_that_nobody_answers_is_dropped_by_itself_and_counted() -> None:
    left, made = shaped("### Human: Hi?### Assistant: Hello.### Human: Now to a dog")
    assert isinstance(left, Drop)
    assert (left.unit, left.reason, left.detail) == ("block", "no-answer", "Now to a dog")
    assert isinstance(made, Example)
    assert [turn.content for turn in made.turns] == ["Hi?", "Hello."]


def test_what_is_dropped_of_a_row_of_text_stands_in_the_ledger(tmp_path: Path) -> None:
    texts = ["### Human: Hi?### Assistant: Hello.", "### Human: Hi?### Assistant: Ho.### Human: A?"]
    rows = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    (tmp_path / "rows.jsonl").write_text(rows, "utf-8")
    source = Source(path="rows.jsonl", way="turns")
    recipe = Recipe(sources=[source], targets=[Target(name="openai-chat")])
    convert(recipe, tmp_path, tmp_path / "out")
    manifest = json.loads((tmp_path / "out/manifest.json").read_text("utf-8"))
    dropped = {stage["stage"]: stage["dropped"] for stage in manifest["ledger"]}
    assert dropped["blocks"] == {"no-answer": 1}
    assert '"no-answer"' in (tmp_path / "out/dropped.jsonl").read_text("utf-8")


TEXT = "USER: Hi? ASSISTANT: Hello.</s>"


def row(source: Source, **beside: Any) -> list[object]:
    record = Record(Place(file="a", line=1), 0, {"text": TEXT, **beside})
    return list(turns.shape(record, source))


@pytest.mark.parametrize(
    ("template", "said"), [(None, "Be brief."), ("Be {{ mood }}.", "Be kind."), ("", None)]
)
def test_a_system_column_is_the_system_message(template: str | None, said: str | None) -> None:
    source = Source(path="a", way="turns", system=template)
    (made,) = row(source, system_prompt="Be brief.", mood="kind")
    assert isinstance(made, Example)
    assert made.system == said
    roles = [turn.role for turn in made.turns]
    assert roles == ["system", "user", "assistant"][said is None :]


def test_a_second_system_message_is_asked_for() -> None:
    marked = f"<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n{ANSWER}"
    record = Record(Place(file="a", line=1), 0, {"text": marked, "system": "Be brief."})
    made = [*turns.shape(record, Source(path="a", way="turns"))]
    assert [one.code if isinstance(one, Finding) else type(one) for one in made] == ["S004", Drop]
    (one,) = turns.shape(record, Source(path="a", way="turns", carry=["system"]))
    assert isinstance(one, Example)
    assert one.system == "Be kind."


ANSWER = "<|im_start|>assistant\nHello<|im_end|>"


def test_a_template_that_the_way_has_no_use_for_is_refused() -> None:
    with pytest.raises(UsageError, match="has no use for the template of prompt"):
        row(Source(path="a", way="turns", prompt="{{ text }}"))


GLAIVE = {
    "system": "SYSTEM: You have tools.\n",
    "chat": "USER: Rain in Lima?\n\n\nASSISTANT: <functioncall> "
    '{"name": "rain", "arguments": \'{"city": "Lima"}\'} <|endoftext|>\n\n\n'
    'FUNCTION RESPONSE: {"rain": false}\n\n\nASSISTANT: It is dry. <|endoftext|>\n\n\n',
}


def test_glaive_is_split_into_calls_and_their_results(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as asked:
        converted(tmp_path, GLAIVE)
    assert "chat is in a chat template (Vicuna): --way turns --text chat" in asked.value.remedy
    (written,) = converted(tmp_path, GLAIVE, way="turns", text="chat")
    system, question, call, result, answer = written["messages"]
    assert (system["content"], question["content"]) == ("You have tools.", "Rain in Lima?")
    assert call["tool_calls"][0]["function"] == {"name": "rain", "arguments": '{"city": "Lima"}'}
    assert (result["role"], result["content"]) == ("tool", '{"rain": false}')
    assert answer["content"] == "It is dry."


def test_a_result_of_a_call_that_cannot_be_read_is_dropped_by_its_code(tmp_path: Path) -> None:
    broken = {**GLAIVE, "chat": GLAIVE["chat"].replace("{", "{{")}
    with pytest.raises(NothingToDo, match="1 S001"):
        converted(tmp_path, broken, way="turns", text="chat")


def converted(folder: Path, whole: dict[str, str], **recipe: Any) -> list[dict[str, Any]]:
    """The rows that a file of one row becomes."""
    (folder / "rows.jsonl").write_text(json.dumps(whole) + "\n", "utf-8")
    source = Source(path="rows.jsonl", **recipe)
    wanted = Recipe(sources=[source], targets=[Target(name="openai-chat")])
    convert(wanted, folder, folder / "out")
    files = (folder / "out/openai-chat").glob("*.jsonl")
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    ("text", "system", "said"),
    [
        (
            "A chat between a curious customer and Bob.\nHis ship costs 300 gold.\n"
            "USER: What does it cost?\nASSISTANT: 300 gold!</s>",
            "A chat between a curious customer and Bob.\nHis ship costs 300 gold.",
            ["What does it cost?", "300 gold!"],
        ),
        (
            "The conversation between human and AI assistant.\n[|Human|] Hi\n[|AI|] Hello!\n"
            "[|Human|] ",
            "The conversation between human and AI assistant.",
            ["Hi", "Hello!"],
        ),
        (
            "Background: Rome.\n<human>: Where?\n<bot>: Rome.",
            "Background: Rome.",
            ["Where?", "Rome."],
        ),
        (
            "Below is an instruction that describes a task.\n\n### Instruction:\nSay hi\n\n"
            "### Response:\nHi",
            None,
            ["Say hi", "Hi"],
        ),
    ],
)
def test_what_stands_before_the_first_turn_is_the_system_message(
    text: str, system: str | None, said: list[str]
) -> None:
    (made,) = shaped(text)
    assert isinstance(made, Example)
    assert made.system == system
    assert [turn.content for turn in made.turns if turn.role != "system"] == said


JUDGED: list[dict[str, Any]] = [
    {"accepted": False},
    {"metadata": {"accepted": False}},
    {"metadata": {"verdict": "rejected"}},
    {"meta": '{"accepted": false}'},
    {"rejected": "In Mars"},
]


@pytest.mark.parametrize("beside", JUDGED)
@pytest.mark.parametrize("before", [0, 260])
def test_what_judges_a_text_stops_the_run_or_the_row_wherever_it_stands(
    tmp_path: Path, beside: dict[str, Any], before: int
) -> None:
    rows = [{"text": f"### Human: Hi {n}?### Assistant: Hello {n}."} for n in range(before + 1)]
    rows[-1] |= beside
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    recipe = Recipe(
        sources=[Source(path="rows.jsonl", way="turns")], targets=[Target(name="openai-chat")]
    )
    if not before:
        with pytest.raises(UsageError, match="judges the text beside it"):
            convert(recipe, tmp_path, tmp_path / "out")
        return
    outcome = convert(recipe, tmp_path, tmp_path / "out", drop_invalid=True)
    assert dict(outcome.ledger.stages["shape"].dropped) == {"S004": 1}


@pytest.mark.parametrize("beside", [{"metadata": {"accepted": True}}, {"meta": {"score": 0.4}}])
def test_what_does_not_reject_a_text_is_carried_along(beside: dict[str, Any]) -> None:
    (made,) = row(Source(path="a", way="turns"), **beside)
    assert isinstance(made, Example)
