"""Questions to the server: one that fails is a trouble, and only some troubles stop the run."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from dataprep import store
from dataprep.finding import DataprepError, EnvironmentProblem
from dataprep.jsonio import Json
from trainers.openai import (
    ONCE_MORE,
    UnexpectedAnswer,
    explain,
    field,
    pages,
    passing,
    patient,
    plain,
    platform_words,
    troubles,
)

if TYPE_CHECKING:
    from openai import OpenAI

SILENT_IN_A_ROW = 3
"""So many questions without any answer (each asked four times), and the network counts as gone."""

BUSY_IN_A_ROW = 10
"""So many questions answered with 429 or 5xx (each asked four times), and the server is down."""

NOT_HAD = (404, 405, 410, 501)
"""Answers of a server that has no such thing: asking again brings nothing."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


class Stop(Exception):
    """Every further request is senseless: the key, the network or the disk."""

    def __init__(self, problem: DataprepError) -> None:
        super().__init__(str(problem))
        self.problem = problem


class Trouble(Exception):
    """One thing that cannot be had, and why; the others may well be.

    `lasting`: asking again brings nothing. `problem`: the same as an error with a remedy.
    """

    def __init__(
        self,
        why: str,
        problem: DataprepError | None = None,
        status: int | None = None,
        lasting: bool = False,
    ) -> None:
        super().__init__(why)
        self.why = why
        self.problem = problem or EnvironmentProblem(f"{why}.", "Run the same command again.")
        self.status = status
        self.lasting = lasting or status in NOT_HAD


class ListResult(NamedTuple):
    """What came of a list; `trouble` says why it is not all of it."""

    rows: list[Json]
    trouble: Trouble | None


def guarded(call: Callable[[], Any]) -> Any:
    """The answer of the SDK, which raises anything at all on an answer that it did not expect."""
    try:
        return call()
    except failures():
        raise
    except Exception as error:
        raise UnexpectedAnswer(f"{type(error).__name__} while it was read") from None


def failures() -> tuple[type[Exception], ...]:
    """What a guarded call may raise: errors of the SDK, and refusals of our own of an answer."""
    return (*troubles(), DataprepError)


class Asking:
    """The questions of one run, and how many of the last ones had no answer."""

    def __init__(self, client: OpenAI, key_variable: str, sleep: Callable[[float], None]) -> None:
        self.client, self.key_variable, self.sleep = client, key_variable, sleep
        self._silent = self._busy = 0
        self._accepted = False

    def ask(self, doing: str, call: Callable[[], Any]) -> Any:
        """The answer to a reading call. Raises Trouble, or Stop."""
        try:
            answer = patient(lambda: guarded(call), self.sleep)
        except failures() as error:
            raise self.trouble(error, doing) from None
        self.answered()
        return answer

    def list_all(self, doing: str, fetch: Callable[..., Any]) -> ListResult:
        """All items of a list that have an id, each once; what came before it broke is kept."""
        look = _Look(self, fetch)
        rows: dict[str, Json] = {}
        trouble = None
        try:
            for row in pages(look.page):
                rows.setdefault(row["id"], row)
        except failures() as error:
            trouble = self.trouble(error, doing)
        else:
            if look.more:
                trouble = Trouble("its last page says that there is more, and gives none")
            elif look.nameless:
                trouble = Trouble(f"the list has entries without an id: {look.nameless:,}")
        return ListResult(list(rows.values()), trouble)

    def answered(self) -> None:
        """Note that the server is there and takes the key."""
        self._silent = self._busy = 0
        self._accepted = True

    def trouble(self, error: Exception, doing: str) -> Trouble:
        """What an error means for the one thing that was asked for; raises Stop if for all."""
        ours = error if isinstance(error, DataprepError) else error.__cause__
        if isinstance(ours, DataprepError):
            self._silent = 0
            return Trouble(ours.message.rstrip("."), ours)
        status = getattr(error, "status_code", None)
        problem = explain(error, doing, self.key_variable, ONCE_MORE)
        if status == 401 and not (self._accepted and self._key_is_taken()):
            raise Stop(problem)
        if isinstance(status, int):
            self._silent = 0
            self._count_busy(status, error)
            return Trouble(f"{status}, {platform_words(error)}", problem, status)
        self._count_silent(error)
        return Trouble(problem.message.removeprefix(f"{doing}: ").rstrip("."), problem)

    def _count_busy(self, status: int, error: Exception) -> None:
        self._busy = self._busy + 1 if passing(error) else 0
        if self._busy >= BUSY_IN_A_ROW:
            raise Stop(
                EnvironmentProblem(
                    f"The server answered {self._busy} requests in a row with an error of its own,"
                    f" {status} at last.",
                    "Try again later.",
                )
            )

    def _count_silent(self, error: Exception) -> None:
        import openai

        if not isinstance(error, openai.APIConnectionError):
            self._silent = 0
            return
        self._silent += 1
        if self._silent >= SILENT_IN_A_ROW:
            raise Stop(
                EnvironmentProblem(
                    f"There was no answer to {self._silent} requests in a row.",
                    "Is the network there, and the base URL right?",
                )
            )

    def _key_is_taken(self) -> bool:
        """Whether a 401 is about one thing only: the list of jobs is still given."""
        try:
            guarded(lambda: self.client.fine_tuning.jobs.list(limit=1))
        except failures() as error:
            return getattr(error, "status_code", None) != 401
        return True


class _Look:
    """One way through the pages of a list; entries without an id are counted and left out."""

    def __init__(self, asking: Asking, fetch: Callable[..., Any]) -> None:
        self.asking, self.fetch = asking, fetch
        self.more = False
        self.nameless = 0

    def page(self, **where: Any) -> dict[str, Any]:
        """One page with the entries that have an id."""
        answer = patient(lambda: guarded(lambda: self.fetch(**where)), self.asking.sleep)
        self.asking.answered()
        items, more = _member(answer, "data"), _member(answer, "has_more")
        if not isinstance(items, list):
            raise UnexpectedAnswer("the answer is no list")
        sound = [row for item in items if (row := _with_id(item)) is not None]
        self.nameless += len(items) - len(sound)
        self.more = bool(more)
        return {"data": sound, "has_more": self.more}


def _member(answer: object, name: str) -> Any:
    return answer.get(name) if isinstance(answer, Mapping) else getattr(answer, name, None)


def _with_id(item: object) -> Json | None:
    try:
        row: Json = guarded(lambda: plain(item))
        field(row, "id")
    except UnexpectedAnswer:
        return None
    return row


@contextmanager
def disk(where: Path) -> Iterator[None]:
    """Errors of the disk: a full one stops the run, any other is the trouble of this one thing."""
    try:
        yield
    except OSError as error:
        try:
            with store.environment_errors(where):
                raise
        except EnvironmentProblem as problem:
            if error.errno in _FULL:
                raise Stop(problem) from None
            raise Trouble(problem.message.rstrip("."), problem) from None
