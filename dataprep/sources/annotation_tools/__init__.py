"""Exports of other annotation tools, read as tasks of Label Studio: the door.

A tool is a module of this package with a constant `TOOL`, and its name in
`recipe_words.AnnotationToolName`; docs/annotation-tools.md says how one is added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from dataprep.finding import UsageError
from dataprep.recipe_words import AnnotationToolName
from dataprep.sources.annotation_tools.export import (
    AnnotationTool,
    ExportFile,
    FileHead,
    OpenedExport,
    RowHead,
    ToolExport,
    UnreadableExport,
)
from dataprep.sources.annotation_tools.training_rows import is_no_export
from dataprep.sources.opening import can_open

if TYPE_CHECKING:
    from dataprep.sources.annotation_tools.first_pass import Survey, survey, tasks
    from dataprep.sources.annotation_tools.zipped import is_zip, unpacked
    from dataprep.sources.path_source import GivenSource

__all__ = [
    "TOOL_NAMES",
    "AnnotationTool",
    "ExportFile",
    "OpenedExport",
    "Survey",
    "ToolExport",
    "UnreadableExport",
    "exports_in",
    "half_recognised",
    "has_ending",
    "is_zip",
    "opened",
    "recognised",
    "survey",
    "tasks",
    "tool_named",
    "unpacked",
]

TOOL_NAMES: tuple[AnnotationToolName, ...] = get_args(AnnotationToolName)


@cache
def tool_named(name: AnnotationToolName) -> AnnotationTool:
    """The tool of a name."""
    module = import_module(f"{__name__}.{name.replace('-', '_')}")
    tool: AnnotationTool = module.TOOL
    return tool


def has_ending(path: Path) -> bool:
    """Whether the name of a file ends as those of a tool alone do."""
    name = path.name.lower()
    return any(name.endswith(tool_named(each).endings) for each in TOOL_NAMES)


def recognised(path: Path, name: str = "") -> AnnotationToolName | None:
    """The tool whose export a file is; None where it is of none that is known."""
    head = FileHead(path, name or str(path))
    if is_no_export(head):
        return None
    return next((n for n in TOOL_NAMES if tool_named(n).recognises(head)), None)


def half_recognised(path: Path, name: str) -> str:
    """What is said of a file of rows that no tool takes, though half of the first ones are its."""
    head = FileHead(path, name)
    for each in TOOL_NAMES if len(head.rows) > 1 and not is_no_export(head) else ():
        tool = tool_named(each)
        if not any(tool.recognises(RowHead(head, head.rows[at])) for at in (0, -1)):
            continue
        own = sum(tool.recognises(RowHead(head, row)) for row in head.rows)
        if len(head.rows) / 2 <= own < len(head.rows):
            return (
                f"read as rows, since of the first {len(head.rows)} no more than {own} are of"
                f" {tool.title}; as its export, with what is wrong in the others: convert with"
                f" --format {each}"
            )
    return ""


def exports_in(
    name: AnnotationToolName,
    files: Sequence[ExportFile],
    called: str,
    source: GivenSource,
    zipped: Sequence[ExportFile] = (),
) -> Iterator[ToolExport]:
    """The exports of one tool among the recognised files of a folder or a zip.

    The files that they need are added where they can be opened: those of a zip, `zipped`, by
    their paths in it.
    """
    tool = tool_named(name)
    members = {file.inside: file for file in zipped}
    groups: dict[str, list[ExportFile]] = {}
    for file in files:
        folder = file.inside.rpartition("/")[0] if tool.by_folder else ""
        groups.setdefault(file.inside if tool.by_file else folder, []).append(file)
    for folder, group in groups.items():
        with_needed = {file.path: file for file in group}
        for file in group:
            for needed in _needed(tool, file, members):
                if not can_open(needed.path):
                    continue
                with_needed.setdefault(needed.path, needed)
        whole = f"{called}/{folder}" if folder else called
        yield _export(whole, tuple(with_needed.values()), source, together=not tool.by_file)


def _export(
    name: str, files: tuple[ExportFile, ...], source: GivenSource, *, together: bool
) -> ToolExport:
    """Some files, with what the user says of them."""
    names = tuple(source.tag_names)
    verdicts = source.task == "feedback" or bool(source.good or source.bad)
    return ToolExport(name, files, together, source.offsets, source.text, names, verdicts)


def _needed(
    tool: AnnotationTool, file: ExportFile, members: Mapping[str, ExportFile]
) -> Iterator[ExportFile]:
    """The files that belong to a file, beside it or among those of its zip."""
    if members:
        inside = (path.as_posix() for path in tool.needs(Path(file.inside)))
        yield from (members[path] for path in inside if path in members)
    else:
        yield from (file.beside(path) for path in tool.needs(file.path) if path.is_file())


def opened(
    name: AnnotationToolName, export: ToolExport | Path, called: str, source: GivenSource
) -> OpenedExport:
    """An export, or a single file of one, as its tool understands it.

    Raises UsageError for what the tool never wrote, and for a unit of offsets that it has not.
    """
    tool = tool_named(name)
    if isinstance(export, Path):
        file = ExportFile(called, export, export.name)
        export = _export(called, (file, *_needed(tool, file, {})), source, together=False)
    if not export.files:
        raise UsageError(f"{called} holds no file of {tool.title}.", "Check the path.")
    return tool.opened(export)


_HOME = {
    **dict.fromkeys(("Survey", "survey", "tasks"), "first_pass"),
    **dict.fromkeys(("is_zip", "unpacked"), "zipped"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
