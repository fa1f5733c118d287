"""A SentencePiece model rebuilt from a Hugging Face `tokenizer.json` (unigram).

All that decides the ids stands there: pieces with scores, the precompiled character map of the
normaliser, and how white space is treated.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from dataprep import jsonio
from dataprep.finding import UsageError
from dataprep.patterns import LatePattern
from dataprep.tokens.tokenizer import parsed

_NORMAL, _UNKNOWN, _CONTROL, _USER_DEFINED, _BYTE = 1, 2, 3, 4, 6
_BYTE_PIECE = LatePattern(r"<0x[0-9A-F]{2}>")
_SENTINEL = LatePattern(r"▁?<extra_id_\d+>")
_REMEDY = "Give the spiece.model or tokenizer.json of a T5 model."


def model_from_json(content: bytes, name: str) -> bytes:
    """The bytes of a `.model`; raises UsageError for what is no unigram tokenizer."""
    try:
        read = jsonio.loads(content)
        kind = read["model"]["type"]
        if kind == "Unigram":
            return _model(read)
    except (jsonio.JsonError, LookupError, TypeError, ValueError, AttributeError):
        raise UsageError(f"{name} is not a tokenizer.json.", _REMEDY) from None
    raise UsageError(f"{name} is a {kind} tokenizer, and T5 needs a unigram one.", _REMEDY)


def _model(read: dict[str, Any]) -> bytes:
    proto = parsed(b"")
    vocabulary = [(p, s) for p, s in read["model"]["vocab"] if not _SENTINEL.fullmatch(p)]
    kinds = {a["content"]: _CONTROL if a["special"] else _USER_DEFINED for a in _added(read)}
    unknown = read["model"]["unk_id"]
    fallback = bool(read["model"].get("byte_fallback"))
    for index, (piece, score) in enumerate(vocabulary):
        kind = kinds.get(piece, _NORMAL)
        if fallback and _BYTE_PIECE.fullmatch(piece):
            kind = _BYTE
        kind = _UNKNOWN if index == unknown else kind
        proto.pieces.add(piece=piece, score=score, type=kind)
    _specify(proto, [piece for piece, _ in vocabulary], unknown, fallback)
    _normalise(proto.normalizer_spec, list(_steps(read)))
    rebuilt: bytes = proto.SerializeToString(deterministic=True)
    return rebuilt


def _normalise(spec: Any, steps: list[dict[str, Any]]) -> None:
    charsmap = next((s["precompiled_charsmap"] for s in steps if s["type"] == "Precompiled"), None)
    spec.precompiled_charsmap = base64.b64decode(charsmap or "")
    spec.add_dummy_prefix = any(_puts_a_space_before(s) for s in steps)
    spec.remove_extra_whitespaces = any(_folds_spaces(s) for s in steps)
    spec.escape_whitespaces = True


def _specify(proto: Any, pieces: list[str], unknown: int, fallback: bool) -> None:
    spec = proto.trainer_spec
    spec.model_type = 1
    spec.vocab_size = len(pieces)
    spec.byte_fallback = fallback
    spec.bos_id = -1
    spec.unk_id, spec.unk_piece = unknown, pieces[unknown]
    spec.pad_id = pieces.index("<pad>") if "<pad>" in pieces else -1
    spec.eos_id = pieces.index("</s>") if "</s>" in pieces else -1


def _added(read: dict[str, Any]) -> list[dict[str, Any]]:
    return [a for a in read.get("added_tokens") or [] if not _SENTINEL.fullmatch(a["content"])]


def _steps(read: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The normaliser's and the pre-tokenizer's parts, one after the other."""
    for part in (read.get("normalizer"), read.get("pre_tokenizer")):
        if part and part["type"] == "Sequence":
            yield from part.get("normalizers") or part.get("pretokenizers") or []
        elif part:
            yield part


def _puts_a_space_before(step: dict[str, Any]) -> bool:
    if step["type"] == "Metaspace":
        scheme = step.get("prepend_scheme")
        return scheme != "never" if scheme else bool(step.get("add_prefix_space", True))
    return bool(step["type"] == "Prepend" and step["prepend"] == "▁")


def _folds_spaces(step: dict[str, Any]) -> bool:
    folding = step["type"] == "Replace" and step["pattern"].get("Regex") == " {2,}"
    return bool(folding or step["type"] == "WhitespaceSplit")
