"""spaCy's DocBin (`.spacy`), read by spaCy itself, which the extra of that name brings."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

from dataprep.finding import UnreadableFile, UsageError, excerpt, extra_missing
from dataprep.sources.annotated.spacy_rows import TOKENS_JOINED, SpacyExample, SpacySpan
from dataprep.sources.annotation_tools.export import ExportFile
from dataprep.sources.memory_map import RATIO, UNPACKED
from dataprep.sources.opening import opened

_PIECE = 1024 * 1024
_MISSING = 0


def examples(file: ExportFile) -> Iterator[SpacyExample]:
    """The documents of a file.

    Raises UsageError for what is no DocBin, or no whole one, and EnvironmentProblem without spaCy.
    """
    try:
        from spacy.tokens import DocBin
        from spacy.vocab import Vocab
    except ImportError:
        raise extra_missing("spacy", "spacy") from None
    raw = _whole(file)
    try:
        documents = DocBin().from_bytes(raw).get_docs(Vocab())
        while (document := next(documents, None)) is not None:
            yield _example(document)
    except UsageError:
        raise
    except Exception as error:
        raise _damaged(file, type(error).__name__) from None


def _whole(file: ExportFile) -> bytes:
    """The bytes of a file that unpacks whole, and to no more than a gzip stream may."""
    with opened(file.path, file.name) as stream:
        raw = stream.read(UNPACKED + 1)
    most = max(UNPACKED, RATIO * len(raw))
    unpacker, size = zlib.decompressobj(), 0
    try:
        waiting = raw
        while waiting and size <= most:
            size += len(unpacker.decompress(waiting, _PIECE))
            waiting = unpacker.unconsumed_tail
        size += len(unpacker.flush()) if size <= most else 0
    except zlib.error:
        raise _damaged(file, "no zlib stream") from None
    if len(raw) > UNPACKED or size > most:
        words = f"{file.name} has {len(raw):,} bytes, and unpacks to more than {most:,}."
        raise UsageError(words, "Write it in several files.")
    if not unpacker.eof:
        raise _damaged(file, "it ends too early")
    return raw


def _damaged(file: ExportFile, why: str) -> UnreadableFile:
    words = f"{file.name} is no whole DocBin of spaCy: {excerpt(why)}."
    return UnreadableFile(words, "Write it again: DocBin(docs=docs).to_disk(path).")


def _example(document: Any) -> SpacyExample:
    spans = [SpacySpan(s.start_char, s.end_char, s.label_) for s in document.ents]
    states = {token.ent_iob for token in document}
    left_out: Counter[str] = Counter()
    for name, group in document.spans.items():
        spans += [SpacySpan(s.start_char, s.end_char, s.label_, str(name)) for s in group]
    known = _MISSING not in states
    if not known and len(states) > 1:
        left_out["texts with unknown tokens"] += 1
    if document.has_unknown_spaces:
        left_out[TOKENS_JOINED] += 1
    if links := sum(bool(span.kb_id_) for span in document.ents):
        left_out["links to a knowledge base"] += links
    cats = [label for label, value in document.cats.items() if value >= 0.5]
    known, rated = known or bool(document.spans), bool(document.cats)
    return SpacyExample(document.text, spans, cats, known, rated, placed=True, left_out=left_out)
