"""Do our training, and what our data does, make a better model? Measured, with its interval.

Two questions. The training: `dataprep train` against the usual script of transformers with good
settings, on the same rows, from the same weights, with equal steps and each row seen as often, both
at the rate that was best on one seed; T5 and LLaMA from scratch, SmolLM2-135M by LoRA. The data:
splits at random against ours, and four ways to choose among annotators who err, trained alike.
Every training is kept in trainings.jsonl: what was stopped goes on, and `--table` trains nothing.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from transformers.utils import logging as transformers_log

from . import converted, report, sides
from .kept import Kept, Scores
from .sides import Data, Job, Kind, Setting
from .texts import SETS, Divided, divided

SEEDS = 5
EXPERIMENTS = ("training", "splits", "annotators")


class Length(NamedTuple):
    """How much a model is trained: texts that are known and held out, passes, tokens of a batch."""

    rows: int
    held_out: int
    epochs: float
    batch_tokens: int


LENGTHS: dict[Kind, Length] = {
    "t5": Length(2_000, 500, 6, 2_000),
    "llama": Length(2_000, 500, 6, 2_000),
    "lora": Length(160, 80, 2, 1_000),
}
"""What a core does in some minutes."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What is trained, and for how long."""
    parser.add_argument("--only", choices=SETS, nargs="*", default=list(SETS))
    parser.add_argument("--kinds", choices=LENGTHS, nargs="*", default=list(LENGTHS))
    parser.add_argument("--experiments", choices=EXPERIMENTS, nargs="*", default=EXPERIMENTS)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--minutes", type=float, help="begin no training after so many minutes")
    parser.add_argument("--table", action="store_true", help="print what is kept; train nothing")


def main(options: argparse.Namespace) -> None:
    """Train what is not kept, seed by seed; then the tables of all that is."""
    transformers_log.disable_progress_bar()  # type: ignore[no-untyped-call]
    kept = Kept(train=not options.table, minutes=options.minutes)
    for name in options.only:
        for kind in options.kinds if "training" in options.experiments else ():
            report.training(name, kind, _training(name, kind, kept, options.seeds))
    for name in options.only:
        if "splits" in options.experiments:
            report.splits(name, _splits(name, kept, options.seeds))
    for name in options.only:
        if "annotators" in options.experiments and SETS[name].shape == "classification":
            report.annotators(name, _annotators(name, kept, options.seeds))
    print(f"\n{kept.made} trainings were made now; the others are kept.")


def _training(name: str, kind: Kind, kept: Kept, seeds: int) -> report.Compared | None:
    """The scores of both sides by seed; None until the settings of both are chosen."""
    of = _divided(name, kind)
    tokenizer = sides.smollm2() if kind == "lora" else None

    def scores(side: str, setting: Setting, seed: int, steps: int = 0) -> Scores | None:
        job = _job(kind, setting, seed)
        what = {"experiment": "training", "set": name, "side": side, **_said(job), "steps": steps}

        def make(room: Path) -> Scores:
            data = converted.same_rows(of, room, tokenizer)
            if side == "ours":
                return sides.ours(data, job, room)
            return sides.usual(data, job, steps, room)

        return kept.scores(what, lambda: _in_room(make))

    best = _best({setting: scores("ours", setting, 0) for setting in sides.OURS[kind]})
    if best is None:
        return None
    first = scores("ours", best, 0)
    steps = int(first["steps"]) if first else 0
    theirs = _best({s: scores("usual", s, 0, steps) for s in sides.USUAL[kind]})
    if theirs is None:
        return None
    pairs = []
    for seed in range(seeds):
        pair = scores("ours", best, seed), scores("usual", theirs, seed, steps)
        if pair[0] and pair[1]:
            pairs.append((pair[0], pair[1]))
    return report.Compared([a for a, _ in pairs], [b for _, b in pairs], best, theirs)


def _best(tried: dict[Setting, Scores | None]) -> Setting | None:
    """The setting with the best validation; None until all are tried."""
    known = {setting: scores["validation"] for setting, scores in tried.items() if scores}
    return max(known, key=lambda setting: known[setting]) if len(known) == len(tried) else None


class _Alike(NamedTuple):
    """Ways to choose rows, trained alike: our training at its usual rate, as many rows seen."""

    experiment: str
    of: Divided
    kept: Kept

    def scores(self, side: str, seed: int, make: Callable[[Path], Data]) -> Scores | None:
        """The scores of one way, whose data `make` writes into a folder."""
        job = _job("t5", ("", 1e-2), seed)
        what = {"experiment": self.experiment, "set": self.of.name, "side": side, **_said(job)}

        def train(room: Path) -> Scores:
            data = make(room)
            epochs = job.epochs * converted.SPLITS["train"] * len(self.of.known) / len(data.train)
            scores = sides.ours(data, _job("t5", job.setting, seed, epochs), room)
            return {"rows": len(data.train), "wrong": data.wrong, **scores}

        return self.kept.scores(what, lambda: _in_room(train))


def _splits(name: str, kept: Kept, seeds: int) -> list[tuple[Scores, Scores]]:
    """The scores of splits at random and of ours, by seed."""
    of = _divided(name, "t5")
    alike = _Alike("splits", of, kept)
    found = []
    for seed in range(seeds):
        at_random = alike.scores("random", seed, partial(converted.at_random, of, seed=seed))
        ours = alike.scores("ours", seed, partial(converted.without_leaks, of, seed=seed))
        if at_random and ours:
            found.append((at_random, ours))
    return found


def _annotators(name: str, kept: Kept, seeds: int) -> dict[str, list[Scores]]:
    """The scores of each way to choose among annotators, by seed."""
    of = _divided(name, "t5")
    alike = _Alike("annotators", of, kept)
    found: dict[str, list[Scores]] = {way: [] for way in converted.AGREED}
    for seed in range(seeds):
        told = {
            way: alike.scores(way, seed, partial(converted.annotated, of, way=way, seed=seed))
            for way in found
        }
        whole = {way: scores for way, scores in told.items() if scores}
        if len(whole) == len(told):
            for way, scores in whole.items():
                found[way].append(scores)
    return found


def _job(kind: Kind, setting: Setting, seed: int, epochs: float | None = None) -> Job:
    length = LENGTHS[kind]
    return Job(kind, setting, seed, epochs or length.epochs, length.batch_tokens)


def _divided(name: str, kind: Kind) -> Divided:
    return divided(name, LENGTHS[kind].rows, LENGTHS[kind].held_out)


def _said(job: Job) -> dict[str, Any]:
    optimiser, rate = job.setting
    return {
        "kind": job.kind,
        "optimiser": optimiser,
        "rate": rate,
        "seed": job.seed,
        **LENGTHS[job.kind]._asdict(),
    }


def _in_room(make: Callable[[Path], Scores]) -> Scores:
    with tempfile.TemporaryDirectory(prefix="dataprep-quality-") as room:
        return make(Path(room))
