"""Answers on the disk, by the hash of what was asked of whom: a question is never asked twice.

One line an answer, synced before the next; a line that a kill has torn is asked again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from dataprep import jsonio, store
from dataprep.durable import AppendLog

KINDS = ("answered", "cut", "empty", "refused", "failed")
"""How an answer came: whole, cut off at the limit of tokens, none, refused, an error for this one.

Only what is answered or cut has a text; the others count as wrong.
"""


class KeptAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One answer; tokens as the server counts them, `why` in the server's words."""

    text: str = ""
    kind: str = "answered"
    tokens_in: int = 0
    tokens_out: int = 0
    why: str = ""


class Kept:
    """An open file of answers."""

    def __init__(self, log: AppendLog, known: dict[str, KeptAnswer]) -> None:
        self.path, self.known = log.path, known
        self._log = log

    def add(self, key: str, said: KeptAnswer) -> None:
        """Append one answer and wait until the disk has it."""
        line = {"key": key, **msgspec.to_builtins(said)}
        with store.environment_errors(self.path):
            self._log.append(json.dumps(line).encode())
        self.known[key] = said


def key_of(*parts: Any) -> str:
    """The hash of what was asked of whom, in which manner."""
    return hashlib.sha256(jsonio.canonical(list(parts))).hexdigest()[:32]


@contextmanager
def opened(path: Path) -> Iterator[Kept]:
    """The answers at `path`, locked; raises EnvironmentProblem while another process has them."""
    with store.environment_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        log = AppendLog(path)
    with log:
        yield Kept(log, _read(log))


def _read(log: AppendLog) -> dict[str, KeptAnswer]:
    """The answers of the whole lines; one that a kill has torn is none."""
    known = {}
    for line in log.lines():
        try:
            record = json.loads(line)
            known[str(record.pop("key"))] = msgspec.convert(record, KeptAnswer)
        except (ValueError, KeyError, AttributeError, TypeError):
            continue
    # A failure of one question may have passed: it is asked again.
    return {key: said for key, said in known.items() if said.kind != "failed"}
