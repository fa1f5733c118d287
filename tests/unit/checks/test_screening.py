"""Both engines give the same rules for every line, screen by screen; without hyperscan, Polars."""

import json
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.checks import Context, hyperscan_library, prefilter, screening
from dataprep.checks.prefilter import Hints
from dataprep.checks.screening import HyperscanScreening, PolarsScreening, Screening
from dataprep.checks.screens import SCREENS, Screen, TextRules, screens_of

CASES = Path(__file__).parents[2] / "cases"
BASE = [
    *(
        b"",
        b"{}",
        b"a\x00b",
        b"\r",
        b"PASSWD",
        b"\xe2\x84\xaaey",
    ),
    *("ſecret".encode(), "Пароль".encode(), "MẬT KHẨU".encode(), "a\u200bb".encode()),
]


def hyperscan() -> Any:
    """The library; the test is skipped where it is not installed."""
    return pytest.importorskip("hyperscan", reason="the extra `fast` is not installed")


def case_lines() -> Iterator[bytes]:
    """Every line of the case files, and of the naughty strings as JSON in both spellings."""
    for path in sorted(CASES.rglob("*.json*")):
        yield from path.read_bytes().split(b"\n")
    if folder := os.environ.get("DATAPREP_CORPORA"):
        for path in Path(folder).rglob("blns.json"):
            for text in json.loads(path.read_text("utf-8")):
                yield json.dumps(text).encode()
                yield json.dumps(text, ensure_ascii=False).encode()


def in_python(pattern: str) -> str:
    """A pattern of the table in the words of `re`."""
    return pattern.replace("(?i-u:", "(?i:")


def is_utf8(raw: bytes) -> bool:
    try:
        return raw.decode() is not None
    except UnicodeDecodeError:
        return False


LINES = [*BASE, *filter(is_utf8, dict.fromkeys(case_lines()))]


def test_there_are_lines_to_compare() -> None:
    assert len(LINES) > 400


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.pattern[:24])
@given(data=st.data())
@settings(max_examples=3, deadline=None)
def test_a_screen_stops_the_same_lines_in_both_engines(screen: Screen, data: st.DataObject) -> None:
    one = HyperscanScreening([screen], (), hyperscan())
    other = PolarsScreening([screen], ())
    around = st.text('ab 1"é\\', max_size=3)
    said = st.tuples(around, st.from_regex(re.compile(in_python(screen.pattern))), around)
    drawn = [text.encode() for text in data.draw(st.lists(said.map("".join), max_size=20))]
    some = [*LINES, *(raw for raw in drawn if b"\n" not in raw)]
    assert different(one, other, some) == []


@given(st.lists(st.text(max_size=80).map(str.encode), max_size=30))
@settings(max_examples=60, deadline=None)
def test_all_screens_and_words_stop_the_same_lines_in_both_engines(drawn: list[bytes]) -> None:
    some = [raw.replace(b"\n", b" ") for raw in drawn]
    assert ENGINES.different(some) == []


def test_words_stop_the_same_lines_in_both_engines() -> None:
    _, words = screens_of(TextRules.EVERY)
    spelled = [form for word in words for form in (word, word.upper(), word.title())]
    some = [*LINES, *(f'{{"text": "a {word} b"}}'.encode() for word in spelled)]
    assert ENGINES.different(some) == []


def test_one_hit_among_many_lines_without_is_found_where_it_is() -> None:
    hit = [line for line in LINES if ENGINES.polars.rules_of([line]) != [0]]
    calm = [f'{{"text": "row {n} {"calm " * 60}"}}'.encode() for n in range(400)]
    some = [line for one in hit[::5] for line in (*calm[:200], one, *calm[200:])]
    assert ENGINES.different(some) == []
    assert sum(map(bool, ENGINES.hyperscan().rules_of(some))) == len(hit[::5]) > 20


def test_a_hit_at_the_very_end_is_found_behind_any_number_of_bytes() -> None:
    some = [b"x" * before + end for before in range(70) for end in (b"\\b", b"@", b"<a", b"ghp_")]
    (quality,) = [screen for screen in SCREENS if screen.pattern.startswith(r"\\[bf]")]
    alone = HyperscanScreening([quality], (), hyperscan()), PolarsScreening([quality], ())
    assert different(*alone, some) == ENGINES.different(some) == []


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.pattern[:24])
def test_a_screen_looks_at_nothing_beside_what_it_hits(screen: Screen) -> None:
    anchors = r"(?<!\\)\$|(?<![\\\[])\^|\\[bBAzZ](?![\]|])|\(\?<?[=!]"
    outside_classes = re.sub(r"\[(?:\\.|[^\]\\])*\]", "", screen.pattern)
    assert re.search(anchors, outside_classes.replace(r"\\", "")) is None


