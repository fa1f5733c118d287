"""`dataprep convert`: annotations, raw text and old training files become a training set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from dataprep.api.numbers import CONVERT
from dataprep.cli.flag_owners import owned_counts, with_owners
from dataprep.cli.next_steps import for_dataset
from dataprep.cli.numbers import within
from dataprep.cli.screen import Quiet, console

if TYPE_CHECKING:
    from dataprep.conversion.run import Outcome


def convert(
    *sources: Path,
    recipe: Annotated[Path | None, Parameter(name=["--recipe", "-r"])] = None,
    label_config: Path | None = None,
    to: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    out: Annotated[Path, Parameter(name=["--out", "-o"])] = Path("out"),
    way: str | None = None,
    delimiter: str | None = None,
    prompt: str | None = None,
    completion: str | None = None,
    system: str | None = None,
    approved: str | None = None,
    unjudged: str | None = None,
    good: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    bad: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    good_from: Annotated[float | None, within(CONVERT["good_from"])] = None,
    bad_to: Annotated[float | None, within(CONVERT["bad_to"])] = None,
    control: str | None = None,
    label: str | None = None,
    text: str | None = None,
    group: str | None = None,
    strata: str | None = None,
    carry: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    leave_out: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    split_by: str | None = None,
    splits_from: Path | None = None,
    near_duplicates: Literal["on", "off", "whole"] | None = None,
    annotators: str | None = None,
    agreement: Annotated[float | None, within(CONVERT["agreement"])] = None,
    borders: str | None = None,
    settled: Path | None = None,
    offsets: str | None = None,
    empty: str | None = None,
    format_: Annotated[str | None, Parameter(name="--format")] = None,
    subset: str | None = None,
    tag_names: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    from_: Annotated[str | None, Parameter(name="--from")] = None,
    mix: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    at_most: Annotated[int | None, within(CONVERT["at_most"])] = None,
    tokenizer: str | None = None,
    max_input: Annotated[int | None, within(CONVERT["max_input"])] = None,
    max_target: Annotated[int | None, within(CONVERT["max_target"])] = None,
    max_length: Annotated[int | None, within(CONVERT["max_length"])] = None,
    seed: Annotated[int | None, within(CONVERT["seed"])] = None,
    workers: Annotated[int, within(CONVERT["workers"])] = 1,
    drop_invalid: Annotated[bool, Parameter(negative="")] = False,
    quiet: Quiet = False,
    then: Annotated[bool, Parameter(parse=False)] = True,
) -> int:
    """Turn annotations, raw text and old training files into a training set.

    Example:
    dataprep convert export.json --label-config config.xml --to openai-chat -o out/

    Without sources and --recipe, the dataprep.yaml of this folder is used.

    Parameters
    ----------
    sources
        Files or folders: exports of Label Studio, doccano, Prodigy and Argilla (zips too), .jsonl,
        .json, .csv, .tsv, .xlsx, .parquet, .arrow, .txt, .md, .html, .pdf, .docx; files without an
        ending by what they hold. hf://datasets/OWNER/NAME is a data set of the Hugging Face Hub.
    recipe
        A recipe; flags stand above it.
    label_config
        The config.xml of the Label Studio project; by default one that stands beside the export
        and fits it; none: no config.
    to
        Targets, by commas or by several --to: openai-chat, prompt-completion, preference,
        reinforcement, azure, together, fireworks, nebius, trl-preference, kto, alpaca, sharegpt,
        t5, causal, label-studio.
    out
        The output folder; it is replaced whole, or not at all.
    way
        How a file becomes examples: rows, turns (text in a chat template), qa, sections,
        continuation, denoising, plain, chunks. Told from the file where it is clear.
    delimiter
        What divides the cells of a table of text, as ';' or '|' or tab; told from the file by
        default. A .txt file with it is a table.
    prompt
        A template of what is asked, by the columns of a row: '{{ context }}\\n\\n{{ question }}'.
        row["a name"] is a column whose name is no word.
    completion
        A template of what is answered.
    system
        A template of the system message.
    approved
        A template that says true where the answer was approved, as '{{ rating >= 4 }}'.
    unjudged
        keep or drop the answers that nobody judged, where others are. Asked for where it matters.
    good
        Annotations for kto: a choice that approves the answer in the task. Known by themselves:
        👍 and 👎, good and bad, accept and reject, and their like.
    bad
        A choice that does not; of two choices the other one. A choice that is neither is left out
        as neutral.
    good_from
        Annotations for kto: the least rating that approves the answer. By default what is above
        the middle of the scale approves, what is below does not, and the middle is left out.
    bad_to
        The greatest rating that does not; by default all below --good-from.
    control
        The control that is learned, by its name in the labeling config.
    label
        The column that is the stratum; with --text, the answer.
    text
        The column, or the field of the tasks, that holds the text.
    group
        The column (of an export: the field of the data) whose rows stay in one split.
    strata
        The column or field that is the stratum, where it is not the label.
    carry
        Columns to carry along with the examples, as metadata.
    leave_out
        Columns to leave out; they are counted.
    split_by
        The column that says train, validation or test; `file`: the names of the files do.
    splits_from
        A folder of an earlier output: its rows keep their splits, and new near copies join them.
        By default the output that is replaced, if it was divided by the same settings; none: no
        folder, nor the splits that a folder of the Hub or an output has of its own.
    near_duplicates
        on compares texts without the words of templates; whole compares all their words, for data
        that is versions of a few texts; off divides by the hash of the prompt alone, so that near
        copies may stand in two splits.
    annotators
        How several annotators become one: majority, first, latest, ground-truth-first, all,
        by-annotator; dawid-skene or mace: by how reliable each is, told from their agreement.
    agreement
        majority: more than this share must agree, 0.5 to 1; dawid-skene, mace: an answer must be
        more probable than this.
    borders
        Which spans of several annotators are the same: exact (the same borders), trim (but for
        blanks at the ends; the default), punctuation (and punctuation), overlap (one label, a
        position in common; the border that most gave).
    settled
        What an adjudicator settled of adjudication.json: the export of that project, or the folder
        of a pull. It takes the place of what was disputed.
    offsets
        How spans on text count: auto (by their quotes, or by evidence), codepoint, utf16 or
        grapheme.
    empty
        Spans: drop (the default) leaves out a text that was submitted without a mark; negative
        teaches that nothing is there.
    format_
        What the sources are, where it is not told from them: label-studio, prodigy, argilla,
        doccano, spacy, brat, webanno, conllu, conll, token-rows, jsonl, csv and others.
    subset
        Of a folder of the Hugging Face Hub with several: which of the configs of its README.md.
    tag_names
        What the tags are called whose numbers rows with `tokens` and `ner_tags` have, from 0 on:
        O,B-PER,I-PER.
    from_
        Whose results are learned from: annotations, predictions or drafts.
    mix
        A source and the share of all examples that come of it: faq.csv=0.7, once for each source.
        Those without a share have the rest. Chosen by hash; none is repeated, what is left out is
        counted.
    at_most
        Examples of one label, at most; of one answer, where they have no label.
    tokenizer
        For t5 or causal: a hub name, a folder, a .model, a tokenizer.json, a tekken.json or a
        .gguf. Trained when left out.
    max_input
        t5: tokens of an input, at most (2048).
    max_target
        t5: tokens of an answer, at most (as many as the longest has, up to 2048).
    max_length
        causal: tokens of a conversation, at most (2048).
    seed
        Decides the splits.
    workers
        Processes; two pay off from hundreds of megabytes on. The output is the same with any
        number.
    drop_invalid
        Leave out what has errors, with the reasons, instead of refusing to convert.
    """
    from dataprep import conversion, report
    from dataprep.api.converting import run_conversion

    flags = {
        "label_config": label_config,
        "way": way,
        "delimiter": delimiter,
        "prompt": _template(prompt),
        "completion": _template(completion),
        "system": _template(system),
        "approved": _template(approved),
        "unjudged": unjudged,
        "good": good,
        "bad": bad,
        "good_from": good_from,
        "bad_to": bad_to,
        "control": control,
        "label": label,
        "text": text,
        "group": group,
        "strata": strata,
        "carry": carry,
        "leave_out": leave_out,
        "split_by": split_by,
        "splits_from": splits_from,
        "near_duplicates": near_duplicates,
        "annotators": annotators,
        "agreement": agreement,
        "borders": borders,
        "settled": settled,
        "offsets": offsets,
        "empty": empty,
        "format": format_,
        "subset": subset,
        "tag_names": tag_names,
        "from": from_,
        "mix": mix,
        "at_most": at_most,
        "tokenizer": tokenizer,
        "max_input": max_input,
        "max_target": max_target,
        "max_length": max_length,
        "seed": seed,
    }
    screen = console(quiet)
    with report.Bars(screen) as bars:
        outcome = run_conversion(
            sources,
            recipe,
            to,
            flags,
            out=out,
            drop_invalid=drop_invalid,
            workers=workers,
            progress=bars,
        )
    command = ("convert",) if then else ("train",)
    report.print_notes(outcome.notes, screen)
    if outcome.journal.counts.total:
        counts = owned_counts(outcome.journal.counts, command)
        report.print_counts(counts, screen, fixable=False)
    if outcome.refused:
        screen.print(with_owners(_why_refused(outcome), command), soft_wrap=True)
        return 1
    report.print_agreement(outcome.agreement, screen)
    report.print_reliability(outcome.reliability, screen)
    report.print_consensus(outcome.consensus, screen)
    report.summary(outcome.ledger, outcome.splits, outcome.strata, console=screen)
    if outcome.journal.disputed:
        number = report.counted(outcome.journal.disputed, "disputed task")
        screen.print(f"{number} for an adjudicator: {out / conversion.ADJUDICATION}")
    if not outcome.splits["train"]:
        screen.print(_NOT_TO_TRAIN)
    next_ = f" Next: {_next_step(out, outcome)}" if then else ""
    screen.print(f"Written to {out}.{next_}", soft_wrap=True)
    return 0


def _template(typed: str | None) -> str | None:
    """A template of a flag, in which a backslash and an n are a line break."""
    from dataprep import conversion

    return None if typed is None else conversion.unescaped(typed)


_UNREADABLE = (
    "Nothing was written, because a whole file could not be read. Mend it or export it again, leave"
    " it out of the command, or name what it is with --format; --drop-invalid leaves out rows, and"
    " files of a folder beside others that can be read."
)

_NONE_LEFT = (
    "Nothing was written, because of the errors above, and without what has them nothing would be"
    " left: --drop-invalid does not help here. Mend the data, or say with flags how it is meant;"
    " dataprep explain CODE says more."
)

_REFUSED = (
    "Nothing was written, because of the errors above. Mend them, or pass --drop-invalid to leave"
    " those rows out; dataprep explain CODE says more."
)


def _why_refused(outcome: Outcome) -> str:
    """Why nothing was written, and what helps."""
    if outcome.journal.fatal:
        return _UNREADABLE
    return _NONE_LEFT if outcome.none_left else _REFUSED


_NOT_TO_TRAIN = (
    "The train split is empty: nothing can be trained on this. Add examples, or give train a larger"
    " share under splits in the recipe."
)


def _next_step(out: Path, outcome: Outcome) -> str:
    """The command that most people will want after a conversion."""
    written = outcome.written if outcome.splits["train"] else ()
    return for_dataset(out, written, otherwise="show")
