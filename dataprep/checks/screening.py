"""Two engines for one table of screens: hyperscan, where it is installed, and Polars.

Both give the same rules for every line, which a test holds pattern by pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any, Protocol

import polars as pl

from dataprep.checks.hyperscan_library import hyperscan_here
from dataprep.checks.screens import OF_WORDS, Screen, TextRules, screens_of
from dataprep.patterns import LatePattern


class Screening(Protocol):
    """Looks for the screens of some rules in lines."""

    def rules_of(self, raws: Sequence[bytes]) -> list[int]:
        """Of each line, as raw JSON in UTF-8, the rules that must be asked."""


def screening(rules: TextRules, size: int) -> Screening:
    """What is quickest for so many bytes of lines, of what is installed."""
    screens, words = screens_of(rules)
    if size >= WORTH and (hyperscan := hyperscan_here()) is not None:
        return HyperscanScreening(screens, words, hyperscan)
    return PolarsScreening(screens, words)


WORTH = 4_000_000
"""Bytes of lines from which on the time in which hyperscan compiles the patterns is made up for."""


_TOGETHER = 32_000
"""Bytes of lines that are looked at together first; where nothing is hit, none is by itself."""


_END = b"}"
"""What follows each line, and ends no hit: hyperscan overlooks some that end where its bytes do."""


class HyperscanScreening:
    """All patterns and words in one pass."""

    def __init__(self, screens: Sequence[Screen], words: Sequence[str], hyperscan: Any) -> None:
        self._rules = [int(screen.rules) for screen in screens] + [int(OF_WORDS)] * len(words)
        once = hyperscan.HS_FLAG_SINGLEMATCH
        flags = [once | hyperscan.HS_FLAG_UTF8 * screen.wide for screen in screens]
        flags += [once | hyperscan.HS_FLAG_CASELESS] * len(words)
        patterns = [_as_hyperscan(screen.pattern, wide=screen.wide) for screen in screens]
        patterns += [re.escape(word).encode() for word in words]
        numbers = range(len(patterns))
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            expressions=patterns, ids=[*numbers], elements=len(patterns), flags=flags
        )
        self._scratch = hyperscan.Scratch(self._database)
        self._terminated = hyperscan.ScanTerminated

    def rules_of(self, raws: Sequence[bytes]) -> list[int]:
        """Of each line the rules whose screens were hit."""
        scratch = self._scratch.clone()  # one for two threads is an error of the library
        found: list[int] = []
        for some in _stretches(raws):
            hit = self._may_hit(b"\n".join([*some, b""]), scratch)
            found += self._of_each(some, scratch) if hit else [0] * len(some)
        return found

    def _may_hit(self, lines: bytes, scratch: Any) -> bool:
        """Whether any screen is hit in some lines together.

        No pattern has an anchor, so that what is hit in a line is hit here too.
        """
        try:
            self._database.scan(lines, match_event_handler=_stop, scratch=scratch)
        except self._terminated:
            return True
        return False

    def _of_each(self, raws: Sequence[bytes], scratch: Any) -> Iterator[int]:
        scan, rules = self._database.scan, self._rules
        hits: list[int] = []
        for raw in raws:
            scan(raw + _END, match_event_handler=_note, context=hits, scratch=scratch)
            hit = 0
            for number in hits:
                hit |= rules[number]
            hits.clear()
            yield hit


def _stretches(raws: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """The lines in their order, some together."""
    start = size = 0
    for end, raw in enumerate(raws, 1):
        size += len(raw)
        if size >= _TOGETHER or end == len(raws):
            yield raws[start:end]
            start, size = end, 0


def _stop(*_: object) -> bool:
    """End a scan at the first hit."""
    return True


def _note(number: int, _start: int, _end: int, _flags: int, hits: list[int]) -> None:
    hits.append(number)


_CODE_POINT = LatePattern(r"\\u([0-9a-f]{4})")


def _as_hyperscan(pattern: str, *, wide: bool) -> bytes:
    """A pattern as hyperscan spells it, which has no Unicode unless it is told so."""
    if wide:
        pattern = _CODE_POINT.sub(lambda found: chr(int(found[1], 16)), pattern)
    return pattern.replace("(?i-u:", "(?i:").encode()


class PolarsScreening:
    """The patterns of each rule as one, which is several times as quick as one after the other."""

    def __init__(self, screens: Sequence[Screen], words: Sequence[str]) -> None:
        self._words = [*words]
        of_words = OF_WORDS if words else TextRules(0)
        every = reduce(or_, (screen.rules for screen in screens), of_words)
        self._narrow = {r: _one(s for s in screens if r in s.rules and not s.wide) for r in every}
        self._wide = {r: _one(s for s in screens if r in s.rules and s.wide) for r in every}

    def rules_of(self, raws: Sequence[bytes]) -> list[int]:
        """Of each line the rules whose screens were hit."""
        lines = pl.Series(raws, dtype=pl.Binary).cast(pl.String)
        beyond = (lines.str.len_bytes() != lines.str.len_chars()).arg_true()
        found = pl.repeat(0, len(lines), dtype=pl.Int64, eager=True)
        for rule, pattern in self._narrow.items():
            hit = lines.str.contains(pattern)
            if len(beyond):
                hit |= _at(beyond, lines.gather(beyond).str.contains(self._wide[rule]), len(lines))
            if rule in OF_WORDS and self._words:
                hit |= with_words(lines, ~hit, self._words)
            found += hit.cast(pl.Int64) * int(rule)
        verdicts: list[int] = found.to_list()
        return verdicts


_NOTHING = r"[a&&b]"
"""The pattern of a rule without screens."""


def _one(screens: Iterable[Screen]) -> str:
    """The patterns of some screens as one."""
    return "|".join(screen.pattern for screen in screens) or _NOTHING


def with_words(lines: pl.Series, chosen: pl.Series, words: Sequence[str]) -> pl.Series:
    """Which of some lines hold one of the words, in any case as far as it is ASCII."""
    at = chosen.arg_true()
    held = lines.gather(at).str.contains_any([*words], ascii_case_insensitive=True)
    return _at(at, held, len(lines))


def _at(places: pl.Series, found: pl.Series, length: int) -> pl.Series:
    """What was found at some places, as of all lines."""
    return pl.repeat(False, length, dtype=pl.Boolean, eager=True).scatter(places, found)
