"""The files of a source, each with its format: told from its name, and from what stands in it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from dataprep.addresses import refuse_address
from dataprep.finding import DataprepError, Finding, NothingToDo, UnreadableFile, UsageError
from dataprep.names import in_utf8
from dataprep.sources import annotation_tools, converted, pipes, tool_inputs
from dataprep.sources.folders import (
    describes_rows,
    entries_of,
    few,
    in_folder,
    is_about_rows,
    is_file,
)
from dataprep.sources.given_templates import GivenTemplates
from dataprep.sources.hub_download import as_typed, downloaded, hub_hint, is_hub_address
from dataprep.sources.hub_folder import HubFolder, as_given, hub_folder
from dataprep.sources.label_studio_forms import holds_task, recognises
from dataprep.sources.one_input import Input
from dataprep.sources.opening import UNOPENED, head_of, unopened
from dataprep.sources.own_files import own_files

if TYPE_CHECKING:
    from dataprep.annotation import LabelingConfig
    from dataprep.recipe_words import Format
    from dataprep.sources.path_source import GivenSource

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


class FolderFiles(NamedTuple):
    """The files of a folder with their formats, those left out, and why some cannot be opened.

    `hub` is what its card says of them, `own` is what dataprep wrote: outputs, runs, journals.
    """

    taken: list[tuple[Path, Format]]
    others: list[Path]
    faults: dict[Path, Finding]
    hub: HubFolder
    own: list[Path]


def files(source: GivenSource, base: Path, *, outputs: bool = True) -> list[Input]:
    """The files of a source in a fixed order; a folder gives the files it knows how to read.

    What dataprep wrote below a folder is left out, which the note of the first file says; without
    `outputs` it says nothing of the outputs of convert, which the caller reads by themselves.
    What comes through a pipe, or from standard input (`-`), is kept in a temporary file.
    Raises UsageError for a path that is not there or whose format cannot be told, and for a
    labeling config that is none; NothingToDo for a folder without a file to read.
    """
    source = source.with_path(as_typed(source.path))
    given = GivenTemplates(source)
    found = _files(source, base, given, outputs=outputs)
    inputs = [given.noted(_with_tool(one, source)) for one in found]
    if source.delimiter and not any(one.format == "csv" for one in inputs):
        raise UsageError(
            f"{source.path}: --delimiter is for tables of text, and it is {inputs[0].format}.",
            "Leave it out; of several sources, say delimiter in a recipe, of the table alone.",
        )
    if source.tag_names and not any(one.format == "token-rows" for one in inputs):
        words = (
            f"{source.path}: --tag-names are for rows with tokens and the numbers of their tags."
        )
        raise UsageError(words, "Leave them out, or say --format token-rows.")
    return inputs


def outputs_below(folder: Path) -> list[Path]:
    """The outputs of convert below a folder."""
    return converted.outputs_among(folder, entries_of(folder))


def refuse_missing(source: GivenSource, base: Path) -> None:
    """Raise UsageError for a path that is not there."""
    if source.path == pipes.STDIN or is_hub_address(source.path):
        return
    if not (base / source.path).exists():
        hint = "" if _by_name(Path(source.path)) else hub_hint(source.path)
        if not hint:
            refuse_address(source.path)
        raise UsageError(f"{source.path}: no such file.", f"Check the path.{hint}")


def _with_tool(given: Input, source: GivenSource) -> Input:
    """The input, with the tool that half of its rows are of, where nobody says what they are."""
    if given.format not in _JSON or given.fault or source.format or source.prompt:
        return given
    reading = annotation_tools.half_recognised(given.path, given.name)
    note = _semicolons(given.note, reading)
    return replace(given, note=note, reading=reading) if reading else given


def _files(source: GivenSource, base: Path, given: GivenTemplates, *, outputs: bool) -> list[Input]:
    words = ""
    if is_hub_address(source.path):
        path, words = downloaded(source.path, source.subset, _is_read)
    else:
        path = Path("/dev/stdin") if source.path == pipes.STDIN else base / source.path
        path = pipes.filed(path, source.path)
    first, *rest = _files_at(path, source, base, given, outputs=outputs)
    return [replace(first, note=_semicolons(words, first.note)), *rest]


def _files_at(
    path: Path, source: GivenSource, base: Path, given: GivenTemplates, *, outputs: bool
) -> list[Input]:
    config = _config(base / source.config_path) if source.config_path else None
    make = partial(Input, of=source.of, config=config, mark=source.delimiter)
    if source.format == converted.NAME or (source.format is None and converted.is_converted(path)):
        return converted.inputs(path, in_utf8(source.path))
    if path.is_dir():
        make = partial(make, of_folder=True)
        taken, others, faults, hub, own = _of_folder(path, source, given)
        if source.delimiter:
            taken = [(f, "csv" if told == "tsv" else told) for f, told in taken]
        own = own if outputs else [each for each in own if not converted.is_converted(each)]
        if zips := [] if taken or faults else [other for other in others if _is_zip(other)]:
            first, *rest = tool_inputs.of_zips(zips, path, source)
            others = [other for other in others if other not in zips]
            note = _semicolons(_left_out(path, others, own), first.note)
            return [replace(first, note=note), *rest]
        exports, taken, others = tool_inputs.of_folder(path, source, taken, others)
        inputs = [make(f, in_folder(source.path, path, f), told) for f, told in taken]
        read = {p for one in exports for _, p in one.made_from}
        unread = [
            make(f, finding.place.file, _by_name(f) or "json", fault=finding)
            for f, finding in faults.items()
            if f not in read
        ]
        read_alike = as_given(path, source, hub, [*map(_with_layout, (*exports, *inputs))])
        first, *rest = (*read_alike, *unread)
        return [replace(first, note=_semicolons(_left_out(path, others, own), first.note)), *rest]
    if not path.exists():
        refuse_missing(source, base)
    if source.subset is not None:
        words = f"{source.path} is a file, and --subset is for folders of a data set."
        raise UsageError(words, "Leave it out.")
    format_ = source.format or format_of(path, exported=config is not None)
    if source.delimiter and format_ in (None, "text", "tsv"):
        format_ = "csv"
    format_ = given.format_of(path, source.path, format_, partial(_as_rows, path, source.path))
    zipped = format_ is None or format_ in annotation_tools.TOOL_NAMES
    if zipped and annotation_tools.is_zip(path, source.path):
        return tool_inputs.of_zip(path, source, in_utf8(source.path))
    if format_ is None and path != base / source.path and _is_table(path, source.path):
        format_ = "csv"
    if format_ is None and not head_of(path, source.path, 1):
        format_ = "jsonl"  # without any row, whatever it was to hold
    if format_ is None:
        raise UsageError(
            f"{source.path}: the format cannot be told from the name.",
            "Say it: --format jsonl.",
        )
    if format_ in annotation_tools.TOOL_NAMES:
        return [tool_inputs.of_tool(format_, path, source)]
    return [_with_layout(make(path, in_utf8(source.path), format_))]


def _is_read(name: str) -> bool:
    return _by_name(Path(name)) is not None


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


def _is_table(path: Path, name: str) -> bool:
    """Whether what came through a pipe, and has no name, is a table of text."""
    from dataprep.sources import tables

    return tables.is_table(head_of(path, name, tables.HEAD))


def _of_folder(folder: Path, source: GivenSource, given: GivenTemplates) -> FolderFiles:
    """The files of a folder that are read, those left out, and those that cannot be opened.

    Raises NothingToDo where none is read, and UnreadableFile or ForbiddenFile where none can be.
    """
    taken: list[tuple[Path, Format]] = []
    others: list[Path] = []
    faults: dict[Path, DataprepError] = {}
    entries = entries_of(folder)
    hub = hub_folder(folder, in_utf8(source.path), entries, source.subset)
    outputs = converted.outputs_among(folder, entries)
    entries = [path for path in entries if not any(each in path.parents for each in outputs)]
    written = own_files(folder, entries)
    ours = sorted((*outputs, *written.named))
    for path in entries:
        if written.hold(path):
            continue
        if path in hub.left_out:
            others.append(path)
            continue
        called = in_folder(source.path, folder, path)
        try:
            told = _told(path, source)
            told = given.format_of(path, called, told, partial(_as_rows, path, called))
        except UNOPENED as error:
            faults[path] = error
            continue
        if told is None:
            others.append(path)
        else:
            taken.append((path, told))
    zips = not any(told in ROWS for _, told in taken) and any(map(_is_zip, others))
    if zips or any(told in ROWS for _, told in taken):
        others += [path for path in (*(p for p, _ in taken), *faults) if is_about_rows(path)]
        taken = [each for each in taken if not is_about_rows(each[0])]
        faults = {path: error for path, error in faults.items() if not is_about_rows(path)}
    if source.format is not None:
        own = [each for each in taken if _is_of(*each, source.format)]
        others += [each[0] for each in taken if own and each not in own]
        taken = [(path, source.format) for path, _ in own or taken]
    if not taken and not faults and zips:
        return FolderFiles([], sorted(others), {}, hub, ours)
    if not taken and faults:
        raise next(iter(faults.values()))
    if not taken:
        suffixes = ", ".join(_BY_SUFFIX)
        raise NothingToDo(f"{source.path} holds no file to read.", f"Read are: {suffixes}.")
    named = {
        path: unopened(error, str(path), in_folder(source.path, folder, path))
        for path, error in faults.items()
    }
    return FolderFiles(taken, sorted(others), named, hub, ours)


def _is_of(path: Path, told: Format, format_: Format) -> bool:
    """Whether a file has a format: as what it is recognised, or as what its rows are written."""
    if told == format_:
        return True
    rows = _as_rows(path, str(path))
    return rows is not None and rows.format == format_


def _is_zip(path: Path) -> bool:
    return is_file(path) and _by_name(path) is None and annotation_tools.is_zip(path, str(path))


def _told(path: Path, source: GivenSource) -> Format | None:
    """The format of what stands in a folder; None for what is not read."""
    if is_file(path):
        if describes_rows(path):
            return None
        unknown = _by_name(path) is None and not (source.format and _is_zip(path))
        by_recipe = source.format if unknown else None
        return by_recipe or format_of(path, exported=source.config_path is not None)
    known = _by_name(path) is not None or not path.suffix or annotation_tools.has_ending(path)
    if known and not path.exists():
        led = f"is a link to {path.readlink()}, which is" if path.is_symlink() else "is"
        raise UnreadableFile(f"{path} {led} not there.", "Mend the link, or remove it.")
    return None


def _left_out(folder: Path, others: list[Path], own: list[Path]) -> str:
    """The files of a folder that are not read, in words."""
    shown, ours = (few([str(path.relative_to(folder)) for path in each]) for each in (others, own))
    return _semicolons(
        f"not read: {shown}" if shown else "",
        f"left out, since dataprep wrote it: {ours}" if ours else "",
    )


def _with_layout(given: Input) -> Input:
    """The input with where its rows stand, where its format leaves that open, and in words."""
    if given.format == "xlsx":
        from dataprep.sources import excel

        try:
            return replace(given, note=excel.sheets(given.path, given.name))
        except UNOPENED as error:
            if not given.of_folder:
                raise
            return replace(given, fault=unopened(error, given.name, given.name))
    if given.format == "csv":
        return _with_mark(given)
    if given.format != "json":
        return given
    from dataprep.sources.json_rows import layout_in

    layout = layout_in(given.path, given.name)
    return given if layout is None else replace(given, layout=layout, note=layout.words)


def _with_mark(given: Input) -> Input:
    """The table with what divides its cells, said where it is no comma."""
    if given.mark is not None:
        return given
    from dataprep.sources import tables

    try:
        mark = tables.mark_of(given.path, given.name)
    except UNOPENED as error:
        if not given.of_folder:
            raise
        return replace(given, fault=unopened(error, given.name, given.name))
    said = f"cells are divided by {'tabs' if mark == chr(9) else repr(mark)}"
    return given if mark == "," else replace(given, mark=mark, note=said)


def _semicolons(one: str, other: str) -> str:
    return "; ".join(filter(None, (one, other)))
