"""Exports of other annotation tools as inputs: a file, those of a folder, or those of a zip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dataprep.finding import DataprepError, UsageError
from dataprep.names import in_utf8
from dataprep.sources import annotation_tools
from dataprep.sources.annotation_tools import ExportFile
from dataprep.sources.folders import few, in_folder
from dataprep.sources.one_input import Input
from dataprep.sources.opening import UNOPENED, unopened

if TYPE_CHECKING:
    from dataprep.recipe_words import AnnotationToolName, Format
    from dataprep.sources.path_source import GivenSource


def of_tool(
    name: AnnotationToolName,
    given: Path | annotation_tools.ToolExport,
    source: GivenSource,
    made_from: tuple[tuple[str, Path], ...] = (),
) -> Input:
    """An export of another annotation tool, as one input."""
    called = in_utf8(source.path) if isinstance(given, Path) else given.name
    export = annotation_tools.opened(name, given, called, source)
    path = given if isinstance(given, Path) else given.files[0].path
    own = tuple((file.name, file.path) for file in export.files)
    return Input(path, called, name, source.of, export=export, made_from=made_from or own)


def _of_several(
    name: AnnotationToolName,
    export: annotation_tools.ToolExport,
    source: GivenSource,
    made_from: tuple[tuple[str, Path], ...] = (),
) -> Input:
    """An export of several in a folder or a zip; one that cannot be read is a fault among them."""
    try:
        return of_tool(name, export, source, made_from)
    except annotation_tools.UnreadableExport as error:
        finding = error.finding
    except UNOPENED as error:
        finding = unopened(error, export.files[0].name, export.files[0].name)
    first = export.files[0]
    own = made_from or ((first.name, first.path),)
    return Input(first.path, first.name, name, fault=finding, made_from=own)


def of_zip(path: Path, source: GivenSource, called: str) -> list[Input]:
    """The exports in a zip. Raises UsageError where none is known."""
    files = annotation_tools.unpacked(path, called)
    by_tool: dict[AnnotationToolName, list[ExportFile]] = {}
    for file in files:
        name = source.format or annotation_tools.recognised(file.path, file.name)
        if name in annotation_tools.TOOL_NAMES:
            by_tool.setdefault(name, []).append(file)
    if not by_tool:
        known = ", ".join(annotation_tools.TOOL_NAMES)
        raise UsageError(
            f"{called} is a zip without an export that is known.",
            f"Unpack it, and convert what is in it. Known are those of: {known}.",
        )
    inputs = [
        _of_several(name, export, source, ((called, path),))
        for name, own in by_tool.items()
        for export in annotation_tools.exports_in(name, own, called, source, files)
    ]
    read = {file.path for one in inputs if one.export for file in one.export.files}
    read |= {one.path for one in inputs if one.fault}
    shown = few([file.inside for file in files if file.path not in read])
    return [replace(inputs[0], note=f"not read: {shown}" if shown else ""), *inputs[1:]]


def of_zips(paths: Sequence[Path], folder: Path, source: GivenSource) -> list[Input]:
    """The exports of a folder that holds zips alone; one that cannot be read is a fault.

    Raises UsageError where no zip can be read, as for the first of them alone.
    """
    inputs: list[Input] = []
    faults: list[DataprepError] = []
    for path in paths:
        called = in_folder(source.path, folder, path)
        try:
            inputs += of_zip(path, source, called)
        except UsageError as error:
            faults.append(error)
            finding = unopened(error, called, called)
            inputs.append(Input(path, called, "json", fault=finding, made_from=((called, path),)))
    if faults and len(faults) == len(paths):
        raise faults[0]
    return inputs


def of_folder(
    folder: Path, source: GivenSource, taken: list[tuple[Path, Format]], others: list[Path]
) -> tuple[list[Input], list[tuple[Path, Format]], list[Path]]:
    """The exports of annotation tools in a folder, and which files are not of them."""
    inputs: list[Input] = []
    called = in_utf8(source.path)
    for name in annotation_tools.TOOL_NAMES:
        own = [path for path, told in taken if told == name]
        files = [
            ExportFile(
                in_folder(source.path, folder, path), path, path.relative_to(folder).as_posix()
            )
            for path in own
        ]
        for export in annotation_tools.exports_in(name, files, called, source):
            inputs.append(_of_several(name, export, source))
    read = {path for one in inputs for _, path in one.made_from}
    taken = [each for each in taken if each[0] not in read]
    return inputs, taken, [path for path in others if path not in read]
