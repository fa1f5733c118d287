"""`dataprep check`: files of training rows, read strictly and judged, with nothing written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from dataprep import checks, sources
from dataprep.contracts import from_file
from dataprep.finding import (
    DataprepError,
    EnvironmentProblem,
    Finding,
    NothingToDo,
    Place,
    UsageError,
    excerpt,
)
from dataprep.formats import FORMATS
from dataprep.rules import found
from dataprep.shell import command_line

if TYPE_CHECKING:
    from dataprep import tokens


class TargetReader(NamedTuple):
    """Who reads the files: a format, or a provider and perhaps one of its models."""

    form: str | None = None
    provider: str | None = None
    model: str | None = None
    survival: bool = False
    """Whether answers are held against what T5 can spell."""


def reader(target: str) -> TargetReader:
    """The reader that a target names: a format, or PROVIDER[:MODEL].

    Raises UsageError for an unknown one.
    """
    import difflib

    if target in FORMATS:
        return TargetReader(form=target)
    if target == "t5":
        return TargetReader(survival=True)
    from dataprep import providers

    name, _, model = target.partition(":")
    known = [row.name for row in providers.table().providers]
    if name in known:
        return TargetReader(provider=name, model=model or None)
    if whose := [
        f"{row.name}:{target}"
        for row in providers.table().providers
        if providers.model_of(row, target)
    ]:
        raise UsageError(
            f"{excerpt(target)!r} is a model, and its provider is not said.",
            f"Did you mean {' or '.join(whose)}?",
        )
    every = [*FORMATS, "t5", *known]
    near = difflib.get_close_matches(name, every, n=1)
    remedy = f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(every)}."
    raise UsageError(f"{excerpt(target)!r} is not a reader of training files.", remedy)


def check(
    paths: Iterable[Path], target: str | None = None, context: checks.Context | None = None
) -> Iterator[Finding]:
    """The findings of one file, or of several that are splits of one dataset.

    A folder that `convert` made stands for its files of the target, and one below another folder
    is judged by itself: it holds the rows of its source. Raises UsageError for a path that holds
    no training rows, and for an unknown target; NothingToDo for a folder without a file to read.
    """
    context = context or checks.Context()
    loose: list[sources.Input] = []
    below: list[Path] = []
    for path in paths:
        if path.is_dir() and _made_by_us(path):
            yield from _converted(path, target, context)
            continue
        outputs = sources.outputs_below(path) if path.is_dir() else []
        loose += _files(path, outputs)
        below += outputs
        if outputs:
            named_so = sources.few([str(each.relative_to(path)) for each in outputs])
            context.seen.notes[f"{path}/"] = f"{_BY_THEMSELVES}: {named_so}"
    named = reader(target) if target else TargetReader()
    for group in _apart(loose):
        yield from _together(group, named.form, _of_reader(context, named))
    for output in below:
        yield from _converted(output, target, context, alone=False)


_BY_THEMSELVES = "outputs of convert below it are judged by themselves"


def _apart(files: list[sources.Input]) -> list[list[sources.Input]]:
    """The files that are compared with each other: all, but for those of two targets of convert.

    These hold the same rows, and so do two outputs of one source.
    """
    if len(files) < 2:
        return [files] if files else []
    groups: dict[Path | None, list[sources.Input]] = {}
    for file in files:
        groups.setdefault(_target_folder(file.path), []).append(file)
    targets = [folder for folder in groups if folder is not None]
    return [*groups.values()] if targets[1:] else [files]


def _target_folder(path: Path) -> Path | None:
    """The folder of a target in an output of convert that a file lies in; None elsewhere."""
    folder = path.absolute().parent
    try:
        return folder if sources.is_converted(folder.parent) else None
    except DataprepError:  # a damaged manifest is none of the file's
        return None


def context(
    select: Iterable[str], ignore: Iterable[str], completion_schema: Path | None
) -> checks.Context:
    """The settings that the flags of the command ask for."""
    contract = from_file(completion_schema) if completion_schema else None
    return checks.Context(selection=checks.Selection(select, ignore), completion=contract)


def account(target: str | None, tokenizer: str | None, epochs: int | None) -> tokens.TokenAccount:
    """What counts tokens and their cost during a check, for whoever reads the file."""
    from dataprep import providers, tokens

    named = reader(target) if target else TargetReader()
    who = providers.reader(target) if target and named.provider else None
    encoding = who.name if who is not None and who.model is not None else None
    limit = who.token_limit if who is not None else None
    return tokens.TokenAccount(tokens.counter(encoding, tokenizer), limit, who, epochs or 0)


def _of_reader(context: checks.Context, named: TargetReader) -> checks.Context:
    """The settings for a reader: a provider's rules and lengths, or what T5 can spell."""
    if named.survival:
        return replace(context, survival=checks.survival_of(context.tokenizer))
    if named.provider is None:
        return context
    made = replace(context, provider=named.provider, model=named.model)
    who = checks.reader_of(made)
    if who is not None and context.token_limit == checks.OPENAI_TOKENS:
        models = (who.model,) if who.model else who.provider.models
        limits = [model.example_tokens or 0 for model in models]
        made = replace(made, token_limit=max(limits, default=0))
    return replace(made, selection=made.selection.without(checks.silenced(made)))


