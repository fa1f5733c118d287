"""The files of a source, each with its format: told from its name, and from what stands in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dataprep.finding import DataprepError, NothingToDo, UsageError
from dataprep.names import in_utf8
from dataprep.sources import annotation_tools
from dataprep.sources.annotation_tools import ExportFile, OpenedExport
from dataprep.sources.folders import describes_rows, entries_of, few, is_about_rows
from dataprep.sources.given_templates import GivenTemplates
from dataprep.sources.label_studio_forms import holds_task, recognises
from dataprep.sources.opening import head_of

if TYPE_CHECKING:
    from dataprep.annotation import LabelingConfig, Of
    from dataprep.recipe import AnnotationToolName, Format, Source
    from dataprep.sources.layout import Layout
    from dataprep.sources.storage import StoredTask

_BY_SUFFIX: dict[str, Format] = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".xlsx": "xlsx",
    ".conll": "label-studio",
    ".txt": "text",
    ".md": "text",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".docx": "docx",
}
ROWS: frozenset[Format] = frozenset(
    (
        *("label-studio", "json", "jsonl", "csv", "tsv", "parquet", "arrow", "xlsx"),
        *annotation_tools.TOOL_NAMES,
    )
)
"""The formats that hold rows; the others are running text."""

_MAYBE_EXPORT: frozenset[Format | None] = frozenset(("json", "jsonl", "csv", "tsv", None))
_JSON: frozenset[Format | None] = frozenset(("json", "jsonl"))
_MAGIC: dict[bytes, Format] = {b"PAR1": "parquet", b"ARROW1": "arrow", b"\xff\xff\xff\xff": "arrow"}
_GZIP = ".gz"


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read; `name` is how messages call it.

    `of` and `config` are for exports: whose results are read, and what the forms that have lost
    their controls (JSON_MIN, CSV, CoNLL) are understood by. `layout` is where the rows of a JSON
    document stand, as far as it is known; `note` says what a person should know of the reading.
    `export` is that of another annotation tool, which may be several files, and is read whole;
    `made_from` are its files by their names.
    `reading` says why it is read as rows and no export, or the other way round.
    `stored` are the files of each task of a target storage, whose first file `path` is.
    """

    path: Path
    name: str
    format: Format
    of: Of = "annotations"
    config: LabelingConfig | None = None
    layout: Layout | None = None
    note: str = ""
    reading: str = ""
    export: OpenedExport | None = None
    made_from: tuple[tuple[str, Path], ...] = ()
    stored: tuple[StoredTask, ...] = ()

    @property
    def paths(self) -> dict[str, Path]:
        """The files that are read, by what messages call them."""
        if self.stored:
            return {file.name: file.path for task in self.stored for file in task}
        return dict(self.made_from) or {self.name: self.path}

    @property
    def size(self) -> int:
        """Bytes of all its files, one at least."""
        return max(sum(path.stat().st_size for path in self.paths.values()), 1)


def files(source: Source, base: Path) -> list[Input]:
    """The files of a source in a fixed order; a folder gives the files it knows how to read.

    What comes through a pipe, or from standard input (`-`), is kept in a temporary file.
    Raises UsageError for a path that is not there or whose format cannot be told, and for a
    labeling config that is none; NothingToDo for a folder without a file to read.
    """
    given = GivenTemplates(source)
    inputs = [given.noted(one) for one in _files(source, base, given)]
    if source.tag_names and not any(one.format == "token-rows" for one in inputs):
        words = f"{source.path}: tag_names are for rows with tokens and the numbers of their tags."
        raise UsageError(words, "Leave them out, or say --format token-rows.")
    return inputs


