"""Which tokens of a text are learned."""

from __future__ import annotations

from collections.abc import Sequence

from dataprep.tokens.messages import TextSpan

IGNORED = -100
"""The label that no loss is taken on."""


def labels_of(
    ids: Sequence[int], offsets: Sequence[TextSpan], answers: Sequence[TextSpan]
) -> list[int]:
    """The id of each token that ends inside an answer or at its end, IGNORED for the others."""
    labels = [IGNORED] * len(ids)
    spans = iter(sorted(answers))
    span = next(spans, None)
    for at, (start, end) in enumerate(offsets):
        while span is not None and start >= span[1]:
            span = next(spans, None)
        if span is None:
            break
        if end > span[0]:
            labels[at] = ids[at]
    return labels
