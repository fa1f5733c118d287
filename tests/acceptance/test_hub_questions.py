"""What is asked of well-known data sets of the Hub names the flags that answer, which are run."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from dataprep.cli import run

N = range(4)
SAID = [f"A man number {n} is on a roof." for n in N]
SEEN = [f"Somebody numbered {n} works outside." for n in N]


class Asked(NamedTuple):
    """The columns of a set, what is learned of its first row, and of which answer of several."""

    columns: dict[str, list[Any]]
    prompt: str
    completion: str
    classes: dict[str, Any] | None = None
    which: str = ""


def of_class(*names: str) -> dict[str, Any]:
    return {"names": [*names], "_type": "ClassLabel"}


SETS = {
    "stsb": Asked(
        {"sentence1": SAID, "sentence2": SEEN, "label": [3.8, 0.2, 4.6, 1.4], "idx": [*N]},
        f"sentence1: {SAID[0]}\n\nsentence2: {SEEN[0]}",
        "3.8",
    ),
    "stsb of sentence-transformers": Asked(
        {"sentence1": SAID, "sentence2": SEEN, "score": [0.76, 0.04, 0.92, 0.28]},
        f"{SAID[0]}\n\n{SEEN[0]}",
        "0.76",
    ),
    "sick": Asked(
        {"sentence_A": SAID, "sentence_B": SEEN, "relatedness_score": [4.5, 3.2, 4.7, 3.4]},
        f"{SAID[0]}\n\n{SEEN[0]}",
        "4.5",
    ),
    "go_emotions": Asked(
        {"text": SAID, "labels": [[0], [1, 2], [2], [0]], "id": [f"e{n}" for n in N]},
        f"Choose all labels that fit for the text: joy, anger, fear.\n\n{SAID[0]}",
        "joy",
        {"labels": {"feature": of_class("joy", "anger", "fear"), "_type": "List"}},
    ),
    "boolq of super_glue": Asked(
        {"question": SAID, "passage": SEEN, "idx": [*N], "label": [1, 0, 1, 0]},
        f"{SAID[0]}\n\n{SEEN[0]}",
        "True",
        {"label": of_class("False", "True")},
    ),
    "opus": Asked(
        {"id": ["1"] * 4, "translation": [{"de": f"Ein Dach {n}", "en": f"A roof {n}"} for n in N]},
        "Ein Dach 0",
        "A roof 0",
        {"translation": {"languages": ["de", "en"], "_type": "Translation"}},
    ),
    "hellaswag": Asked(
        {
            "ind": [*N],
            "activity_label": ["Removing ice from car"] * 4,
            "ctx_a": SAID,
            "ctx_b": ["one of the girls in the video"] * 4,
            "ctx": [f"{text} one of the girls in the video" for text in SAID],
            "endings": [[f"sits {n}.", f"runs {n}.", f"eats {n}.", f"stops {n}."] for n in N],
            "label": ["3", "0", "1", "2"],
        },
        f"{SAID[0]} one of the girls in the video"
        "\n\nA) sits 0.\nB) runs 0.\nC) eats 0.\nD) stops 0.",
        "stops 0.",
        which="carry it along: ",
    ),
}
"""Those that `convert` asks about; MNLI, BoolQ and others are read without."""


def saved(path: Path, asked: Asked) -> None:
    """A file as `datasets` writes it, whose scores are of single precision."""
    frame = pl.DataFrame(asked.columns).with_columns(pl.col(pl.Float64).cast(pl.Float32))
    told = json.dumps({"info": {"features": asked.classes}})
    frame.write_parquet(path, metadata={"huggingface": told})


@pytest.mark.parametrize("name", SETS)
def test_the_flags_that_a_question_names_answer_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = SETS[name]
    saved(tmp_path / "a.parquet", asked)
    given = ["convert", "a.parquet", "--to", "prompt-completion", "-o", "out"]
    assert run(given) in (1, 2)
    said = capsys.readouterr().err
    flags = re.search(r"--[a-z].*", said.partition(asked.which)[2] if asked.which else said)
    assert flags is not None, said
    answer = re.split(r"[.;](?:\s|$)", flags[0])[0]
    assert run([*given, *shlex.split(answer)]) == 0
    rows = [
        json.loads(line)
        for path in (tmp_path / "out/prompt-completion").iterdir()
        for line in path.read_text().splitlines()
    ]
    assert len(rows) == 4
    assert {"prompt": asked.prompt, "completion": asked.completion} in rows


@pytest.mark.parametrize(
    "names", [("ctx", "endings", "label"), ("question", "choices", "answerKey")]
)
def test_a_split_of_choices_without_answers_is_unlabelled(
    names: tuple[str, str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The test splits of HellaSwag and CommonsenseQA, of which each row was an error."""
    monkeypatch.chdir(tmp_path)
    question, options, answered = names
    (tmp_path / "set").mkdir()
    asked = {question: SAID, options: [["sits.", "runs.", "eats."]] * 4}
    told = pl.DataFrame({**asked, answered: ["1", "0", "2", "0"]})
    told.write_parquet("set/train.parquet")
    pl.DataFrame({**asked, answered: [""] * 4}).write_parquet("set/test.parquet")
    assert run(["convert", "set", "--to", "prompt-completion", "-o", "out"]) == 0
    assert f"set/test.parquet: {answered} → unlabelled" in capsys.readouterr().err
    rows = Path("out/prompt-completion/train.jsonl").read_text().splitlines()
    assert [json.loads(row)["completion"] for row in rows] == ["runs.", "sits.", "eats.", "sits."]
    assert not Path("out/prompt-completion/test.jsonl").exists()


def test_one_choice_without_an_answer_among_others_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = {"ctx": SAID, "endings": [["sits.", "runs.", "eats."]] * 4}
    pl.DataFrame({**asked, "label": ["1", "", "2", "0"]}).write_parquet("a.parquet")
    assert run(["convert", "a.parquet", "--to", "prompt-completion", "-o", "out"]) == 1
    assert "a.parquet:2: S005 label names none of the 3 options" in capsys.readouterr().err