def _files(source: Source, base: Path, given: GivenTemplates) -> list[Input]:
    from dataprep.sources import pipes

    path = Path("/dev/stdin") if source.path == pipes.STDIN else base / source.path
    path = pipes.filed(path, source.path)
    config = _config(base / source.label_config) if source.label_config else None
    make = partial(Input, of=source.of, config=config)
    if path.is_dir():
        taken, others = _of_folder(path, source, given)
        exports, taken, others = _exports(path, source, taken, others)
        inputs = [
            make(file, in_utf8(str(Path(source.path) / file.relative_to(path))), format_)
            for file, format_ in taken
        ]
        first, *rest = map(_with_layout, (*exports, *inputs))
        return [replace(first, note=_semicolons(_left_out(path, others), first.note)), *rest]
    if not path.exists():
        raise UsageError(f"{source.path}: no such file.", "Check the path.")
    format_ = source.format or format_of(path, exported=config is not None)
    format_ = given.format_of(path, source.path, format_, partial(_as_rows, path, source.path))
    zipped = format_ is None or format_ in annotation_tools.TOOL_NAMES
    if zipped and annotation_tools.is_zip(path, source.path):
        return _of_zip(path, source)
    if format_ is None:
        raise UsageError(
            f"{source.path}: the format cannot be told from the name.",
            "Say it in the recipe, for example format: jsonl.",
        )
    if format_ in annotation_tools.TOOL_NAMES:
        return [_of_tool(format_, path, source)]
    return [_with_layout(make(path, in_utf8(source.path), format_))]


def _of_tool(
    name: AnnotationToolName,
    given: Path | annotation_tools.ToolExport,
    source: Source,
    made_from: tuple[tuple[str, Path], ...] = (),
) -> Input:
    """An export of another annotation tool, as one input."""
    called = in_utf8(source.path) if isinstance(given, Path) else given.name
    export = annotation_tools.opened(name, given, called, source)
    path = given if isinstance(given, Path) else given.files[0].path
    own = tuple((file.name, file.path) for file in export.files)
    return Input(path, called, name, source.of, export=export, made_from=made_from or own)


def _of_zip(path: Path, source: Source) -> list[Input]:
    """The exports in a zip. Raises UsageError where none is known."""
    called = in_utf8(source.path)
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
        _of_tool(name, export, source, ((called, path),))
        for name, own in by_tool.items()
        for export in annotation_tools.exports_in(name, own, called, source, files)
    ]
    read = {file.path for one in inputs if one.export for file in one.export.files}
    shown = few([file.inside for file in files if file.path not in read])
    return [replace(inputs[0], note=f"not read: {shown}" if shown else ""), *inputs[1:]]


def _exports(
    folder: Path, source: Source, taken: list[tuple[Path, Format]], others: list[Path]
) -> tuple[list[Input], list[tuple[Path, Format]], list[Path]]:
    """The exports of annotation tools in a folder, and which files are not of them."""
    inputs: list[Input] = []
    called = in_utf8(source.path)
    for name in annotation_tools.TOOL_NAMES:
        own = [path for path, told in taken if told == name]
        files = [
            ExportFile(in_utf8(str(Path(source.path) / inside)), path, inside.as_posix())
            for path in own
            for inside in (path.relative_to(folder),)
        ]
        for export in annotation_tools.exports_in(name, files, called, source):
            inputs.append(_of_tool(name, export, source))
    read = {path for one in inputs for _, path in one.made_from}
    taken = [each for each in taken if each[0] not in read]
    return inputs, taken, [path for path in others if path not in read]


def _config(path: Path) -> LabelingConfig:
    from dataprep.annotation import read_config

    return read_config(path)


def format_of(path: Path, *, exported: bool = False) -> Format | None:
    """The format of a file, by its name, and by its content where the name may mean several.

    `exported` says that a labeling config is at hand, so that JSON is taken for an export.
    """
    known = _by_name(path)
    if known in _MAYBE_EXPORT and recognises(path):
        return "label-studio"
    if (tool := annotation_tools.recognised(path)) is not None:
        return tool
    if known == "label-studio" and not recognises(path):  # a .conll that is none of its own
        return "conll"
    told = _by_content(path) if known is None else known
    if told not in _JSON or known == "jsonl":
        return told
    return "label-studio" if exported or holds_task(path) else _of_json(path)


