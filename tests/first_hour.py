"""Three ways that a newcomer goes in the first hour: the files that are there, and what is typed.

One has an annotation export, one a file that a platform rejected, one raw text and tables. The
screens are kept in tests/golden/first_hour, as a terminal of 80 and of 120 columns shows them.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.terminal import Terminal, Typed, width

ROOT = Path(__file__).parents[1]
GOLDEN = Path(__file__).parent / "golden" / "first_hour"


@dataclass(frozen=True, slots=True)
class Step:
    """What is typed, and what is expected of it beside its screen."""

    line: str
    code: int = 0
    follows: bool = False
    """The line begins with the command that the screen before named as the next one."""
    dated: bool = False
    """The screen tells days: it is kept as of the day of the prices of OpenAI's models."""
    answers: bool = False
    """The screen ends with what a model says, which is not kept."""
    trains: bool = False
    """It takes seconds: one width is enough where there is no time for both."""


@dataclass(frozen=True, slots=True)
class Way:
    """A folder as it is at first, and what is typed in it."""

    name: str
    lay: Callable[[Path], None]
    steps: tuple[Step, ...]


def go(way: Way, terminal: Terminal, *, quick: bool = False) -> Iterator[tuple[Step, Typed]]:
    """Type the steps one after the other; `quick` leaves out those that train, and what follows."""
    way.lay(terminal.folder)
    for step in way.steps:
        if quick and step.trains:
            return
        yield step, terminal.type(step.line)


def kept(way: Way, columns: int) -> dict[str, str]:
    """The screens that are kept, by their command lines."""
    text = (GOLDEN / f"{way.name}-{columns}.txt").read_text("utf-8")
    screens = re.split(r"(?m)^(?=\$ dataprep )", text)[1:]
    return {screen.partition("\n")[0].removeprefix("$ "): screen for screen in screens}


def shown(step: Step, typed: Typed) -> str:
    """A screen below its command line, with what varies from run to run put out of sight."""
    lines = typed.screen.lines()
    if step.answers:
        lines = _without_answer(lines)
    if step.trains:
        lines = _without_measures(lines)
    columns = typed.screen.columns
    rows = [row for line in lines for row in _cut(_masked(line), columns)]
    ended = f"[exit code {typed.code}]\n" if typed.code else ""
    return f"$ {typed.line}\n" + "\n".join(rows).rstrip("\n") + f"\n{ended}\n"


def _without_answer(lines: Sequence[str]) -> list[str]:
    """The lines up to the end of the first sentence, and those that name the next command."""
    first = next(number for number, line in enumerate(lines) if line.endswith("leaves them out."))
    told = [line for line in lines[first + 1 :] if line.startswith("Next: ")]
    return [*lines[: first + 1], "(what the model answers)", *told]


def _without_measures(lines: Sequence[str]) -> list[str]:
    """The lines of a training without its losses and scores, which no two machines share."""
    first = next(number for number, line in enumerate(lines) if line.startswith(" • weights: "))
    after = lines.index("", first)
    return [*lines[:first], " • (what was measured)", *lines[after:]]


_VARIES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"^training .* tokens/s .*$"), "training (a bar, the loss, tokens/s, the time)"),
)
_DIGEST = re.compile(r"\b[0-9a-f]{12,64}\b")
"""Of files, examples and datasets: masked, since other versions of Polars write other bytes."""


def _masked(line: str) -> str:
    for varies, instead in _VARIES:
        line = varies.sub(instead, line)
    return _DIGEST.sub(lambda found: "x" * len(found[0]), line)


def _cut(line: str, columns: int) -> list[str]:
    """A line as a terminal shows it, over as many rows as it takes; ↩ where it goes on."""
    rows = [""]
    for character in line:
        if width(rows[-1]) + width(character) > columns:
            rows.append("")
        rows[-1] += character
    return [*(f"{row}↩" for row in rows[:-1]), rows[-1]]


def too_wide(step: Step, typed: Typed) -> list[str]:
    """Lines of our own words that the terminal had to cut: all but paths, commands and data."""
    lines = typed.screen.lines()
    if step.answers:
        lines = _without_answer(lines)
    columns = typed.screen.columns
    whole = re.compile(rf'dataprep [a-z]|[{{"]|\S{{{columns},}}')
    return [line for line in lines if width(line) > columns and not whole.search(line)]


