"""All chat templates that can be had, on all 24 conversations.

Those of TRL are read from the installed package. Those of llama.cpp are read from the source of
llama-cpp-python, where DATAPREP_LLAMA_CPP names it: `make test-long` downloads it.
"""

from __future__ import annotations

import os
import tarfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.tokens.template_matrix import MATRIX
from tests.unit.tokens.template_proof import (
    TEMPLATES,
    Trial,
    kinds,
    let_it_be_the_day,
    of_trl,
    parted,
    tokenizers,
    tried,
)

pytestmark = pytest.mark.long

SDIST = os.environ.get("DATAPREP_LLAMA_CPP", "")
_INSIDE = "/vendor/llama.cpp/models/templates/"

KNOWS_NO_CALL = {
    *("deepseek_r1_distill", "idefics3", "lfm2", "llama3", "phi3", "phi3_5"),
    *("qwen2_5_vl", "smolvlm"),
}
"""Templates of TRL that leave out the call of a turn; gpt-oss knows one a turn."""

DROPS_TEXT = {"gptoss", "llama3_1", "llama3_2", "muse_glimmer"}
"""Templates of TRL that leave out the text beside a call."""


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_of_trl_on_every_conversation(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_it_be_the_day(monkeypatch)
    tokenizer, training = of_trl(name)
    trials = {talk: tried(tokenizer, talk, training) for talk in MATRIX}
    assert {talk: trial.faults for talk, trial in trials.items() if trial.faults} == {}
    assert kinds(trials.values()) == parted(name)
    own = _refused(trials)
    known = name.removesuffix("_training")
    assert ("the tool call" in own) == (known in {*KNOWS_NO_CALL, "gptoss"})
    assert ("what is said beside" in own) == (known in DROPS_TEXT)


def _refused(trials: dict[str, Trial]) -> dict[str, list[str]]:
    """The conversations that are refused for what the template leaves out, by what that is."""
    found: dict[str, list[str]] = defaultdict(list)
    for talk, trial in trials.items():
        for what in ("the tool call", "what is said beside"):
            if f"leaves out {what}" in trial.refused:
                found[what].append(talk)
    return found


def _of_llama_cpp() -> Iterator[tuple[str, str]]:
    if not SDIST:
        return
    with tarfile.open(Path(SDIST)) as archive:
        for member in archive:
            if _INSIDE in member.name and member.name.endswith(".jinja"):
                file = archive.extractfile(member)
                assert file is not None
                yield Path(member.name).stem, file.read().decode("utf-8")


LLAMA_CPP = dict(_of_llama_cpp())


@pytest.mark.skipif(not SDIST, reason="DATAPREP_LLAMA_CPP names no source of llama-cpp-python")
def test_the_templates_of_llama_cpp_are_read() -> None:
    assert len(LLAMA_CPP) > 60


@pytest.mark.parametrize("name", LLAMA_CPP)
def test_every_template_of_llama_cpp_on_every_conversation(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_it_be_the_day(monkeypatch)
    tokenizer, _ = tokenizers(LLAMA_CPP[name])
    trials = {talk: tried(tokenizer, talk) for talk in MATRIX}
    assert {talk: trial.faults for talk, trial in trials.items() if trial.faults} == {}
