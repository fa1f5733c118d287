"""Every command line that the help and the documentation show, as a person would copy it."""

from __future__ import annotations

import inspect
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dataprep.cli import app
from tests.command_tree import commands

ROOT = Path(__file__).parent.parent
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "samples/README.md")),
    *sorted((ROOT / "docs").glob("*.md")),
]
_FENCED = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(dataprep [^`]+)`")
_EXAMPLE = re.compile(r"^\s*(?:Examples?:\s+)?(dataprep .*)$", re.MULTILINE)


class ShownLine(NamedTuple):
    """A command line, and where it stands."""

    where: str
    line: str

    @property
    def words(self) -> list[str]:
        """Its arguments as a shell passes them on, without what the shell itself takes."""
        words = shlex.split(self.line, comments=True)
        return words[1 : words.index(">") if ">" in words else None]


def shown_lines() -> list[ShownLine]:
    """Those of the help of every command, and of all blocks of the documentation."""
    return [*_of_help(), *_of_documents()]


def inline_lines() -> list[ShownLine]:
    """Those within sentences of the documentation, which may leave words out."""
    return [
        ShownLine(path.name, " ".join(found.split()))
        for path in DOCUMENTS
        for found in _INLINE.findall(_FENCED.sub("", path.read_text("utf-8")))
    ]


def _of_help() -> Iterator[ShownLine]:
    for line in (app.help or "").splitlines():
        for part in line.split("  |  "):
            if part.strip().startswith("dataprep "):
                yield ShownLine("dataprep --help", part.strip())
    for words in commands():
        found = app
        for word in words:
            found = found[word]
        text = inspect.getdoc(found.default_command) or ""
        for example in _EXAMPLE.findall(text):
            yield ShownLine(f"dataprep {' '.join(words)} --help", example)


def _of_documents() -> Iterator[ShownLine]:
    for path in DOCUMENTS:
        for block in _FENCED.findall(path.read_text("utf-8")):
            for line in block.replace("\\\n", " ").splitlines():
                typed = line.strip().removeprefix("$ ")
                if typed.startswith("dataprep "):
                    yield from (ShownLine(path.name, one) for one in _spelled_out(typed))


def _spelled_out(line: str) -> list[str]:
    """A line for each word of `azure|nebius`."""
    found = re.search(r"(?<!\S)\w+(?:\|\w+)+", line.partition("#")[0])
    if found is None:
        return [line]
    return [line.replace(found[0], word) for word in found[0].split("|")]
