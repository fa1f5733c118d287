"""Two hundred conversations by every tokenizer file that mistral-common carries, in its ids."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dataprep.tokens import IGNORED, TemplateError, load_chat_tokenizer
from tests.unit.tokens import mistral_oracle as oracle
from tests.unit.tokens.chat_tokenizers import assistant
from tests.unit.tokens.mistral_talks import REFUSED, Talk, questions, talks

pytestmark = pytest.mark.long

WHOLE = [f"{name} as {version}" for name in oracle.TEKKENS for version in oracle.VERSIONS]


@pytest.mark.parametrize("name", [*oracle.MODELS, *oracle.TEKKENS, *WHOLE])
def test_whole_and_prompts_are_those_of_mistral_common(name: str, tmp_path: Path) -> None:
    published, _, version = name.partition(" as ")
    path = oracle.DATA / published
    if version:
        path = oracle.tekken(tmp_path, version, ranks=130_072, published=published)
    tokenizer = load_chat_tokenizer(str(path))
    refused = REFUSED[oracle.version_of(tokenizer)]
    made = 0
    for talk in talks(200):
        coded = tokenizer.encode_batch([(talk.messages, talk.tools)])[0]
        if isinstance(coded, TemplateError):
            assert talk.kind in refused or tools_without_calls(talk, oracle.version_of(tokenizer))
            continue
        made += 1
        assert coded.input_ids == oracle.whole(path, talk.messages, talk.tools), talk.kind
        for at in questions(talk.messages):
            asked = tokenizer.encode([*talk.messages[:at], assistant("-")], talk.tools)
            ids = asked.input_ids[: len(asked.labels) - asked.labels[::-1].index(IGNORED)]
            assert ids == oracle.prompt(path, talk.messages[:at], talk.tools), talk.kind
    assert made >= 100


def tools_without_calls(talk: Talk, version: str) -> bool:
    """Version 1 leaves tools out without a word, which is refused here."""
    return version == "v1" and talk.tools is not None


def test_the_conversations_are_two_hundred() -> None:
    assert len({json.dumps(talk.messages) for talk in talks(200)}) == 200
