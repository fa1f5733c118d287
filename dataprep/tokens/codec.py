"""A reversible spelling for texts that a vocabulary cannot hold.

T5's own has no `{ } < \\ ^ ~` and folds newlines and runs of spaces: a model trained on it can
neither read nor write JSON or code. The codec spells such a character with ones that it has.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable
from typing import Any

from dataprep.finding import UsageError
from dataprep.patterns import LatePattern
from dataprep.tokens.text_tokenizer import TextTokenizer

NAME = "escape-1"
"""The spelling's name and version in a manifest."""

SHORT = {
    "{": "(",
    "}": ")",
    "<": "[",
    ">": "]",
    "\\": "/",
    "^": "'",
    "`": '"',
    "~": "-",
    "\n": "n",
    "\t": "t",
    "\r": "r",
    " ": "s",
}
"""What stands behind the lead for the commonest; any other character is `x`, its hex and `;`."""

LEADS = "|§$%@#_*"
_LONG = {short: char for char, short in SHORT.items()}
_SPACED = " a  a "
_SPACES = LatePattern(r"^ +| +$|(?<= ) +")
_PLAIN = frozenset(string.ascii_letters + string.digits + " ")


class Codec:
    """Spells texts so that the tokenizer gives them back; `lead` begins every escape.

    `decode(encode(text)) == text` for every text, whatever it holds.
    """

    def __init__(self, tokenizer: TextTokenizer, lead: str) -> None:
        self.lead = lead
        self._tokenizer = tokenizer
        self._spelled = _Table(lead, self._needs)
        self._spelled_all = _Table(lead, lambda char: char not in _PLAIN)
        escape = re.escape(lead)
        shorts = "".join(map(re.escape, _LONG))
        self._escapes = re.compile(f"{escape}(?:({escape})|([{shorts}])|x([0-9A-F]{{1,6}});)")

    @classmethod
    def fitting(cls, tokenizer: TextTokenizer) -> Codec | None:
        """The codec for a tokenizer; None where it has no characters to spell with."""
        spelling = "".join([*_LONG, "x", ";", string.hexdigits[:10], "ABCDEF"])
        for lead in LEADS:
            text = "a" + "".join(f"{lead}{char}a" for char in [lead, *spelling])
            if _back(tokenizer, [text]) == [text]:
                return cls(tokenizer, lead)
        return None

    @classmethod
    def recorded(cls, tokenizer: TextTokenizer, entry: dict[str, Any]) -> Codec:
        """The codec that a manifest names; raises UsageError for one of another version."""
        if entry.get("name") != NAME or entry.get("lead") not in tuple(LEADS):
            raise UsageError(
                f"The dataset was made with the codec {entry.get('name')!r}, which is not known.",
                "Convert again with this version of dataprep.",
            )
        return cls(tokenizer, str(entry["lead"]))

    @property
    def entry(self) -> dict[str, str]:
        """What a manifest keeps."""
        return {"name": NAME, "lead": self.lead}

    def needed(self, texts: Iterable[str]) -> bool:
        """Whether the tokenizer would not give some of the texts back as they are."""
        held = list(texts)
        lost = any(self._needs(char) for char in set("".join(held)) - {" ", self.lead})
        if lost or _back(self._tokenizer, [_SPACED]) == [_SPACED]:
            return lost
        return any(" " in (text[:1], text[-1:]) or "  " in text for text in held)

    def encode(self, text: str) -> str:
        """The text as the model reads and writes it."""
        return self._spaced(text.translate(self._spelled))

    def encode_batch(self, texts: list[str]) -> list[str]:
        """The same for many texts, each tried on the tokenizer.

        What it still changes, like letters that melt together, is spelled out whole.
        """
        spelled = [self.encode(text) for text in texts]
        for at, (given, back) in enumerate(
            zip(spelled, _back(self._tokenizer, spelled), strict=True)
        ):
            if given != back:
                spelled[at] = self._spaced(texts[at].translate(self._spelled_all))
        return spelled

    def decode(self, text: str) -> str:
        """The text as people write it. What is no whole escape stays as it is."""
        return self._escapes.sub(_read, text)

    def _spaced(self, text: str) -> str:
        return _SPACES.sub(lambda run: f"{self.lead}s" * len(run[0]), text)

    def _needs(self, char: str) -> bool:
        return _back(self._tokenizer, [f"a{char}a"]) != [f"a{char}a"]


class _Table(dict[int, str]):
    """For str.translate: how each character is spelled, looked up once."""

    def __init__(self, lead: str, needs: Callable[[str], bool]) -> None:
        super().__init__()
        self.lead = lead
        self._needs = needs

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char == self.lead:
            said = char * 2
        elif char == " " or not self._needs(char):
            said = char
        else:
            said = self.lead + SHORT.get(char, f"x{code:X};")
        self[code] = said
        return said


def _read(escape: re.Match[str]) -> str:
    lead, short, number = escape.groups()
    if lead:
        return str(lead)
    if short:
        return _LONG[short]
    code = int(number, 16)
    return chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else escape[0]


def _back(tokenizer: TextTokenizer, texts: list[str]) -> list[str]:
    return tokenizer.decode_batch(tokenizer.encode_batch(texts))
