"""The way `turns`: what a text in a chat template asks and answers."""

import json
from pathlib import Path

from dataprep.conversion import convert
from dataprep.example import Example, Record
from dataprep.finding import Drop, Place
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
