"""Placeholders and shapes: what tells a real secret from what looks like one."""

from __future__ import annotations

import math
import re
from collections import Counter
from itertools import pairwise

from dataprep.patterns import LatePattern
from dataprep.sensitive.vocabulary import names_only

_FILLERS = (
    *("example", "sample", "dummy", "placeholder", "changeme", "change_me", "your", "xxxx", "***"),
    *("...", "…", "<", ">", "${", "$(", "{{", "0000000", "1234567", "abcdef0", "fake", "redacted"),
    *("_here", "-here", "[secret]", "[email]", "[iban]", "[card]", "[phone]", "[ip]", "[id]"),
    "[hidden]",
)
"""What stands in a placeholder, in lower case."""

_SLOT = LatePattern(
    r"[%$#]?[{(\[<][A-Za-z_][\w.: -]{0,60}[})\]>][sd]?|%[sd]|\$[A-Z][A-Z0-9_]{2,60}"
)
"""A place that is filled later: {name}, %(name)s, $NAME."""

_NO_SECRETS = frozenset(("password", "passwd", "pass", "passphrase", "secret"))
_DIFFERENT = 6
"""Different characters that a random secret has at the least; fewer are a filler."""


def random_looking(secret: str) -> bool:
    """Whether it could be a real secret: neither a filler nor a documented placeholder.

    AKIAIOSFODNN7EXAMPLE, sk-xxxxxxxx and YOUR_API_KEY are placeholders, and no findings.
    """
    lower = secret.lower()
    return (
        len(set(secret)) >= _DIFFERENT
        and lower not in _NO_SECRETS
        and _SLOT.fullmatch(secret) is None
        and not any(filler in lower for filler in _FILLERS)
    )


def dense(secret: str) -> bool:
    """Random-looking, with digits beside letters and over 3 bits of entropy a character."""
    return (
        random_looking(secret)
        and any(c.isdigit() for c in secret)
        and any(c.isalpha() for c in secret)
        and entropy(secret) > 3.0
    )


_REFERENCE = LatePattern(
    r"[/.~:=>|-]|[@!%#*](?![^\s/(){}\[\]]{0,400}\d)|%\w{1,60}%|%[({%]|%\d\$|%\d{0,2}[a-z](?![A-Za-z0-9])"
    r"|%2[0-9A-F]|#[0-9a-f]{3,8}\Z|@v?[\d.]+\Z|!=|!!|[!@*][a-z]+\d{0,2}\Z"
    r"|\$\w+\W?\Z|[A-Za-z_]\w*[({\[]"
    r"|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+[,;:]?\Z|[\d.,:/%+ -]+\Z"
    r"|[a-z][a-z_]*=(?:-?[\d.]+|[A-Za-z_][a-z_.]*\d*(?:/\w+)?)[,;:.`]*\Z"
    r"|(?:my|the|new|old|test|user|db|app|get)?[_-]?"
    r"(?:passw|passphrase|secret|token|credential|api[_-]?key|key)[A-Za-z_-]*\d{0,4}[,;:.]*\Z",
    re.IGNORECASE,
)
"""How what stands for a value and is none begins: a path, an address, an attribute, a number."""

_ELSEWHERE = LatePattern(
    r"\A(?:op://|(?i:vault|secretref|keyvault|env|file|ssm|doppler):[\w/.#$-]{1,400}\Z|projects/"
    r"|@Microsoft\.|(?P<around>@{1,2}|__|%%|#)[A-Za-z][\w.]{0,100}(?P=around)\Z"
    r"|!(?=[\w.]{0,100}_)[\w.]{0,100}[a-z]{3}[\w.]{0,100}\Z|\$\w{1,12}:\w"
    r"|@[\w./-]{1,80}\.(?:txt|json|ya?ml|pem|key|env)\Z|[A-Za-z_]\w{0,60}(?:\[\w{1,60}\])+\.\w"
    r"|[a-z][a-z0-9._+-]{0,60}@[a-z][a-z0-9-]{0,60}(?:\.[a-z]{2,12}){1,4}\Z)"
)
"""How what stands for a secret in another place is written: a vault, a variable, a file, a slot.

An e-mail address is no password either: it is found as one.
"""

