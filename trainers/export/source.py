"""What is exported: the model of a finished run, a model folder, or adapters and their base."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from transformers import AutoConfig

from dataprep.finding import UsageError
from trainers.adapter_base import ADAPTER
from trainers.rows import Family
from trainers.run_folder import CARD, SETTINGS, settings_of

Dtype = Literal["auto", "f32", "f16", "bf16"]
_CONFIG, _ADAPTER_CONFIG = "config.json", "adapter_config.json"


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A folder with a tokenizer, and with whole weights or with adapters for `base`.

    `revision` is that of a base on the hub. `settings` are those of run.json, empty for a folder
    that is no run; `card` is its README.md.
    """

    folder: Path
    adapter: bool
    base: str | None
    revision: str | None
    family: Family
    settings: dict[str, Any]
    card: str | None

    @property
    def name(self) -> str:
        """The name of the run, or of the folder."""
        folder = self.folder.resolve()
        return folder.parent.name if self.settings else folder.name

    @property
    def ends(self) -> list[int]:
        """The tokens that end an answer; the first is the one that most answers end in."""
        path = self.folder / "generation_config.json"
        found = _read(path).get("eos_token_id") if path.is_file() else None
        return [found] if isinstance(found, int) else list(found or ())


def find(run: Path) -> TrainedModel:
    """Raises UsageError for a folder without a model, and for a run that is not finished."""
    settings: dict[str, Any] = {}
    if (run / SETTINGS).is_file():
        if not (run / CARD).is_file():
            raise UsageError(
                f"{run} holds a run that was not finished.",
                "Go on with dataprep train and --resume, and export it then.",
            )
        settings = settings_of(run)
    card = (run / CARD).read_text("utf-8") if settings else None
    base = settings.get("model") if settings else None
    for folder in (run / "model", run, run / ADAPTER):
        if (folder / _CONFIG).is_file() and _has_weights(folder):
            return TrainedModel(folder, False, base, None, _family(folder), settings, card)
        if (folder / _ADAPTER_CONFIG).is_file():
            found = _read(folder / _ADAPTER_CONFIG)
            family: Family = "t5" if found.get("task_type") == "SEQ_2_SEQ_LM" else "causal"
            named = found.get("base_model_name_or_path")
            at = found.get("revision")
            return TrainedModel(folder, True, named, at, family, settings, card)
    if (run / _CONFIG).is_file():
        raise UsageError(
            f"{run} has no weights as safetensors, and pickled ones can run code.",
            "Convert them where you trust them, with save_pretrained.",
        )
    raise UsageError(
        f"{run} holds no trained model.",
        "Name a run folder of dataprep train, a folder with config.json, or one with adapters.",
    )


def _has_weights(folder: Path) -> bool:
    return any(folder.glob("*.safetensors"))


def _family(folder: Path) -> Family:
    try:
        config = AutoConfig.from_pretrained(folder, trust_remote_code=False)
    except (OSError, ValueError) as error:
        said = str(error).splitlines()[0][:100]
        raise UsageError(f"{folder / _CONFIG}: {said}.", "Restore the file.") from None
    return "t5" if config.is_encoder_decoder else "causal"


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path} cannot be read: {error}.", "Restore the file.") from None
    if not isinstance(found, dict):
        raise UsageError(f"{path} holds no settings.", "Restore the file.")
    return found
