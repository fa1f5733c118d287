"""What a target wrote, read again as a source, gives the same examples."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dataprep import shapes, sources
from dataprep.checks import Selection
from dataprep.checks.per_row.reinforcement import reinforcement_faults
from dataprep.contracts import contract
from dataprep.conversion.judges import Judges
from dataprep.example import Batch, Example, Record, Turn
from dataprep.recipe import Source, Target
from dataprep.targets import CATALOGUE, Written, finish, lost, writers
from tests.building import CORPORA, example, texts
from tests.unit.formats import rows

Row = dict[str, Any]
NOT_OF_THE_FORM = "C003,C004,C201,C509"
"""Rules of what is said, which texts by chance break."""

CHATS = ("openai-chat", "azure", "together", "fireworks", "nebius")

_WEATHER: Row = {"type": "function", "function": {"name": "weather", "parameters": {}}}
_URLS = st.sampled_from(["https://example.com/a.png", "data:image/png;base64,iVBORw0KGgo="])

_user = st.fixed_dictionaries(
    {"role": st.just("user"), "content": texts}, optional={"name": st.just("ada")}
)
_seen = st.fixed_dictionaries(
    {
        "role": st.just("user"),
        "content": st.tuples(texts, _URLS).map(
            lambda pair: [
                {"type": "text", "text": pair[0]},
                {"type": "image_url", "image_url": {"url": pair[1], "detail": "low"}},
            ]
        ),
    }
)
_answer = st.fixed_dictionaries(
    {"role": st.just("assistant"), "content": texts},
    optional={"weight": st.sampled_from([0, 1]), "name": st.just("bot")},
)
_refusal = st.fixed_dictionaries({"role": st.just("assistant"), "refusal": texts})


@st.composite
def _calls(draw: st.DrawFn) -> list[Row]:
    """A question, a call, its result; perhaps null content, or a text beside the call."""
    arguments = json.dumps({"place": draw(texts)})
    call = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": arguments}}
    calling = {"role": "assistant", "tool_calls": [call]}
    calling |= draw(st.sampled_from([{}, {"content": None}, {"content": "Wait."}]))
    result = {"role": "tool", "tool_call_id": "c1", "content": draw(texts)}
    return [draw(_user), calling, result, draw(_answer)]


@st.composite
def conversations(draw: st.DrawFn) -> Row:
    """A row of messages as OpenAI takes it: whatever of system, pictures, calls, weights."""
    exchange = st.tuples(_user | _seen, _answer | _refusal).map(list)
    turns = draw(st.lists(exchange | _calls(), min_size=1, max_size=3))
    messages = [message for exchange in turns for message in exchange]
    role = draw(st.sampled_from([None, "system"]))
    if role:
        messages.insert(0, {"role": role, "content": draw(texts)})
    row: Row = {"messages": messages}
    if draw(st.booleans()):
        row["tools"] = [_WEATHER]
    if draw(st.integers(0, 9)) == 0:
        row["parallel_tool_calls"] = draw(st.booleans())
    return row


@st.composite
def preferences(draw: st.DrawFn) -> Row:
    """A row of OpenAI's preference files: one or more turns, perhaps with tools."""
    said = [{"role": "user", "content": draw(texts)}]
    for _ in range(draw(st.integers(0, 2))):
        said += [{"role": "assistant", "content": draw(texts)}]
        said += [{"role": "user", "content": draw(texts)}]
    role = draw(st.sampled_from([None, "system"]))
    asked: Row = {
        "messages": [*([{"role": role, "content": draw(texts)}] if role else []), *said],
    }
    if draw(st.booleans()):
        asked |= {"tools": [_WEATHER], "parallel_tool_calls": False}
    return {
        "input": asked,
        "preferred_output": [{"role": "assistant", "content": draw(texts)}],
        "non_preferred_output": [{"role": "assistant", "content": draw(texts)}],
    }


@st.composite
def items(draw: st.DrawFn) -> Row:
    """A row of a reinforcement file; what is for the grader is of any JSON."""
    row = draw(conversations())
    while row["messages"][-1]["role"] != "user":
        row["messages"].pop()
    for message in row["messages"]:
        message.pop("weight", None)
        if message["role"] == "system":
            message["role"] = "developer"
    values = texts | st.integers() | st.lists(texts)
    keys = {"reference_answer": values}
    return row | draw(st.fixed_dictionaries(keys, optional={"label": values, "points": values}))


pairs = st.fixed_dictionaries({"prompt": texts, "completion": texts})


