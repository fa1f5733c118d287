"""What was trained is asked: predict, for one text or many, and chat."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter

from dataprep.api.loading import trainer
from dataprep.api.numbers import PREDICT
from dataprep.cli.next_steps import name_next
from dataprep.cli.numbers import within
from dataprep.cli.open_weights import hush
from dataprep.cli.screen import Flag, console
from dataprep.finding import UsageError, excerpt
from dataprep.patterns import LatePattern
from dataprep.shell import command_line

if TYPE_CHECKING:
    from trainers.chat import ChatSession
    from trainers.wording import Wording

_ENDING = LatePattern(r"[.][A-Za-z0-9]{1,8}$")
"""How a file's name ends; a sentence has its full stop behind its last word."""


def predict(
    run: Path,
    source: str,
    *,
    out: Annotated[Path | None, Parameter(name=["--out", "-o"])] = None,
    split: Literal["train", "validation", "test"] = "test",
    max_new_tokens: Annotated[int, within(PREDICT["max_new_tokens"])] = 512,
    as_is: Flag = False,
    label_studio: Flag = False,
) -> int:
    """Let a trained model answer: one text, many prompts, or a split of a dataset.

    Example: dataprep predict runs/t5 "the rind of a fruit"
    Example: dataprep predict runs/t5 prompts.jsonl -o answers/

    One text is answered on standard output. Many go to a folder; started again, it goes on where
    it was.

    Parameters
    ----------
    run
        A run folder of `dataprep train`.
    source
        A text; JSONL with prompt, input, text or messages; a folder made by convert; or - for
        standard input, which is JSONL where its first line is, and else one text.
    out
        A folder for predictions.jsonl, one answer a line. By default predictions, for a file or a
        folder.
    split
        Of a folder made by convert.
    max_new_tokens
        Of one answer, at most.
    as_is
        Ask one text as it is, without the words that all questions of the training had around
        theirs.
    label_studio
        Write a Label Studio import with the answers as pre-annotations.
    """
    if label_studio and not os.path.isdir(source):  # noqa: PTH112  a text may be long
        raise UsageError(
            "--label-studio is for a folder made by convert, which knows the tasks.",
            "Give it, or convert predictions.jsonl with --to label-studio.",
        )
    if source in ("-", "./-"):
        given = sys.stdin.buffer.read()
        if _is_jsonl(given):
            return _piped(run, given, out, max_new_tokens)
        return _one(run, _text(given), out, max_new_tokens, as_is=as_is)
    if not _is_path(source):
        return _one(run, source, out, max_new_tokens, as_is=as_is)
    folder = out or Path("predictions")
    return _many(run, Path(source), folder, split, max_new_tokens, label_studio=label_studio)


def chat(
    run: Path,
    *,
    system: str | None = None,
    max_new_tokens: Annotated[int | None, within(PREDICT["max_new_tokens"])] = None,
    as_is: Flag = False,
) -> int:
    """Talk with what was trained; Ctrl-D or /quit ends.

    Example: dataprep chat runs/llama

    Answers go to standard output; lines of standard input, where it is no terminal, are asked one
    after the other.

    Parameters
    ----------
    run
        A run folder of `dataprep train`.
    system
        What stands before the conversation.
    max_new_tokens
        Of one answer, at most; 512 if left out, or half of what the model reads.
    as_is
        Ask texts as they are, without the words that all questions of the training had around
        theirs.
    """
    _refuse_undecoded(system or "", "The text of --system")
    hush()
    talk = trainer("chat", "train").begin(
        run, system=system, as_is=as_is, max_new_tokens=max_new_tokens
    )
    typed = sys.stdin.isatty()
    _introduce(talk, typed=typed)
    while (text := _line(typed)) is not None:
        if text == "/new":
            talk.begin_anew()
            console().print("What was said is forgotten.")
        elif text.startswith("/"):
            console().print("/new forgets what was said, /quit ends.")
        elif text:
            _say(talk, text)
    return 0


def _one(run: Path, text: str, out: Path | None, most: int, *, as_is: bool) -> int:
    """Answer one text, on standard output or in a folder."""
    from dataprep import report

    if not text.strip():
        raise UsageError("There is no text to answer.", "Give one: dataprep predict RUN 'a text'")
    _refuse_undecoded(text, "The text")
    hush()
    trained = trainer("trained", "train").load(run)
    row = {"messages": [{"role": "user", "content": text}]}
    if not as_is:
        row = trained.wording.row(text)
        _say_wording(trained.wording)
    if out is not None:
        return _many(trained, [{"id": "1", **row}], out, "test", most, label_studio=False)
    answer = trainer("trained", "train").answer_rows(trained, [row], most)[0]
    report.write(f"{answer}\n", sys.stdout)
    name_next(command_line("chat", run))
    return 0


