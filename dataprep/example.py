"""The grain of the house: what a source read (`Record`), and one training example.

Between stages examples travel as flat Polars frames, `EXAMPLES` and `TURNS`; `Batch` holds the
two together. Lists and objects inside a column are canonical JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import blake2b
from itertools import compress
from typing import TYPE_CHECKING, Any

import msgspec

from dataprep.finding import Place

if TYPE_CHECKING:
    import polars as pl


class Record(msgspec.Struct, frozen=True, gc=False):
    """What stood at one place of a source, and where: never repaired.

    `value` is a decoded JSON value, a `{"text": str}` object for running text, or the typed
    task of a Label Studio export. `offset` is the first byte of the record in its file. `typed`
    says that it is of a table of typed columns, where a null is how nothing is written.
    `unlabelled` are the columns of classes that say none here, each with the name of some class.
    """

    place: Place
    offset: int
    value: Any
    typed: bool = False
    unlabelled: tuple[tuple[str, str], ...] = ()

    @property
    def labelled(self) -> Any:
        """The value with a class where it says none: how rows are read does not depend on it."""
        return {**self.value, **dict(self.unlabelled)} if self.unlabelled else self.value


class Turn(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One message of a conversation; `tool_calls` and `parts` are canonical JSON.

    `reasoning` is what a model thought before it said `content`.
    """

    role: str
    content: str | None = None
    name: str | None = None
    tool_calls: str | None = None
    tool_call_id: str | None = None
    weight: float | None = None
    parts: str | None = None
    reasoning: str | None = None


class Example(msgspec.Struct, kw_only=True, gc=False):
    """One training example.

    `input` and `output` are what a pair target writes, already rendered from the templates;
    a conversation of more than one exchange lives in `turns`. `label` is the stratum (null
    where there is none), `probability` that the answer is right where annotators were estimated
    by their agreement, `group` keeps rows on one side of the split, `weight` is 0 to 1. `data`
    is the canonical JSON of what templates may use, `meta` that of what is carried along: no
    target but the annotators' shows it.
    """

    id: str
    file: str
    line: int | None = None
    task: str | None = None
    annotations: str = "[]"
    annotators: str = "[]"
    probability: float | None = None
    shape: str
    input: str
    output: str
    system: str | None = None
    rejected: str | None = None
    label: str | None = None
    group: str | None = None
    cluster: str | None = None
    split: str | None = None
    weight: float = 1.0
    data: str = "{}"
    meta: str = "{}"
    turns: Sequence[Turn] = ()

    @property
    def place(self) -> Place:
        """Where the example came from."""
        return Place(file=self.file, line=self.line, task=self.task)


EXAMPLES = (
    *("id", "file", "line", "task", "annotations", "annotators", "probability"),
    *("shape", "input", "output"),
    *("system", "rejected", "label", "group", "cluster", "split", "weight", "data", "meta"),
)
"""The columns of examples; they hold text, but for the line, the probability and the weight."""

TURNS = (
    *("example", "index", "role", "content", "name", "tool_calls", "tool_call_id", "weight"),
    *("parts", "reasoning"),
)
"""The columns of turns; they hold text, but for the index and the weight."""


@cache
def _schema(columns: tuple[str, ...]) -> dict[str, pl.DataType]:
    import polars as pl

    numbers = {
        "line": pl.Int64(),
        "index": pl.Int64(),
        "probability": pl.Float64(),
        "weight": pl.Float64(),
    }
    return {name: numbers.get(name, pl.String()) for name in columns}


Message = dict[str, Any]
"""A message as OpenAI's chat has it; what the model thought stands under `reasoning`."""

INSTRUCTING = ("system", "developer")
"""The roles of turns that say how to answer."""

_LONG = 1_000_000
"""Characters that are hashed at once: a longer text is not copied whole for it."""


def content_id(*parts: str) -> str:
    """A content hash of 16 hexadecimal digits (64 bits of BLAKE2b) over the parts in order."""
    if sum(map(len, parts)) < _LONG:
        text = "".join([f"{len(part)}:{part}" for part in parts])
        return blake2b(text.encode(), digest_size=8).hexdigest()
    digest = blake2b(digest_size=8)
    for part in parts:
        digest.update(f"{len(part)}:".encode())
        for at in range(0, len(part), _LONG):
            digest.update(part[at : at + _LONG].encode())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Batch:
    """A few megabytes of examples: `examples` has the columns EXAMPLES, `turns` TURNS.

    `held` are the same rows as objects, where they are at hand. Whoever needs them last empties
    the list, since a large text takes four times its bytes there.
    """

    examples: pl.DataFrame
    turns: pl.DataFrame
    held: list[Example] | None = None

    @classmethod
    def of(cls, examples: Sequence[Example]) -> Batch:
        """The frames of some examples, one row each; equal ids are equal examples."""
        import polars as pl

        columns = zip(*map(msgspec.structs.astuple, examples), strict=True) if examples else ()
        schema = _schema(EXAMPLES)
        rows = [
            pl.Series(name, column, kind)
            for (name, kind), column in zip(schema.items(), columns, strict=False)
        ]
        turns: dict[str, list[Any]] = {name: [] for name in TURNS}
        for example in {e.id: e for e in examples if e.turns}.values():
            for index, turn in enumerate(example.turns):
                turns["example"].append(example.id)
                turns["index"].append(index)
                for name in TURNS[2:]:
                    turns[name].append(getattr(turn, name))
        frame = pl.DataFrame(rows) if rows else pl.DataFrame(schema=schema)
        return cls(frame, pl.DataFrame(turns, schema=_schema(TURNS)))

    def rows(self) -> Iterator[Example]:
        """The examples again, with their turns, in the order of the frame."""
        if self.held is not None:
            yield from self.held
            return
        turns: dict[str, list[Turn]] = {}
        for row in self.turns.sort("example", "index").iter_rows(named=True):
            of, _ = row.pop("example"), row.pop("index")
            turns.setdefault(of, []).append(Turn(**row))
        for row in self.examples.iter_rows(named=True):
            yield Example(**row, turns=turns.get(row["id"], ()))

    def with_objects(self) -> Batch:
        """The same batch with its rows as objects at hand."""
        return self if self.held is not None else replace(self, held=list(self.rows()))

    def keep(self, mask: pl.Series) -> Batch:
        """The rows where the mask is true, with their turns."""
        import polars as pl

        kept = self.examples.filter(mask)
        if kept.height == self.examples.height:
            return self
        held = None if self.held is None else list(compress(self.held, mask))
        return Batch(kept, self.turns.filter(pl.col("example").is_in(kept["id"].implode())), held)

    def __len__(self) -> int:
        return self.examples.height
