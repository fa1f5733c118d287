"""Texts in which nobody marked a span: left out and said, or taught as nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.building import NER, SENTIMENT, annotated, of_task, region
from tests.converting import Converting

CORPUS = "Ada B-PER\nwrote O\n\nNobody O\ncame O\n\nThey O\nleft O\n\n"
SAID = (
    "corpus.iob: 2 texts without a mark left out (submitted-empty); where nothing marked means that"
    " nothing is there: --empty negative"
)


@pytest.fixture
def converting(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Converting:
    (tmp_path / "corpus.iob").write_text(CORPUS)
    return Converting(tmp_path, capsys)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_texts_without_a_mark_are_counted_with_the_flag_that_teaches_them(
    converting: Converting, workers: str
) -> None:
    made = converting("corpus.iob", "--workers", workers)
    assert (made.code, len(made.rows)) == (0, 1)
    assert made.said.count(SAID) == 1


def test_the_flag_teaches_that_nothing_is_there(converting: Converting) -> None:
    made = converting("corpus.iob", "--empty", "negative")
    assert [answer for _, answer in made.rows] == [
        '[{"text":"Ada","label":"PER"}]',
        "[]",
        "[]",
    ]
    assert "submitted-empty" not in made.said


def test_a_task_that_another_annotator_marked_is_not_counted(converting: Converting) -> None:
    marked, empty = annotated(region(0, 3, "PER"), by=1), annotated(by=2)
    made = converting([of_task("Ada wrote", marked, empty)], "--annotators", "first", config=NER)
    assert made.code == 0
    assert "without a mark" not in made.said


def test_the_flag_is_not_proposed_for_what_it_cannot_teach(converting: Converting) -> None:
    made = converting([of_task("a", annotated())], config=SENTIMENT)
    assert made.code == 3
    assert "Of spans, where nothing marked means that nothing is there: --empty negative." in (
        made.said
    )