def _together(
    files: Iterable[sources.Input], form: str | None, context: checks.Context
) -> Iterator[Finding]:
    """The findings of files that are splits of one dataset."""
    rows: dict[str, Iterable[Any]] = {}
    of_tokens: list[Path] = []
    for file in files:
        if file.fault is not None:
            rows[file.name] = sources.items(file)
            continue
        if file.format == "parquet" and sources.holds_tokens(file.path):
            yield from _token_findings(file.path, None, file.name, context)
            of_tokens.append(Path(file.name))
            continue
        if context.provider is not None:
            for fault in checks.file_faults(
                file.path, context, named=file.has_name, packed=file.is_packed
            ):
                if fault.code in context.selection:
                    yield found(fault.code, fault.message, Place(file=file.name))
        if file.note:
            context.seen.notes[file.name] = file.note
        rows[file.name] = _with_progress(file, context)
    if of_tokens:
        first = of_tokens[0]
        place = first.parent if of_tokens[1:] else first
        context.seen.notes[str(place)] = _OF_TOKENS + _TEXTS
    yield from checks.check_splits(rows, form, context)


def _with_progress(file: sources.Input, context: checks.Context) -> Iterator[Any]:
    """What stands in a file; how many of its bytes are read is told now and then."""
    stage, total = f"checking {file.name}", file.path.stat().st_size
    for number, item in enumerate(_in_pieces(sources.items(file))):
        if number % _TOLD == 0 or isinstance(item, sources.Lines):
            context.progress(stage, min(getattr(item, "offset", 0), total), total)
        yield item
    context.progress(stage, total, total)


def _in_pieces(items: Iterable[Any]) -> Iterator[Any]:
    for item in items:
        if isinstance(item, sources.Lines):
            yield from item.pieces(_PIECE)
        else:
            yield item


_TOLD = 256
"""Rows between two tellings of how far a check is; a piece of many lines is always told."""

_PIECE = 2 * 1024 * 1024
"""Bytes of lines between two tellings: enough for the fast way through many lines at once."""


def _made_by_us(folder: Path) -> bool:
    from dataprep import store

    return (folder / store.MANIFEST).is_file()


def _converted(
    folder: Path, target: str | None, context: checks.Context, *, alone: bool = True
) -> Iterator[Finding]:
    """The findings of a converted dataset, target by target.

    Raises UsageError for one that is named alone and has no file to check.
    """
    from dataprep import near, store

    manifest = store.read_manifest(folder)
    made: dict[str, Any] = manifest["targets"]
    chosen = [target] if target in made else list(made)
    named = TargetReader() if target is None or target in made else reader(target)
    context = replace(_of_reader(context, named), templates=near.entry_of(manifest))
    seen = False
    for name in chosen:
        if name is None:
            continue
        entry = made[name]
        tables = sorted((folder / name).glob("*.parquet"))
        if tables and "T108" in context.selection:
            yield from _tokenizer_findings(folder / name, name, entry)
        for path in tables:
            yield from _token_findings(path, _shape(name, entry), str(path), context)
        if tables:
            context.seen.notes[str(folder / name)] = _told_of_tokens(folder, name, manifest)
        lines = sorted((folder / name).glob("*.jsonl"))
        if not tables and not lines:
            context.seen.notes[str(folder / name)] = "not judged, since it holds no file of rows"
        if lines:
            written = (sources.Input(path, str(path), "jsonl") for path in lines)
            yield from _together(written, named.form, _written_for(name, context))
        seen = seen or bool(tables or lines)
    if not seen and alone:
        raise UsageError(f"{folder} has no file to check.", f"It has: {', '.join(made)}.")


