"""A preference is written in OpenAI's fields, and nothing else is written as one."""

from __future__ import annotations

from dataprep.contracts import contract
from dataprep.formats.preference import preference_row
from dataprep.recipe import Target
from dataprep.targets import CATALOGUE
from tests.building import example

PREFERENCE = example(shape="preference", input="2+2?", output="4", rejected="5")


def test_a_preference_has_what_is_asked_what_is_better_and_what_is_worse() -> None:
    row = preference_row(Target(name="preference"))(PREFERENCE)
    assert row == {
        "input": {"messages": [{"role": "user", "content": "2+2?"}]},
        "preferred_output": [{"role": "assistant", "content": "4"}],
        "non_preferred_output": [{"role": "assistant", "content": "5"}],
    }
    assert contract("preference").accepts(row)


def test_the_system_message_of_the_target_stands_first() -> None:
    row = preference_row(Target(name="preference", system="Be right."))(PREFERENCE)
    assert row["input"]["messages"][0] == {"role": "system", "content": "Be right."}
    assert contract("preference").accepts(row)


def test_an_example_without_a_worse_answer_is_not_for_this_target() -> None:
    assert "classification" in CATALOGUE["preference"].not_for
    assert "preference" not in CATALOGUE["preference"].not_for
    row = preference_row(Target(name="preference"))(example())
    assert not contract("preference").accepts(row)