def read(path: Path) -> list[Example]:
    """The examples of one file, as `convert` reads them."""
    source = Source(path=path.name)
    (file,) = sources.files(source, path.parent)
    records = [item for item in sources.read(file) if isinstance(item, Record)]
    shape, _ = shapes.shape_for(records[:200], source, path.parent, 0)
    made = [shape(record) for record in records]
    assert [(d.reason, d.detail) for one in made for d in one.drops] == []
    return [found for one in made for found in one.examples]


def examples_of(folder: Path, *rows: Row) -> list[Example]:
    path = folder / "source.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    return read(path)


def wrote(folder: Path, target: str, *examples: Example) -> Written:
    def batches(split: str | None) -> Iterator[Batch]:
        yield Batch.of(examples)  # without the objects: through the frames, as all stages go

    judges = Judges(Selection(ignore=[NOT_OF_THE_FORM]))
    (writer,) = writers([Target(name=target)], folder, judges.of_target).values()
    written = writer.write(folder / target, batches(None))
    finish(Target(name=target), folder, batches, written)
    return written


def content(found: Example) -> Row:
    """All of an example but the place that it was read from; one exchange is no conversation."""
    known = msgspec.structs.asdict(found)
    known["turns"] = [turn for turn in found.turns if turn.role != "system"]
    if known["turns"] == [
        Turn(role="user", content=found.input),
        Turn(role="assistant", content=found.output),
    ]:
        known["turns"] = []
    aside = ("file", "line", "split")
    if not known["turns"]:
        aside += ("id", "shape", "data")
    return {key: value for key, value in known.items() if key not in aside}


