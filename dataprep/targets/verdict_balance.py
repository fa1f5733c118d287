"""How many answers of the target kto were approved, and how many not: KTO wants both about even."""

from __future__ import annotations

from pathlib import Path

import msgspec

from dataprep.formats.feedback import evening_weight


class _Judged(msgspec.Struct):
    """What is read of a row of kto here."""

    label: bool


_DECODE = msgspec.json.Decoder(_Judged).decode


def verdict_balance(folder: Path) -> str:
    """The approved and the other answers of the train split, in words; empty where it has none."""
    train = folder / "train.jsonl"
    good = bad = 0
    if train.is_file():
        with train.open("rb") as lines:
            for line in lines:
                is_good = _DECODE(line).label
                good, bad = good + is_good, bad + (not is_good)
    if not (good or bad):
        return ""
    said = f"kto: {good:,} approved, {bad:,} not, in train"
    if not (good and bad):
        return f"{said}; dataprep train kto learns from both kinds"
    if (weight := evening_weight(good, bad)) is not None:
        said += f"; train kto --undesirable-weight {weight:.3g} lets both kinds count alike"
    return said