class Engines:
    """Both engines with the whole table, each made once."""

    def __init__(self) -> None:
        self.polars = PolarsScreening(*screens_of(TextRules.EVERY))
        self._hyperscan: HyperscanScreening | None = None

    def hyperscan(self) -> HyperscanScreening:
        """That of hyperscan; the test is skipped without it."""
        library = hyperscan()
        if self._hyperscan is None:
            self._hyperscan = HyperscanScreening(*screens_of(TextRules.EVERY), library)
        return self._hyperscan

    def different(self, lines: list[bytes]) -> list[bytes]:
        """The lines of which the engines give different rules."""
        return different(self.hyperscan(), self.polars, lines)


def different(one: Screening, other: Screening, lines: list[bytes]) -> list[bytes]:
    """The lines of which two engines give different rules."""
    both = zip(lines, one.rules_of(lines), other.rules_of(lines), strict=True)
    return [line for line, first, second in both if first != second]


ENGINES = Engines()


def test_a_line_names_the_rules_that_must_be_asked() -> None:
    raws = [
        *(b'{"text": "on 2024-05-17"}', b'{"text": "<code>"}', b'{"text": "my password"}'),
        *(b'{"text": "bob@example.org"}', b'{"text": "\\u0041"}', b'{"text": "plain"}'),
    ]
    hidden = int(TextRules.HIDDEN)
    both = int(TextRules.SECRETS | TextRules.PERSONS)
    persons, quality, secrets = (
        int(rules) for rules in (TextRules.PERSONS, TextRules.QUALITY, TextRules.SECRETS)
    )
    assert ENGINES.polars.rules_of(raws) == [persons, quality, secrets, both, hidden, 0]


def test_without_hyperscan_polars_screens_whatever_the_size(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(screening, "hyperscan_here", lambda: None)
    assert isinstance(screening.screening(TextRules.EVERY, 10**9), PolarsScreening)


def test_a_library_that_does_not_load_is_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> Any:
        raise OSError("built for another processor")

    monkeypatch.setattr(hyperscan_library.importlib, "import_module", broken)
    assert hyperscan_library.hyperscan_here() is None
    assert hyperscan_library.engine_name() == "Polars"


def test_the_engine_changes_in_the_midst_of_a_file_and_the_verdicts_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hyperscan()
    monkeypatch.setattr("dataprep.checks.prefilter.WORTH", 60)
    monkeypatch.setattr(screening, "WORTH", 60)
    hints, lines = Hints(Context()), [b'{"text": "<b>"}', b'{"text": "b"}']
    verdicts = [hints.in_lines(lines) for _ in range(4)]
    assert verdicts == [[True, False]] * 4


def test_both_engines_tell_the_same_texts_that_may_hold_a_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hyperscan()
    lines = [raw.decode(errors="replace") for raw in LINES]
    said = ["a\nghp0123456789abcdef", "my Passwort is", "no\u200bthing", "A\u017fk", "", "plain"]
    texts = pl.Series([*lines, *said], dtype=pl.String)
    monkeypatch.setattr(prefilter, "MANY", 10**12)
    by_polars = prefilter.may_hold_secrets(texts)
    assert 50 < by_polars.sum() < len(texts) - 50
    monkeypatch.setattr(prefilter, "MANY", 0)
    assert prefilter.may_hold_secrets(texts).to_list() == by_polars.to_list()


def test_without_hyperscan_texts_are_screened_by_polars(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefilter, "MANY", 0)
    monkeypatch.setattr(prefilter, "hyperscan_here", lambda: None)
    prefilter._secrets_together.cache_clear()
    try:
        assert prefilter.may_hold_secrets(pl.Series(["my password is", "a b"])).to_list() == [
            True,
            False,
        ]
    finally:
        prefilter._secrets_together.cache_clear()


def test_threads_screen_texts_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has its own scratch space: two scans in one raise an error of hyperscan."""
    hyperscan()
    monkeypatch.setattr(prefilter, "MANY", 0)
    texts = pl.Series([f"my password is tr0ub4dor{n} and so on" * 20 for n in range(2_000)])
    with ThreadPoolExecutor(4) as pool:
        found = [*pool.map(prefilter.may_hold_secrets, [texts] * 16)]
    assert all(one.all() for one in found)
