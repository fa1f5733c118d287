"""Words and signatures of texts: the compiled library and the plain way give the same bits."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
import pytest

from dataprep import scan
from dataprep.near import runs, signatures, words
from dataprep.scan import build, library, texts
from tests.word_ranges import word_ranges

needs_library = pytest.mark.skipif(not scan.available(), reason="the library is not compiled here")

LETTERS = "abcdefghijklmnopqrstuvwxyzABCäöüßÉΣİıǅ0123'_-中文кирไทย한글😀©ℹ️\u0301\u200d\u00ad"


def made(seed: int, count: int) -> list[str]:
    random_ = random.Random(seed)  # noqa: S311
    known = ["".join(random_.choices(LETTERS, k=random_.randint(1, 9))) for _ in range(300)]
    texts = [" ".join(random_.choices(known, k=random_.randint(0, 120))) for _ in range(count)]
    return [*texts, "", " ", "one", "one two three", "ΣΑΣ ΟΔΟΣ. ΑΣ'", "a\x00b\nc\td\u2028e"]


def both(
    monkeypatch: pytest.MonkeyPatch, made_by: Callable[[], pl.DataFrame]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    quick = made_by()
    with monkeypatch.context() as patched:
        patched.setenv(library.SWITCH, "off")
        assert not scan.available()
        return quick, made_by()


@needs_library
@pytest.mark.parametrize("given", [made(1, 400), [], [""], pl.Series(made(2, 20))])
def test_the_words_are_the_same(
    given: Sequence[str] | pl.Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick, plain = both(monkeypatch, lambda: words.words_of(given))
    assert quick.equals(plain)
    assert quick.schema == plain.schema


@needs_library
def test_the_words_are_the_same_for_every_code_point(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [chr(n) for n in range(sys.maxunicode + 1) if not 0xD800 <= n < 0xE000]
    texts = [f"a{point}b {point}{point}" for point in points]
    quick, plain = both(monkeypatch, lambda: words.words_of(texts))
    assert quick.equals(plain)


@needs_library
def test_every_capital_beyond_ascii_is_lowered_first() -> None:
    points = [chr(n) for n in range(0x80, sys.maxunicode + 1) if not 0xD800 <= n < 0xE000]
    series = pl.Series(points)
    capitals = series.filter(series != series.str.to_lowercase())
    known = library.opened(build.library())
    assert not isinstance(known, str)
    together = [word[0] for word in (texts._together(known, [one]) for one in capitals)]
    assert together == capitals.str.to_lowercase().cast(pl.Binary).to_list()
    assert len(capitals) > 1_300


@needs_library
@pytest.mark.parametrize("share", [0, 1, 5])
def test_the_signatures_are_the_same(share: int, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = made(3, 300)
    every = runs.runs_of(texts)["run"].unique()
    common = every.gather_every(share) if share else every.clear()
    quick, plain = both(monkeypatch, lambda: signatures.signed(texts, common))
    assert quick.equals(plain)
    assert quick.schema == plain.schema
    assert (len(quick) > 200) == (share != 1)


def test_a_word_is_hashed_as_a_number_whose_digits_are_its_bytes() -> None:
    texts = ["A bé", "b" * 5000]
    digits = [b"a", "bé".encode(), b"b" * 5000]
    hashes = []
    for word in digits:
        number = 0
        for byte in word:
            number = (number * 0x100000001B3 + byte + 1) % 2**64
        number = (number ^ number >> 32) * 0x9E3779B97F4A7C15 % 2**64
        hashes.append(number ^ number >> 29)
    assert words.words_of(texts).rows() == [(0, hashes[0]), (0, hashes[1]), (1, hashes[2])]


def test_many_words_are_hashed_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(library.SWITCH, "off")
    texts = made(4, 50)
    whole = words.words_of(texts)
    monkeypatch.setattr(words, "_TOGETHER", 7)
    assert words.words_of(texts).equals(whole)
    assert whole["word"].n_unique() > 200


def test_what_the_library_knows_of_code_points_is_what_polars_says() -> None:
    assert (build.HERE / "source" / "word_ranges.c").read_text() == word_ranges() + "\n"


@needs_library
@pytest.mark.parametrize("ends", [[3, 2], [9], [-1, 2]])
def test_texts_that_do_not_lie_within_their_bytes_are_refused(ends: list[int]) -> None:
    known = library.opened(build.library())
    assert not isinstance(known, str)
    where, room = np.array(ends, np.int64), np.empty(4000, np.uint64)
    given = (b"abcdef", 6, where.ctypes.data, len(where))
    assert known.scan_words(*given, room.ctypes.data, room.ctypes.data) == -1
    somewhere = room.ctypes.data
    numbers = (somewhere, 0, somewhere, somewhere, 5, somewhere, somewhere)
    assert known.scan_sign(*given, *numbers) == -1
