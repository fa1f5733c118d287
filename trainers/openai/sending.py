"""Calls that must not be made twice: a ledger line before each, and a search after any doubt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from trainers.openai.client import explain, surely_refused, troubles
from trainers.openai.ledger import JobLedger
from trainers.openai.together import TogetherWire
from trainers.openai.watch import News, TellNews
from trainers.openai.wire import OpenAIWire

# After a lost answer the list may lag behind what the server did.
SEARCH_PAUSES = (0.0, 2.0, 5.0)
DOUBT_SECONDS = 60.0
"""So long after an unanswered call a list that does not show it is not yet believed."""


class Sent(NamedTuple):
    """What a call has left at the server; `ours` only where its own answer named it."""

    id: str
    ours: bool


class Sending:
    """One run's line to its server: the wire, the ledger, whom to tell, and how to wait."""

    def __init__(
        self,
        wire: OpenAIWire | TogetherWire,
        book: JobLedger,
        say: TellNews,
        sleep: Callable[[float], None],
        key_variable: str,
    ) -> None:
        self.wire, self.book, self.say, self.sleep = wire, book, say, sleep
        self.key_variable = key_variable

    def tell(self, kind: str, message: str) -> None:
        """A piece of news."""
        self.say(News(kind, message))

    def once(
        self,
        step: str,
        doing: str,
        search: Callable[[], str | None],
        call: Callable[[], str],
        *,
        also: JobLedger | None = None,
        look_first: bool = False,
        **data: Any,
    ) -> Sent:
        """Send once. When the answer is lost, search for what was made; never send again.

        Where an earlier run was killed in the call, it is searched for before anything is sent;
        with `look_first` it is searched for in any case. `also` is a second book of such calls.
        """
        books = (also, self.book) if also else (self.book,)
        waited = self._wait_out_doubt(step, books, data)
        if (waited or look_first) and (found := self.ask(_LOOKING, search)):
            return Sent(found, ours=False)
        for book in books:
            book.write(step, "begin", **data)
        try:
            return Sent(call(), ours=True)
        except troubles() as error:
            problem = explain(error, doing, self.key_variable)
            refused = surely_refused(error)
            for book in books:
                book.write(step, "refused" if refused else "doubt", **data, why=problem.message)
            found = None if refused else self.search(search)
            if found is None:
                raise problem from None
            self.tell("found", f"{problem.message} It was done all the same: {found}")
            return Sent(found, ours=False)

    def search(self, search: Callable[[], str | None]) -> str | None:
        """Look a few times, as the server's list may lag; a list that fails shows nothing."""
        for pause in SEARCH_PAUSES:
            self.sleep(pause)
            try:
                if found := search():
                    return found
            except troubles():
                continue
        return None

    def ask(self, doing: str, search: Callable[[], Any]) -> Any:
        """A question that must be answered: without it, nothing is sent."""
        try:
            return search()
        except troubles() as error:
            raise explain(error, doing, self.key_variable) from None

    def _wait_out_doubt(
        self, step: str, books: tuple[JobLedger, ...], data: dict[str, Any]
    ) -> bool:
        """Whether an earlier run left a call without an answer; if so, old enough to be listed."""
        begun = [since for book in books if (since := _doubt(book, step, data))]
        if not begun:
            return False
        left = DOUBT_SECONDS - (datetime.now(UTC) - max(begun)).total_seconds()
        if left > 0:
            left = min(left, DOUBT_SECONDS)  # a clock that was set back makes it no longer
            self.tell(
                "waiting", f"{left:.0f} s, until the server surely shows what an earlier run sent"
            )
            self.sleep(left)
        return True


_LOOKING = "Looking for what an earlier run has sent"


def _doubt(book: JobLedger, step: str, data: dict[str, Any]) -> datetime | None:
    """When the newest call in a book was begun, if nobody knows how it ended."""
    for record in reversed(book.records):
        same = record["step"] == step and all(record.get(k) == v for k, v in data.items())
        if same and record.get("state") in ("done", "refused"):
            return None
        if same and record.get("state") == "begin":
            return _moment(record.get("at"))
    return None


def _moment(text: object) -> datetime:
    """When a line was written; a damaged line may as well be of this moment."""
    try:
        return datetime.fromisoformat(str(text)).astimezone(UTC)
    except (ValueError, OverflowError):
        return datetime.now(UTC)
