"""Lines of rows as tensors, padded to the longest line or to a fixed width."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from trainers.rows import IGNORED, TokenRow

PackedLines = Sequence[Sequence[TokenRow]]
Tensors = dict[str, torch.Tensor]


def pairs(
    lines: PackedLines, *, pad: int, start: int, widths: tuple[int, ...] | None = None, packed: bool
) -> Tensors:
    """For T5: [lines, width]; the decoder reads the labels of each row, shifted by one.

    Packed lines carry the number of the row on each token (`segments`), from 1. No line at all
    gives one on which there is nothing to learn.
    """
    lines = lines or [[TokenRow(np.array([pad]), np.array([IGNORED]), 1.0)]]
    wide, high = widths or (None, None)
    segments = _joined(lines, lambda row, n: np.full(len(row.source), n), 0, wide)
    decoded = _joined(lines, lambda row, n: np.full(len(row.labels), n), 0, high)
    made = {
        "input_ids": _joined(lines, lambda row, _: row.source, pad, wide),
        "decoder_input_ids": _joined(lines, lambda row, _: _shifted(row, start, pad), pad, high),
        "labels": _joined(lines, lambda row, _: row.labels, IGNORED, high),
    }
    if packed:
        made |= {"segments": segments, "decoder_segments": decoded}
    else:
        made["attention_mask"] = segments
    return made | _weights(lines, lambda row: np.full(len(row.labels), row.weight), high)


def sequences(
    lines: PackedLines, *, pad: int, widths: tuple[int, ...] | None = None, packed: bool
) -> Tensors:
    """For a causal model: [lines, width]; each label is the token that comes next in its row.

    No attention mask: padding stands behind, where causal attention never looks, and the
    positions of packed rows begin anew, which is how transformers knows them apart.
    """
    lines = lines or [[TokenRow(np.array([pad]), np.array([IGNORED]), 1.0)]]
    wide = widths[0] if widths else None
    made = {
        "input_ids": _joined(lines, lambda row, _: row.source, pad, wide),
        "labels": _joined(lines, lambda row, _: _next(row), IGNORED, wide),
    }
    if packed:
        positions = _joined(lines, lambda row, _: np.arange(len(row.source)), -1, wide)
        padding = (positions < 0).cumsum(dim=1) - 1
        made["position_ids"] = torch.where(positions < 0, padding, positions)
    return made | _weights(lines, lambda row: np.full(len(row.labels), row.weight), wide)


def _joined(lines: PackedLines, of: Any, filler: int, width: int | None) -> torch.Tensor:
    """One part of each row, one row behind the other, the rest filled."""
    parts = [[of(row, n) for n, row in enumerate(line, 1)] for line in lines]
    longest = width or max(sum(map(len, line)) for line in parts)
    whole = np.full((len(parts), longest), filler, dtype=np.int64)
    for number, line in enumerate(parts):
        at = 0
        for part in line:
            whole[number, at : at + len(part)] = part
            at += len(part)
    return torch.from_numpy(whole)


def _shifted(row: TokenRow, start: int, pad: int) -> NDArray[Any]:
    read = np.concatenate(([start], row.labels[:-1]))
    return np.where(read == IGNORED, pad, read)


def _next(row: TokenRow) -> NDArray[Any]:
    return np.append(row.labels[1:], IGNORED)


def _weights(lines: PackedLines, of: Any, width: int | None) -> Tensors:
    """What each label counts, where not all count the same."""
    if all(row.weight == 1.0 for line in lines for row in line):
        return {}
    parts = [np.concatenate([of(row) for row in line]) for line in lines]
    longest = width or max(map(len, parts))
    whole = np.zeros((len(parts), longest))
    for number, part in enumerate(parts):
        whole[number, : len(part)] = part
    return {"weights": torch.from_numpy(whole)}
