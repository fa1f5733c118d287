"""What is said where nothing came of the input, or of one target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from dataprep.conversion.ledger import Ledger
from dataprep.finding import NothingToDo
from dataprep.rules import CATALOGUE

_OF_VERDICTS = "not-judged"
_WAYS_OUT = {
    "unlabelled": "Label some tasks, and export again.",
    "submitted-empty": "Of spans, where nothing marked means that nothing is there:"
    " --empty negative.",
    "only-rejected": "Annotators said only what is not right: accept some labels as well.",
    "skipped": "To read what was skipped, write skipped: keep in the recipe.",
    "tie": "To take one annotator's word, pass --annotators latest, or have somebody decide.",
    "undecided": "No answer is probable enough: pass --annotators majority, or have somebody"
    " decide.",
    "refusal": "Write for a target that has refusals: --to openai-chat.",
    _OF_VERDICTS: "Say which answers were approved: --approved '{{ rating >= 4 }}', or, for all of"
    " them, --approved '{{ true }}'. That is for rows: of an annotation tool's export, thumbs and"
    " ratings are learned by --to kto alone, or with --good or --good-from.",
    "neutral": "No answer was called good or bad: --good, --bad, --good-from and --bad-to say which"
    " are.",
    "no-answer": "Name the column that answers, as in --completion '{{ answer }}'; or write for a"
    " grader: --to reinforcement.",
    "not-for-this-target": "It takes another kind of example. For questions and answers:"
    " --to openai-chat; for two answers compared: --to preference; for plain text: --to causal.",
}
"""What to do where most of the input was dropped for that reason."""


def no_example(
    ledger: Ledger, exports: Sequence[str] = (), elsewhere: NothingToDo | None = None
) -> NothingToDo:
    """The refusal of an input that left no example, with the most frequent reasons.

    `exports` are the words on the exports of annotation tools that were read, `elsewhere` the
    refusal of tasks that are answered by predictions or drafts alone.
    """
    reasons: Counter[str] = Counter()
    for stage in ledger.stages.values():
        if stage.unit in ("record", "example"):
            reasons += stage.dropped
    if elsewhere is not None and set(reasons) == {"unlabelled"}:
        return elsewhere
    said = f": {often(reasons)}" if reasons else ""
    read = "".join(f" Read was: {words}." for words in exports)
    return NothingToDo(f"No example came of the input{said}.{read}", _way_out(reasons))


def empty_targets(
    ledger: Ledger, names: Sequence[str], *, of_outputs: bool = False
) -> Iterator[str]:
    """A note on each target that took no example; raises NothingToDo where none took any.

    `of_outputs` says that all examples come of outputs of convert, which take no verdict any more.
    """
    stages = {name: ledger.stage(f"write {name}", "example") for name in names}
    empty = {name: stage.dropped for name, stage in stages.items() if not stage.out}
    if len(empty) == len(stages):
        reasons = sum(empty.values(), Counter[str]())
        targets = " and ".join(empty)
        said = f"No row came of it for {targets}: {often(reasons)}."
        raise NothingToDo(said, _way_out(reasons, of_outputs=of_outputs))
    for name, reasons in empty.items():
        said = f"{name} is empty: {often(reasons)}"
        way_out = _way_out(reasons, of_outputs=of_outputs)
        yield f"{said}. {way_out}" if _OF_VERDICTS in reasons else said


def often(reasons: Counter[str]) -> str:
    """The most frequent of the reasons, each with its count."""
    return ", ".join(f"{count} {reason}" for reason, count in reasons.most_common(4))


_JUDGED_BEFORE = (
    "The examples are those of a converted folder, and nobody judged them. Convert again what they"
    " were made from, and say there which answers were approved: --approved '{{ rating >= 4 }}' for"
    " rows; for annotations --to kto, with --good or --good-from where it asks. What it was made"
    " from is under made_from in its manifest.json."
)


def _way_out(reasons: Counter[str], *, of_outputs: bool = False) -> str:
    """The remedy for the most frequent of the reasons."""
    if not reasons:
        return "Give a file that holds something."
    first = reasons.most_common(1)[0][0]
    if of_outputs and first == _OF_VERDICTS:
        return _JUDGED_BEFORE
    if first in CATALOGUE:
        return f"To see what is wrong: dataprep explain {first}"
    return _WAYS_OUT.get(first, "Look at the input, or change the recipe.")