def _export(folder: Path) -> None:
    """A quarter of the export of samples/ner, and its labeling config."""
    source = ROOT / "samples" / "ner"
    shutil.copy(source / "config.xml", folder)
    tasks = json.loads((source / "export.json").read_text("utf-8"))
    (folder / "export.json").write_text(json.dumps(tasks[300:]), "utf-8")


def _rejected(folder: Path) -> None:
    """Rows for a chat, with the faults that people's files have; one text is for a terminal."""
    rows: list[dict[str, object]] = []
    for n in range(1, 13):
        turns = [
            ("system", "You sort letters to the town hall."),
            ("user", f"Letter {n}: my street lamp number {n * 7} is dark."),
            ("assistant", f"roads, lamp {n * 7}"),
        ]
        rows.append({"messages": [{"role": role, "content": text} for role, text in turns]})
    lines = [json.dumps(row) for row in rows]
    lines[2] = lines[2].replace("roads, lamp 21", "")
    lines[4] = lines[4].replace('"role": "user"', '"role": "human"')
    lines[4] = lines[4].replace("is dark", "is \x9b5mdark \u202eagain")
    lines[5] = lines[5].replace("is dark", r"\u001b]0;mine\u0007is \u001b[5mdark\u001b[0m")
    lines[8] = lines[8].replace('{"messages"', '{"note": "by phone", "messages"')
    lines[10] = lines[0]
    lines.insert(6, '{"messages": [{"role": "user", "content": "Letter"')
    (folder / "train.jsonl").write_text("\n".join(lines) + "\n\n", "utf-8-sig")


def _tables(folder: Path) -> None:
    """A table with semicolons whose columns nobody knows, one of questions, and raw texts."""
    shutil.copytree(ROOT / "samples" / "raw", folder / "raw")
    trees = ("oak", "elm", "ash", "fir")
    rows = [
        f"Where is the {trees[n % 4]} bench {n}?;In park {n % 5}, on the left;{'NS'[n % 2]}\n"
        for n in range(24)
    ]
    (folder / "questions.csv").write_text("question;answer;area\n" + "".join(rows), "utf-8")
    (folder / "tickets.csv").write_text("ticket;reply;desk\n" + "".join(rows), "utf-8")


WAYS = (
    Way(
        "export",
        _export,
        (
            Step("dataprep init export.json"),
            Step("dataprep convert --recipe dataprep.yaml -o out/", follows=True),
            Step("dataprep show out"),
            Step("dataprep train openai out --dry-run", follows=True, dated=True),
            Step("dataprep convert out/ --to t5 -o t5/"),
            Step("dataprep train t5 t5 --epochs 1", follows=True, trains=True),
            Step("dataprep predict runs/t5 'a text'", follows=True, answers=True),
        ),
    ),
    Way(
        "rejected",
        _rejected,
        (
            Step("dataprep check train.jsonl", code=1),
            Step("dataprep explain C003"),
            Step("dataprep check train.jsonl --fix --diff"),
            Step("dataprep check train.jsonl --fix", code=1),
            Step("dataprep check train.fixed.jsonl", code=1),
            Step("dataprep check train.fixed.jsonl --target gpt-4o-mini", code=2),
            Step(
                "dataprep check train.fixed.jsonl --target openai:gpt-4o-mini", code=1, dated=True
            ),
        ),
    ),
    Way(
        "tables",
        _tables,
        (
            Step("dataprep convert tickets.csv --to openai-chat -o tickets/", code=2),
            Step("dataprep init tickets.csv -o tickets.yaml"),
            Step("dataprep convert --recipe tickets.yaml -o out/", follows=True),
            Step("dataprep init raw/ questions.csv"),
            Step(
                "dataprep convert --recipe dataprep.yaml -o mixed --mix questions.csv=0.5"
                " --to openai-chat"
            ),
            Step("dataprep show mixed -n 2"),
            Step("dataprep train t5 questions.csv --epochs 1", trains=True),
        ),
    ),
)
