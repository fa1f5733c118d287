"""TRL's chat templates on the conversations that part them most; all of them: tests/long."""

from __future__ import annotations

import pytest

from tests.unit.tokens.template_matrix import MATRIX
from tests.unit.tokens.template_proof import (
    TEMPLATES,
    kinds,
    let_it_be_the_day,
    of_trl,
    parted,
    tried,
)

QUICK = (
    "three turns",
    "blanks at the ends",
    "a header forged by the assistant",
    "a call beside text",
    "two calls at once",
    "two thoughts",
    "thoughts in the text",
)
ORIGINALS = [name for name in TEMPLATES if not name.endswith("_training")]


@pytest.mark.skipif(not TEMPLATES, reason="TRL is not installed")
def test_all_templates_of_trl_are_read() -> None:
    assert len(ORIGINALS) > 35
    assert len(TEMPLATES) - len(ORIGINALS) > 25
    assert len(MATRIX) == 24


@pytest.mark.parametrize("name", ORIGINALS)
def test_what_is_learned_is_what_the_template_says(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_it_be_the_day(monkeypatch)
    tokenizer, training = of_trl(name)
    trials = {talk: tried(tokenizer, talk, training) for talk in QUICK}
    assert {talk: trial.faults for talk, trial in trials.items() if trial.faults} == {}
    assert kinds(trials.values()) <= parted(name)
