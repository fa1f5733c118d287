"""One fix, by its name, on one line: bytes in, bytes out, or none where the line goes."""

from __future__ import annotations

from collections.abc import Sequence

from dataprep.fixes.line_fixes import LINE_FIXES, rewritten
from dataprep.fixes.row_fixes import ROW_FIXES
from dataprep.fixes.whole_file import NAMES as WHOLE

NAMES = frozenset((*LINE_FIXES, *ROW_FIXES, *WHOLE))
"""The fixes that a rule may name."""


def mend(name: str, raw: bytes, paths: Sequence[str] = ()) -> bytes | None:
    """The line after the fix of that name; the same bytes where it has nothing to do.

    `raw` is one line with its ending. `paths` say where the rule is broken, like
    messages[2].content; a fix that looks by itself does not need them. None removes the line.
    The fix of a whole file has nothing to do on a line.
    """
    if name in WHOLE:
        return raw
    if (whole := LINE_FIXES.get(name)) is not None:
        return whole(raw)
    return rewritten(raw, lambda row: ROW_FIXES[name](row, paths))
