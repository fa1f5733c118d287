"""`dataprep` as of 30 November 2026: what is told of prices and last days changes every day."""

from __future__ import annotations

import sys
from datetime import date, datetime, tzinfo

from dataprep.checks import context
from dataprep.cli import main


class _Day(date):
    """A day on which today is always the same one."""

    @classmethod
    def today(cls) -> _Day:
        return cls(2026, 11, 30)


class _Moment(datetime):
    """The same for a moment."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> _Moment:
        return cls(2026, 11, 30, 12, tzinfo=tz)


if __name__ == "__main__":
    context.datetime = _Moment  # type: ignore[misc]
    if "openai" in sys.argv:
        from trainers.openai import preview

        preview.date = _Day  # type: ignore[misc]
    main()
