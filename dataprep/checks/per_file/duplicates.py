"""Family D: the same example twice, one prompt with two answers, a prompt in two splits.

What is kept of a row are two 64-bit hashes and its place, at most 64 bytes: never its text. Among
a million prompts the chance that any two of them share a hash is 1 in 37 million. Rows of a
file and examples of a run are hashed in two ways, and are not held against each other.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from hashlib import blake2b

import polars as pl

from dataprep.example import Batch
from dataprep.finding import Finding, Place
from dataprep.rules import found

CODES = ("D001", "D002", "D003")
_FLUSH = 65_536
_ASKED, _BOTH = 1, 2
"""Seeds of the hashes of frames; within one version of Polars they are the same everywhere."""

_ROWS = pl.Schema(
    {
        "prompt": pl.UInt64,  # 0 where nothing is asked
        "pair": pl.UInt64,
        "part": pl.UInt16,
        "file": pl.UInt16,
        "line": pl.UInt64,  # 0 where there is none
        "element": pl.UInt32,  # of a JSON list, from 1; 0 where there is none
        "task": pl.String,
        "example": pl.UInt64,
    }
)


_NUMBERS = ("prompt", "pair", "part", "file", "line", "element")
"""The columns that rows of files fill."""


class Duplicates:
    """What was seen of each row. A part is a split, or a file that is one."""

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []
        self._columns = [array("Q") for _ in _NUMBERS]
        self._parts: dict[str, int] = {}
        self._files: dict[str, int] = {}

    def add(self, prompt: bytes, answer: bytes, *, place: Place, part: str = "") -> None:
        """Remember one row of a file; an empty prompt conflicts with nothing."""
        asked, both = _hashes(prompt, answer)
        self._append(
            asked,
            both,
            self._parts.setdefault(part, len(self._parts)),
            self._files.setdefault(place.file, len(self._files)),
            place.line or 0,
            0,
        )

    def _append(self, *values: int) -> None:
        for column, value in zip(self._columns, values, strict=True):
            column.append(value)
        if len(self._columns[0]) >= _FLUSH:
            self._flush()

    def add_examples(self, batch: Batch) -> None:
        """Remember the examples of a batch; their split, where they have one, is the part."""
        self._flush()
        examples = batch.examples.with_columns(asked=_prompts(batch))
        asked = pl.col("asked")
        blank = asked.str.strip_chars() == ""
        rows = examples.select(
            prompt=pl.when(blank).then(0).otherwise(asked.hash(seed=_ASKED).clip(1)),
            pair=pl.struct(asked, "output").hash(seed=_BOTH),
            part=_numbered(examples["split"].fill_null(""), self._parts),
            file=_numbered(examples["file"], self._files),
            line=pl.col("line").fill_null(0),
            element=pl.lit(0),
            task="task",
            example=pl.col("id").str.to_integer(base=16, dtype=pl.UInt64, strict=False),
        )
        self._frames.append(rows.cast(_ROWS))

    def add_rows(self, rows: pl.DataFrame, file: str, part: str) -> None:
        """Remember rows that were hashed already: prompt (0 for none), pair, line, element."""
        self._flush()
        known = rows.with_columns(
            part=pl.lit(self._parts.setdefault(part, len(self._parts)), pl.UInt16),
            file=pl.lit(self._files.setdefault(file, len(self._files)), pl.UInt16),
            task=pl.lit(None, pl.String),
            example=pl.lit(None, pl.UInt64),
        )
        self._frames.append(known.select(*_ROWS))

    def merge(self, later: Duplicates) -> None:
        """Remember what another has seen after this one."""
        self._flush()
        later._flush()
        parts = _renumbered(later._parts, self._parts)
        files = _renumbered(later._files, self._files)
        for frame in later._frames:
            part = pl.col("part").replace(parts)
            self._frames.append(frame.with_columns(part, pl.col("file").replace(files)))

    def _flush(self) -> None:
        if not len(self._columns[0]):
            return
        frame = pl.DataFrame(
            [pl.Series(n, c, pl.UInt64) for n, c in zip(_NUMBERS, self._columns, strict=True)]
        )
        missing = pl.lit(None)
        self._frames.append(frame.with_columns(task=missing, example=missing).cast(_ROWS))
        self._columns = [array("Q") for _ in self._columns]

    def findings(self) -> Iterator[Finding]:
        """Copies (D001), conflicts (D002) and leaks (D003), each in the order of reading."""
        self._flush()
        if not self._frames:
            return
        rows = _shared(pl.concat(self._frames).with_row_index("at"))
        for row in _copies(rows).iter_rows(named=True):
            yield self._found("D001", f"is the same as {self._other(row)}", row)
        for row in _conflicts(rows).iter_rows(named=True):
            many = f"; {row['n']} answers in all" if row["n"] > 2 else ""
            said = f"gives another answer than {self._other(row)}"
            if self._is_one_place(row):
                said = "answers one prompt in ways that differ"
            yield self._found("D002", said + many, row)
        parts = list(self._parts)
        for row in _leaks(rows).iter_rows(named=True):
            part, other = parts[row["part_first"]], self._other(row)
            where = other if part in other else f"{part} ({other})"
            yield self._found("D003", f"its prompt stands in {where} too", row)

    def _found(self, code: str, message: str, row: dict[str, int | str | None]) -> Finding:
        example = "" if row["example"] is None else f"{row['example']:016x}"
        return found(code, message, self._place(row, ""), example=example)

    def _place(self, row: dict[str, int | str | None], side: str) -> Place:
        files = list(self._files)
        element = int(row[f"element{side}"] or 0)
        return Place(
            path=f"[{element - 1}]" if element else "",
            file=files[int(row[f"file{side}"] or 0)],
            line=int(row[f"line{side}"] or 0) or None,
            task=row[f"task{side}"],
        )

    def _is_one_place(self, row: dict[str, int | str | None]) -> bool:
        """Whether both come of one task, or of one row that gives several examples."""
        place = self._place(row, "")
        told = place.task is not None or place.line is not None or place.path
        return bool(told) and place == self._place(row, "_first")

    def _other(self, row: dict[str, int | str | None]) -> str:
        """The first of the two places, without its file where both stand in one."""
        place = self._place(row, "_first")
        if self._is_one_place(row):
            return "another answer of its task" if place.task is not None else "another of its own"
        if row["file"] != row["file_first"]:
            return f"{place}{place.path}"
        if place.path:
            return place.path
        if place.task is not None:
            return f"task {place.task}"
        return f"line {place.line}" if place.line else "an earlier one"


def _hashes(prompt: bytes, answer: bytes) -> tuple[int, int]:
    """The hash of the prompt, 0 where nothing is asked, and that of prompt and answer."""
    asked = blake2b(prompt, digest_size=8).digest()
    both = blake2b(asked + answer, digest_size=8).digest()
    return (int.from_bytes(asked) or 1) if prompt.strip() else 0, int.from_bytes(both)


def _renumbered(theirs: dict[str, int], known: dict[str, int]) -> dict[int, int]:
    """Their numbers of the names, and ours."""
    return {number: known.setdefault(name, len(known)) for name, number in theirs.items()}


def _numbered(names: pl.Series, known: dict[str, int]) -> pl.Series:
    """The number of each name; new names get the next ones, in the order of the rows."""
    for name in names.unique(maintain_order=True):
        known.setdefault(name, len(known))
    return names.replace_strict(known, return_dtype=pl.UInt16)


def _prompts(batch: Batch) -> pl.Series:
    """What each example asks: system and input, or all turns but the last."""
    single = pl.concat_str([pl.col("system").fill_null(""), "input"], separator="\x00")
    asked = batch.examples.select("id", asked=single.str.strip_prefix("\x00"))
    if batch.turns.is_empty():
        return asked["asked"]
    said = pl.concat_str(
        [pl.col(c).fill_null("") for c in ("role", "content", "tool_calls", "parts")],
        separator="\x00",
    )
    talks = (
        batch.turns.sort("example", "index")
        .group_by("example", maintain_order=True)
        .agg(talk=said.head(pl.len() - 1).str.join("\x01"))
    )
    joined = asked.join(talks, left_on="id", right_on="example", how="left", maintain_order="left")
    return joined.select(asked=pl.coalesce("talk", "asked"))["asked"]


def _shared(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that have a prompt, or all, in common with another: few, where all goes well."""
    asked = (pl.col("prompt") != 0) & pl.col("prompt").is_duplicated()
    return rows.filter(asked | pl.col("pair").is_duplicated())