def _as_rows(path: Path, name: str) -> Input | None:
    """A file as its name and its form alone would have it read; None where they say no rows."""
    known = _by_name(path)
    told = _by_content(path) if known is None else known
    if told == "json":
        told = _of_json(path)
    if told is None or told not in ROWS - {"label-studio"}:
        return None
    try:
        return _with_layout(Input(path, in_utf8(name), told))
    except DataprepError:
        return None


def _by_name(path: Path) -> Format | None:
    name = path.name.lower()
    known = _BY_SUFFIX.get(Path(name.removesuffix(_GZIP)).suffix)
    return None if name.endswith(_GZIP) and known not in _MAYBE_EXPORT else known


def _of_json(path: Path) -> Format:
    """JSON is read as JSONL where it is: lines are read by any number of workers."""
    from dataprep.sources.jsonl_form import holds_lines

    return "jsonl" if holds_lines(path, str(path)) else "json"


def _by_content(path: Path) -> Format | None:
    """The format of a file whose name says nothing; None where it holds no rows that are known."""
    head = head_of(path, str(path), 512)
    for magic, format_ in _MAGIC.items():
        if head.startswith(magic):
            return format_
    return "json" if head.lstrip()[:1] in (b"{", b"[") else None


def _of_folder(
    folder: Path, source: Source, given: GivenTemplates
) -> tuple[list[tuple[Path, Format]], list[Path]]:
    """The files of a folder that are read, each with its format, and those left out.

    Raises NothingToDo where none is read, and UsageError for a link that leads nowhere.
    """
    exported = source.label_config is not None
    taken: list[tuple[Path, Format]] = []
    others: list[Path] = []
    for path in entries_of(folder):
        told: Format | None = None
        if path.is_file() and not describes_rows(path):
            by_recipe = source.format if _by_name(path) is None else None
            told = by_recipe or format_of(path, exported=exported)
            called = str(Path(source.path) / path.relative_to(folder))
            told = given.format_of(path, called, told, partial(_as_rows, path, called))
        elif not path.exists() and (_by_name(path) is not None or not path.suffix):
            called = str(Path(source.path) / path.relative_to(folder))
            words = f"{called}: the link leads to {path.readlink()}, which is not there."
            raise UsageError(words, "Mend the link, or remove it.")
        if told is None:
            others.append(path)
        else:
            taken.append((path, told))
    if any(told in ROWS for _, told in taken):
        others += [path for path, _ in taken if is_about_rows(path)]
        taken = [each for each in taken if not is_about_rows(each[0])]
    if source.format is not None:
        own = [each for each in taken if each[1] == source.format]
        others += [path for path, told in taken if own and told != source.format]
        taken = own or [(path, source.format) for path, _ in taken]
    if not taken:
        suffixes = ", ".join(_BY_SUFFIX)
        raise NothingToDo(f"{source.path} holds no file to read.", f"Read are: {suffixes}.")
    return taken, sorted(others)


def _left_out(folder: Path, others: list[Path]) -> str:
    """The files of a folder that are not read, in words."""
    shown = few([str(path.relative_to(folder)) for path in others])
    return f"not read: {shown}" if shown else ""


def _with_layout(given: Input) -> Input:
    """The input with where its rows stand, where its format leaves that open, and in words."""
    if given.format == "xlsx":
        from dataprep.sources import excel

        return replace(given, note=excel.sheets(given.path, given.name))
    if given.format != "json":
        return given
    from dataprep.sources.json_rows import layout_in

    layout = layout_in(given.path, given.name)
    return given if layout is None else replace(given, layout=layout, note=layout.words)


def _semicolons(one: str, other: str) -> str:
    return "; ".join(filter(None, (one, other)))
