"""Commands whose I/O is spoiled, and the laws that hold afterwards, whatever call it was."""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dataprep import store
from dataprep.conversion import convert
from dataprep.recipe import Recipe
from tests.building import SENTIMENT
from tests.faults.harness import KILL, SHORT, TEAR, Ended, IoFaults

OUT = "out"
SOURCES = "sources"
WORDS = (0, 1, 2, 3, 4)
"""The exit codes of a command that ends in words."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A command in a room of its own; `result` is what it writes, a folder or a file."""

    name: str
    argv: tuple[str, ...]
    result: str = OUT
    code: int = 0
    old: bool = False
    """Whether an older output stands there, which the command replaces."""
    grown: bool = False
    """Whether it holds a part of the tasks, whose splits are kept; near copies are among them."""
    part: int = 8_000_000
    """Bytes of a share of a source."""
    step: int = 1
    """One call in so many is spoiled; one that trains a tokenizer takes seconds each time."""


CONVERT = (
    "convert",
    SOURCES,
    "--label-config",
    f"{SOURCES}/config.xml",
    "-o",
    OUT,
    "--drop-invalid",
)
SCENARIOS = (
    Scenario("convert", (*CONVERT, "--to", "openai-chat", "--to", "alpaca")),
    Scenario("convert-again", (*CONVERT, "--to", "openai-chat"), old=True),
    Scenario("convert-grown", (*CONVERT, "--to", "openai-chat"), grown=True),
    Scenario("tokens", (*CONVERT, "--to", "t5"), step=6),
    Scenario("fix", ("check", f"{SOURCES}/chat.jsonl", "--fix=all"), "sources/chat.fixed.jsonl"),
    Scenario(
        "fix-gzip", ("check", f"{SOURCES}/z.jsonl.gz", "--fix=all"), "sources/z.fixed.jsonl.gz"
    ),
    Scenario("init", ("init", SOURCES), "dataprep.yaml"),
)
WORKERS = Scenario("workers", (*CONVERT, "--to", "openai-chat", "--workers", "2"), part=4000)


def room_of(scenario: Scenario, root: Path, name: str) -> Path:
    """A fresh folder with the sources of a scenario, and the older output where it has one."""
    room = root / name
    sources = room / SOURCES
    sources.mkdir(parents=True)
    (sources / "config.xml").write_text(SENTIMENT, "utf-8")
    if scenario.argv[0] != "check":
        tasks = [_task(number, near=scenario.grown) for number in range(30)]
        (sources / "export.json").write_text(json.dumps(tasks), "utf-8")
    lines = "".join(json.dumps(_chat(number)) + "\n" for number in range(40))
    (sources / "chat.jsonl").write_text(lines, "utf-8")
    if scenario.name == "fix-gzip":
        (sources / "z.jsonl.gz").write_bytes(gzip.compress(lines.encode(), mtime=0))
    if scenario.old:
        with store.staging(room / OUT) as folder:
            (folder / "old.txt").write_text("old")
            store.publish(folder, room / OUT, {"schema": "urn:dataprep:schema:manifest:1"})
    if scenario.grown:
        shutil.copytree(_earlier(root, sources), room / OUT)
    return room


def _earlier(root: Path, sources: Path) -> Path:
    """The output of the first tasks, and of two that do not come again; made once."""
    out = root / "earlier-out"
    if not out.exists():
        tasks = [_task(number, near=True) for number in (*range(15), 30, 31)]
        few = root / "few.json"
        few.write_text(json.dumps(tasks), "utf-8")
        held = {"path": "few.json", "label_config": str(sources / "config.xml")}
        recipe = Recipe.model_validate({"sources": [held], "targets": ["openai-chat"]})
        convert(recipe, root, out, drop_invalid=True)
    return out


def _task(number: int, *, near: bool = False) -> object:
    choice = ("Positive", "Negative", "neu")[number % 3]
    value = {"choices": [choice]}
    result = {"from_name": "sentiment", "to_name": "text", "type": "choices", "value": value}
    annotation = {"id": number, "completed_by": 1, "result": [result]}
    text = f"Review {number}: the tea was warm."
    if near:
        words = [f"tea{number // 2 + of}" for of in range(0, 2000, 100)]
        text = " ".join((*words, str(number)))
    return {"id": number, "data": {"text": text}, "annotations": [annotation]}


def _chat(number: int) -> object:
    answer = {"role": "assistant", "content": f"Answer {number}." if number % 7 else " "}
    return {"messages": [{"role": "user", "content": f"Question {number}?"}, answer]}


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder, by its hash; folders by nothing."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        if path.is_file()
        else ""
        for path in sorted(folder.rglob("*"))
    }