def _piped(run: Path, lines: bytes, out: Path | None, most: int) -> int:
    """Answer the rows of standard input, on standard output or in a folder."""
    from dataprep import report

    hush()
    predict, trained = trainer("predict", "train"), trainer("trained", "train")
    rows = list(predict.rows_in(lines, "standard input"))
    if out is not None:
        return _many(run, rows, out, "test", most, label_studio=False)
    for row, answer in zip(rows, trained.answer_rows(trained.load(run), rows, most), strict=True):
        report.write(predict.line_of(row, answer), sys.stdout)
    return 0


def _many(run: Any, source: Any, out: Path, split: str, most: int, *, label_studio: bool) -> int:
    """Answer what a file or a folder holds, or rows, in a folder."""
    from dataprep import report

    hush()
    bars = report.Bars(console())
    with bars:
        made = trainer("predict", "train").predict(
            run,
            source,
            out=out,
            split=split,
            max_new_tokens=most,
            label_studio=label_studio,
            on_progress=lambda done, of: bars("answering", done, of),
        )
    console().print(
        f"{made.path}: {report.counted(made.answers, 'answer')}, {made.new:,} of them new."
    )
    return 0


def _is_path(source: str) -> bool:
    """Whether a file or a folder is meant, be it that it is not there.

    A name without blanks that has a folder or an ending, as `prompts.jsonl` and `data/prompts`.
    """
    if os.path.exists(source):  # noqa: PTH110  Path.exists raises for a long text
        return True
    looks = os.sep in source or bool(_ENDING.search(source))
    return looks and not any(map(str.isspace, source))


def _is_jsonl(given: bytes) -> bool:
    """Whether the first line that is not empty is an object of JSON."""
    first = given.lstrip().partition(b"\n")[0].strip()
    return first.startswith(b"{") and first.endswith(b"}")


def _text(given: bytes) -> str:
    try:
        return given.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        said = f"Standard input is not UTF-8: byte {error.start + 1:,}."
        raise UsageError(said, _IN_UTF_8) from None


_IN_UTF_8 = "Write it in UTF-8: iconv -f latin1 -t utf-8"


def _refuse_undecoded(text: str, what: str) -> None:
    """Raise UsageError for a text with bytes that Python could not read, and kept as surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise UsageError(f"{what} is not UTF-8.", _IN_UTF_8) from None


def _say_wording(wording: Wording) -> None:
    """Say with which words a text is asked about, where it is with some."""
    from dataprep.report import plain

    said = " ".join(filter(None, (wording.system, wording.before, wording.after)))
    if said.strip():
        words = excerpt(said.strip(), 80)
        told = f"Asked in the words of the training ({words}); --as-is leaves them out."
        console().print(plain(told, "dim"))


def _introduce(talk: ChatSession, *, typed: bool) -> None:
    """Say how the conversation is held."""
    if talk.wording is not None:
        _say_wording(talk.wording)
    if typed:
        kept = "It remembers what was said" if talk.remembers else "Each question stands alone"
        console().print(f"{kept}. /new begins anew, /quit ends.")


def _line(typed: bool) -> str | None:
    """What is asked next; None at the end."""
    try:
        text = input("> ") if typed else next(iter(sys.stdin.readline, ""), None)
    except EOFError:
        return None
    except UnicodeDecodeError:
        raise UsageError("Standard input is not UTF-8.", _IN_UTF_8) from None
    if text is None or text.strip() == "/quit":
        return None
    _refuse_undecoded(text, "Standard input")
    return text.strip()


def _say(talk: ChatSession, text: str) -> None:
    """Ask, and show the answer as it comes; Ctrl-C ends the answer, not the conversation."""
    from dataprep import report

    def show(piece: str) -> None:
        report.write(piece, sys.stdout)
        sys.stdout.flush()

    left_out = talk.left_out
    try:
        talk.say(text, show)
    except KeyboardInterrupt:
        report.write("\n", sys.stdout)
        console().print("The answer was stopped, and is forgotten.")
        return
    except UsageError as error:
        console().print(str(error))
        return
    report.write("\n", sys.stdout)
    sys.stdout.flush()
    if talk.left_out > left_out:
        console().print(f"The first {talk.left_out:,} messages are no longer read: too long.")
