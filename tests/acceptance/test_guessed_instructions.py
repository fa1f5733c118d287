"""`init` asks for what a table holds as a person would, by the names of its columns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataprep.cli import run
from dataprep.recipe_file import load

TEXTS = ["The film was great, and long.", "It rained all day in Rome.", "Nobody came at all."]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def prompt_of(header: str, *rows: str, flags: tuple[str, ...] = ()) -> str | None:
    """What init writes as the prompt for a table of text."""
    Path("t.csv").write_text("\n".join((header, *rows)) + "\n")
    assert run(["init", "t.csv", *flags]) == 0
    (source,) = load(Path("dataprep.yaml")).sources
    return source.prompt


@pytest.mark.parametrize(
    ("header", "prompt"),
    [
        ("src,tgt", "Translate the text.\n\n{{ src }}"),
        ("en,de", "Translate the text from English into German.\n\n{{ en }}"),
        ("article,highlights", "Summarise the article.\n\n{{ article }}"),
        ("document,summary", "Summarise the document.\n\n{{ document }}"),
        ("text,headline", "Write a headline for the text.\n\n{{ text }}"),
        ("dialogue,summary", "Summarise the dialogue.\n\n{{ dialogue }}"),
        ("sentence,paraphrase", "Paraphrase the sentence.\n\n{{ sentence }}"),
    ],
)
def test_a_pair_of_texts_is_asked_for_by_its_names(header: str, prompt: str) -> None:
    rows = (f'"{text}",So it goes {n}.' for n, text in enumerate(TEXTS))
    assert prompt_of(header, *rows) == prompt


@pytest.mark.parametrize(
    ("header", "prompt"),
    [
        ("text,label", "Choose one label for the text: bad, good.\n\n{{ text }}"),
        ("review,sentiment", "Choose the sentiment of the review: bad, good.\n\n{{ review }}"),
        ("sentence,label", "Choose one label for the sentence: bad, good.\n\n{{ sentence }}"),
    ],
)
def test_a_class_is_asked_for_with_its_labels(header: str, prompt: str) -> None:
    rows = (f'"{text}",{"good" if n else "bad"}' for n, text in enumerate(TEXTS))
    assert prompt_of(header, *rows) == prompt


def test_a_rating_is_asked_for_on_its_scale() -> None:
    rows = (f'"{TEXTS[n % 3]} {n}",{n % 5 + 1}' for n in range(9))
    assert prompt_of("review,stars", *rows) == "Rate the review from 1 to 5.\n\n{{ review }}"


def test_numbers_in_columns_that_are_called_as_languages_are_no_translation() -> None:
    Path("t.jsonl").write_text("".join(f'{{"id": {n}, "no": {n * 7}}}\n' for n in range(9)))
    assert run(["init", "t.jsonl"]) == 0
    assert "Translate" not in Path("dataprep.yaml").read_text()


@pytest.mark.parametrize("name", ["label", "sentiment"])
@pytest.mark.parametrize("values", [("true", "false"), ("0", "1"), ('"yes"', '"no"')])
def test_labels_of_json_stand_as_they_are_answered(name: str, values: tuple[str, str]) -> None:
    rows = (f'{{"text": "It is {n}.", "{name}": {values[n % 2]}}}\n' for n in range(9))
    Path("t.jsonl").write_text("".join(rows))
    assert run(["init", "t.jsonl"]) == 0
    assert run(["convert", "-o", "out", "--quiet"]) == 0
    row = json.loads(Path("out/prompt-completion/train.jsonl").read_text().splitlines()[0])
    listed = row["prompt"].partition(": ")[2].partition(".")[0].split(", ")
    assert row["completion"] in listed


def test_what_goes_on_with_a_talk_gets_no_instruction() -> None:
    assert prompt_of("context,response", "A: Hello there.,B: Good day to you.") is None


def test_a_class_by_another_name_is_told_by_its_values() -> None:
    rows = (f'"{TEXTS[n % 3]} {n}",{"spam" if n % 2 else "ham"}' for n in range(8))
    assert prompt_of("mail,kind", *rows) == "Choose the kind of the mail: ham, spam.\n\n{{ mail }}"


def test_columns_that_are_named_are_asked_for_by_their_names() -> None:
    rows = [f'"{text}",{"good" if n else "bad"}' for n, text in enumerate(TEXTS)]
    asked = prompt_of("said,rating", *rows, flags=("--text", "said", "--label", "rating"))
    assert asked is not None
    assert asked.startswith("Choose")
    assert run(["convert", "-o", "out", "--quiet"]) == 0


def test_a_way_that_is_asked_for_is_the_only_one_that_is_tried() -> None:
    rows = (f'"{text} {n}",So it goes {n}.' for n, text in enumerate(TEXTS))
    assert prompt_of("zeta,theta", *rows, flags=("--way", "plain")) is None
    (source,) = load(Path("dataprep.yaml")).sources
    assert (source.way, source.text, source.leave_out) == ("plain", "zeta", ["theta"])
    assert run(["convert", "-o", "out", "--quiet"]) == 0


def test_what_asks_by_itself_gets_no_instruction() -> None:
    assert prompt_of("question,answer", "Why is it so?,For it is.") is None
    Path("dataprep.yaml").unlink()
    assert prompt_of("prompt,completion", "Tell me,All of it.") is None
    Path("dataprep.yaml").unlink()
    assert prompt_of("zeta,summary", "Is it so?,It is.", "Who came?,Ann.") == "{{ zeta }}"


def test_a_pair_that_says_nothing_gets_no_made_up_order() -> None:
    rows = (f'"{text} {n}",So it goes {n}.' for n, text in enumerate(TEXTS))
    assert prompt_of("zeta,theta", *rows) == "{{ zeta }}"


@pytest.mark.parametrize("labels", [["{{ x }}", "{% y"], [str(n) for n in range(30)]])
def test_labels_that_no_list_can_hold_are_not_listed(labels: list[str]) -> None:
    rows = (f"It is text {n}.,{labels[n % len(labels)]}" for n in range(90))
    prompt = prompt_of("text,label", *rows)
    assert prompt is None or "Choose" not in prompt


def test_labels_from_the_end_of_a_table_are_named_too() -> None:
    rows = [f"It is text {n}.,{'rare' if n == 899 else 'often'}" for n in range(900)]
    assert prompt_of("text,label", *rows) == (
        "Choose one label for the text: often, rare.\n\n{{ text }}"
    )


def test_the_recipe_makes_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert prompt_of("review,sentiment", *(f"Fine {n},{'ab'[n % 2]}" for n in range(9)))
    assert "guessed" in Path("dataprep.yaml").read_text()
    assert "Choose the sentiment of the review: a, b." in capsys.readouterr().err
    assert run(["convert", "-o", "out", "--quiet"]) == 0
    rows = Path("out/prompt-completion/train.jsonl").read_text().splitlines()
    assert json.loads(rows[0])["prompt"].startswith("Choose the sentiment of the review: a, b.\n\n")
