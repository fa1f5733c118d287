"""What a row tells by itself: whether it keeps its schema, and the rules of its kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple, Self

from dataprep.checks.context import Context
from dataprep.checks.per_file.lengths import length_faults
from dataprep.checks.per_row.by_format import JUDGES
from dataprep.checks.per_row.calls_as_text import of_calls_as_text
from dataprep.checks.per_row.chat import UNSAID
from dataprep.checks.per_row.completions import completion_faults, schema_faults
from dataprep.checks.per_row.extra_keys import extra_key_faults
from dataprep.checks.per_row.malformed import named_faults
from dataprep.checks.per_row.privacy import privacy_faults, secret_faults
from dataprep.checks.per_row.redaction import discreet
from dataprep.checks.per_row.text_quality import (
    begins_to_be_seen,
    invisible_faults,
    quality_faults,
)
from dataprep.contracts import contract
from dataprep.finding import Fault, Severity
from dataprep.formats import Reading, Row, RowFormat, RowRead, pieces_of, strict
from dataprep.formats.format import Piece, Unreadable
from dataprep.formats.native import located, native
from dataprep.formats.provider_demands import demand_faults
from dataprep.formats.remedies import schema_remedy, with_flags
from dataprep.formats.spellings import CHAT as SPELLINGS
from dataprep.jsonio import encoded
from dataprep.pictures import is_picture, without_pictures
from dataprep.rules import CATALOGUE, holds
from dataprep.sensitive import may_hold_secret, may_match, strings, texts_in


class AskedTexts(NamedTuple):
    """What the rules on texts are asked about: a row, and the texts in it that somebody wrote."""

    row: Any
    pieces: Sequence[Piece]

    @classmethod
    def of(cls, row: Any, read: RowRead) -> Self:
        """A row; of one that could not be read, privacy alone is asked for."""
        if read.reading is None or read.form is None:
            return cls(row, ())
        return cls(row, [*pieces_of(read.reading)])


class RowJudge:
    """Judges rows by the rules of a context. `asked_for` is the format that the user names.

    check reports what it finds; convert drops by it, and asks for errors only: what else a text
    shows is not looked for.
    """

    def __init__(
        self, context: Context, asked_for: RowFormat | None = None, *, errors_only: bool = False
    ) -> None:
        self._context = context
        self.asked_for = asked_for
        self._errors_only = errors_only
        self._of_privacy = secret_faults if errors_only else privacy_faults

    def counts(self, code: str) -> bool:
        """Whether a rule is selected."""
        return code in self._context.selection

    def may_object(self, texts: Sequence[str]) -> bool:
        """Whether a rule could find an error in what is said, which is not blank.

        Never too mild: what may hold a secret, is long, or begins with nothing to be seen.
        """
        context = self._context
        asked = (context.completion, context.survival, context.provider, context.counter)
        if not self._errors_only or any(asked) or context.account is not None:
            return True
        if context.token_limit and sum(map(len, texts)) > context.token_limit:
            return True
        if may_hold_secret("\n".join(texts)) or not UNSAID.isdisjoint(map(str.strip, texts)):
            return True
        return not all(map(begins_to_be_seen, texts))

    def broken(self, row: Row, form: RowFormat, explain: bool) -> list[Fault]:
        """What is wrong with a tidy row that breaks the schema of its format.

        What has a code of its own comes first; S001 is for the rest.
        """
        whole = strict(row, form)
        named, rest = named_faults(whole, form.name)
        faults = list(of_calls_as_text(self._held(named, form.name), whole))
        if named and all(CATALOGUE[fault.code].severity is not Severity.ERROR for fault in named):
            faults += schema_faults("S001", whole, contract(form.name), "the row")
        if contract(form.name).accepts(rest):
            faults += self._of_rest(rest, form)
        elif explain:
            faults += islice(schema_faults("S001", rest, contract(form.name), "the row"), 20)
        else:
            said = f"the row breaks the format {form.name}, like many before it"
            faults.append(Fault("S001", "", said))
        return faults

    def _of_rest(self, rest: Row, form: RowFormat) -> Iterator[Fault]:
        """What is still wrong with a row in which all that has a code was put right."""
        try:
            yield from self._judged(form.read(rest))
        except Unreadable as unreadable:
            yield unreadable.fault

    def sound(self, reading: Reading, form: RowFormat, row: Row) -> list[Fault]:
        """What is wrong with a row that could be read: the rules of its kind, and of its texts."""
        told = self.of_texts(AskedTexts(row, [*pieces_of(reading)]))
        return [*self._judged(reading), *told, *self._of_answer(reading)]

    def _judged(self, reading: Reading) -> Iterator[Fault]:
        """The rules of the native format, and what the provider demands beyond it."""
        name, row = native(reading)
        faults = of_calls_as_text(self._native(name, row, reading), row)
        yield from self._held(located(faults, reading), name)

    def _native(self, name: str, row: Row, reading: Reading) -> Iterator[Fault]:
        if not contract(name).accepts(row):
            named, row = named_faults(row, name)
            yield from named
            if not contract(name).accepts(row):
                for fault in schema_faults("S001", row, contract(name), "the row"):
                    yield fault._replace(remedy=schema_remedy(fault, name))
                return
        for judge in JUDGES[name]:
            yield from judge(row)
        yield from length_faults(row, reading, self._context)
        if self._context.provider is not None:
            yield from demand_faults(row, name, self._context.provider)

    def of_texts(self, asked: AskedTexts) -> Iterator[Fault]:
        """What the rules say that look at nothing but texts: of privacy, and of quality."""
        yield from self._of_privacy_in(asked.row)
        for piece in asked.pieces:
            if self._errors_only:
                yield from invisible_faults(piece.path, piece.text)
            else:
                yield from quality_faults(piece.path, piece.text, self._context)

    def _of_answer(self, reading: Reading) -> Iterator[Fault]:
        answer = reading.answer
        if self._context.completion is not None and answer is not None:
            yield from completion_faults(answer, self._context.completion)
        if self._context.survival is not None and answer is not None:
            yield from self._context.survival(answer)

    def _may_match(self, row: Any) -> bool:
        """Whether privacy could find anything: no key or token has a letter that JSON escapes."""
        if self._errors_only:
            return may_hold_secret(encoded(without_pictures(row)).decode())
        return may_match("\n".join([text for text in texts_in(row) if not is_picture(text)]))

    def _of_privacy_in(self, row: Any) -> Iterator[Fault]:
        """Secrets and personal data in any text of a row."""
        if self._may_match(row):
            for path, text, name in strings(without_pictures(row)):
                yield from self._of_privacy(path, text, name)

    def _held(self, faults: Iterable[Fault], name: str) -> Iterator[Fault]:
        """The faults of rules that hold for the format as the provider reads it.

        Only rules of family C name formats and providers; the targets of others are datasets.
        """
        for fault in faults:
            rule = CATALOGUE[fault.code]
            if not fault.code.startswith("C") or holds(rule, name, self._context.provider):
                yield fault

    def _not_excepted(self, faults: Iterable[Fault]) -> Iterator[Fault]:
        """What makes a row unreadable, but for what the provider takes all the same."""
        provider = self._context.provider
        return (f for f in faults if provider not in CATALOGUE[f.code].except_for)

    def wrong_with(self, row: Any, read: RowRead) -> list[Fault]:
        """What a row shows beside what was mended in it, without its secrets."""
        told = self.of_texts(AskedTexts.of(row, read))
        faults = [*read.faults, *self._of_reading(read, told)]
        return list(discreet([*map(with_flags, faults)], row))

    def _of_reading(self, read: RowRead, told: Iterable[Fault]) -> Iterator[Fault]:
        """The rules of a row that could be read, and what is told of its texts."""
        known = read.reading if read.form is not None else None
        if known is not None:
            yield from self._judged(known)
        yield from told
        if known is not None:
            yield from self._of_answer(known)

    def all_of(self, row: Any, read: RowRead, told: Iterable[Fault] | None = None) -> list[Fault]:
        """Everything that a row shows, in the order in which it is said, without its secrets.

        `told` is what `of_texts` says of it, where that is known.
        """
        told = self.of_texts(AskedTexts.of(row, read)) if told is None else told
        name = read.form.name if read.form else ""
        mended = self._held(read.mended, name)
        faults = [*self._not_excepted(read.faults)]
        if read.form is not None and (self.asked_for or self._context.provider):
            extra = extra_key_faults(read.row, read.form)
            faults += self._held(extra, read.form.name)
        faults += self._of_reading(read, told)
        whole = (*mended, *map(_by_hand, faults))
        return list(discreet([*map(with_flags, whole)], row))


def _by_hand(fault: Fault) -> Fault:
    """A fault of a tidy row: a fix that spells it otherwise has nothing more to do on it."""
    fix = CATALOGUE[fault.code].fix
    return fault._replace(by_hand=True) if fix and fix.name in SPELLINGS else fault
