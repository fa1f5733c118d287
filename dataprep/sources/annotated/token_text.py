"""Tokens put together to a text, where nothing says what stood between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dataprep.annotation.marked_text import LABEL, MarkedText, SpanMark
from dataprep.sources.annotated.tag_schemes import TaggedSpan

JOINED = "tokens joined by blanks, so that their offsets are new"
"""What is said of a text that was made of tokens."""


class TokenText:
    """A text that grows by sentences: a blank between tokens, a line end between sentences."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._spans: list[SpanMark] = []
        self.length = 0

    def add(self, tokens: Sequence[str], spans: Iterable[TaggedSpan], control: str = LABEL) -> None:
        """Add a sentence with its spans, which count its tokens."""
        if self._pieces:
            self.length += 1
        starts, at = [], self.length
        for token in tokens:
            starts.append(at)
            at += len(token) + 1
        for span in spans:
            last = span.end - 1
            start, end = starts[span.start], starts[last] + len(tokens[last])
            name = f"s{len(self._spans) + 1}"
            self._spans.append(SpanMark(start, end, span.label, name, control))
        sentence = " ".join(tokens)
        self._pieces.append(sentence)
        self.length += len(sentence)

    def marked(self) -> MarkedText:
        """The text, and its spans in their order."""
        return MarkedText("\n".join(self._pieces), tuple(self._spans))
