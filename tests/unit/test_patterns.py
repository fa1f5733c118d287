"""Patterns that are compiled late are the ones that `re` compiles at once."""

from __future__ import annotations

import gc
import pickle
import re
from importlib import import_module
from pathlib import Path

import pytest

import dataprep
from dataprep.patterns import LatePattern

PACKAGE = Path(dataprep.__file__).parent


def test_a_pattern_is_compiled_when_it_is_first_used() -> None:
    pattern = LatePattern("[")
    with pytest.raises(re.error, match="unterminated character set"):
        pattern.search("a")


def test_a_pattern_finds_what_re_finds() -> None:
    text, digits = "a1b22", LatePattern(r"\d+")
    assert [match.span() for match in digits.finditer(text)] == [(1, 2), (3, 5)]
    assert (digits.findall(text), digits.split(text)) == (["1", "22"], ["a", "b", ""])
    assert (digits.sub("-", text), digits.subn("-", text)) == ("a-b-", ("a-b-", 2))
    found = digits.search(text)
    assert found is not None
    assert found.span() == (1, 2)
    assert (digits.match(text), digits.fullmatch(text)) == (None, None)
    assert digits.match(text, 3) is not None


def test_flags_and_bytes_hold() -> None:
    assert LatePattern("a", re.IGNORECASE).fullmatch("A")
    assert LatePattern(b"a+").sub(b"", b"aab") == b"b"


def test_a_pattern_goes_to_another_process_after_it_was_used() -> None:
    pattern = LatePattern("a", re.IGNORECASE)
    assert pattern.search("A")
    again = pickle.loads(pickle.dumps(pattern))  # noqa: S301
    assert again.fullmatch("A")


def test_every_late_pattern_of_the_house_can_be_compiled() -> None:
    for path in PACKAGE.rglob("*.py"):
        if "= LatePattern(" in path.read_text("utf-8"):
            import_module(".".join(("dataprep", *path.relative_to(PACKAGE).with_suffix("").parts)))
    patterns = [each for each in gc.get_objects() if type(each) is LatePattern]
    assert len(patterns) > 100
    assert all(each.compiled for each in patterns if each.pattern != "[")
