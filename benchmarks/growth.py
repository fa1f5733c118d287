"""What a command's time does when something in the data doubles, and doubles again.

Each kind of data is made at n, 2n and 4n; the column `growth` is the processor time at 4n over that
at n, once the time of the command on next to nothing is taken off: 4 is linear, 16 a square.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

Make = Callable[[int], None]
"""Writes the data of a size into the folder that one stands in."""


class Kind(NamedTuple):
    """Something that can grow, and the command that reads it."""

    name: str
    sizes: int
    make: Make
    argv: tuple[str, ...]


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of this table."""
    parser.add_argument("--only", default="", help="kinds with this in their name")


def main(options: argparse.Namespace) -> None:
    """Print the table."""
    print("| what grows | n | s at n | at 2n | at 4n | growth |")
    print("| --- | --- | --- | --- | --- | --- |")
    for kind in KINDS:
        if options.only in kind.name:
            seconds(kind, 1)  # its imports
            least, *times = (seconds(kind, n) for n in (1, *(kind.sizes * k for k in (1, 2, 4))))
            ratio = (times[2] - least) / max(times[0] - least, 0.001)
            cells = " | ".join(f"{spent:.2f}" for spent in times)
            print(f"| {kind.name} | {kind.sizes:,} | {cells} | {ratio:.1f} |")


def seconds(kind: Kind, n: int) -> float:
    """Processor seconds of a command on data of a size."""
    from dataprep import cli

    with tempfile.TemporaryDirectory() as room, contextlib.chdir(room):
        kind.make(n)
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            began = time.process_time()
            code = cli.run(list(kind.argv))
            spent = time.process_time() - began
    if code not in (0, 1, 2, 3):
        raise SystemExit(f"{kind.name}: ended with {code}: {said.getvalue()[-500:]}")
    return spent


