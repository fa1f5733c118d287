"""From a run folder to what is asked for: checked first, written beside its place, moved whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from dataprep import store
from dataprep.durable import sync
from dataprep.finding import UsageError
from trainers import fitting
from trainers.export import gguf_file, hub, merged, ollama
from trainers.export.source import Dtype, TrainedModel, find

ExportTarget = Literal["merged", "gguf", "ollama", "hub"]
EXPORTS: tuple[ExportTarget, ...] = get_args(ExportTarget)
GGUF = "model.gguf"


@dataclass(frozen=True, slots=True)
class Exported:
    """Where it is, and what a person should know of it, a line each."""

    place: str
    notes: tuple[str, ...]


def export(
    run: Path,
    to: ExportTarget,
    *,
    out: Path | None = None,
    base: str | None = None,
    dtype: Dtype = "auto",
    name: str | None = None,
    public: bool = False,
    system: str | None = None,
) -> Exported:
    """Write the model of `run` into the new folder `out`, or push it to the hub as `name`.

    `run` is a run folder, a model folder or an adapter folder; `base` takes the place of the base
    that an adapter names. `dtype` is that of the weights, by default that of the base. Raises
    UsageError for a run that is not finished, an output that exists and a model that the format
    cannot hold, and EnvironmentProblem for a disk that is too small, before anything is written.
    """
    _refuse_misfits(to, out, name, system)
    if out is not None:
        _refuse_existing(out)
    fitting.settle(0)
    model = find(run)
    if to in ("gguf", "ollama"):
        gguf_file.refuse_unknown(model)
    template = ollama.template_of(model) if to == "ollama" else None
    if to == "hub":
        hub.refuse_name(str(name))
    net = merged.load(model, base=base, dtype=dtype)
    if out is None:
        place, notes = hub.push(model, net, str(name), public=public)
        return Exported(place, (*_of_base(model), *notes))
    with _placed(out, merged.size_of(net)) as folder:
        if to == "merged":
            notes = merged.write(model, net, folder)
        else:
            notes = gguf_file.write(model, net, folder / GGUF)
        if template is not None:
            notes += ollama.write(model, template, folder, GGUF, system)
    return Exported(str(out), (*_of_base(model), *notes))


def _of_base(model: TrainedModel) -> tuple[str, ...]:
    """What a person should know of a run by QLoRA."""
    if not model.settings.get("load_in_4bit"):
        return ()
    return ("base: read in 4 bits in training, and merged with the adapters as it was before",)


def _refuse_misfits(
    to: ExportTarget, out: Path | None, name: str | None, system: str | None
) -> None:
    if to not in EXPORTS:
        raise UsageError(f"There is no export {to!r}.", f"Known: {', '.join(EXPORTS)}.")
    if (to == "hub") != (out is None):
        raise UsageError(
            "A push to the hub writes no folder." if to == "hub" else f"{to} needs a folder.",
            "Leave --out out." if to == "hub" else "Name one with --out.",
        )
    if (to == "hub") != (name is not None):
        raise UsageError(
            "A push to the hub needs the name." if to == "hub" else f"{to} takes no name.",
            "Add --name OWNER/NAME." if to == "hub" else "Leave --name out.",
        )
    if system is not None and to != "ollama":
        raise UsageError(f"{to} holds no system message.", "Leave --system out.")


def _refuse_existing(out: Path) -> None:
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise UsageError(
            f"{out} is there already, and no export replaces anything.", "Choose another --out."
        )


@contextmanager
def _placed(out: Path, size: int) -> Iterator[Path]:
    """A folder beside `out` that takes its place at the end; it is gone after any error."""
    place = out.resolve()
    with store.environment_errors(out):
        store.sweep(place)
        above = next(folder for folder in place.parents if folder.exists())
        merged.refuse_full(above, size)
        place.parent.mkdir(parents=True, exist_ok=True)
        folder = store.beside(place, "staging")
        try:
            folder.mkdir()
            yield folder
            for path in sorted(folder.rglob("*")):
                sync(path)
            _refuse_existing(out)
            folder.replace(place)
            sync(place.parent)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
