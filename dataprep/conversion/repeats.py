"""Files that are given more than once: by several paths, by links, or beside their folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from dataprep import sources
from dataprep.conversion.inputs import reading_of
from dataprep.finding import UsageError
from dataprep.recipe import Source

_SourceFile = tuple[Source, sources.Input]
_FileIds = tuple[tuple[int, int], ...]
"""The device and the number there of each file of an input: the same for all its names."""


def without_repeats(inputs: Sequence[_SourceFile]) -> tuple[list[_SourceFile], list[str]]:
    """The inputs, each file once for each way that it is read; what is to be said of the others.

    Of a file and its folder, which may give it a split, the file in the folder stays. Raises
    UsageError where one of the sources of a file has a share of a mix.
    """
    alike: dict[tuple[str, str, _FileIds], list[int]] = {}
    for number, (source, file) in enumerate(inputs):
        if ids := _ids_of(file.paths.values()):
            alike.setdefault((reading_of(source), file.format, ids), []).append(number)
    gone: set[int] = set()
    notes: list[str] = []
    for numbers in alike.values():
        if len(numbers) < 2:
            continue
        in_splits = {inputs[n][1].split: n for n in reversed(numbers) if inputs[n][1].split}
        kept = sorted(in_splits.values()) or numbers[:1]
        name = inputs[kept[0]][1].name
        for other in (n for n in numbers if n not in kept):
            source, file = inputs[other]
            if file.name == name and source is inputs[kept[0]][0]:
                continue  # several parts of one file
            _refuse_shares(file.name, source, inputs[kept[0]][0])
            gone.add(other)
            notes.append(f"{file.name}: {_whose(file.name, name)}, and read once")
    left = [each for number, each in enumerate(inputs) if number not in gone]
    return left, [*dict.fromkeys(notes)]


def sources_once(given: Sequence[Source], base: Path) -> tuple[list[Source], list[str]]:
    """The sources without those all of whose files another holds; what is to be said of these.

    Raises what `sources.files` does, and UsageError as `without_repeats`.
    """
    if len(given) < 2:
        return list(given), []
    held = [_held(source, base) for source in given]
    order = sorted(range(len(given)), key=lambda n: -len(held[n]))
    readers: Counter[tuple[int, int]] = Counter(one for ids in held for one in ids)
    gone: set[int] = set()
    notes: list[str] = []
    for at, number in enumerate(order):
        if not held[number] or any(readers[one] < 2 for one in held[number]):
            continue
        for other in order[:at]:
            one, whole = given[number], given[other]
            if other in gone or not held[number] <= held[other]:
                continue
            if reading_of(one) != reading_of(whole):
                continue
            _refuse_shares(one.path, one, whole)
            gone.add(number)
            if held[number] == held[other]:
                notes.append(f"{one.path}: {_whose(one.path, whole.path)}, and written once")
            else:
                notes.append(f"{one.path}: lies in {whole.path}, and is written with it")
            break
    return [source for n, source in enumerate(given) if n not in gone], [*dict.fromkeys(notes)]


def _held(source: Source, base: Path) -> frozenset[tuple[int, int]]:
    """The files of a source."""
    try:
        files = sources.files(source, base)
    except sources.SubsetsToChoose:
        return frozenset()
    return frozenset(one for file in files for one in _ids_of(file.paths.values()))


def _ids_of(paths: Iterable[Path]) -> _FileIds:
    """Empty where a file is not there any more, which is said where it is read."""
    try:
        return tuple((of.st_dev, of.st_ino) for of in (path.stat() for path in paths))
    except OSError:
        return ()


def _whose(name: str, kept: str) -> str:
    alike = Path(name) == Path(kept)
    return "given more than once" if alike else f"the same file as {kept}"


def _refuse_shares(name: str, one: Source, other: Source) -> None:
    if one is not other and (one.mix is not None or other.mix is not None):
        raise UsageError(
            f"{name} is given more than once, and its sources have shares of a mix.",
            "Name it once: no example is repeated.",
        )
