"""The numbers that options take, from Python as from the shell: another one is refused in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_MOST = 2**63 - 1
"""The largest number that every library takes."""


@dataclass(frozen=True, slots=True)
class NumberRange:
    """The numbers from `least` to `most`; without these two where it is `open_`."""

    least: float = -_MOST
    most: float = _MOST
    open_: str = ""
    """Ends that are no part of it: `least`, `most`."""

    def holds(self, value: float) -> bool:
        """Whether a number is one of them; no infinity is."""
        if not self.least <= value <= self.most:  # which is false of what is no number, too
            return False
        return not (value == self.least and self.open_ == "least") and not (
            value == self.most and self.open_ == "most"
        )

    def advice(self, value: float) -> str:
        """What to give in the place of a number that is none of them."""
        infinite = abs(value) == float("inf")
        too_large = value > self.most == _MOST and not infinite
        return "Give a smaller number." if too_large else f"Give {self.words}."

    def asked(self, *, whole: bool) -> str:
        """What to give in the place of what is no number at all."""
        kind = "whole " if whole else ""
        if self.words[0].isdigit():
            return f"Give a {kind}number, {self.words}."
        return f"Give {self.words.replace('a number', f'a {kind}number', 1)}."

    @property
    def words(self) -> str:
        """The range in words."""
        if self.least == -_MOST:
            return "a number"
        if self.most == _MOST:
            least = _spelled(self.least)
            return f"a number above {least}" if self.open_ else f"{least} or more"
        above = "above " if self.open_ == "least" else "from "
        below = "to below" if self.open_ == "most" else "to"
        return f"a number {above}{_spelled(self.least)} {below} {_spelled(self.most)}"


def one_of(given: str, known: Sequence[str]) -> str:
    """What to give in the place of a name that is none of those that are known."""
    import difflib

    near = difflib.get_close_matches(given, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"It is one of: {', '.join(known)}."


def _spelled(number: float) -> str:
    """A border as it is written: an integer with all its digits."""
    return f"{number:,}" if isinstance(number, int) else f"{number:g}"


ANY = NumberRange()
"""Whatever is a number, and no infinity."""
ABOVE_0 = NumberRange(0, open_="least")
FROM_0, FROM_1, FROM_2, FROM_8 = map(NumberRange, (0, 1, 2, 8))

Ranges = Mapping[str, NumberRange]
"""By the name of the option."""

CONVERT: Ranges = {
    "good_from": ANY,
    "bad_to": ANY,
    "agreement": NumberRange(0.5, 1),
    "at_most": FROM_1,
    "max_input": FROM_8,
    "max_target": FROM_2,
    "max_length": FROM_8,
    "seed": FROM_0,
    "workers": FROM_1,
}
CHECK: Ranges = {"epochs": FROM_1, "workers": FROM_1}
PREDICT: Ranges = {"max_new_tokens": FROM_1}
EVALUATE: Ranges = {
    "max_tokens": FROM_1,
    "temperature": FROM_0,
    "concurrency": FROM_1,
    "limit": FROM_1,
}
TRAINING: Ranges = {
    "epochs": ABOVE_0,
    "accumulate": FROM_1,
    "learning_rate": ABOVE_0,
    "warmup_ratio": NumberRange(0, 1),
    "warmup_steps": FROM_0,
    "weight_decay": FROM_0,
    "max_grad_norm": FROM_0,
    "seed": NumberRange(0, 2**32 - 1),
    "lora": FROM_1,
    "lora_alpha": FROM_1,
    "lora_dropout": NumberRange(0, 1, "most"),
    "checkpoint_steps": FROM_1,
    "max_minutes": ABOVE_0,
    "batch_tokens": FROM_1,
    "pack_width": FROM_1,
    "patience": FROM_1,
}
OF_KINDS: Mapping[str, Ranges] = {
    "dpo": {"beta": ABOVE_0},
    "kto": {"beta": ABOVE_0, "desirable_weight": ABOVE_0, "undesirable_weight": ABOVE_0},
    "grpo": {
        "beta": FROM_0,
        "generations": FROM_2,
        "max_new_tokens": FROM_1,
        "temperature": ABOVE_0,
    },
}
"""The options of some kinds of training alone."""

JOBS: Ranges = {
    "max_cost": FROM_0,
    "n_epochs": NumberRange(1, 50),
    "batch_size": NumberRange(1, 256),
    "learning_rate_multiplier": ABOVE_0,
    "beta": NumberRange(0, 2, "least"),
    "seed": NumberRange(0, 2**31 - 1),
    "poll": NumberRange(0, 3600),
    "learning_rate": NumberRange(0, 1, "least"),
    "lora_rank": NumberRange(1, 1024),
}