@dataclass(frozen=True, slots=True)
class Reference:
    """What a scenario leaves when nothing goes wrong, and how many I/O calls it makes."""

    scenario: Scenario
    before: dict[str, str]
    after: dict[str, str]
    code: int
    calls: int


def reference_of(faults: IoFaults, scenario: Scenario) -> Reference:
    """Run a scenario unharmed, twice, so that its outcome is known to be the same each time."""
    trees = []
    for _ in range(2):
        room = room_of(scenario, faults.root, f"{scenario.name}-reference")
        before = tree(room)
        ended = faults.run(room, *scenario.argv, part=scenario.part)
        assert ended.code in (0, 1), ended.said
        trees.append(tree(room))
        shutil.rmtree(room)
    assert trees[0] == trees[1], "the command itself is not deterministic"
    assert any(_belongs(name, scenario.result) for name in trees[0]), f"no result: {ended.said}"
    return Reference(scenario, before, trees[0], ended.code or 0, ended.calls)


def hold(faults: IoFaults, reference: Reference, at: int, how: int, error: int = errno.EIO) -> str:
    """Spoil one call and hold the laws; gives the words of the command."""
    scenario = reference.scenario
    room = room_of(scenario, faults.root, f"{scenario.name}-{at}-{how}-{error}")
    where = f"{scenario.name}, call {at} of {reference.calls}, how {how}, errno {error}"
    ended = faults.run(room, *scenario.argv, part=scenario.part, at=at, how=how, error=error)
    _ended_well(ended, how, where)
    _whole_or_not_at_all(room, reference, ended, where)
    found = tree(room)
    # Else the next run is an unharmed one, or refuses what is there already.
    if found != reference.before and _but_for_leftovers(found) != reference.after:
        again = faults.run(room, *scenario.argv, part=scenario.part)
        assert again.code == reference.code, f"{where}: the next run: {again.said}"
        assert tree(room) == reference.after, f"{where}: the next run leaves something else"
    shutil.rmtree(room)
    return ended.said


def run_short(faults: IoFaults, reference: Reference) -> None:
    """Let every write take only half of what it is given: the outcome is the same."""
    scenario = reference.scenario
    room = room_of(scenario, faults.root, f"{scenario.name}-short")
    ended = faults.run(room, *scenario.argv, part=scenario.part, how=SHORT)
    assert ended.code == reference.code, ended.said
    assert tree(room) == reference.after
    assert ended.calls > reference.calls
    shutil.rmtree(room)


def _ended_well(ended: Ended, how: int, where: str) -> None:
    if how in (KILL, TEAR):
        assert ended.code in (-9, 0, 1), f"{where}: ended with {ended.code}: {ended.said}"
        return
    assert ended.code in WORDS, f"{where}: ended with {ended.code}: {ended.said}"
    assert "Traceback" not in ended.said, f"{where}: {ended.said}"


def _whole_or_not_at_all(room: Path, reference: Reference, ended: Ended, where: str) -> None:
    """The sources are as they were; the result is the old one, the new one, or none."""
    result = reference.scenario.result
    found = tree(room)
    for name, digest in reference.before.items():
        if not _belongs(name, result):
            assert found.get(name) == digest, f"{where}: {name} was changed"
    there = {name: digest for name, digest in found.items() if _belongs(name, result)}
    new = {name: digest for name, digest in reference.after.items() if _belongs(name, result)}
    old = {name: digest for name, digest in reference.before.items() if _belongs(name, result)}
    assert there in (old, new), f"{where}: half written: {sorted(there)}"
    if ended.code in (0, 1) and ended.code == reference.code:
        assert there == new, f"{where}: said to have gone well, and nothing is there"
    if there == new != old:
        assert "Nothing was written" not in ended.said, f"{where}: {ended.said}"
        assert "nothing was left" not in ended.said, f"{where}: {ended.said}"


def _but_for_leftovers(found: dict[str, str]) -> dict[str, str]:
    """Without a hidden folder that could not be removed: the next run beside it does."""
    return {name: digest for name, digest in found.items() if ".staging-" not in name}


def _belongs(name: str, result: str) -> bool:
    return name == result or name.startswith(f"{result}/")


def every(reference: Reference, step: int, first: int = 1) -> Iterator[int]:
    """The numbers of the calls to spoil."""
    return iter(range(first, reference.calls + 1, step))