def comes_back(row: Row, target: str) -> Written:
    """Whether the example of a row is the same once it was written and read; else it is lost."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (first,) = examples_of(folder, row)
        written = wrote(folder, target, first)
        assert written.findings == []
        assert written.rows + len(written.drops) == 1
        if written.rows:
            path = folder / target / "train.jsonl"
            line = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
            assert contract(CATALOGUE[target].schema).accepts(json.loads(line))
            (again,) = read(path)
            assert content(again) == content(first)
        return written


@pytest.mark.parametrize("target", CHATS)
@given(row=conversations())
@settings(max_examples=60, deadline=None)
def test_a_conversation_comes_back_whole_or_is_dropped_by_a_reason(target: str, row: Row) -> None:
    written = comes_back(row, target)
    assert written.entry.get("lost") is None
    if target in ("openai-chat", "azure"):
        assert written.rows == 1


@given(row=items())
@settings(max_examples=50, deadline=None)
def test_an_item_that_is_written_breaks_no_rule_of_its_last_message_and_roles(row: Row) -> None:
    found = rows.example(row)
    form = CATALOGUE["reinforcement"]
    assert form.row
    made = form.row(Target(name="reinforcement"))(found)
    codes = {fault.code for fault in reinforcement_faults(made)}
    assert not codes & {"C401", "C402", "C403"}


@given(row=preferences(), target=st.sampled_from(["preference", "trl-preference"]))
@settings(max_examples=100, deadline=None)
def test_a_preference_comes_back_in_the_fields_of_either_reader(row: Row, target: str) -> None:
    assert comes_back(row, target).rows == 1


@given(row=items())
@settings(max_examples=100, deadline=None)
def test_an_item_comes_back_with_all_that_the_grader_is_given(row: Row) -> None:
    assert comes_back(row, "reinforcement").rows == 1


@given(row=pairs)
@settings(max_examples=50, deadline=None)
def test_a_pair_comes_back(row: Row) -> None:
    assert comes_back(row, "prompt-completion").rows == 1


@st.composite
def plain_talks(draw: st.DrawFn) -> Row:
    """User and assistant in turn, in texts, perhaps under a system message."""
    said = draw(st.lists(texts.filter(str.strip), min_size=2, max_size=6))
    said = said[: len(said) // 2 * 2]
    roles = ("user", "assistant")
    messages = [{"role": roles[n % 2], "content": text} for n, text in enumerate(said)]
    if draw(st.booleans()):
        messages.insert(0, {"role": "system", "content": draw(texts)})
    return {"messages": messages}


@given(row=plain_talks(), target=st.sampled_from(["alpaca", "sharegpt"]))
@settings(max_examples=100, deadline=None)
def test_a_plain_talk_comes_back_from_the_formats_of_llama_factory(row: Row, target: str) -> None:
    written = comes_back(row, target)
    assert (written.rows, written.lost) == (1, {})


@pytest.mark.parametrize("target", [n for n, row in CATALOGUE.items() if row.row])
@given(
    fields=st.fixed_dictionaries(
        {"input": texts, "output": texts, "rejected": texts}, optional={"system": texts}
    )
)
@settings(max_examples=25, deadline=None)
def test_an_example_of_any_origin_has_the_same_texts_when_it_is_read_again(
    target: str, fields: dict[str, str]
) -> None:
    assume(fields["input"].strip())
    found = example(1, shape="preference", **fields)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        assert wrote(folder, target, found).rows == 1
        (again,) = read(folder / target / "train.jsonl")
        assert again.output == found.output
        if target == "prompt-completion":
            assert again.input.endswith(found.input)
            return
        assert (again.input, again.system) == (found.input, found.system)
        if "preference" in target:
            assert again.rejected == found.rejected


@pytest.mark.parametrize("target", [n for n, row in CATALOGUE.items() if row.quick])
@given(
    found=st.builds(
        example,
        st.just(1),
        input=st.text(),
        output=st.text(),
        system=st.none() | st.text(),
        shape=st.sampled_from(["pairs", "messages", "preference"]),
        rejected=st.none() | st.text(),
    ),
    system=st.none() | st.text(),
)
@settings(max_examples=60, deadline=None)
def test_the_short_way_writes_the_bytes_of_the_long_way_and_loses_nothing(
    target: str, found: Example, system: str | None
) -> None:
    form, wanted = CATALOGUE[target], Target(name=target, system=system)
    assert form.row
    assert form.quick
    row = form.quick(wanted)(found)
    if row is not None:
        whole = form.row(wanted)(found)
        assert msgspec.json.encode(row) == msgspec.json.encode(whole)
        assert contract(form.schema).accepts(whole)
        assert lost(found, target) == ()


@pytest.mark.parametrize("target", CHATS)
@given(row=conversations() | plain_talks(), system=st.none() | texts)
@settings(max_examples=80, deadline=None)
def test_the_short_way_of_a_conversation_writes_the_bytes_of_the_long_way(
    target: str, row: Row, system: str | None
) -> None:
    form, wanted = CATALOGUE[target], Target(name=target, system=system)
    assert form.row
    assert form.quick
    found = rows.example(row)
    quick = form.quick(wanted)(found)
    if quick is not None:
        whole = form.row(wanted)(found)
        assert msgspec.json.encode(quick) == msgspec.json.encode(whole)
        assert contract(form.schema).accepts(whole)
        assert lost(found, target) == ()


def test_a_plain_talk_goes_the_short_way_and_no_other_does() -> None:
    user, answer = Turn(role="user", content="Hi"), Turn(role="assistant", content="Ho")
    form = CATALOGUE["together"]
    assert form.quick
    quick = form.quick(Target(name="together"))
    system = Turn(role="system", content="Be kind.")
    for turns in ([user, answer], [system, user, answer], [user, answer, user, answer]):
        assert quick(example(1, turns=turns)) is not None
    weighed = Turn(role="assistant", content="Ho", weight=0.5)
    for turns in ([user], [system], [answer, user], [user, user], [user, system, answer, user]):
        assert quick(example(1, turns=turns)) is None
    assert quick(example(1, turns=[user, weighed])) is None
    assert quick(example(1, turns=[user, answer], data='{"tools":[]}')) is None
    assert quick(example(1, turns=[user, answer], rejected="no")) is None


@pytest.mark.parametrize("target", [n for n, row in CATALOGUE.items() if row.quick])
def test_a_plain_example_goes_the_short_way(target: str) -> None:
    quick = CATALOGUE[target].quick
    assert quick
    rejected = "no" if target == "preference" else None
    assert quick(Target(name=target))(example(1, rejected=rejected)) is not None


BUNDLE = CORPORA / "openai-finetune-input-schemas-2025-05.json"


@pytest.mark.skipif(not BUNDLE.is_file(), reason="no corpora at $DATAPREP_CORPORA")
@pytest.mark.parametrize(
    ("target", "name", "drawn"),
    [
        ("openai-chat", "FineTuneChatRequestInput", conversations()),
        ("reinforcement", "FineTuneReinforcementRequestInput", items()),
    ],
)
def test_openais_own_schema_accepts_what_is_written(target: str, name: str, drawn: Any) -> None:
    bundle = json.loads(BUNDLE.read_text("utf-8"))
    official = jsonschema_rs.Draft202012Validator(bundle | {"$ref": f"#/$defs/{name}"})
    form = CATALOGUE[target]
    assert form.row
    build = form.row(Target(name=target))

    @given(row=drawn)
    @settings(max_examples=60, deadline=None)
    def holds(row: Row) -> None:
        found = rows.example(row)
        made = build(found)
        roles = {message["role"] for message in made["messages"]}
        assume(target != "openai-chat" or "developer" not in roles)  # its own rule says so
        assert official.is_valid(made)

    holds()
