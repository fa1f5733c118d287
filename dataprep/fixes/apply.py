"""`dataprep check --fix`: a mended copy of a file, of which no rule says more than before."""

from __future__ import annotations

import functools
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO

import msgspec

from dataprep import checker, checks, store
from dataprep.addresses import refuse_address
from dataprep.durable import put_where_free, refuse_existing
from dataprep.finding import Finding, Fix, Severity, UsageError
from dataprep.fixes.file import Change, FoundLines, Settler
from dataprep.fixes.line import LineMender
from dataprep.fixes.line_fixes import rewritten
from dataprep.fixes.mendable import is_mendable
from dataprep.fixes.whole_file import CODES, WholeFile, edits_between, file_changes, mend_file
from dataprep.report import Counts, Edit, printable, write_diff
from dataprep.rules import CATALOGUE

_HIDDEN = "[hidden]"


@dataclass(frozen=True, slots=True)
class Fixed:
    """What a fix did: lines changed and removed, and what was found before and after.

    `copies_made` of the removed lines became copies of others by the other fixes alone. `out` is
    the new file, None where nothing could be mended or only the diff was shown; `file_changes` say
    what becomes of the file as a whole, and of no line (`UTF-16 becomes UTF-8`). `not_swept` are
    what runs that were killed left beside it, and cannot be removed.
    """

    out: Path | None
    changed: int
    removed: int
    before: Counts
    after: Counts
    fixes: Mapping[str, Fix]
    not_swept: Sequence[Path] = ()
    copies_made: int = 0
    file_changes: Sequence[str] = ()

    @property
    def mended(self) -> dict[str, int]:
        """How many findings are gone, by code."""
        left = {code: n - self.after.rules[code] for code, n in self.before.rules.items()}
        return {code: n for code, n in left.items() if n > 0}

    @property
    def left(self) -> dict[str, int]:
        """Findings whose fix was asked for and would have broken another rule, by code."""
        return {code: n for code, n in self.after.rules.items() if code in self.fixes}


def default_out(path: Path) -> Path:
    """The name of the new file beside the old one: train.jsonl gives train.fixed.jsonl."""
    name = path.name.removesuffix(".gz")
    stem, dot, ending = name.rpartition(".")
    made = f"{stem}.fixed.{ending}" if dot else f"{name}.fixed"
    return path.parent / (made + path.name[len(name) :])  # a folder `.` has no name to change


