"""Which rules count: `--select` and `--ignore`, by code or by family."""

from __future__ import annotations

from collections.abc import Iterable

from dataprep.finding import UsageError, excerpt
from dataprep.rules import CATALOGUE, FAMILIES, nearest


class Selection:
    """The codes that are reported: those selected (all by default) less those ignored."""

    def __init__(self, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> None:
        """Each item is a code, the beginning of several, or some of these with commas between.

        Raises UsageError for an unknown one.
        """
        chosen = _codes(select)
        self.codes = (frozenset(CATALOGUE) if chosen is None else chosen) - (
            _codes(ignore) or frozenset()
        )

    def __contains__(self, code: object) -> bool:
        return code in self.codes

    def without(self, codes: Iterable[str]) -> Selection:
        """The same without some codes."""
        return Selection(self.codes, codes)

    def any_of(self, *codes: str) -> bool:
        """Whether at least one of the codes is reported."""
        return not self.codes.isdisjoint(codes)


def _codes(items: Iterable[str]) -> frozenset[str] | None:
    """The codes behind some items; None when there is no item at all."""
    names = [name.strip() for item in items for name in item.split(",") if name.strip()]
    if not names:
        return None
    return frozenset(code for name in names for code in _expand(name))


def _expand(name: str) -> list[str]:
    if name in CATALOGUE:
        return [name]
    if begun := [code for code in CATALOGUE if code.startswith(name)]:
        return begun
    near = nearest(name)
    families = ", ".join(f"{letter} ({what})" for letter, what in FAMILIES.items())
    remedy = f"Did you mean {near}?" if near else f"The families are {families}."
    raise UsageError(f"There is no rule {excerpt(name)!r}.", remedy)
