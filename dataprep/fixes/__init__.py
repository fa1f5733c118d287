"""`dataprep check --fix`: a mended copy of a file; the door is `fix` and `preview`."""

from __future__ import annotations

from dataprep.fixes.apply import Fixed, default_out, fix, is_mendable, preview
from dataprep.fixes.mend import NAMES

__all__ = ["NAMES", "Fixed", "default_out", "fix", "is_mendable", "preview"]
