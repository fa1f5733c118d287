"""D005: prompts of the user's own evaluation files that stand in the training data.

Prompts are compared as words, without case and punctuation: whole, and by their runs of 13 words
(Brown et al. 2020, appendix C). Of an evaluation prompt only hashes are kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from dataprep import jsonio
from dataprep.checks.context import Context
from dataprep.finding import Finding, Place, UsageError
from dataprep.formats import Reading, RowRead, chat, pieces_of, question_of
from dataprep.patterns import LatePattern
from dataprep.rules import found

RUN = 13
"""Words of a run that two texts hardly have in common by chance."""

SHARE = 0.5
"""Runs of an evaluation prompt that a row must hold to be nearly that prompt."""

TEMPLATE = 0.1
"""Runs in more than this share of the evaluation prompts, and in three, are a template's."""

_WORD = LatePattern(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w+")


class EvaluationPrompts:
    """Holds every row against the prompts of the evaluation files, read when it is made.

    Raises UsageError for a file that cannot be read or holds no prompt.
    """

    codes: tuple[str, ...] = ("D005",)

    def __init__(self, context: Context) -> None:
        self._whole: dict[int, str] = {}
        self._runs: dict[int, list[int]] = {}
        self._prompts: list[tuple[str, int]] = []  # where it stands, and how many runs it has
        self._found: list[Finding] = []
        self._load([entry for path in context.evaluation for entry in _prompts(path)])

    def _load(self, entries: list[tuple[str, str]]) -> None:
        runs = [_runs(words) for _, words in entries]
        often = Counter(run for each in runs for run in each)
        most = max(2, TEMPLATE * len(entries))
        for number, ((where, words), each) in enumerate(zip(entries, runs, strict=True)):
            self._whole.setdefault(_hash(words), where)
            own = [run for run in each if often[run] <= most]
            self._prompts.append((where, len(own)))
            for run in own:
                self._runs.setdefault(run, []).append(number)

    def add(self, read: RowRead, place: Place, part: str) -> None:
        """Look a row up; at most one finding comes of it."""
        if read.reading is None:
            return
        prompt = _plain(questions(read.reading))
        if not prompt:
            return
        if where := self._whole.get(_hash(prompt)):
            self._found.append(found("D005", f"its prompt is {where}", place))
            return
        shared = Counter(n for run in _runs(prompt) for n in self._runs.get(run, ()))
        for number, count in shared.most_common(1):
            where, runs = self._prompts[number]
            if count >= SHARE * runs:
                said = f"its prompt is nearly {where}: {count} of {runs} runs of {RUN} words"
                self._found.append(found("D005", said, place))

    def findings(self) -> Iterator[Finding]:
        """The leaks, in the order of reading."""
        return iter(self._found)


def questions(reading: Reading) -> str:
    """What a row asks, without system messages and answers; all of it where nothing is asked."""
    pieces = list(pieces_of(reading))
    said = [piece.text for piece in pieces if piece.role == "user"]
    return "\n".join(said or [piece.text for piece in pieces])


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest())


def _runs(words: str) -> set[int]:
    """The hashes of the runs of a prompt; none for one that is shorter than a run."""
    starts = [0, *(at.end() for at in re.finditer(" ", words)), len(words) + 1]
    return {_hash(words[starts[n] : starts[n + RUN] - 1]) for n in range(len(starts) - RUN)}


def _prompts(path: Path) -> Iterator[tuple[str, str]]:
    """Where each prompt of an evaluation file stands, and its words."""
    count = 0
    for line, raw in enumerate(_lines(path), 1):
        if raw.strip() and (words := _plain(_prompt(raw, path, line))):
            count += 1
            yield f"{path.name}:{line}", words
    if not count:
        raise UsageError(f"{path.name} holds no prompt to look for.", "Give a JSONL file of rows.")


def _lines(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().removeprefix(b"\xef\xbb\xbf").split(b"\n")
    except OSError as error:
        said = f"The evaluation file {path} cannot be read: {error.strerror}."
        raise UsageError(said, "Check its name.") from None


def _prompt(raw: bytes, path: Path, line: int) -> str:
    """The prompt of a line: of a row in a known format, of a key that names one, or a bare text."""
    place = Place(file=path.name, line=line)
    if path.suffix == ".txt":
        return raw.decode(errors="replace")
    try:
        row = jsonio.loads(raw)
    except jsonio.JsonError as error:
        remedy = "An evaluation file is JSONL, or .txt with one prompt a line."
        raise UsageError(error.message, remedy, place=place) from None
    if isinstance(row, str):
        return row
    if said := question_of(row):
        texts = [chat.text_of(m) for m in said if m["role"] == "user"]
        return "\n".join(texts or map(chat.text_of, said))
    named = "Name it prompt, question, instruction, input or text."
    raise UsageError("the row has no prompt.", named, place=place)
