"""What the arithmetic of the trainers is off by: packed lines, steps cut into parts, and ranks.

The same functions as the tests of `tests/unit/trainers`, with the differences printed.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import torch

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.unit.trainers import one_step, test_exact, test_ranks
from trainers.batches import LineBatch

FAMILIES = {"t5": "T5", "causal": "LLaMA"}
LINES: list[tuple[int, ...]] = [(0, 1, 2, 3), (4, 5, 6, 7)]


def main() -> None:
    """Print both tables."""
    packed()
    invariance()


def packed() -> None:
    """Rows in one line against each alone."""
    print("\nPacked and padded against one by one, 8 rows; a random model\n")
    print("| model | attention | loss of a row, padded | packed | no mask between rows |")
    print("|---|---|---|---|---|")
    for family, name in FAMILIES.items():
        for attention in ("sdpa", "eager"):
            net = one_step.model(family, attention, torch.float32).eval()
            alone = [test_exact.each(family, net, [(n,)], packed=False)[0] for n in range(8)]
            padded = test_exact.each(family, net, [(n,) for n in range(8)], packed=False)
            exact = test_exact.each(family, net, LINES, packed=True)
            print(
                f"| {name} | {attention} | {_off(padded, alone):.1e} | {_off(exact, alone):.1e} "
                f"| {_off(_naive(family, net), alone):.1e} |"
            )
    print("\nRelative differences, the largest of 8, in fp32.")


def _off(found: Sequence[float], wanted: Sequence[float]) -> float:
    return max(abs(f - w) / w for f, w in zip(found, wanted, strict=True))


def _naive(family: str, net: Any) -> list[float]:
    """Rows behind each other as if they were one: the masks or the positions left out."""

    def without(family: str, **more: Any) -> Any:
        made = one_step.collate(family, **more)

        def one(lines: Any) -> Any:
            found = made(lines)
            found.pop("position_ids", None)
            for name in found.keys() & {"segments", "decoder_segments"}:
                found[name] = (found[name] > 0).long()
            return found

        return one

    with mock.patch.object(test_exact, "collate", without):
        return test_exact.each(family, net, LINES, packed=True)


def invariance() -> None:
    """One optimiser step over the same 8 rows, cut in several ways; fp64."""
    print("\nOne step over 8 rows in fp64, against all 8 in one batch\n")
    print("| model | how it is cut | loss, ratio | gradient, largest difference | cosine |")
    print("|---|---|---|---|---|")
    for family, name in FAMILIES.items():
        with tempfile.TemporaryDirectory() as folder:
            _table(family, name, Path(folder))
    print("\nThe largest gradient is of the order of 0.1.")


def _table(family: str, name: str, out: Path) -> None:
    wanted = one_step.step(family, one_step.cut(8), out)
    for size in (4, 3, 1):
        cut = one_step.cut(size)
        found = one_step.step(family, cut, out)
        _line(name, f"batches of {size}, {len(cut)} a step", found, wanted)
    lines: list[LineBatch] = [[(0, 3, 5), (1, 2)], [(4, 6, 7)]]
    _line(name, "packed", one_step.step(family, lines, out, packed=True), wanted)
    again = one_step.step(family, lines, out, packed=True, activation_checkpointing=True)
    _line(name, "packed, activations recomputed", again, wanted)
    for way in ("ddp", "fsdp"):
        done = test_ranks.torchrun(one_step.__file__, family, way, str(out))
        if done.returncode:
            raise SystemExit(done.stderr[-2000:])
        found = torch.load(out / f"{family}-{way}.pt")
        _line(name, f"2 ranks, {way.upper()}", (found["loss"], found["gradient"]), wanted)
    if family == "t5":
        for batch in (4, 1):
            own = test_exact.transformers_own(batch, 8 // batch, out)
            _line(name, f"transformers' own: {batch} x {8 // batch} a step", own, wanted)


def _line(
    name: str, how: str, found: tuple[float, torch.Tensor], wanted: tuple[float, torch.Tensor]
) -> None:
    cosine = float(torch.nn.functional.cosine_similarity(found[1], wanted[1], dim=0))
    print(
        f"| {name} | {how} | {found[0] / wanted[0]:.7f} "
        f"| {(found[1] - wanted[1]).abs().max():.1e} | {cosine:.4f} |"
    )


if __name__ == "__main__":
    main()