def _copies(rows: pl.DataFrame) -> pl.DataFrame:
    same = rows.group_by("part", "pair").agg(first=pl.col("at").min(), n=pl.len())
    later = rows.join(same.filter(pl.col("n") > 1), on=["part", "pair"])
    return _beside_first(later.filter(pl.col("at") > pl.col("first")), rows)


def _conflicts(rows: pl.DataFrame) -> pl.DataFrame:
    asked = rows.filter(pl.col("prompt") != 0)
    answered = asked.group_by("part", "prompt").agg(
        first=pl.col("at").min(), n=pl.col("pair").n_unique()
    )
    several = asked.join(answered.filter(pl.col("n") > 1), on=["part", "prompt"])
    once = several.sort("at").unique(["part", "pair"], keep="first", maintain_order=True)
    both = _beside_first(once, rows)
    return both.filter(pl.col("pair") != pl.col("pair_first"))


def _leaks(rows: pl.DataFrame) -> pl.DataFrame:
    asked = rows.filter(pl.col("prompt") != 0)
    shared = asked.group_by("prompt").agg(first=pl.col("at").min(), n=pl.col("part").n_unique())
    both = _beside_first(asked.join(shared.filter(pl.col("n") > 1), on="prompt"), rows)
    return both.filter(pl.col("part") != pl.col("part_first"))


def _beside_first(later: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Each row with the columns of the row it is held against, in the order of reading."""
    firsts = rows.join(later.select(at="first").unique(), on="at", how="semi")
    return later.join(firsts, left_on="first", right_on="at", suffix="_first").sort("at")
