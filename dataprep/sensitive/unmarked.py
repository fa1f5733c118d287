"""Keys without a mark of their own: no first line, no prefix."""

from __future__ import annotations

from collections.abc import Iterator

from dataprep.patterns import LatePattern
from dataprep.sensitive.match import SensitiveKind

_ENDS = LatePattern(r"-----END (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_LINE = LatePattern(r"[ \t>|+\"',]{0,40}[A-Za-z0-9+/]{2,100}={0,2}[\\nr\"', \t+]{0,12}\r?")
_AROUND = " \t>|\r+\"'"
_LEAST = 40
"""Characters of the lines of a key that are worth a match."""

_RARE = LatePattern(
    r"(?<![A-Za-z0-9+/=-])(?P<storage>[A-Za-z0-9+/]{86}==)(?![A-Za-z0-9+/=])"
    r"|(?<![A-Za-z0-9-])[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}(?![A-Za-z0-9-])"
)
_OF_SUMS = LatePattern("sha-?(?:384|512)|integrity|sign|digest|checksum|hash|public|verif")
_STORAGE, _MAILGUN = (
    SensitiveKind(code="P001", name=name, pattern=r"(?!)")
    for name in ("Azure storage account key", "Mailgun key")
)


def headless(text: str) -> Iterator[tuple[int, int]]:
    """Where private keys stand whose first line was cut off: lines of base64 before an END.

    Every line is read once.
    """
    if "PRIVATE KEY-" not in text:
        return
    begin = 0
    for end in _ENDS.finditer(text):
        if "-----BEGIN" not in text[begin : end.start()]:
            start = at = end.start()
            for line in reversed(text[begin : end.start()].split("\n")):
                if line.strip(_AROUND) and not _LINE.fullmatch(line):
                    break
                start, at = at - len(line), at - len(line) - 1
            if end.start() - start >= _LEAST:
                yield start, end.end()
        begin = end.end()


def may_be_bare(longs: str) -> bool:
    """Whether the long words of a text hold a shape that is rare."""
    return _RARE.search(longs) is not None


def bare_keys(text: str, longs: str) -> Iterator[tuple[SensitiveKind, int, int]]:
    """Keys without a prefix whose shape is rare, where no word before them tells a checksum.

    `longs` are the long words of the text.
    """
    if not may_be_bare(longs):
        return
    for found in _RARE.finditer(text):
        before = text[max(0, found.start() - 160) : found.start()].lower()
        if not found["storage"] or not _OF_SUMS.search(before):
            yield _STORAGE if found["storage"] else _MAILGUN, *found.span()
