"""Mistral's own tokenizer files: `tekken.json`, and SentencePiece models with a version.

A SentencePiece model does not tell its instruct format; its name does (`tokenizer.model.v3`), as
mistral-common has it. Where there is no version in the name, the marks in the vocabulary tell it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from dataprep.finding import UsageError
from dataprep.patterns import LatePattern

TEKKEN = "tekken.json"
_VERSIONED = LatePattern(r".*\.model\.(v(\d+)(?:m\d+)?)")
_CALLS = ("[TOOL_CALLS]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_RESULTS]")
_MARKS = {
    1: (),
    2: ("[INST]", "[/INST]", *_CALLS, "[/TOOL_RESULTS]"),
    7: ("[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]", "[TOOL_CONTENT]"),
    11: ("[ARGS]", "[CALL_ID]"),
}
"""What is a mark of its own in the vocabulary from a version on (mistral-common 1.13.1).

For one that a SentencePiece model lacks, mistral-common would write `<unk>`."""


class MistralFile(NamedTuple):
    """A file of Mistral's: its content, and the name by which mistral-common knows its format."""

    content: bytes
    name: str


def mistral_file(path: Path, spec: str) -> MistralFile | None:
    """The file that a path means, if Mistral's; of a folder only where there is no tokenizer.json.

    Raises UsageError for a SentencePiece model whose name and vocabulary do not fit together, and
    for one that does not tell its version.
    """
    if path.is_dir():
        found = next(filter(None, map(_in_folder, (path, path / "tokenizer"))), None)
        return mistral_file(found, spec) if found else None
    if is_tekken(path):
        return read_tekken(path)
    if versioned := _VERSIONED.fullmatch(path.name):
        content = _content(path)
        _refuse_other_marks(_marks(content, spec), int(versioned[2]), spec)
        return MistralFile(content, f"tokenizer.model.{versioned[1]}")
    if path.suffix == ".model":
        content = _content(path)
        return MistralFile(content, version) if (version := _by_marks(content, spec)) else None
    return None


def is_tekken(path: Path) -> bool:
    """Whether a file is a tekken.json by its name, as mistral-common judges it."""
    return "tekken" in path.name and path.suffix == ".json"


def read_tekken(path: Path) -> MistralFile:
    """The file under the name that everybody looks for. Raises UsageError where it is not there."""
    return MistralFile(_content(path), TEKKEN)


def _in_folder(folder: Path) -> Path | None:
    """Where several versions lie beside each other, the highest."""
    if not folder.is_dir() or (folder / "tokenizer.json").is_file():
        return None
    if (folder / TEKKEN).is_file():
        return folder / TEKKEN
    named = {path: _VERSIONED.fullmatch(path.name) for path in sorted(folder.iterdir())}
    versions = {path: (int(found[2]), found[1]) for path, found in named.items() if found}
    if versions:
        return max(versions, key=lambda path: versions[path])
    bare = folder / "tokenizer.model"
    return bare if bare.is_file() else None


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}.", "Check the path.") from None


def _marks(content: bytes, spec: str) -> set[str]:
    """The control pieces of a SentencePiece model. Raises UsageError for what is none."""
    from dataprep.tokens.tokenizer import _processor

    model: Any = _processor(content, spec)
    return {model.id_to_piece(i) for i in range(model.get_piece_size()) if model.is_control(i)}


def _refuse_other_marks(marks: set[str], version: int, spec: str) -> None:
    wanted = [mark for first, own in _MARKS.items() if first <= version for mark in own]
    missing = [mark for mark in wanted if mark not in marks]
    if missing:
        raise UsageError(
            f"{spec} is named as of version {version}, and its vocabulary has no {missing[0]}.",
            "Give the file of the model under the name that it was published with.",
        )
    if version == 1 and "[INST]" in marks:
        raise UsageError(
            f"{spec} is named as of version 1, and its vocabulary has [INST], which came later.",
            "Give the file of the model under the name that it was published with.",
        )


def _by_marks(content: bytes, spec: str) -> str | None:
    """The name of a model that has none with a version; None for one without Mistral's marks."""
    try:
        marks = _marks(content, spec)
    except UsageError:  # a rank file of Llama 3 has that name too
        return None
    if "[INST]" not in marks:
        return None
    if "[SYSTEM_PROMPT]" in marks:
        return "tokenizer.model.v7"
    if "[PREFIX]" in marks:
        return "tokenizer.model.v3"
    raise UsageError(
        f"{spec} does not tell whether its instruct format is Mistral's version 2 or 3.",
        "Name it tokenizer.model.v3 (Mistral 7B v0.3, Mixtral 8x22B) or tokenizer.model.v2.",
    )
