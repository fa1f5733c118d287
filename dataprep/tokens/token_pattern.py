"""A pattern that finds the spellings of tokens, as fast for thousands of them as for one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from os.path import commonprefix


def token_pattern(spelled: Iterable[str]) -> re.Pattern[str]:
    """A pattern of some spellings, the longest that fits first; of none it never matches.

    What several begin with is looked for once.
    """
    return re.compile(_alternatives(sorted({*spelled} - {""})) or r"(?!)")


def _alternatives(spelled: Sequence[str]) -> str:
    """The same for spellings in order, as the text of a pattern."""
    found = []
    for _, group in groupby(spelled, key=lambda one: one[:1]):
        alike = list(group)
        head = commonprefix(alike)  # noqa: RUF071  # of characters, not of folders
        rest = [one[len(head) :] for one in alike if len(one) > len(head)]
        optional = "?" if len(rest) < len(alike) else ""
        found.append(re.escape(head) + (f"(?:{_alternatives(rest)}){optional}" if rest else ""))
    return "|".join(found)
