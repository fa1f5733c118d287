"""T002, T003, T005: what T5's tokenizer loses of an answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataprep.checks.per_row.t5_survival import survival_faults
from dataprep.tokens import Tokenizer
from tests.models import sentencepiece_model

CASES = Path(__file__).parents[2] / "cases"


@pytest.fixture(scope="module")
def without_braces() -> Tokenizer:
    text = "The name is Ada. A small bird sings in the garden, and the river rises in the hills."
    return Tokenizer(sentencepiece_model([text] * 20, 60), name="t", kind="given")


@pytest.mark.parametrize("name", ["bad", "good"])
def test_the_cases_of_the_signs_that_are_missing(name: str) -> None:
    for line in (CASES / "T005" / f"{name}.jsonl").read_text("utf-8").splitlines():
        codes = [fault.code for fault in survival_faults(json.loads(line)["completion"])]
        assert codes == (["T005"] if name == "bad" else [])


def test_the_missing_signs_are_named_once_each() -> None:
    (fault,) = survival_faults('{"a": {"b": 1}}\nx\ty', path="completion")
    assert (fault.code, fault.path) == ("T005", "completion")
    assert fault.message == ("T5's own vocabulary loses these of the answer: tab newline { }")
    assert list(survival_faults("plain words, 1 + 1 = 2 (two) \n")) == []


@pytest.mark.parametrize("sign", list("{}<\\^~`"))
def test_each_sign_that_t5_reads_as_unknown_is_found(sign: str) -> None:
    assert [fault.code for fault in survival_faults(f"a {sign} b")] == ["T005"]


def test_with_a_tokenizer_its_own_word_counts(without_braces: Tokenizer) -> None:
    (fault,) = survival_faults("{name} is Ada", without_braces)
    assert (fault.code, fault.message) == (
        "T002",
        "encoding and decoding loses characters of the answer: { }",
    )
    assert list(survival_faults("The name is Ada.", without_braces)) == []
    (fault,) = survival_faults("{}", without_braces)
    assert fault.code == "T003"
