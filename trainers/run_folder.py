"""The folder of one training run: settings, an append-only journal, checkpoints, the model.

`README.md` is written last: its presence means that the run is complete.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dataprep._version import __version__
from dataprep.durable import sync, write_json, write_whole
from dataprep.finding import EnvironmentProblem, UsageError
from dataprep.shell import flag_of

CARD, SETTINGS, JOURNAL, WHOLE = "README.md", "run.json", "metrics.jsonl", "whole"
_RESTORE = "Restore the file, or train again into another folder."
_NUMBERS = ("step", "loss", "seconds")
_TOLD = {
    "adapters": "set of adapters",
    "batch_parts": "division of its batches",
    "dataset": "dataset",
    "family": "kind of model",
    "loader": "class of model",
    "parameters": "number of parameters",
    "target": "target",
    "verdicts": "number of verdicts",
    "versions": "version of dataprep or a library",
}
"""Settings that no flag sets by itself, in words."""
_LIBRARIES = ("torch", "transformers")


def claim(out: Path, *, resume: bool) -> bool:
    """Whether an unfinished run goes on; raises UsageError for a folder that is used otherwise."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return False
    is_run, is_finished = (out / SETTINGS).is_file(), (out / CARD).exists()
    if is_run and not is_finished:
        if resume:
            return True
        raise _begun(out)
    if is_run and resume:
        raise UsageError(
            f"The run in {out} is finished, and --resume goes on with one that is not.",
            "Train longer in another folder: --out, with more --epochs.",
        )
    raise UsageError(
        f"{out} is there already, and no run replaces another.",
        "Choose another folder with --out; --resume goes on with a run that was not finished.",
    )


def _begun(out: Path) -> UsageError:
    return UsageError(
        f"{out} holds a run that was not finished, and no run replaces another.",
        "Go on with --resume, or choose another folder with --out.",
    )


@dataclass(frozen=True, slots=True)
class RunFolder:
    """A run that has begun."""

    folder: Path
    settings: dict[str, Any]

    @property
    def checkpoints(self) -> Path:
        """Where they are written while the run lasts."""
        return self.folder / "checkpoints"

    def log(self, **line: Any) -> None:
        """Append a line to metrics.jsonl."""
        with (self.folder / JOURNAL).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def journal(self) -> Iterator[dict[str, Any]]:
        """The whole lines of metrics.jsonl; a kill may have cut the last."""
        path = self.folder / JOURNAL
        for line in path.read_text("utf-8").splitlines() if path.is_file() else ():
            try:
                read = json.loads(line)
            except (ValueError, RecursionError):
                continue
            if isinstance(read, dict) and all(map(_is_number, map(read.get, _NUMBERS))):
                yield read

    def losses(self, name: str = "loss") -> dict[int, float]:
        """The losses by step, in order; steps that a resumed run did again count as done again."""
        losses: dict[int, float] = {}
        for line in self.journal():
            if line.get("resumed"):
                losses = {step: loss for step, loss in losses.items() if step <= line["step"]}
            elif name in line and "step" in line:
                losses[line["step"]] = line[name]
        return losses

    def course(self, kept: int, *, best: bool, steps: tuple[int, int]) -> dict[str, Any]:
        """How far a training went, which weights are saved, and what the losses were there.

        `kept` is the step of those weights, `best` whether they are those of the lowest held-out
        loss, `steps` how many were done of how many.
        """
        loss, held = self.losses("loss"), self.losses("held_out_loss")
        found: dict[str, Any] = {
            "steps": list(steps),
            "saved": {"step": kept, "of": "best" if best else "last"},
            "loss": _told(loss, kept) if loss else None,
        }
        if held:
            found["held_out_loss"] = {**_told(held, kept), "lowest": min(held.values())}
        return found

    def spent(self, step: int) -> float:
        """Seconds of training up to a step."""
        lines = (line for line in self.journal() if line.get("step", 0) <= step)
        return max((line["seconds"] for line in lines if "seconds" in line), default=0.0)

    def mark_whole(self, step: int) -> None:
        """Say that the checkpoint of a step is all there, once it is on the disk."""
        folder = self.checkpoints / f"checkpoint-{step}"
        for path in (p for p in folder.rglob("*") if p.is_file()):
            sync(path)
        write_whole(folder / WHOLE, b"")

    def checkpoint(self, step: int) -> Path | None:
        """The checkpoint of a step, if it is whole."""
        folder = self.checkpoints / f"checkpoint-{step}"
        return folder if (folder / WHOLE).is_file() else None

    def last_checkpoint(self) -> Path | None:
        """The newest checkpoint that is whole, if there is one."""
        whole = [path.parent for path in self.checkpoints.glob(f"checkpoint-*/{WHOLE}")]
        return max(whole, key=_step, default=None)

    def finish(self, scores: dict[str, Any], card: str) -> None:
        """Write the scores and, last, the card; checkpoints have done their duty."""
        write_json(self.folder / "evaluation.json", scores)
        write_whole(self.folder / CARD, card.encode())
        shutil.rmtree(self.checkpoints, ignore_errors=True)


def begin(out: Path, settings: dict[str, Any], *, goes_on: bool) -> RunFolder:
    """Write down what is trained on what, with which versions; or take up what was begun.

    Raises UsageError when a run that goes on was begun with other settings, and when another run
    has begun in the folder since it was looked at.
    """
    if not goes_on:
        out.mkdir(parents=True, exist_ok=True)
        try:
            write_json(out / SETTINGS, settings, new=True)
        except FileExistsError:  # another training has begun in it meanwhile
            raise _begun(out) from None
        return RunFolder(out, settings)
    begun = settings_of(out)
    given = json.loads(json.dumps(settings))
    for name in sorted(given.keys() | begun.keys()):
        if begun.get(name) != given.get(name):
            raise UsageError(
                f"The run in {out} was begun with another {_TOLD.get(name) or flag_of(name)}.",
                "Go on with the settings in its run.json, or choose another run folder.",
            )
    return RunFolder(out, begun)


def versions(*more: str) -> dict[str, str]:
    """What the run stands on, with `more` libraries."""
    return {"dataprep": __version__, **{name: version(name) for name in (*_LIBRARIES, *more)}}


def day_in(settings: dict[str, Any]) -> date | None:
    """The day that the chat template of a run writes as today's, if it asks for one."""
    written = settings["dataset"].get("chat_template", {}).get("date")
    return date.fromisoformat(written) if written else None


def settings_of(folder: Path) -> dict[str, Any]:
    """What run.json says. Raises UsageError for one that is damaged, or not of a run of ours."""
    path = folder / SETTINGS
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise EnvironmentProblem(f"{path}: {error.strerror}.", "Check the run folder.") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} cannot be read: {error}.", _RESTORE) from None
    if not isinstance(found, dict):
        raise UsageError(f"{path} holds no settings of a run.", _RESTORE)
    return found


def _is_number(value: Any) -> bool:
    return value is None or type(value) in (int, float)


def _told(losses: dict[int, float], kept: int) -> dict[str, float]:
    """The first, the last, and that of the weights that are saved."""
    values = list(losses.values())
    there = {"saved": losses[kept]} if kept in losses else {}
    return {"first": values[0], "last": values[-1], **there}


def _step(folder: Path) -> int:
    return int(folder.name.rpartition("-")[2])