_CALL = LatePattern(r"://|[$%]\(|[({\[][^)}\]]{0,80}[)}\]]|(?<=\w)\([^()]{0,200}\)|(?<=\w)::\w|->")
_OF_CALLS = frozenset("([{:>")
"""Characters of which one stands in every call."""


def refers(secret: str) -> bool:
    """Whether a text stands for a value: it is a path, an address, a call, a number."""
    return (
        _REFERENCE.match(secret) is not None
        or _ELSEWHERE.match(secret) is not None
        or (not _OF_CALLS.isdisjoint(secret) and _CALL.search(secret) is not None)
    )


_WORDY = LatePattern(
    r"^_*(?:[A-Za-z]+\d{0,4}|\d{1,8}[a-z]{0,3})"
    r"(?:[_./:+-]+(?:[A-Za-z]+\d{0,4}|\d{1,8}[a-z]{0,3}))*[,;:.]*$"
)
"""Words and numbers with marks between them, as names, versions and models are spelled."""

_NAMES_ITSELF = LatePattern(
    r"(?=[A-Za-z_-]{4,60}\d{0,6}\Z)[A-Za-z_-]{0,50}?"
    r"(?:passw(?:or)?d|secret|token|credential|api[_-]?key)",
    re.IGNORECASE,
)
"""A placeholder that says what it stands for: `secret_key_123`, `generatedpassword1`."""

_CHOSEN = LatePattern(r"(?:[A-Z][a-z]{2,14}[-_.+]){1,4}[A-Za-z][a-z]{1,14}\d{2,6}[!?*#]{0,2}\Z")
"""Words that a person made a password of: `Copper-Maple6357`."""

_CHANGES = LatePattern(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])|(?<=[a-z])(?=[A-Z])")
_STRONG = frozenset("!@#$%^&*?~+")
_MARKS = frozenset("!@#$%^&*+=?~_-.,:;|/")


_UNSPOKEN = LatePattern(
    r"q[^u\W\d_]|[bcdfghjklmnpqtvwxyz]q|[jvz][bcdfghjklmnpqrstvwx]|x[bdfgjkmnqrsvwz]"
    r"|[bcdfghjkmpqtvwz](?:x|j)|(?:w|k|p|f|b|h)[vzgjqk]|[fhkpvw][cdgq](?=[a-z])",
    re.IGNORECASE,
)
"""Pairs of letters that hardly a word has."""


def unspoken(secret: str) -> int:
    """How many pairs of letters it has that hardly a word has."""
    return len(_UNSPOKEN.findall(secret))


def _spelled(secret: str) -> bool:
    """Whether it is spelled of words, numbers and marks: `getUser2`, `v1.2-beta3`."""
    return _WORDY.match(secret) is not None and not (
        len(secret) >= 10 and secret.isalnum() and unspoken(secret) >= 2
    )


_RANDOM_LETTERS = LatePattern(r"[A-Za-z]{20,64}\Z")
_TURNS = LatePattern(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[a-z])")


def _letters_alone(secret: str) -> bool:
    """Whether it is a key in which by chance no digit is: `WSNHrxOTyJjadzOKCfVxOqLB`.

    Letters change their case at two of five places at the least, as those of names do not.
    """
    return (
        _RANDOM_LETTERS.match(secret) is not None
        and 5 * len(_TURNS.findall(secret)) >= 2 * len(secret)
        and unspoken(secret) >= 2
        and random_looking(secret)
    )


def no_identifier(secret: str) -> bool:
    """What a short prefix or a sentence tells for one: letters of both cases among digits.

    A commit, a checksum and a name with a number are none.
    """
    plain = secret.rstrip(",;:.!?)")
    return _letters_alone(plain) or (
        dense(plain)
        and len(_CHANGES.findall(plain)) >= 5
        and any(c.isupper() for c in plain)
        and any(c.islower() for c in plain)
        and sum(c.isdigit() for c in plain) >= 2
        and not refers(plain)
        and _WORDY.match(plain) is None
    )


