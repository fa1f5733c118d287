"""T001, T004: what the platform would cut off an example, from its end and without a word.

`length_faults` judges row by row; `Lengths` counts in batches for the account of the context.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from dataprep.checks.context import Context
from dataprep.finding import Fault, Finding, Place
from dataprep.formats.format import Format, Plain, Row
from dataprep.rules import found

if TYPE_CHECKING:
    from dataprep.tokens import CountedTexts, Counter, TokenAccount

BATCH = 4_000_000
"""Characters that are counted together."""

_ANSWERS = frozenset(("assistant", "gpt", "chatgpt", "bing", "bard", "model"))


class Cut(NamedTuple):
    """What of an example is over a limit: of its last answer, `lost` tokens of `answer`.

    `before` are the tokens in front of the answer's text; `path` is the answer's.
    """

    tokens: int
    before: int
    answer: int
    lost: int
    path: str


def length_faults(row: Row, context: Context) -> Iterator[Fault]:
    """Whether a row is over the limit; an estimate speaks only where it can be sure.

    Says nothing where a token account counts all rows in batches: `Lengths` reports then.
    """
    limit, counter = context.token_limit, context.counter
    if not limit or context.account is not None:
        return
    if counter is None:
        if _characters(row) <= limit:  # a token has at least one character, as a rule
            return
        from dataprep.tokens import estimator

        counter = estimator("no tokenizer")
    from dataprep.formats.counted_texts import count

    if count(row, counter) * (1 - counter.error) > limit:
        yield from _faults(row, counter, limit)


class Lengths:
    """Counts all rows into the account of the context, in batches, and finds what is too long."""

    codes = ("T001", "T004", "U012")

    def __init__(self, context: Context) -> None:
        """Does nothing where the context holds no account."""
        self.account = context.account
        self._rows: list[tuple[Row | Callable[[], Row], Place, str]] = []
        self._parts: list[CountedTexts] = []
        self._size = 0
        self._found: list[Finding] = []

    def add(self, row: Row, form: Format, place: Place, part: str) -> None:
        """Keep a row until there are enough of them."""
        if self.account is None:
            return
        from dataprep.formats.counted_texts import counted_texts

        self._keep(counted_texts(row), row, place, part)

    def add_plain(self, rows: Plain, form: Format, file: str, part: str) -> None:
        """Keep rows that are text alone; a row is put together again only if it is too long."""
        if self.account is None:
            return
        from dataprep.checks.columnar import as_row
        from dataprep.tokens import CountedTexts

        chat = form.name == "openai-chat"
        for line, asked, answer, texts in zip(*rows, strict=True):
            again = partial(as_row, asked, answer, form)
            parts = CountedTexts(list(texts), [], len(texts) if chat else 0)
            self._keep(parts, again, Place(file=file, line=line), part)

    def _keep(
        self, parts: CountedTexts, row: Row | Callable[[], Row], place: Place, part: str
    ) -> None:
        self._rows.append((row, place, part or place.file))
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
        for (row, place, part), count in zip(rows, counts, strict=True):
            account.add(part, count)
            if account.limit and count.tokens * (1 - account.counter.error) > account.limit:
                self._over(row() if callable(row) else row, place, account)

    def _over(self, row: Row, place: Place, account: TokenAccount) -> None:
        limit = account.limit or 0
        for cut in cuts(row, account.counter, limit):
            account.add_over(place, cut.tokens, cut.lost, cut.answer)
            fault = _fault(cut, account.counter, limit)
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


def _faults(row: Row, counter: Counter, limit: int) -> Iterator[Fault]:
    for cut in cuts(row, counter, limit):
        yield _fault(cut, counter, limit)


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


def cuts(row: Row, counter: Counter, limit: int) -> Iterator[Cut]:
    """What a limit cuts off a row; a preference pair is two examples, judged by the longer."""
    longest = max((_cut(side, counter, limit) for side in _sides(row)), key=lambda c: c.tokens)
    if longest.tokens > limit or not counter.exact:
        yield longest


def _cut(row: Row, counter: Counter, limit: int) -> Cut:
    from dataprep.formats.counted_texts import count

    total = count(row, counter)
    halves = _halves(row)
    if halves is None:
        return Cut(total, total, 0, 0, "")
    before, through, path = halves
    around = counter.per_message if "messages" in row or "conversations" in row else 0
    start = count(before, counter) + max(around - 1, 0)  # all but the mark of the end
    end = count(through, counter) - min(around, 1)
    answer = max(end - start, 0)
    return Cut(total, start, answer, min(answer, max(end - limit, 0)), path)


def _sides(row: Row) -> list[Row]:
    """The examples that a row stands for: two of a preference pair, in any of its forms."""
    if isinstance(asked := row.get("input"), dict):
        names = ("preferred_output", "non_preferred_output")
        return [{**asked, "messages": [*asked["messages"], *row[name]]} for name in names]
    if "chosen" not in row:
        return [row]
    prompt = row.get("prompt") or ""
    sides = [row["chosen"], row["rejected"]]
    if isinstance(sides[0], str):
        return [{"prompt": prompt, "completion": side} for side in sides]
    return [{"messages": [*prompt, *side]} for side in sides]


def _halves(row: Row) -> tuple[Row, Row, str] | None:
    """The row up to its last answer, the row through it, and the answer's path."""
    for key, speaker in (("messages", "role"), ("conversations", "from")):
        turns = row.get(key)
        if not isinstance(turns, list):
            continue
        for at in range(len(turns) - 1, -1, -1):
            if turns[at].get(speaker) in _ANSWERS:
                return {**row, key: turns[:at]}, {**row, key: turns[: at + 1]}, f"{key}[{at}]"
        return None
    for key in ("completion", "output", "text"):
        if isinstance(row.get(key), str):
            return {k: v for k, v in row.items() if k != key}, row, key
    return None


def _characters(value: Any) -> int:
    """The characters of all texts in a row, but of no picture."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(_characters(v) for k, v in value.items() if k != "image_url")
    return sum(map(_characters, value)) if isinstance(value, list) else 0
