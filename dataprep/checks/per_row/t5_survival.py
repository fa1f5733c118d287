"""T002, T003, T005: answers that T5 cannot learn, because its tokenizer loses what is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from dataprep.finding import Fault, Place
from dataprep.patterns import LatePattern

if TYPE_CHECKING:
    from dataprep.tokens import TextTokenizer

MISSING = LatePattern(r"[{}<\\^~`\n\t]")
"""What t5-small's vocabulary reads as <unk>, or folds into a space."""

_NAMES = {"\n": "newline", "\t": "tab"}
_NO_LIMIT = 1 << 30


def survival_of(spec: str | None) -> Callable[[str], Iterator[Fault]]:
    """What judges an answer, by the tokenizer of that name where one is named.

    Raises UsageError for what is no T5 tokenizer.
    """
    if spec is None:
        return survival_faults
    from dataprep import tokens

    return partial(survival_faults, tokenizer=tokens.load_tokenizer(spec))


def survival_faults(
    answer: str, tokenizer: TextTokenizer | None = None, path: str = ""
) -> Iterator[Fault]:
    """What T5 loses of an answer: by its tokenizer, or without one by the signs known missing."""
    if tokenizer is None:
        if signs := sorted(set(MISSING.findall(answer.strip()))):
            shown = " ".join(_NAMES.get(sign, sign) for sign in signs)
            yield Fault("T005", path, f"T5's own vocabulary loses these of the answer: {shown}")
        return
    from dataprep import tokens

    pair = tokens.Pair("", answer)
    fact = tokens.encode_pairs(tokenizer, [pair], _NO_LIMIT, _NO_LIMIT).facts[0]
    for finding in tokens.judge(fact, Place(), _NO_LIMIT):
        yield Fault(finding.code, path, finding.message)
