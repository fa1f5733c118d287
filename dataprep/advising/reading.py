"""The user's examples, of a converted folder or of a file as `convert` would read it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

import msgspec

from dataprep import shapes, sources, store
from dataprep.example import Example, Record
from dataprep.finding import Finding, NothingToDo
from dataprep.jsonio import Json
from dataprep.parts import part_batches
from dataprep.recipe import Source, Target
from dataprep.shell import command_line
from dataprep.targets import CATALOGUE

LOOKED_AT = 200
CHAT = CATALOGUE["openai-chat"]


class Data(msgspec.Struct, kw_only=True):
    """What is advised on; `unread` are rows that gave no example, known when all was read."""

    path: Path
    converted: bool
    digest: str | None = None
    agreement: list[Json] = []
    notes: list[str] = []
    unread: int = 0

    @property
    def look(self) -> str:
        """The command that says what is wrong with the data."""
        if self.converted:
            return command_line("check", self.path)
        return command_line("convert", self.path, to=CHAT.name)

    def examples(self) -> Iterator[Example]:
        """All examples, in order; raises NothingToDo where there is none."""
        some = False
        for example in _of_folder(self.path) if self.converted else self._of_files():
            some = True
            yield example
        if not some:
            raise NothingToDo(
                f"{self.path} holds no example to advise on.",
                f"Look: {self.look}",
            )

    def _of_files(self) -> Iterator[Example]:
        source = Source.at(self.path.name)
        for given in sources.gathered(sources.files(source, self.path.parent)):
            read = iter(sources.read(given))
            first = list(islice(read, LOOKED_AT))
            records = [r for r in first if isinstance(r, Record)]
            if not records:
                self.unread += len(first)
                problems = (item for item in first if isinstance(item, Finding))
                self.notes += [f"{item.place}: {item.code} {item.message}" for item in problems][:1]
                continue
            shape, why = shapes.shape_for(records, source, self.path.parent, 0)
            self.notes.append(f"{given.name}: {why}")
            for record in chain(first, read):
                made = shape(record).examples if isinstance(record, Record) else []
                self.unread += not made
                yield from made


def read(path: Path) -> Data:
    """The data at a path: a folder that `convert` made, a file, or a folder of files."""
    if not (path.is_dir() and (path / store.MANIFEST).is_file()):
        return Data(path=path, converted=False)
    manifest = store.read_manifest(path)
    return Data(
        path=path,
        converted=True,
        digest=manifest["digest"],
        agreement=manifest.get("agreement", []),
    )


def row_of(example: Example) -> Json:
    """The example as a chat row, whose tokens are counted; else the text alone."""
    if CHAT.row is None or example.shape in CHAT.not_for:
        return {"text": f"{example.input}\n{example.output}"}
    return CHAT.row(Target(name=CHAT.name))(example)


def _of_folder(folder: Path) -> Iterator[Example]:
    for batch in part_batches(folder):
        yield from batch.rows()