_HEXED = LatePattern(r"(?:[0-9a-f]{32,128}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\Z", re.I)


def sealed(secret: str) -> bool:
    """What a word further off tells for one: random letters and digits, and nothing spelled."""
    plain = secret.rstrip(",;:.!?)]}")
    if _letters_alone(plain):
        return True
    if not dense(plain) or refers(plain) or _spelled(plain):
        return False
    return (
        len(_CHANGES.findall(plain)) >= 4 or _HEXED.match(plain) is not None or unspoken(plain) >= 2
    )


def password_like(secret: str) -> bool:
    """What a name of a password tells for one: letters, and digits or marks among them.

    Neither a placeholder nor a reference nor words alone: `required`, `os.environ`, `./file`.
    """
    if not random_looking(secret) or refers(secret) or names_itself(secret):
        return False
    if _letters_alone(secret):
        return True
    letters = any(c.isalpha() for c in secret)
    digits = any(c.isdigit() for c in secret)
    if not letters or not (digits or _MARKS & set(secret.rstrip(",;:."))):
        return False
    if _WORDY.match(secret):
        return digits and secret.isalnum() and not secret.isupper()
    return not names_only(secret) and (
        digits or len(_CHANGES.findall(secret)) >= 2 or bool(set("!@#$%^&*?~+") & set(secret[1:]))
    )


def names_itself(secret: str) -> bool:
    """Whether it is a placeholder that says what it stands for."""
    return _NAMES_ITSELF.match(secret) is not None


def composed(secret: str) -> bool:
    """What a sentence tells for one that is made of words: capital ones, and a number last."""
    plain = secret.rstrip(",;:.)")
    return _CHOSEN.match(plain) is not None and random_looking(plain) and not names_itself(plain)


def spoken_password(secret: str) -> bool:
    """What a sentence tells for a password: letters and digits, and marks or both cases."""
    plain = secret.rstrip(",;:.!?)]}")
    if sealed(plain) or composed(plain):
        return True
    return (
        password_like(plain)
        and any(c.isdigit() for c in plain)
        and any(c.isupper() for c in plain)
        and any(c.islower() for c in plain)
        and _WORDY.match(plain) is None
        and (bool(_STRONG & set(plain)) or len(_CHANGES.findall(plain)) >= 3)
    )


def named_key(secret: str) -> bool:
    """What a name tells for a key in quotes: dense, and neither its own name nor one of a place."""
    return _letters_alone(secret) or (
        dense(secret)
        and not names_itself(secret)
        and _ELSEWHERE.match(secret) is None
        and not names_only(secret)
    )


def token_like(secret: str) -> bool:
    """What a name of a key tells for one: dense, and no word with a number."""
    if _letters_alone(secret):
        return True
    if not dense(secret) or refers(secret) or _spelled(secret) or names_only(secret):
        return False
    return (
        len(_CHANGES.findall(secret)) >= 3
        or bool(set("!@#$%^&*?~+") & set(secret[1:]))
        or unspoken(secret) >= 3
    )


def no_word(secret: str) -> bool:
    """What a table tells for one, whose cells may hold types and words with a number."""
    return password_like(secret) and not _WORDY.match(secret)


def mixed(secret: str) -> bool:
    """What a sentence tells for one: letters of both cases, digits and marks."""
    plain = secret.rstrip(",;:.!?)")
    return (
        password_like(plain)
        and any(c.isupper() for c in plain)
        and any(c.islower() for c in plain)
        and any(c.isdigit() for c in plain)
        and bool(set("!@#$%^&*?~+") & set(plain))
    )


def no_counting(number: str) -> bool:
    """Whether a PIN is none that manuals have: neither 1234 nor 0000 nor 8642."""
    return len({int(b) - int(a) for a, b in pairwise(number.replace(" ", ""))}) > 1


def entropy(text: str) -> float:
    """Shannon entropy in bits a character."""
    return -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())
