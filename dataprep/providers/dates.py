"""Days: how old the table is, and how long something still lives."""

from __future__ import annotations

from datetime import date

NOTICE_DAYS = 60
"""So many days before an end it is told."""


def days_left(until: date | None, today: date) -> int | None:
    """Days from `today` to a date, 0 or less when it has come; None when the date is unknown."""
    return None if until is None else (until - today).days


def age(dated: str, today: date) -> str:
    """How old a table is: `22 days old`; of a month without a day, at most."""
    whole = len(dated) == len("2026-11-22")
    days = max(0, (today - date.fromisoformat(dated if whole else f"{dated}-01")).days)
    told = "1 day old" if days == 1 else f"{days:,} days old"
    return told if whole else f"at most {told}"
