"""What a kind of secret or personal data is, and one place where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

LONGEST = 200
"""Characters of a value that a pattern reads, so that its time is linear."""


def value(plain: str, least: int, end: str = "") -> str:
    """The group `it` of a pattern: characters of a class up to an end, or as many as are read.

    One of `LONGEST` characters goes on to the end of its run, wherever that is.
    """
    if not end:
        return rf"(?<!\\)(?P<it>{plain}{{{least},{LONGEST}}})"
    return rf"(?<!\\)(?P<it>{plain}{{{LONGEST}}}|{plain}{{{least},{LONGEST - 1}}}{end})"


@dataclass(frozen=True, slots=True, kw_only=True)
class SensitiveKind:
    """One row of a table: how a kind is recognised, and how it is called.

    `words` are literal texts of which one must stand in the text before the pattern is tried
    (lower-case ones are looked for in any case); none means always. What counts is the group
    `it` of the pattern, or all of it; `proof` may still refuse it, by a checksum or because it
    is a known placeholder. A pattern is tried everywhere, or only where one of the `words` begins,
    or only where the name of a variable does that tells a secret (`names`), or where a capital
    letter, a digit, `+` or `(` stands that goes on no word (`numbers`). A comma or
    another mark does not end what is `spoken`, in a sentence, where more follows at once.
    """

    code: str
    name: str
    many: str = ""
    pattern: str
    words: tuple[str, ...] = ()
    proof: Callable[[str], bool] | None = None
    at: Literal["", "words", "names", "numbers"] = ""
    stand_in: str = "[SECRET]"
    spoken: bool = False

    @property
    def plural(self) -> str:
        """The name of several."""
        return self.many or f"{self.name}s"


class Match(NamedTuple):
    """A kind at text[start:end], in code points."""

    kind: SensitiveKind
    start: int
    end: int


def with_stand_ins(text: str, found: Iterable[Match], stand_in: str = "") -> str:
    """The text with a stand-in for each match, in their order: the kind's own, or the one given."""
    pieces, last = [], 0
    for match in found:
        pieces += [text[last : match.start], stand_in or match.kind.stand_in]
        last = match.end
    return "".join((*pieces, text[last:]))
