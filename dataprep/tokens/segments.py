"""Ids and labels of rendered conversations, the segments between added tokens each by itself.

A tokenizer cuts a text at its added tokens before all else: what stands behind one and before the
next has the same ids wherever it stands. What a template writes again and again is encoded once,
and where tokens begin and end is asked only of segments in which an answer does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from threading import Lock
from typing import Any, TypeGuard

from dataprep.tokens.byte_heads import ByteHeads
from dataprep.tokens.labels import IGNORED, labels_of
from dataprep.tokens.messages import TextSpan
from dataprep.tokens.token_pattern import token_pattern

_BLANKS = " \t\r\n\u0120\u2581"

AnsweredText = tuple[str, Sequence[TextSpan]]
IdsAndLabels = tuple[list[int], list[int]]

_Spans = tuple[TextSpan, ...]
_Parted = tuple[str, _Spans]
_Segment = tuple[str, bool] | _Parted
"""An added token with what follows it; whether it is learned, or the spans of it that are."""


class WholeTextEncoder:
    """The ids that a `transformers` tokenizer gives texts, and the labels of answers in them.

    How the tokenizer takes special tokens is a state of it: whoever sets that holds its `lock`.
    """

    def __init__(self, backend: Any, lock: Lock) -> None:
        self._backend = backend
        self._lock = lock

    def encode_batch(self, texts: Sequence[AnsweredText]) -> list[IdsAndLabels]:
        """The ids and labels of texts, each with the spans of its answers in code points."""
        if not texts:
            return []
        with self._lock:
            coded = self._backend(
                [text for text, _ in texts],
                add_special_tokens=False,
                return_offsets_mapping=True,
                verbose=False,
            )
        rows = zip(coded["input_ids"], coded["offset_mapping"], texts, strict=True)
        return [(ids, labels_of(ids, offsets, spans)) for ids, offsets, (_, spans) in rows]


class SegmentEncoder:
    """The ids that a `transformers` tokenizer gives whole texts, and the labels of answers in them.

    The fast form of `WholeTextEncoder`; tests/unit/tokens/test_segments.py holds both together.
    Where a text is cut: find_matches in added_vocabulary.rs of tokenizers 0.23.
    """

    def __init__(self, backend: Any, lock: Lock) -> None:
        self._tokenizer = backend.backend_tokenizer
        self._lock = lock
        self._alone = {token.content for token in _cutting(backend)}
        self._pieces = re.compile(f"({token_pattern(self._alone).pattern})").split
        self._heads = ByteHeads.fitting(self._tokenizer, self._alone)

    @classmethod
    def fitting(cls, backend: Any, lock: Lock) -> SegmentEncoder | None:
        """The encoder for a tokenizer; None where segments depend on what is around them.

        They do where an added token takes the blanks beside it, or is one only between words, and
        where the offsets of a blank one are trimmed.
        """
        from transformers import PreTrainedTokenizerFast

        for name in ("__call__", "_encode_plus"):
            if getattr(type(backend), name) is not getattr(PreTrainedTokenizerFast, name):
                return None
        tokens = _cutting(backend)
        if not tokens or backend.split_special_tokens:
            return None
        if any(token.lstrip or token.rstrip or token.single_word for token in tokens):
            return None
        blank = any(token.content.strip(_BLANKS) != token.content for token in tokens)
        if blank and "trim_offsets=True" in repr(backend.backend_tokenizer.post_processor):
            return None
        return cls(backend, lock)

    def encode_batch(self, texts: Sequence[AnsweredText]) -> list[IdsAndLabels]:
        """The ids and labels of texts, each with the spans of its answers in code points."""
        rows = [self._segments(text, sorted(spans)) for text, spans in texts]
        parted: list[_Parted] = []
        quick: list[str] = []
        for row in rows:
            for segment in row:
                if _is_parted(segment):
                    parted.append(segment)
                    if not self._has_head(segment):
                        continue
                quick.append(segment[0])
        ids = {said: coded.ids for said, coded in self._encoded(quick)}
        labels = {one: found for one in parted if (found := self._by_head(one, ids)) is not None}
        left = [one for one in parted if one not in labels]
        offsets: dict[str, list[TextSpan]] = {}
        for said, coded in self._encoded([said for said, _ in left], offsets=True):
            ids[said], offsets[said] = coded.ids, coded.offsets
        labels |= {(said, of): labels_of(ids[said], offsets[said], of) for said, of in left}
        return [_joined(row, ids, labels) for row in rows]

    def _encoded(self, texts: Iterable[str], *, offsets: bool = False) -> Iterator[tuple[str, Any]]:
        """Each text once, with its encoding."""
        once = list(dict.fromkeys(texts))
        with self._lock:
            self._tokenizer.no_truncation()
            self._tokenizer.no_padding()
            self._tokenizer.encode_special_tokens = False
            encode = self._tokenizer.encode_batch if offsets else self._tokenizer.encode_batch_fast
            coded = encode(once, add_special_tokens=False)
        return zip(once, coded, strict=True)

    def _has_head(self, segment: _Parted) -> bool:
        """Whether all of a segment is learned that follows a beginning."""
        said, spans = segment
        return self._heads is not None and len(spans) == 1 and spans[0][1] > len(said)

    def _by_head(self, segment: _Parted, ids: dict[str, list[int]]) -> list[int] | None:
        """The labels of such a segment; None where its offsets have to tell."""
        if self._heads is None or not self._has_head(segment):
            return None
        said, ((start, _),) = segment
        part = ids[said]
        count = self._heads.count(said[:start], part)
        return None if count is None else [IGNORED] * count + part[count:]

    def _segments(self, text: str, spans: Sequence[TextSpan]) -> list[_Segment]:
        """The segments of a text, from its start to its end; the spans are in order.

        One at whose end a span ends is not learned as a whole, unless it is an added token alone:
        whether a token without a width is learned there, its offsets tell.
        """
        first, *pieces = self._pieces(text)
        found: list[_Segment] = []
        start = at = 0
        for said in (first, *map(str.__add__, pieces[::2], pieces[1::2])):
            end = start + len(said)
            while at < len(spans) and spans[at][1] <= start:
                at += 1
            if at == len(spans) or spans[at][0] >= end:
                found.append((said, False))
            elif spans[at][0] <= start and (spans[at][1] > end or said in self._alone):
                found.append((said, True))
            else:
                found.append(
                    (said, tuple((a - start, b - start) for a, b in spans[at:] if a < end))
                )
            start = end
        return found if first else found[1:]


def _is_parted(segment: _Segment) -> TypeGuard[_Parted]:
    return type(segment[1]) is tuple


def _cutting(backend: Any) -> list[Any]:
    """The added tokens at which a text is cut before it is normalised."""
    tokens = backend.backend_tokenizer.get_added_tokens_decoder().values()
    return [token for token in tokens if token.content and not token.normalized]


def _joined(
    row: Sequence[_Segment], ids: dict[str, list[int]], labels: dict[_Parted, list[int]]
) -> IdsAndLabels:
    """The ids and labels of the segments of one text."""
    whole: list[int] = []
    learned: list[int] = []
    for segment in row:
        part = ids[segment[0]]
        whole += part
        if segment[1] is True:
            learned += part
        elif segment[1] is False:
            learned += [IGNORED] * len(part)
        else:
            learned += labels[segment]
    return whole, learned
