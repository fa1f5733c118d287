"""Mistral's own tokenizer files: the ids of mistral-common, and labels on the answers alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from mistral_common.exceptions import MistralCommonException

from dataprep.tokens import (
    IGNORED,
    AnyChatTokenizer,
    MistralChatTokenizer,
    TemplateError,
    load_chat_tokenizer,
)
from tests.unit.tokens import mistral_oracle as oracle
from tests.unit.tokens.chat_tokenizers import Message, assistant, learned, user
from tests.unit.tokens.mistral_talks import KINDS, REFUSED, Talk, questions, talks

FILES = (*oracle.MODELS, *(f"tekken {version}" for version in oracle.VERSIONS))


@pytest.fixture(scope="module", params=FILES)
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    name, _, version = request.param.partition(" ")
    if version:
        return oracle.tekken(tmp_path_factory.mktemp("tekken"), version)
    return oracle.DATA / name


@pytest.fixture(scope="module")
def mistral(file: Path) -> AnyChatTokenizer:
    return load_chat_tokenizer(str(file))


@pytest.fixture(scope="module")
def v3() -> AnyChatTokenizer:
    return load_chat_tokenizer(str(oracle.DATA / "mistral_instruct_tokenizer_240323.model.v3"))


def encoded(tokenizer: AnyChatTokenizer) -> Iterator[Talk]:
    """A conversation of each kind that the format takes; the others are refused."""
    refused = set()
    for talk in talks(len(KINDS)):
        try:
            tokenizer.encode(talk.messages, talk.tools)
        except TemplateError:
            refused.add(talk.kind)
        else:
            yield talk
    assert refused == REFUSED[oracle.version_of(tokenizer)]


def test_every_kind_has_the_ids_of_mistral_common(file: Path, mistral: AnyChatTokenizer) -> None:
    for talk in encoded(mistral):
        ids = mistral.encode(talk.messages, talk.tools).input_ids
        assert ids == oracle.whole(file, talk.messages, talk.tools), talk.kind


def test_what_mistral_common_refuses_is_refused(file: Path, mistral: AnyChatTokenizer) -> None:
    for talk in talks(len(KINDS)):
        try:
            oracle.whole(file, talk.messages, talk.tools)
        except MistralCommonException:
            assert talk.kind in REFUSED[oracle.version_of(mistral)]


def test_before_each_answer_stand_the_ids_that_a_server_asks_with(
    file: Path, mistral: AnyChatTokenizer
) -> None:
    for talk in encoded(mistral):
        for at in questions(talk.messages):
            asked = mistral.encode([*talk.messages[:at], assistant("-")], talk.tools)
            ids = asked.input_ids[: len(asked.labels) - asked.labels[::-1].index(IGNORED)]
            assert ids == oracle.prompt(file, talk.messages[:at], talk.tools), talk.kind


def test_what_is_learned_is_what_stands_behind_each_question(
    file: Path, mistral: AnyChatTokenizer
) -> None:
    for talk in encoded(mistral):
        if talk.kind in ("assistant-first", "assistant-assistant"):
            continue
        wanted: list[int] = []
        for at in questions(talk.messages):
            if talk.messages[at].get("weight") != 0:
                ids = oracle.whole(file, talk.messages[: at + 1], talk.tools)
                wanted += ids[len(oracle.prompt(file, talk.messages[:at], talk.tools)) :]
        labels = mistral.encode(talk.messages, talk.tools).labels
        assert [label for label in labels if label != IGNORED] == wanted, talk.kind


def call(name: str, city: str) -> Message:
    function = {"name": "weather", "arguments": f'{{"city":"{city}"}}'}
    return {"id": name, "type": "function", "function": function}


TOOL = {"type": "function", "function": {"name": "weather", "parameters": {"type": "object"}}}
TALK = [
    {"role": "system", "content": "Be brief."},
    user("Hi </s>"),
    assistant("Hello  ", weight=0),
    user("Ulm?"),
    assistant(None, tool_calls=[call("abc123XYZ", "Ulm")]),
    {"role": "tool", "tool_call_id": "abc123XYZ", "content": "12"},
    assistant("It is\n  12."),
]


def test_v7_writes_each_part_in_its_place_and_learns_the_answers() -> None:
    v7 = load_chat_tokenizer(str(oracle.DATA / "mistral_instruct_tokenizer_241114.model.v7"))
    assert v7.render(TALK, [TOOL]).text == (
        "<s>[SYSTEM_PROMPT]Be brief.[/SYSTEM_PROMPT][INST]Hi </s>[/INST]Hello</s>"
        '[AVAILABLE_TOOLS][{"type": "function", "function": {"name": "weather", "description": "",'
        ' "parameters": {"type": "object"}}}][/AVAILABLE_TOOLS][INST]Ulm?[/INST]'
        '[TOOL_CALLS][{"name": "weather", "arguments": {"city": "Ulm"}, "id": "abc123XYZ"}]</s>'
        "[TOOL_RESULTS]abc123XYZ[TOOL_CONTENT]12[/TOOL_RESULTS]It is\n  12.</s>"
    )
    assert learned(v7, TALK, [TOOL]) == [
        '[TOOL_CALLS][{"name": "weather", "arguments": {"city": "Ulm"}, "id": "abc123XYZ"}]</s>',
        "It is\n  12.</s>",
    ]
    assert v7.encode(TALK, [TOOL]).input_ids.count(2) == 3


def test_v13_writes_a_thought_and_calls_without_ids(tmp_path: Path) -> None:
    v13 = load_chat_tokenizer(str(oracle.tekken(tmp_path, "v13")))
    assert v13.reasoning == "reasoning_content"
    messages = [user("Ulm?"), assistant("", tool_calls=[call("x", "Ulm")], reasoning_content="Hm")]
    assert learned(v13, messages) == [
        '[THINK]Hm[/THINK][TOOL_CALLS]weather[ARGS]{"city": "Ulm"}</s>'
    ]


def test_a_version_without_thoughts_leaves_them_out_and_counts_them(v3: AnyChatTokenizer) -> None:
    assert v3.reasoning is None
    coded = v3.encode([user("a"), assistant("b", reasoning_content="Hm")])
    assert coded.input_ids == v3.encode([user("a"), assistant("b")]).input_ids
    assert coded.rendered is not None
    assert (coded.rendered.thoughts, coded.rendered.thoughtless) == (1, 1)


def test_indented_code_has_the_ids_of_sentencepiece(v3: AnyChatTokenizer) -> None:
    from sentencepiece import SentencePieceProcessor

    path = oracle.DATA / "mistral_instruct_tokenizer_240323.model.v3"
    code = "def f():\n    if x:\n        return  1\n"
    (coded,) = v3.encode_batch([([user("?"), assistant(code)], None)])
    assert not isinstance(coded, TemplateError)
    spelled = SentencePieceProcessor(model_file=str(path)).encode(code)
    assert [label for label in coded.labels if label != IGNORED] == [*spelled, 2]


def test_a_text_is_learned_whole(v3: AnyChatTokenizer) -> None:
    assert v3.encode_text("Hi").labels == [1, 16127, 2]


def test_ids_of_nine_letters_stay_and_others_are_told_apart(v3: AnyChatTokenizer) -> None:
    calls = [call(name, "Ulm") for name in ("abc123XYZ", "call_1", "call_2")]
    results = [{"role": "tool", "tool_call_id": c["id"], "content": "1"} for c in calls]
    text = v3.render([user("Ulm?"), assistant("", tool_calls=calls), *results, assistant("1")]).text
    called = re.findall('"id": "([a-zA-Z0-9]{9})"', text)
    assert called[0] == "abc123XYZ"
    assert len(set(called)) == 3
    assert re.findall('"call_id": "(.*?)"', text) == called


def test_older_calls_of_functions_are_calls_of_tools(v3: AnyChatTokenizer) -> None:
    messages = [
        user("Ulm?"),
        assistant(None, function_call={"name": "weather", "arguments": "{}"}),
        {"role": "function", "name": "weather", "content": "12"},
        assistant("12"),
    ]
    first, last = learned(v3, messages)
    assert first.startswith('[TOOL_CALLS][{"name": "weather", "arguments": {}, "id": "')
    assert last == "12</s>"


@pytest.mark.parametrize(
    ("messages", "tools", "said"),
    [
        ([user("a")], None, "Expected last role Assistant for finetuning"),
        ([user("a"), assistant("")], None, "must have either content or tool_calls"),
        ([user("a"), assistant("b"), {"role": "system", "content": "c"}, user("d"),
          assistant("e")], None, "Unexpected role 'system' after role 'assistant'"),
        ([user("a"), assistant("", tool_calls=[call("x", "Ulm")]), assistant("b")], None,
         "Not the same number of function calls and responses"),
        ([assistant("a"), assistant("b")], [TOOL], "tells the tools beside a question"),
        ([user("a"), assistant("b")], [{"type": "function", "function": {"name": "no name"}}],
         "Function name was no name"),
        ([user("a"), {"role": "critic", "content": "b"}, assistant("c")], None, "no role 'critic'"),
        ([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]},
          assistant("b")], None, "messages[0] holds more than text"),
    ],
)  # fmt: skip
def test_what_has_no_place_in_the_format_is_refused_in_words(
    v3: AnyChatTokenizer, messages: list[Message], tools: list[Message] | None, said: str
) -> None:
    (refused,) = v3.encode_batch([(messages, tools)])
    assert isinstance(refused, TemplateError)
    assert said in refused.message


def test_a_call_that_v2_leaves_out_is_refused_unless_it_has_no_weight() -> None:
    v2 = load_chat_tokenizer(str(oracle.DATA / "mistral_instruct_tokenizer_240216.model.v2"))
    asked = assistant("", tool_calls=[call("abc123XYZ", "Ulm")])
    rest = [
        {"role": "tool", "tool_call_id": "abc123XYZ", "content": "12"},
        assistant("12"),
        user("And?"),
        assistant("Warm."),
    ]
    with pytest.raises(TemplateError, match="leaves out a tool call before the last question"):
        v2.encode([user("Ulm?"), asked, *rest])
    assert learned(v2, [user("Ulm?"), {**asked, "weight": 0}, *rest]) == ["12</s>", "Warm.</s>"]


def test_tools_are_refused_where_v1_would_leave_them_out() -> None:
    v1 = load_chat_tokenizer(str(oracle.DATA / "tokenizer.model.v1"))
    with pytest.raises(TemplateError, match="v1 has no tools"):
        v1.encode([user("a"), assistant("b")], [TOOL])


def test_a_text_over_the_limits_of_the_library_is_refused(tmp_path: Path) -> None:
    tekken = load_chat_tokenizer(str(oracle.tekken(tmp_path, "v7")))
    with pytest.raises(TemplateError, match="stack size"):
        tekken.encode([user(" " * 1_000_000), assistant("b")])


DEEP = '{"a": ' * 5_000 + "1" + "}" * 5_000
ODD = (
    "",
    "\0",
    "\ud800",
    "\U0010ffff",
    "null",
    "9" * 5_000,
    DEEP,
    "[1]",
    '"a"',
    "NaN",
    "{",
    "</s>",
)


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: ascii(odd[:8]))
def test_odd_texts_in_any_place_are_encoded_or_refused(odd: str, mistral: AnyChatTokenizer) -> None:
    function = {"name": "weather", "arguments": odd}
    results = [{"role": "tool", "tool_call_id": "x", "content": odd}, assistant("b")]
    schema = {"type": odd, "description": odd}
    talks = [
        ([user(odd), assistant(odd)], None),
        ([{"role": "system", "content": odd}, user("a"), assistant("b")], None),
        ([user("a"), assistant(odd, tool_calls=[{"id": odd, "function": function}])], None),
        ([user("a"), assistant("", tool_calls=[{"id": "x", "function": function}]), *results], []),
        ([user("a"), assistant("b", reasoning_content=odd)], None),
        ([user("a"), assistant("b")], [{"type": "function", "function": {"name": odd}}]),
        ([user("a"), assistant("b")], [{"function": {"name": "f", "parameters": schema}}]),
        ([user("a"), assistant("b")], [{"type": odd}]),
        ([{"role": odd, "content": "a"}, assistant("b")], None),
    ]
    for coded in mistral.encode_batch(talks):
        if isinstance(coded, TemplateError):
            assert len(coded.message) < 300
        else:
            assert coded.learned


def test_pieces_are_shown_as_a_person_reads_them(v3: AnyChatTokenizer, tmp_path: Path) -> None:
    spelled = v3.pieces_of(v3.encode([user("a  b\n"), assistant("€🙂")]).input_ids)
    assert spelled == [
        "<s>", "[INST]", " a", " ", " b", "\n", "[/INST]", " €", "🙂", "</s>"
    ]  # fmt: skip
    tekken = load_chat_tokenizer(str(oracle.tekken(tmp_path, "v7", ranks=300)))
    assert tekken.pieces_of(tekken.encode([user("a"), assistant("€")]).input_ids) == [
        "<s>", "[INST]", "a", "[/INST]", "<0xE2>", "<0x82>", "<0xAC>", "</s>"
    ]  # fmt: skip


TEXTS = (
    "",
    "a",
    " ",
    "   two  blanks \n\t tab   ",
    "🙂🙂 é 日本語 x\u0301 👩‍👩‍👧",
    "def f():\n        return 1\n" * 3,
    "</s> [INST] <0x0A> <0xE2>",
    "▁▁ a▁b",
    "one two three four five six seven",
)


@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_from_the_start_of_a_token_on_a_text_has_the_tokens_that_are_left(
    text: str, mistral: AnyChatTokenizer
) -> None:
    starts = mistral.starts_of(text)
    size = len(ids_of(mistral, text))
    assert len(starts) == size
    assert starts == sorted(starts)
    assert all(0 <= start < len(text) for start in starts)
    for number, start in enumerate(starts):  # parts of a character are cut with it or not at all
        left = len(ids_of(mistral, text[start:]))
        within = starts.index(start)
        assert size - number - 4 <= left <= size - within + 4


def test_tokens_start_where_their_pieces_do(v3: AnyChatTokenizer, tmp_path: Path) -> None:
    text = "one two  thr🙂ee\n  x"
    assert cut(text, v3.starts_of(text)) == [
        "one", " two", " ", " thr", "🙂", "ee", "\n", " ", " x"
    ]  # fmt: skip
    tekken = load_chat_tokenizer(str(oracle.tekken(tmp_path, "v7", ranks=300)))
    assert cut("a€b", tekken.starts_of("a€b")) == ["a", "", "", "€", "b"]


def cut(text: str, starts: list[int]) -> list[str]:
    return [text[start:end] for start, end in pairwise([*starts, len(text)])]


def ids_of(tokenizer: AnyChatTokenizer, text: str) -> list[int]:
    return tokenizer.encode_text(text).input_ids[1:-1]


def test_the_fingerprint_tells_versions_of_one_file_apart(tmp_path: Path) -> None:
    content = (oracle.DATA / "mistral_instruct_tokenizer_241114.model.v7").read_bytes()
    hashes = set()
    for name in ("tokenizer.model.v3", "tokenizer.model.v7"):
        (tmp_path / name).write_bytes(content)
        loaded = load_chat_tokenizer(str(tmp_path / name))
        assert isinstance(loaded, MistralChatTokenizer)
        hashes.add(loaded.sha256)
    assert len(hashes) == 2
