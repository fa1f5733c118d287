"""T001, T004: what the platform would cut off an example, from its end and without a word.

`length_faults` judges row by row; `Lengths` counts in batches for the account of the context.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from dataprep.checks.context import Context
from dataprep.finding import Fault, Finding, Place
from dataprep.formats import CHAT, Plain, Reading, Row, RowFormat, RowRead
from dataprep.formats.chat import last_answer
from dataprep.formats.native import located
from dataprep.formats.preference import OUTPUTS
from dataprep.jsonio import encoded
from dataprep.rules import found

if TYPE_CHECKING:
    from dataprep.tokens import CountedTexts, Counter, TokenAccount

BATCH = 4_000_000
"""Characters that are counted together."""


class Cut(NamedTuple):
    """What of an example is over a limit: of its last answer, `lost` tokens of `answer`.

    `before` are the tokens in front of the answer's text; `path` is the answer's.
    """

    tokens: int
    before: int
    answer: int
    lost: int
    path: str


def length_faults(row: Row, reading: Reading, context: Context) -> Iterator[Fault]:
    """Whether a row is over the limit; an estimate speaks only where it can be sure.

    Says nothing where a token account counts all rows in batches: `Lengths` reports then. Paths
    are those of the native row.
    """
    limit, counter = context.token_limit, context.counter
    if not limit or context.account is not None:
        return
    if counter is None:
        # A token has at least one character, as a rule.
        if len(encoded(row)) <= limit or _characters(row) <= limit:
            return
        from dataprep.tokens import estimator

        counter = estimator("no tokenizer")
    from dataprep.formats.counted_texts import texts_of

    count = counter.measure([texts_of(reading)])[0].tokens
    if count * (1 - counter.error) > limit:
        for cut in cuts(reading, counter, limit):
            yield _fault(cut, counter, limit)


class LengthWatch:
    """Counts all rows into the account of the context, in batches, and finds what is too long."""

    codes = ("T001", "T004", "U012")

    def __init__(self, context: Context) -> None:
        """Does nothing where the context holds no account."""
        self.account = context.account
        self._rows: list[tuple[Reading | Callable[[], Reading], Place, str]] = []
        self._parts: list[CountedTexts] = []
        self._size = 0
        self._found: list[Finding] = []

    def add(self, read: RowRead, place: Place, part: str) -> None:
        """Keep a row until there are enough of them."""
        if self.account is None or read.reading is None:
            return
        from dataprep.formats.counted_texts import texts_of

        self._keep(texts_of(read.reading), read.reading, place, part)

    def add_plain(self, rows: Plain, form: RowFormat, file: str, part: str) -> None:
        """Keep rows that are text alone; a row is put together again only if it is too long."""
        if self.account is None:
            return
        from dataprep.formats.plain_rows import reading_again
        from dataprep.tokens import CountedTexts

        chat = form is CHAT
        for (line, asked, answer), texts in zip(rows.halves(), rows.texts(), strict=True):
            again = partial(reading_again, asked, answer, form)
            parts = CountedTexts(texts, [], len(texts) if chat else 0)
            self._keep(parts, again, Place(file=file, line=line), part)

    def _keep(
        self,
        parts: CountedTexts,
        reading: Reading | Callable[[], Reading],
        place: Place,
        part: str,
    ) -> None:
        self._rows.append((reading, place, part or place.file))
        self._parts.append(parts)
        self._size += parts.characters
        if self._size >= BATCH:
            self._count()

    def findings(self) -> Iterator[Finding]:
        """What is over the limit, in the order of the rows, and then the whole."""
        if self.account is None:
            return
        self._count()
        yield from self._found
        if self.account.splits:
            yield from budget_findings(self.account)

    def _count(self) -> None:
        rows, parts = self._rows, self._parts
        self._rows, self._parts, self._size = [], [], 0
        account = self.account
        if account is None:
            return
        counts = account.counter.measure(parts)
        for (reading, place, part), count in zip(rows, counts, strict=True):
            account.add(part, count)
            if account.limit and count.tokens * (1 - account.counter.error) > account.limit:
                self._over(reading() if callable(reading) else reading, place, account)

    def _over(self, reading: Reading, place: Place, account: TokenAccount) -> None:
        limit = account.limit or 0
        for cut in cuts(reading, account.counter, limit):
            account.add_over(place, cut.tokens, cut.lost, cut.answer)
            for fault in located([_fault(cut, account.counter, limit)], reading):
                where = Place(file=place.file, line=place.line, path=fault.path)
                self._found.append(found(fault.code, fault.message, where))


def budget_findings(account: TokenAccount) -> Iterator[Finding]:
    """U012: tokens times epochs over what the platform takes in one job."""
    reader = account.reader
    most = reader.limits.tokens_times_epochs if reader else None
    if reader is None or most is None or account.tokens * account.epochs <= most:
        return
    total = account.tokens * account.epochs
    message = (
        f"{account.tokens:,} tokens in {account.epochs} epochs are {total:,}: "
        f"{reader.provider.title} takes at most {most:,}"
    )
    yield found("U012", message, Place(file=next(iter(account.trained))))


def _fault(cut: Cut, counter: Counter, limit: int) -> Fault:
    about = "" if counter.exact else "about "
    size = f"the example has {about}{cut.tokens:,} tokens, over the limit of {limit:,}"
    if cut.before * (1 - counter.error) >= limit and cut.lost == cut.answer:
        lost = f"all {about}{cut.answer:,} answer tokens" if cut.answer else "its end"
        alone = f"{size}, and the prompt alone fills it"
        return Fault("T004", cut.path, f"{alone}: {lost} would be cut off")
    if not cut.lost:
        return Fault("T001", cut.path, f"{size}: what follows the last answer would be cut off")
    lost = f"the last {about}{cut.lost:,} of {about}{cut.answer:,} answer tokens"
    return Fault("T001", cut.path, f"{size}: {lost} would be cut off")


def cuts(reading: Reading, counter: Counter, limit: int) -> Iterator[Cut]:
    """What a limit cuts off a row; a preference is two examples, judged by the longer."""
    sides = [reading.messages]
    if reading.rejected is not None:
        sides.append([*reading.messages[:-1], *reading.rejected])
    longest = max((_cut(side, reading, counter, limit) for side in sides), key=lambda c: c.tokens)
    if reading.kind == "preference":
        better = longest.tokens == _size(replace(reading, rejected=None), counter)
        longest = longest._replace(path=f"{OUTPUTS[not better]}[0]")
    if longest.tokens > limit or not counter.exact:
        yield longest


def _cut(messages: list[Row], reading: Reading, counter: Counter, limit: int) -> Cut:
    alone = replace(reading, messages=messages, rejected=None)
    at = last_answer(messages)
    total = _size(alone, counter)
    if at < 0:
        return Cut(total, total, 0, 0, "")
    chat = reading.kind not in ("pair", "text")
    around = counter.per_message if chat else 0
    # all but the mark of the end
    start = _size(replace(alone, messages=messages[:at]), counter) + max(around - 1, 0)
    end = _size(replace(alone, messages=messages[: at + 1]), counter) - min(around, 1)
    answer = max(end - start, 0)
    path = {"pair": "completion", "text": "text"}.get(reading.kind, f"messages[{at}]")
    return Cut(total, start, answer, min(answer, max(end - limit, 0)), path)


def _size(reading: Reading, counter: Counter) -> int:
    from dataprep.formats.counted_texts import texts_of

    return counter.measure([texts_of(reading)])[0].tokens


def _characters(value: Any) -> int:
    """The characters of all texts in a row, but of no picture."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(_characters(v) for k, v in value.items() if k != "image_url")
    return sum(map(_characters, value)) if isinstance(value, list) else 0
