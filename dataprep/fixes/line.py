"""What the rules say of one line by itself, and the fixes that make them say less."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace

from dataprep import checks, jsonio
from dataprep.example import Record
from dataprep.finding import Finding, Fix, Place, Severity
from dataprep.fixes.line_fixes import REMOVING
from dataprep.fixes.mend import mend
from dataprep.rules import CATALOGUE, Grain, found

_PLACE = Place(line=1)
_BOM = b"\xef\xbb\xbf"


class LineMender:
    """Tries fixes on a line, and keeps those after which its rules say nothing new.

    A safe fix changes nothing that is learned: a warning that only shows once the row can be read
    was true before, so that errors alone are held against it.
    """

    def __init__(self, allowed: dict[str, Fix], target: str | None, context: checks.Context):
        """`allowed` are the fixes that may be made, by code of the rule."""
        codes = [c for c, rule in CATALOGUE.items() if rule.grain in (Grain.LINE, Grain.EXAMPLE)]
        self._allowed = allowed
        self._target = target
        self._context = replace(context, selection=checks.Selection(codes), seen=checks.SeenRows())

    def mended(self, raw: bytes, told: Collection[str]) -> bytes | None:
        """The line after its fixes; as it stands where they do no good; None where it goes.

        `told` are the codes that the check of the whole file found on this line.
        """
        target, faults = self._judged(raw, told)
        before = _codes(faults)
        best = current = raw
        seen, stuck = {raw}, set[str]()
        whole = {code for code in told if code not in before}
        safe = True
        while code := self._next([*whole, *(f.code for f in faults)], stuck):
            paths = [fault.place.path for fault in faults if fault.code == code]
            after = mend(self._allowed[code].name, current, paths)
            if after is None:
                return None
            if after in seen:
                stuck.add(code)
                continue
            seen.add(after)
            current = after
            whole.discard(code)
            stuck.clear()
            faults = self._faults(current, target)
            safe = safe and self._allowed[code].safe
            if (_errors(faults) if safe else _codes(faults)) <= before:
                best, safe = current, True
                before |= _codes(faults)
        return best

    def _next(self, codes: Collection[str], stuck: Collection[str]) -> str | None:
        """The code to mend next; those whose fix removes the line come last."""
        left = {code for code in codes if code in self._allowed and code not in stuck}
        removes = {code: self._allowed[code].name in REMOVING for code in left}
        return min(left, key=lambda code: (removes[code], code), default=None)

    def _judged(self, raw: bytes, told: Collection[str]) -> tuple[str | None, list[Finding]]:
        """What is found on a line, and as what it is read.

        A row of another format than its file's is read as what it is, as it is in the whole file:
        what was found there is not found otherwise.
        """
        faults = self._faults(raw, self._target)
        codes = self._context.selection
        missed = {code for code in told if code in codes} - _codes(faults).keys()
        if missed and self._target is not None:
            own = self._faults(raw, None)
            if missed & _codes(own).keys():
                return None, own
        return self._target, faults

    def _faults(self, raw: bytes, target: str | None) -> list[Finding]:
        try:
            value = jsonio.loads(raw.removeprefix(_BOM).rstrip(b"\r\n"))
        except jsonio.JsonError as error:
            return [found(error.code, error.message, _PLACE)]
        if not isinstance(value, dict):
            return [found("J005", "is not an object", _PLACE)]
        record = Record(_PLACE, 0, value)
        return list(checks.check_rows([record], target, self._context))


def _codes(faults: Iterable[Finding]) -> Counter[str]:
    return Counter(fault.code for fault in faults)


def _errors(faults: Iterable[Finding]) -> Counter[str]:
    return _codes(fault for fault in faults if fault.severity is Severity.ERROR)
