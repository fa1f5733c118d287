"""The files of one target that a job would upload, counted and held to the manifest."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import msgspec

from dataprep import store
from dataprep.contracts import contract
from dataprep.finding import NothingToDo, Place, UsageError
from dataprep.formats import recognise, strict
from dataprep.shell import command_line
from trainers.openai.cost import ESTIMATE_ERROR, Tokeniser, Tokens, tokens_of

TARGETS = ("openai-chat", "preference", "prompt-completion", "text")
"""What may be trained on, in the order in which it is looked for."""

SPLITS = ("train", "validation")


class DataFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it would be uploaded; `longest` in tokens, `unchanged` since convert."""

    split: str
    path: Path
    name: str
    bytes: int
    sha256: str
    examples: int
    tokens: Tokens
    longest: int
    over_limit: int
    unchanged: bool


class UploadRows(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a target, and how its examples are trained on."""

    target: str
    method: str
    files: tuple[DataFile, ...]
    others: tuple[str, ...] = ()


def read(
    folder: Path,
    tokeniser: Tokeniser,
    limit: int | None,
    *,
    target: str | None = None,
    provider: str = "",
    formats: tuple[str, ...] = (),
) -> UploadRows:
    """The train file, and the validation file where it holds examples.

    The target is the named one, else the provider's own, else the first that it takes. Raises
    UsageError for a folder that `convert` did not make or that lacks the target, and NothingToDo
    for a train file without examples.
    """
    recorded = store.read_manifest(folder, target or "openai-chat")["files"]
    wanted = (
        [target] if target else [provider, *(t for t in TARGETS if t in formats or not formats)]
    )
    chosen = next((t for t in wanted if t and f"{t}/train.jsonl" in recorded), None)
    if chosen is None:
        _explain_missing(folder, recorded, target or "openai-chat")
    files, methods = [], []
    for split in SPLITS:
        name = f"{chosen}/{split}.jsonl"
        if name in recorded:
            file, method = _describe(folder / name, split, recorded[name], tokeniser, limit)
            files.append(file)
            methods.append(method)
    if files[0].examples == 0:
        raise NothingToDo(f"{files[0].path} holds no examples.", "Convert more data.")
    return UploadRows(
        target=str(chosen),
        method=methods[0],
        files=tuple(file for file in files if file.examples),
        others=tuple(t for t in TARGETS if t != chosen and f"{t}/train.jsonl" in recorded),
    )


def _explain_missing(folder: Path, recorded: dict[str, Any], target: str) -> NoReturn:
    cut = [name for name in recorded if name.startswith(f"{target}/train-")]
    if cut:
        raise UsageError(
            f"{folder}/{target} was cut into {len(cut)} parts; a job takes one file.",
            "Convert fewer examples for this provider, or train on the parts one after another.",
        )
    raise UsageError(
        f"{folder} holds no {target} files.",
        f"Make them with: {command_line('convert', '...', to=target, out=folder)}",
    )


def _describe(
    path: Path, split: str, recorded: dict[str, Any], tokeniser: Tokeniser, limit: int | None
) -> tuple[DataFile, str]:
    sha256, size = _digest(path)
    counts, whole, method = [], True, "supervised"
    for place, example in _examples(path):
        try:
            count, known = tokens_of(example, tokeniser.count)
        except (AttributeError, KeyError, TypeError):
            raise UsageError(
                "is no example: it is not shaped as its format wants.",
                f"See: {command_line('check', path)}",
                place=place,
            ) from None
        counts.append(count)
        whole = whole and known
        method = "dpo" if "preferred_output" in example else method
    file = DataFile(
        split=split,
        path=path,
        # The name carries the content, so that an upload can be found again by it.
        name=f"dataprep-{split}-{sha256[:16]}.jsonl",
        bytes=size,
        sha256=sha256,
        examples=len(counts),
        tokens=_tokens(sum(counts), whole, tokeniser),
        longest=max(counts, default=0),
        over_limit=sum(count > limit for count in counts) if limit else 0,
        unchanged=sha256 == recorded.get("sha256"),
    )
    return file, method


def _tokens(count: int, whole: bool, tokeniser: Tokeniser) -> Tokens:
    if whole or tokeniser.error:
        return Tokens(count=count, method=tokeniser.name, error=tokeniser.error)
    method = f"{tokeniser.name}; tools and images are estimated"
    return Tokens(count=count, method=method, error=ESTIMATE_ERROR)


def _digest(path: Path) -> tuple[str, int]:
    try:
        return store.sha256_of(path), path.stat().st_size
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}.", "Convert again.") from None


def _examples(path: Path) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Each line as a dict; raises UsageError with the line of a bad one."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            place = Place(file=str(path), line=number)
            # Azure asks for a byte-order mark.
            yield place, _example(line.removeprefix(codecs.BOM_UTF8), place)


def _example(line: bytes, place: Place) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"is not JSON: {error}.", "Convert again.", place=place) from None
    form = recognise(value)
    if form is not None and contract(form.name).accepts(strict(form.tidy(value)[0], form)):
        return dict(value)
    raise UsageError("is no example of a known format.", "Convert again.", place=place)