def fix(
    path: Path,
    out: Path,
    *,
    unsafe: bool = False,
    target: str | None = None,
    context: checks.Context | None = None,
) -> Fixed:
    """Write a mended copy of one JSONL file, whole or not at all; never over another file.

    `unsafe` makes the fixes too that may change what is learned. A compressed file stays
    compressed. What a run that was killed left beside `out` is removed. Raises UsageError for a
    file that is none, or an `out` that exists or lies in no folder.
    """
    refuse_existing(out)
    if not out.parent.is_dir():
        store.refuse_file(out, above=True)
        words = f"{out.parent}: no such folder."
        raise UsageError(words, "Make it first, or name another file with --output.")
    left = store.sweep(out)
    folder = store.beside(out, "staging")
    try:
        with store.environment_errors(out):
            folder.mkdir()
            repair = _repair(path, out, folder, unsafe=unsafe, target=target, context=context)
            settled = repair.settle(folder / path.name)
            told = file_changes(path, folder / path.name) if settled else ()
            if settled:
                put_where_free(folder / path.name, out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    done = repair.result(out if settled else None)
    return replace(done, not_swept=left, file_changes=told)


def preview(
    path: Path,
    stream: TextIO,
    *,
    unsafe: bool = False,
    target: str | None = None,
    context: checks.Context | None = None,
) -> Fixed:
    """Write what `fix` would change as a unified diff, secrets and personal data hidden.

    What becomes of the file as a whole stands before it, where `patch` reads over it.
    """
    told: tuple[str, ...] = ()
    with tempfile.TemporaryDirectory() as folder, store.environment_errors(Path(folder)):
        repair = _repair(
            path, default_out(path), Path(folder), unsafe=unsafe, target=target, context=context
        )
        if repair.settle(staged := Path(folder) / path.name):
            told = file_changes(path, staged)
            stream.writelines(f"{printable(str(path))}: {each}.\n" for each in told)
            edits = (_shown(*change) for change in repair.changes() if change[1] != change[2])
            write_diff(edits, str(path), str(default_out(path)), stream)
    return replace(repair.result(None), file_changes=told)


@dataclass(slots=True)
class _Repair:
    """The fixes of one file: of the whole, where there are such, and then of its lines."""

    path: Path
    before: FoundLines
    whole: WholeFile | None
    settler: Settler

    def settle(self, staged: Path) -> bool:
        """Write the new file to `staged`; False, and no file, where nothing can change."""
        if self.settler.settle(staged):
            return True
        if self.whole is None:
            return False
        self.whole.path.rename(staged)
        self.whole.path = staged
        return True

    def changes(self) -> Iterator[Change]:
        """Every line of the old file with what becomes of it."""
        if self.whole is None:
            return self.settler.changes()
        after = (change.after for change in self.settler.changes_of(self.whole.path))
        return edits_between(self.path, self.whole.origins, after)

    def result(self, out: Path | None) -> Fixed:
        """What was done, and what was found before and after."""
        return Fixed(
            out=out,
            changed=self.settler.changed + (self.whole.changed if self.whole else 0),
            removed=self.settler.removed,
            before=self.before.counts,
            after=self.settler.after.counts,
            fixes=self.settler.fixes,
            copies_made=self.settler.copies_made,
        )


def _repair(
    path: Path,
    out: Path,
    folder: Path,
    *,
    unsafe: bool,
    target: str | None,
    context: checks.Context | None,
) -> _Repair:
    """What mends a file: judged, and with the causes of the whole file mended in `folder`."""
    _check_lines(path)
    settings, form = _as_read(target, context or checks.Context())
    first = checks.SeenRows()  # of the old file: its format is the one of every row

    def check(file: Path) -> Iterator[Finding]:
        seen = checks.SeenRows() if first.rows else first
        findings = checker.check([file], target, replace(settings, seen=seen))
        return findings if file == path else (_called(finding, out) for finding in findings)

    allowed = _allowed(settings.selection, unsafe=unsafe)

    @functools.cache
    def judge() -> LineMender:
        return LineMender(allowed, form or next(iter(first.formats.values()), None), settings)

    before = FoundLines.of(check(path))
    whole = _whole(path, folder, before, allowed, check)
    lined = path if whole is None else whole.path
    found = before if whole is None else FoundLines.of(check(lined))
    settler = Settler(lined, allowed, check, lambda raw, told: judge().mended(raw, told), found)
    return _Repair(path, before, whole, settler)


def _check_lines(path: Path) -> None:
    """Raise UsageError for what is none."""
    if not path.exists():
        refuse_address(str(path))
        raise UsageError(f"{path}: no such file.", "Check the path.")
    if not is_mendable(path):
        raise UsageError(
            f"{path} is no file of rows that can be mended.",
            "A fix works on JSONL.",
        )


def _allowed(selection: checks.Selection, *, unsafe: bool) -> dict[str, Fix]:
    """The fixes that may be made, by code of the rule."""
    return {
        code: rule.fix
        for code, rule in CATALOGUE.items()
        if rule.fix is not None and (unsafe or rule.fix.safe) and code in selection
    }


def _whole(
    path: Path,
    folder: Path,
    before: FoundLines,
    allowed: Mapping[str, Fix],
    check: Callable[[Path], Iterable[Finding]],
) -> WholeFile | None:
    """The file with its causes mended; None where it has none, or would have a new error."""
    codes = {code for code in CODES if code in allowed and code in before.lines}
    if not codes:
        return None
    (folder / "whole").mkdir()
    made = mend_file(path, folder / "whole" / path.name, codes)
    if made is None:
        return None
    after = FoundLines.of(check(made.path)).counts.rules
    errors = {c: n for c, n in after.items() if CATALOGUE[c].severity is Severity.ERROR}
    if any(n > before.counts.rules[code] for code, n in errors.items()):
        return None
    return made if any(after[code] < before.counts.rules[code] for code in codes) else None


def _called(finding: Finding, out: Path) -> Finding:
    """The finding in the file that is being made, by the name that it will have."""
    place = msgspec.structs.replace(finding.place, file=str(out))
    return msgspec.structs.replace(finding, place=place)


def _as_read(target: str | None, context: checks.Context) -> tuple[checks.Context, str | None]:
    """The settings of whoever reads the file, and the format that is asked for."""
    reader = checker.reader(target) if target else checker.TargetReader()
    if reader.provider is None:
        return context, reader.form
    made = replace(context, provider=reader.provider, model=reader.model)
    selection = made.selection.without(checks.silenced(made))
    return replace(made, selection=selection), reader.form


def _shown(line: int, before: bytes, after: bytes | None) -> Edit:
    return Edit(line, _masked(before), None if after is None else _masked(after))


def _masked(raw: bytes) -> bytes:
    """The line with what is secret or personal hidden, in its texts and then in its bytes."""
    inside = rewritten(raw, _mask_row) or raw
    return _mask(inside.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def _mask_row(value: Any, name: str = "") -> Any:
    if isinstance(value, str):
        return _mask(value, name)
    if isinstance(value, list):
        return [_mask_row(item, name) for item in value]
    if isinstance(value, dict):
        from dataprep.sensitive import named

        return {key: _mask_row(item, told) for key, item, told in named(value, name)}
    return value


def _mask(text: str, name: str = "") -> str:
    from dataprep import sensitive

    return sensitive.with_stand_ins(text, sensitive.matches(text, name), _HIDDEN)
