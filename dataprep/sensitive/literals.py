"""Literal texts that are looked for all at once: in one pass, by Aho and Corasick's automaton.

`ahocorasick_rs` is the automaton of Rust's regex engine. It takes two milliseconds to be made for
the words of all kinds, and reads some 200 MB of text in a second.
"""

from __future__ import annotations

from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick, Implementation


class Literals:
    """Some words, of which each is told apart by its number."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = tuple(dict.fromkeys(words))
        self._automaton = AhoCorasick(self.words, implementation=Implementation.DFA)

    def numbers_in(self, text: str) -> set[int]:
        """The numbers of the words that stand in a text."""
        return {number for number, _, _ in self._found(text)}

    def any_in(self, text: str) -> bool:
        """Whether one of them stands in a text."""
        return bool(self._found(text))

    def places_in(self, text: str) -> dict[int, list[int]]:
        """Where each of them begins, in code points and in their order, by its number."""
        places: dict[int, list[int]] = {}
        for number, start, _ in self._found(text):
            places.setdefault(number, []).append(start)
        return places

    def _found(self, text: str) -> list[tuple[int, int, int]]:
        try:
            return self._automaton.find_matches_as_indexes(text, overlapping=True)
        except UnicodeEncodeError:  # half a surrogate pair, which no word has
            whole = text.encode("utf-8", "replace").decode()
            return self._automaton.find_matches_as_indexes(whole, overlapping=True)
