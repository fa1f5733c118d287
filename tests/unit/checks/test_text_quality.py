"""What a text is like: damage, left-overs, boilerplate."""

import json

import pytest

from dataprep import jsonio
from dataprep.checks import Context, Selection
from dataprep.checks.per_row.text_quality import quality_faults
from dataprep.checks.prefilter import Hints
from dataprep.finding import EnvironmentProblem
from tests.unit.checks import clean
from tests.unit.checks.rows import assistant, chat, check, codes, pair, user

FRENCH = "Genève, où l’été est très agréable"
ENGLISH = Context(language="en")


def told(text: str, path: str = "completion", context: Context | None = None) -> list[str]:
    return [fault.code for fault in quality_faults(path, text, context or Context())]


def misread(text: str, encoding: str = "cp1252") -> str:
    return text.encode().decode(encoding)


DAMAGED = [
    ("C501", "Z\ufffdrich"),
    ("C502", misread("Zürich liegt schön")),
    ("C502", misread("Zürich liegt schön", "latin-1")),
    ("C502", misread("It’s fine – or not")),
    ("C502", misread("Привет, как дела", "latin-1")),
    ("C503", "As an AI language model, I cannot know."),
    ("C503", "I'm sorry, but I can't do that."),
    ("C503", "I’m sorry, but I cannot help."),
    ("C503", "Unfortunately, as a large language model I do not know."),
    ("C503", "I cannot assist with this request."),
    ("C504", "Sun&nbsp;and rain"),
    ("C504", "It rains.<br/>Again."),
    ("C504", "<p class='x'>Rain</p>"),
    ("C504", '<span style="color: red">Rain</span>'),
    ("C506", "\x1b[31mfailed"),
    ("C506", "a\x08b"),
    ("C506", "a\x0cb"),
    ("C506", "a\x7fb"),
    ("C506", "a\x9bb"),
    ("C506", "level\u202e"),
    ("C507", "Dear {{ customer.name }}"),
    ("C507", "Yours, [YOUR NAME]"),
    ("C507", "Yours, [Your Name]"),
    ("C507", "Call <INSERT NUMBER>"),
    ("C507", "Lorem ipsum dolor sit amet"),
    ("C508", "Hello<|im_end|>"),
    ("C508", "<|eot_id|>"),
    ("C508", "Hello</s>"),
    ("C508", "[INST] Hi [/INST]"),
    ("C508", "<start_of_turn>model"),
    ("C509", "\u200b"),
    ("C509", " \u2060\ufeff\n"),
    ("C509", "\u3164"),
]
damaged = pytest.mark.parametrize(("code", "text"), DAMAGED, ids=[repr(t) for _, t in DAMAGED])


@damaged
def test_damage_is_found_and_nothing_else(code: str, text: str) -> None:
    found = told(text)
    assert code in found
    assert set(found) <= {code, "C506"}  # misread text has C1 controls in it


@damaged
@pytest.mark.parametrize("ascii_only", [True, False])
def test_the_quick_look_at_raw_lines_misses_no_damage(
    code: str, text: str, ascii_only: bool
) -> None:
    row = {"prompt": "?", "completion": text}
    raw = json.dumps(row).encode() if ascii_only else jsonio.dumps(row)
    assert Hints(Context(selection=Selection(["C"]))).in_lines([raw]) == [True]


@pytest.mark.parametrize(
    "text",
    [
        FRENCH,
        "«CAFÉ» “é” NÃO São Paulo Ñandú Ærø œuvre",
        "Москва, 東京, القاهرة, ไทย, 👩‍👩‍👧 and 🇨🇭",
        "tab\there\r\nand a next line\x85too",
        "3 < 4 and 5 > 2; a<b; x <- y; List<String>; R&D, AT&T",
        "In HTML, a <br> breaks the line.",
        "```\n<div>in code</div>\n```",
        "\\frac{{a}}{b} {x} {{1, 2}} [1] [a](b) [NOTE] <later>",
        "The model said: as an AI language model, no.",
        "I cannot wait to see you; sorry, but I can come on Monday only.",
        "",
        " ",
        "it\u200b",
        "می‌خواهم",
        "<|> |> <||>",
    ],
)
def test_sound_text_is_left_alone(text: str) -> None:
    assert told(text) == []


def test_clean_texts_raise_at_most_one_false_alarm_in_a_hundred() -> None:
    alarms = [text for text in clean.texts(1_000) if told(text)]
    assert len(alarms) <= 10, [(told(text), text[:200]) for text in alarms]


def test_a_message_says_what_stands_where() -> None:
    (fault,) = quality_faults("completion", "Dear {{name}},", Context())
    assert fault.message == "completion holds '{{name}}', which nobody filled in at character 5"
    (fault,) = quality_faults("messages[1].content", "a\ufffdb\ufffd", Context())
    assert fault.message == (
        "messages[1].content holds 2 replacement characters (U+FFFD) at character 1"
    )


def test_a_rejected_answer_may_be_boilerplate() -> None:
    assert told("As an AI language model, no.", "rejected") == []
    assert told("As an AI language model, no.", "non_preferred_output[0].content") == []


def test_an_answer_that_repeats_the_question_is_an_echo_but_for_case_and_spaces() -> None:
    said = "The rain in Spain stays in the plain."
    echo = chat(
        {"role": "system", "content": "Be brief."}, user(said), assistant(f" {said.upper()}")
    )
    (finding,) = check(echo)
    assert (finding.code, finding.message) == ("C505", "the answer repeats messages[1].content")
    assert codes(pair(said, said)) == ["C505"]
    assert codes(pair("yes", "yes")) == []
    assert codes(pair(said, said[:-1] + "!")) == []


def test_the_last_of_several_turns_may_not_repeat_an_earlier_one() -> None:
    said = "What can I do for you?"
    row = chat(user("Hello there"), assistant(said), user("And again"), assistant(said))
    assert codes(row) == ["C505"]


LONG = "Das Wetter bleibt in den kommenden Tagen sonnig, und am Abend wird es kühl."


def test_another_language_is_told_only_where_one_was_asked_for() -> None:
    assert told(LONG) == []
    (fault,) = quality_faults("completion", LONG, ENGLISH)
    assert fault[:3] == ("C510", "completion", "completion is in 'de', not 'en'")
    assert told(LONG, context=Context(language="de")) == []


@pytest.mark.parametrize("text", ["ok", "Guten Tag!", "1234567890 " * 20, f"```\n{LONG}\n```"])
def test_short_texts_numbers_and_code_have_no_language(text: str) -> None:
    assert told(text, context=ENGLISH) == []


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataprep.checks.per_row import text_quality

    text_quality._identifier.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "py3langid.langid", None)
    with pytest.raises(EnvironmentProblem, match="py3langid is not installed"):
        told(LONG, context=ENGLISH)