def rows(one: Callable[[int], Iterator[Any]]) -> Make:
    """JSON Lines of the rows that are made."""

    def make(n: int) -> None:
        Path("rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in one(n)), "utf-8")

    return make


def chat(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"messages": list(messages), **more}


def user(content: Any = "What is it?") -> dict[str, Any]:
    return {"role": "user", "content": content}


def assistant(content: str | None = "It is tea.", **more: Any) -> dict[str, Any]:
    return {"role": "assistant", "content": content, **more}


def tool(number: int) -> dict[str, Any]:
    properties = {"city": {"type": "string"}}
    function = {"name": f"f{number}", "parameters": {"type": "object", "properties": properties}}
    return {"type": "function", "function": function}


def calls(n: int) -> Iterator[Any]:
    made = [
        {"id": f"c{k}", "type": "function", "function": {"name": "f0", "arguments": '{"city":"x"}'}}
        for k in range(n)
    ]
    answers = [{"role": "tool", "tool_call_id": f"c{k}", "content": "ok"} for k in range(n)]
    yield chat(user(), assistant(None, tool_calls=made), *answers, assistant(), tools=[tool(0)])


def mails(n: int) -> str:
    return " ".join(f"ada{k}@mail{k}.com +49 30 {k:07} " for k in range(n))


def export(one: Callable[[int], Iterator[Any]], config: Callable[[int], str]) -> Make:
    """A Label Studio export and its config."""

    def make(n: int) -> None:
        Path("export.json").write_text(json.dumps(list(one(n))), "utf-8")
        Path("config.xml").write_text(config(n), "utf-8")

    return make


def task(number: int, text: str, *results: list[dict[str, Any]]) -> dict[str, Any]:
    annotations = [{"id": k, "completed_by": k, "result": r} for k, r in enumerate(results)]
    return {"id": number, "data": {"text": text}, "annotations": annotations}


def span(number: int, start: int, end: int, text: str) -> dict[str, Any]:
    value = {"start": start, "end": end, "labels": ["PER"], "text": text[start:end]}
    return {
        "id": f"r{number}",
        "from_name": "label",
        "to_name": "text",
        "type": "labels",
        "value": value,
    }


def choice(label: str) -> dict[str, Any]:
    value = {"choices": [label]}
    return {"from_name": "kind", "to_name": "text", "type": "choices", "value": value}


def spans(n: int) -> Iterator[Any]:
    text = "word " * (n + 40)
    yield task(1, text, [span(k, 5 * k, 5 * k + 104, text) for k in range(n)])


def relations(n: int) -> Iterator[Any]:
    text = "word " * (n + 2)
    marks = [span(k, 5 * k, 5 * k + 4, text) for k in range(n)]
    links = [
        {"from_id": f"r{k}", "to_id": f"r{(k * 7) % n}", "type": "relation", "direction": "right"}
        for k in range(n)
    ]
    yield task(1, text, marks + links)


def of_spans(_: int) -> str:
    return (
        '<View><Labels name="label" toName="text"><Label value="PER"/></Labels>'
        '<Text name="text" value="$text"/></View>'
    )


def of_choices(n: int) -> str:
    several = "".join(f'<Choice value="c{k}"/>' for k in range(max(n, 2)))
    control = f'<Choices name="kind" toName="text">{several}</Choices>'
    return f'<View><Text name="text" value="$text"/>{control}</View>'


def table(n: int) -> None:
    with Path("rows.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["question", "answer", *(f"c{k}" for k in range(n))])
        writer.writerow(["What is it?", "It is tea.", *("x" * n)])


def files(n: int) -> None:
    Path("many").mkdir()
    for k in range(n):
        Path(f"many/{k}.jsonl").write_text(
            json.dumps(chat(user(f"{k}?"), assistant(f"{k}."))) + "\n"
        )


CHECK = ("check", "rows.jsonl")
TASKS = (
    "convert",
    "export.json",
    "--label-config",
    "config.xml",
    "--to",
    "openai-chat",
    "-o",
    "out",
)
KINDS = (
    Kind("turns of a row", 4_000, rows(lambda n: iter([chat(*[user(), assistant()] * n)])), CHECK),
    Kind(
        "system messages of a row",
        8_000,
        rows(
            lambda n: iter([chat(*[{"role": "system", "content": "x"}] * n, user(), assistant())])
        ),
        CHECK,
    ),
    Kind(
        "tools of a row",
        2_000,
        rows(lambda n: iter([chat(user(), assistant(), tools=[*map(tool, range(n))])])),
        CHECK,
    ),
    Kind("tool calls of a row", 1_000, rows(calls), CHECK),
    Kind(
        "e-mails and phones of a text",
        2_000,
        rows(lambda n: iter([chat(user(mails(n)), assistant())])),
        CHECK,
    ),
    Kind(
        "e-mails and empty answers of a row",
        500,
        rows(lambda n: iter([chat(*[user("ada@mail.com"), assistant("")] * n)])),
        CHECK,
    ),
    Kind(
        "letters of one word",
        250_000,
        rows(lambda n: iter([chat(user("a" * n), assistant())])),
        CHECK,
    ),
    Kind(
        "words of a text",
        100_000,
        rows(lambda n: iter([chat(user("tea " * n), assistant())])),
        CHECK,
    ),
    Kind(
        "keys of a row",
        2_000,
        rows(lambda n: iter([{**chat(user(), assistant()), **{f"k{k}": k for k in range(n)}}])),
        CHECK,
    ),
    Kind(
        "rows with a finding each",
        2_000,
        rows(lambda n: (chat(user(f"{k} ada{k}@mail.com"), assistant(f"a{k}")) for k in range(n))),
        CHECK,
    ),
    Kind(
        "equal prompts",
        5_000,
        rows(lambda n: (chat(user(), assistant(f"answer {k}")) for k in range(n))),
        CHECK,
    ),
    Kind(
        "nearly equal rows",
        4_000,
        rows(
            lambda n: (
                chat(
                    user("the same long text of a question about tea and cake " * 4 + str(k)),
                    assistant(f"a{k}"),
                )
                for k in range(n)
            )
        ),
        CHECK,
    ),
    Kind("files of a folder", 250, files, ("check", "many")),
    Kind(
        "columns of a table",
        2_000,
        table,
        (
            "convert",
            "rows.csv",
            "--prompt",
            "{{ question }}",
            "--completion",
            "{{ answer }}",
            "--to",
            "openai-chat",
            "-o",
            "out",
        ),
    ),
    Kind("spans that overlap", 2_000, export(spans, of_spans), TASKS),
    Kind("relations between spans", 2_000, export(relations, of_spans), TASKS),
    Kind(
        "annotators of a task",
        800,
        export(lambda n: iter([task(1, "tea", *[[choice("c0")]] * n)]), lambda _: of_choices(2)),
        TASKS,
    ),
    Kind(
        "choices of a config",
        1_000,
        export(lambda n: (task(k, f"tea {k}", [choice(f"c{k}")]) for k in range(20)), of_choices),
        TASKS,
    ),
)
