"""What only some providers demand."""

import json
from pathlib import Path
from typing import Any

import pytest

from dataprep.example import Record
from dataprep.formats import format_of
from dataprep.formats.provider_demands import demand_faults
from dataprep.providers import table
from dataprep.rules import CATALOGUE
from dataprep.rules.rule import PROVIDERS, holds
from dataprep.sources import fine_tuning
from tests.unit.checks.rows import assistant, chat, user
from tests.unit.checks.test_preference import pair
from tests.unit.checks.test_tools import asked, call, calls, result, tool

CASES = Path(__file__).parents[2] / "cases"
SYSTEM = {"role": "system", "content": "Be brief."}
PICTURE = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
FUNCTION = {"role": "function", "name": "rain", "content": "no"}
NINE = asked(calls(call(id_="a1B2c3D4e")), result("a1B2c3D4e"), assistant("No."))
NINE["tools"] = [tool()]
NINE["tools"][0]["function"]["description"] = "Does it rain?"


@pytest.mark.parametrize(
    ("provider", "row", "expected"),
    [
        ("together", chat(SYSTEM, user("Hi"), assistant("Hello")), []),
        ("together", chat(user("Hi"), user("You?"), assistant("Hello")), ["C013"]),
        ("together", chat(assistant("Yes?"), user("Hi"), assistant("Hello")), ["C014"]),
        ("together", chat(user("Rain?"), FUNCTION, assistant("No.")), ["C015"]),
        (
            "together",
            chat(user([PICTURE]), assistant([{"type": "text", "text": "A cat."}])),
            ["C308"],
        ),
        ("together", chat(user([{"type": "text", "text": "Hi"}]), assistant("Hello")), ["C309"]),
        ("together", NINE, []),
        (
            "together",
            asked(calls(call(), call(id_="b")), result(), result("b"), assistant("No, and no.")),
            [],
        ),
        ("mistral", NINE, []),
        ("mistral", chat(user("Hi"), user("You?"), assistant("Hello")), []),
        ("mistral", chat(assistant("Yes?"), user("Hi"), assistant("Hello")), ["C014"]),
        ("mistral", asked(calls(call()), tools=NINE["tools"]), ["C109"]),
        (
            "mistral",
            asked(calls(call(id_="a1B2c3D4e"), content="Let me see."), tools=NINE["tools"]),
            ["C114"],
        ),
        ("mistral", asked(assistant("?")), ["C115"]),
        ("fireworks", chat(user("Rain?"), FUNCTION, assistant("No.")), ["C015"]),
        ("openai", chat(assistant("Yes?"), user("Hi"), user("You?"), assistant("Hello")), []),
    ],
)
def test_each_demand_is_made_by_those_who_make_it(
    provider: str, row: dict[str, Any], expected: list[str]
) -> None:
    assert [fault.code for fault in demand_faults(row, "openai-chat", provider)] == expected


def test_the_question_of_a_pair_is_read_too() -> None:
    (fault,) = demand_faults(pair(user("Hi"), user("You?")), "preference", "together")
    assert fault[:3] == (
        "C013",
        "input.messages[1]",
        "input.messages[1] and the one before it have the role user",
    )


def test_providers_are_those_of_the_table() -> None:
    assert {provider.name for provider in table().providers} == set(PROVIDERS)


def test_a_rule_that_names_providers_is_silent_until_one_is_asked_for() -> None:
    alternate = CATALOGUE["C013"]
    assert holds(alternate, "openai-chat", "together")
    assert not holds(alternate, "openai-chat", "openai")
    assert not holds(alternate, "openai-chat", None)


def test_a_rule_that_names_formats_holds_for_these_alone() -> None:
    no_answer = CATALOGUE["C001"]
    assert holds(no_answer, "openai-chat", None)
    assert holds(no_answer, "openai-chat", "azure")
    assert not holds(no_answer, "reinforcement", None)


def test_a_rule_without_targets_holds_for_all() -> None:
    assert holds(CATALOGUE["C003"], "prompt-completion", None)
    assert holds(CATALOGUE["C003"], "text", "together")


def test_a_rule_is_silent_for_the_providers_that_it_excepts() -> None:
    several_answers = CATALOGUE["C202"]
    assert holds(several_answers, "preference", None)
    assert holds(several_answers, "preference", "openai")
    assert not holds(several_answers, "preference", "azure")


@pytest.mark.parametrize("code", [code for code in CATALOGUE if "C" <= code < "C5"])
def test_a_rule_holds_for_the_rows_of_its_own_bad_case(code: str) -> None:
    settings = CASES / code / "settings.json"
    provider = json.loads(settings.read_text("utf-8"))["provider"] if settings.exists() else None
    items = list(fine_tuning.read(CASES / code / "bad.jsonl", "bad.jsonl"))
    form = format_of(item.value for item in items if isinstance(item, Record))
    assert form is not None
    assert holds(CATALOGUE[code], form.name, provider)
