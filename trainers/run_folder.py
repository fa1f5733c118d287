"""The folder of one training run: settings, an append-only journal, the model, its scores."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dataprep import __version__
from dataprep.finding import UsageError

_LIBRARIES = ("torch", "transformers", "sentencepiece")


def refuse_used(out: Path) -> None:
    """Raise UsageError when there is something at `out` already: no run replaces another."""
    if out.exists() and not (out.is_dir() and not any(out.iterdir())):
        raise UsageError(
            f"{out} is there already, and no run replaces another.", "Choose another run folder."
        )


@dataclass(frozen=True, slots=True)
class Run:
    """A run that has begun."""

    folder: Path
    settings: dict[str, Any]

    def log(self, **line: Any) -> None:
        """Append a line to metrics.jsonl."""
        with (self.folder / "metrics.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def finish(self, scores: dict[str, Any]) -> None:
        """Write the scores and, last, the card: its presence means that the run is complete."""
        _write_json(self.folder / "evaluation.json", scores)
        _write(self.folder / "README.md", _card(self.settings, scores))


def start(out: Path, settings: dict[str, Any], manifest: dict[str, Any]) -> Run:
    """Make the folder and write down what is trained on what, with which versions."""
    out.mkdir(parents=True, exist_ok=True)
    settings = {
        **settings,
        "dataset": {"digest": manifest["digest"], **manifest["targets"]["t5"]},
        "versions": {"dataprep": __version__, **{name: version(name) for name in _LIBRARIES}},
    }
    _write_json(out / "run.json", settings)
    return Run(out, settings)


def _write_json(path: Path, value: Any) -> None:
    _write(path, json.dumps(value, indent=1, ensure_ascii=False) + "\n")


def _write(path: Path, text: str) -> None:
    """The whole file or none of it."""
    staged = path.with_name(f".{path.name}.part")
    with staged.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    staged.replace(path)


def _card(settings: dict[str, Any], scores: dict[str, Any]) -> str:
    loss = scores["loss"]
    lines = [
        "# A T5, trained by dataprep",
        "",
        f"- model: {settings['model']}, {settings['parameters']:,} parameters",
        f"- dataset: {settings['dataset']['digest']}",
        f"- tokenizer: {settings['dataset']['tokenizer']['sha256']}",
    ]
    if loss:
        lines.append(f"- training loss: {loss['first']:.3f} at first, {loss['last']:.3f} at last")
    for shape, score in scores.get("shapes", {}).items():
        lines.append(
            f"- {shape}: exact match {score['exact_match']:.1%} on {score['examples']:,} held-out "
            f"examples ({scores['split']}); always saying the most frequent answer would reach "
            f"{score['majority']['exact_match']:.1%}"
        )
    return "\n".join([*lines, "", _SNIPPET])


_SNIPPET = """\
```python
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("model")
model = AutoModelForSeq2SeqLM.from_pretrained("model")
asked = tokenizer(["the input, as the dataset spells it"], return_tensors="pt")
said = model.generate(**asked, max_new_tokens=64)
print(tokenizer.batch_decode(said, skip_special_tokens=True))
```
"""
