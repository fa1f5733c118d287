"""Templates at the limits that users have: the short tests allow a tenth of the work and time."""

from __future__ import annotations

import re

import pytest

from tests.hostile_templates import TOO_MUCH, generated, run_in_limits
from tests.unit.test_template_limits import PROGRAM as OF_RECIPES
from tests.unit.test_template_limits import SHORTER
from tests.unit.test_template_limits import TOO_MUCH as TOO_MUCH_OF_RECIPES
from tests.unit.tokens.test_chat_template_limits import PROGRAM as OF_CHATS

pytestmark = pytest.mark.long


def test_chat_templates_are_refused_within_seconds_and_two_gigabytes() -> None:
    found = run_in_limits(OF_CHATS, TOO_MUCH, memory=2_500_000_000, seconds=600)
    for source, (said, took) in zip(TOO_MUCH, found, strict=True):
        assert said.startswith("OversizedTemplate the chat template of tok "), (source[:200], said)
        assert "needs more memory" not in said, source[:200]
        assert took < 20, source[:200]


def test_generated_chat_templates_end_within_seconds_and_two_gigabytes() -> None:
    sources = generated(12, 500)
    found = run_in_limits(OF_CHATS, sources, memory=2_500_000_000, seconds=600)
    assert all(took < 20 for _, took in found)


def test_templates_of_recipes_are_refused_at_the_limits_of_their_process() -> None:
    cases = [["render", source] for source in TOO_MUCH_OF_RECIPES]
    program = OF_RECIPES.replace(SHORTER, "")
    assert program != OF_RECIPES
    found = run_in_limits(program, cases, memory=2_000_000_000, seconds=60)
    assert all(re.match("(OversizedResult|UsageError) prompt: ", said) for said, _ in found)
