"""T001: what would be cut off."""

from dataprep.checks import Context, Selection
from tests.unit.checks.rows import assistant, chat, check, codes, user

ONLY_LENGTHS = Selection(["T001"])
LIMIT = 65_536


def test_an_estimate_speaks_only_where_it_is_sure() -> None:
    usual = chat(user("x" * 4 * LIMIT), assistant("Hi"))
    sure = chat(user("x" * 6 * LIMIT), assistant("y" * 6))
    assert codes(usual) == []
    (finding,) = check(sure)
    assert (finding.code, finding.place.path) == ("T001", "messages")
    assert finding.message == (
        "the example has about 98,305 tokens, at least 65,537 (an estimate from 393,222 "
        "characters), over the limit of 65,536: its end would be cut off"
    )


def test_an_exact_count_decides_where_there_is_one() -> None:
    row = chat(user("short"), assistant("Hi"))
    over = Context(count_tokens=lambda _: LIMIT + 1)
    fits = Context(count_tokens=lambda _: LIMIT)
    (finding,) = check(row, context=over)
    assert finding.message == (
        "the example has 65,537 tokens, over the limit of 65,536: its end would be cut off"
    )
    assert check(row, context=fits) == []


def test_parts_and_tool_calls_count_and_pictures_do_not() -> None:
    context = Context(selection=ONLY_LENGTHS, token_limit=10)
    part = {"type": "text", "text": "x" * 66}
    picture = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 500}}
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "x" * 66}}
    assert codes(chat(user([part]), assistant("a")), context=context) == ["T001"]
    assert codes(chat(user([picture]), assistant("a")), context=context) == []
    calling = chat(user("a"), {"role": "assistant", "tool_calls": [call]})
    assert codes(calling, context=context) == ["T001"]