_OF_TOKENS = "token ids: columns, lengths, ids, masks and labels are judged"
_TEXTS = ", and not what the texts say. Check those before they are tokenised: dataprep check FILE"


def _token_findings(
    path: Path, shape: checks.DatasetShape | None, name: str, context: checks.Context
) -> Iterator[Finding]:
    """The findings of a file of token ids, whose rows count as seen."""
    context.seen.formats[name] = "token ids"
    context.seen.rows += checks.rows_of(path, name)
    chosen = checks.check_tokenised(path, shape, name=name)
    yield from (finding for finding in chosen if finding.code in context.selection)


def _told_of_tokens(folder: Path, name: str, manifest: dict[str, Any]) -> str:
    """What was judged of a target of token ids, whether it is as it was written, and its texts."""
    from dataprep import store

    problems = store.verify(folder, below=f"{name}/")
    written = "The files are as the manifest says"
    if problems:
        written = f"{problems[0].removesuffix('.')}: dataprep train refuses it, so convert again"
    texts = (
        f"its findings are in {folder / 'findings.jsonl'}"
        if manifest.get("findings")
        else "no findings"
    )
    return f"{_OF_TOKENS}. {written}. What the texts say was judged by convert: {texts}"


def _written_for(name: str, context: checks.Context) -> checks.Context:
    """The settings for files of a target; one that is a provider's holds what only it wants."""
    from dataprep import providers

    if context.provider or name not in [row.name for row in providers.table().providers]:
        return context
    without = checks.silenced(replace(context, provider=name))
    return replace(context, selection=context.selection.without(without))


def _tokenizer_findings(folder: Path, name: str, entry: Any) -> Iterator[Finding]:
    """T108; nothing where there is no tokenizer, or where what loads it is not installed."""
    from dataprep import tokens

    recorded = (entry.get("tokenizer") or {}).get("sha256") if isinstance(entry, dict) else None
    beside = folder / "tokenizer"
    if recorded is None or not beside.is_dir():
        return
    load = tokens.load_tokenizer if name == "t5" else tokens.load_chat_tokenizer
    try:
        actual = load(str(beside)).sha256
    except EnvironmentProblem:
        return
    yield from checks.tokenizer_findings(recorded, actual, Place(file=str(beside)))


def _shape(name: str, entry: Any) -> checks.DatasetShape:
    """What the manifest says of a tokenised target."""
    known = entry if isinstance(entry, dict) else {}
    vocabulary = (known.get("tokenizer") or {}).get("vocabulary")
    return checks.DatasetShape(
        kind="t5" if name == "t5" else "causal",
        vocabulary=vocabulary,
        input_limit=known.get("max_input") or known.get("max_length"),
        label_limit=known.get("max_target"),
    )


def _files(path: Path, outputs: list[Path]) -> list[sources.Input]:
    """The files of rows behind a path.

    Raises UsageError where there is none, and no output; NothingToDo for a folder with no file.
    """
    try:
        given = _every_subset(path)
    except NothingToDo as nothing:
        if outputs:
            return []
        raise NothingToDo(nothing.message.replace("read.", "check."), nothing.remedy) from None
    rows = [file for file in given if file.format in sources.ROWS]
    if rows:
        texts = [file for file in given if file.format not in sources.ROWS]
        return [replace(rows[0], note=_with_texts(rows[0].note, texts, path)), *rows[1:]]
    if outputs:
        return []
    what = f"{path} holds no file of rows." if path.is_dir() else f"{path} is no file of rows."
    raise UsageError(what, f"Check reads rows; make some first: {command_line('init', path)}")


def _every_subset(path: Path) -> list[sources.Input]:
    """The files behind a path; of a data set of the Hub those of each subset in turn."""
    try:
        return sources.files(sources.PathSource(str(path)), Path(), outputs=False)
    except sources.SubsetsToChoose as several:
        own = (sources.PathSource(str(path), subset=name) for name in several.names)
        return [f for each in own for f in sources.files(each, Path(), outputs=False)]


def _with_texts(note: str, texts: list[sources.Input], folder: Path) -> str:
    """What is said of the first file of rows, with the files of a folder that hold none."""
    names = [str(Path(text.name).relative_to(folder)) for text in texts]
    left = f"not judged, since they are running text: {sources.few(names)}" if names else ""
    return "; ".join(filter(None, [left, *(text.note for text in texts), note]))
