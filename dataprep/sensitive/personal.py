"""The kinds of personal data that a pattern and a checksum can tell with few false alarms.

Names, addresses and dates of birth need a model, and are not looked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from dataprep.patterns import LatePattern
from dataprep.sensitive import checksums
from dataprep.sensitive.match import SensitiveKind

_CARD = (
    r"(?:4\d{3}|5[1-5]\d\d|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)|6011|65\d\d)"
    r"(?:[ -]?\d{4}){3}|3[47]\d\d[ -]?\d{6}[ -]?\d{5}"
)
_MAIL = (
    r"(?<![\w.+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}"
    r"[A-Za-z0-9])?\.)+[A-Za-z]{2,24}(?![\w@-])"
)
_NOBODYS = LatePattern(
    r"^(?:no-?reply|do-?not-?reply|example|user|name|you|your\.?\w*|git)@|[@.](?:example|test|"
    r"invalid|localhost|local)$|[@.]example\.\w+$|\.(?:png|jpe?g|gif|svg|webp)$|@\d+x\.",
    re.IGNORECASE,
)
"""Mail to nobody: RFC 2606 names, no-reply senders, `git@host`, and icon@2x.png."""

_FICTION = LatePattern(r"555\D?01\d\d$")
"""American numbers that are reserved for fiction."""


def _somebodys(address: str) -> bool:
    return not _NOBODYS.search(address)


def _called(number: str) -> bool:
    digits = "".join(c for c in number if c.isdigit())
    return (
        len(set(digits)) > 3
        and not _FICTION.search(number)
        and not any(run in digits for run in ("1234567", "0000000"))
    )


def _kind(
    code: str,
    name: str,
    pattern: str,
    proof: Callable[[str], bool] | None,
    stand_in: str,
    *,
    words: str = "",
    many: str = "",
) -> SensitiveKind:
    return SensitiveKind(
        code=code,
        name=name,
        many=many,
        pattern=pattern,
        proof=proof,
        stand_in=stand_in,
        words=tuple(words.split()),
        at="numbers" if pattern.startswith(_ALONE) else "",
    )


_ALONE, _END = r"(?<![\w.+/=-])", r"(?![\w=]|[./-]\w)"

PERSONAL = (
    _kind(
        "P101", "e-mail address", _MAIL, _somebodys, "[EMAIL]", words="@", many="e-mail addresses"
    ),
    _kind(
        "P102",
        "IBAN",
        _ALONE + r"[A-Z]{2}\d\d(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?" + _END,
        checksums.iban,
        "[IBAN]",
    ),
    _kind("P102", "payment card number", _ALONE + f"(?:{_CARD})" + _END, checksums.luhn, "[CARD]"),
    _kind(
        "P103",
        "phone number",
        _ALONE
        + r"(?:\+[1-9]\d{0,2}[ .-]?\(?\d{1,4}\)?(?:[ ./-]?\d{2,4}){2,4}"
        + r"|\(\d{3}\) ?[2-9]\d\d[ .-]\d{4}|[2-9]\d\d[.-][2-9]\d\d[.-]\d{4})"
        + _END,
        _called,
        "[PHONE]",
    ),
    _kind(
        "P104",
        "public IP address",
        r"(?<![\w.+/=-])(?<!ersion )(?<!ersions )(?<!uild )(?<!elease )(?<!ection )(?<!ersion: )"
        r"(?:\d{1,3}\.){3}\d{1,3}(?![\w=-]|\.\d)",
        checksums.public_address,
        "[IP]",
        many="public IP addresses",
        words=".",
    ),
    _kind(
        "P105",
        "US social security number",
        _ALONE + r"(?!000|666|9\d\d|123-45-6789|078-05-1120)\d{3}-(?!00)\d\d-(?!0000)\d{4}" + _END,
        None,
        "[ID]",
        words="-",
    ),
    _kind(
        "P105",
        "UK national insurance number",
        _ALONE + r"(?!BG|GB|KN|NK|NT|TN|ZZ|QQ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
        r"(?: \d\d \d\d \d\d |\d{6})[A-D]" + _END,
        None,
        "[ID]",
    ),
    _kind(
        "P105",
        "French social security number",
        _ALONE + r"[12] ?\d\d ?(?:0[1-9]|1[0-2]) ?\d\d ?\d{3} ?\d{3} ?\d\d" + _END,
        checksums.french_number,
        "[ID]",
    ),
    _kind(
        "P105",
        "Spanish identity number",
        _ALONE + r"[XYZ0-9]\d{7}-?[A-HJ-NP-TV-Z]" + _END,
        checksums.spanish_number,
        "[ID]",
    ),
    _kind(
        "P105",
        "Italian tax code",
        _ALONE + r"[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]" + _END,
        checksums.italian_code,
        "[ID]",
    ),
    _kind(
        "P105",
        "Brazilian taxpayer number",
        _ALONE + r"\d{3}\.\d{3}\.\d{3}-\d\d" + _END,
        checksums.brazilian_number,
        "[ID]",
        words=".",
    ),
    _kind(
        "P105",
        "German tax number",
        r"(?i:steuer-?id\w*|steuerliche\w* \w+|idnr\.?|tax id)\W{1,4}"
        r"(?P<it>[1-9]\d ?\d{3} ?\d{3} ?\d{3})" + _END,
        checksums.german_number,
        "[ID]",
        words="steuer idnr tax",
    ),
)

MAIL = PERSONAL[:1]
"""What can stand in a text without digits."""
