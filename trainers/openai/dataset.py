"""The files of FOLDER/openai-chat/ that a job would upload, counted and held to the manifest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from dataprep import store
from dataprep.finding import NothingToDo, Place, UsageError
from trainers.openai.cost import ESTIMATE_ERROR, Tokeniser, Tokens, tokens_of

TARGET = "openai-chat"
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


def read(folder: Path, tokeniser: Tokeniser, limit: int | None) -> tuple[DataFile, ...]:
    """The train file, and the validation file where it holds examples.

    Raises UsageError for a folder that `convert` did not make or that lacks the target, and
    NothingToDo for a train file without examples.
    """
    recorded = store.read_manifest(folder)["files"]
    if f"{TARGET}/train.jsonl" not in recorded:
        raise UsageError(
            f"{folder} holds no {TARGET} files.",
            f"Make them with: dataprep convert ... --to {TARGET} -o {folder}",
        )
    found = []
    for split in SPLITS:
        name = f"{TARGET}/{split}.jsonl"
        if name in recorded:
            found.append(_describe(folder / name, split, recorded[name], tokeniser, limit))
    if found[0].examples == 0:
        raise NothingToDo(f"{found[0].path} holds no examples.", "Convert more data.")
    return tuple(file for file in found if file.examples)


def _describe(
    path: Path, split: str, recorded: dict[str, Any], tokeniser: Tokeniser, limit: int | None
) -> DataFile:
    sha256, size = _digest(path)
    counts, whole = [], True
    for example in _examples(path):
        count, known = tokens_of(example, tokeniser.count)
        counts.append(count)
        whole = whole and known
    return DataFile(
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


def _examples(path: Path) -> Iterator[dict[str, Any]]:
    """Each line as a dict with messages; raises UsageError with the line of a bad one."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            yield _example(line, Place(file=str(path), line=number))


def _example(line: bytes, place: Place) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"is not JSON: {error}.", "Convert again.", place=place) from None
    messages = value.get("messages") if isinstance(value, dict) else None
    if not isinstance(messages, list) or not all(isinstance(m, dict) for m in messages):
        raise UsageError("is no chat example: it lacks messages.", "Convert again.", place=place)
    return dict(value)
