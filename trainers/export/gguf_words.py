"""The tokenizer inside a GGUF file: vocabulary, merges, scores, special tokens, chat template."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from transformers import AutoTokenizer

from dataprep.finding import UsageError
from dataprep.names import utf8_path
from dataprep.tokens import ChatTokenizer, load_chat_tokenizer
from trainers.export.source import TrainedModel

_NORMAL, _UNKNOWN, _CONTROL, _USER_DEFINED, _UNUSED, _BYTE = 1, 2, 3, 4, 5, 6
_NO_MERGE = -1e6
"""The score of a piece that nothing is merged into: a character, a byte."""

_SPLITS = {
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
    "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+": "llama-bpe",
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
    "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+": "qwen2",
    "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*"
    "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+"
    "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+"
    "|\\s+(?!\\S)|\\s+": "tekken",
}
"""How a text is split before its pieces are merged, and what llama.cpp calls that."""

# None begins with a blank: transformers' reader drops one there, where llama.cpp does not.
_TRIED = (
    "Hello world",
    "Two  blanks, a\ttab\n\nand lines \n",
    "It's 12345 things, isn't it? I'LL SEE...",
    "Grüße, Ünïcödé, 你好世界, привет, 😀👍🏽",
    "def f(x):\n    return {'a': [x, 1.5e-3]}\n",
)


def add_words(writer: Any, model: TrainedModel, config: Any) -> None:
    """Add the tokenizer of a model to a file that is being written.

    Raises UsageError for a tokenizer that GGUF has no words for.
    """
    backend = backend_of(model)
    rules = json.loads(backend.backend_tokenizer.to_str())
    tokens, types = _vocabulary(backend, rules, config.vocab_size)
    merges = [m if isinstance(m, str) else " ".join(m) for m in rules["model"].get("merges", ())]
    if _is_byte_level(rules):
        writer.add_tokenizer_model("gpt2")
        writer.add_tokenizer_pre(_split_name(rules, model))
    elif rules["model"]["type"] == "BPE" and rules["model"].get("byte_fallback"):
        writer.add_tokenizer_model("llama")
        writer.add_tokenizer_pre("default")
        writer.add_token_scores(_scores(tokens, merges))
        writer.add_add_space_prefix(_adds_space(rules))
    else:
        raise _unknown(model, f"a {rules['model']['type']} vocabulary")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(merges)
    _add_special(writer, backend, model)


def backend_of(model: TrainedModel) -> Any:
    """The tokenizer of a model, as transformers reads it.

    Raises UsageError for Mistral's own, whose template and merges mistral-common keeps to itself.
    """
    tokenizer = load_chat_tokenizer(str(model.folder))
    if not isinstance(tokenizer, ChatTokenizer):
        raise UsageError(
            f"The tokenizer in {model.folder} is a file of Mistral's own, which is not written"
            " as GGUF here.",
            "Export it with --to merged.",
        )
    return tokenizer.backend


def template_text(backend: Any) -> str:
    """The one chat template, or that of the name `default`."""
    template = backend.chat_template
    return str(template.get("default", "") if isinstance(template, dict) else template or "")


def writes_bos(backend: Any) -> bool:
    """Whether the chat template begins a conversation with the token for it."""
    if backend.bos_token is None:
        return False
    asked = [{"role": "user", "content": "a"}]
    text = backend.apply_chat_template(asked, tokenize=False)
    return str(text).startswith(backend.bos_token)


def _add_special(writer: Any, backend: Any, model: TrainedModel) -> None:
    ids = {name: getattr(backend, f"{name}_token_id") for name in ("bos", "eos", "unk", "pad")}
    for name, number in ids.items():
        if number is not None:
            getattr(writer, f"add_{name}_token_id")(number)
    more = [end for end in model.ends if end != ids["eos"]]
    for add, end in zip((writer.add_eot_token_id, writer.add_eom_token_id), more, strict=False):
        add(end)
    # As in training: what the template writes, and nothing beside it.
    writer.add_add_bos_token(writes_bos(backend))
    writer.add_add_eos_token(False)
    writer.add_chat_template(template_text(backend))


def _vocabulary(backend: Any, rules: dict[str, Any], size: int) -> tuple[list[str], list[int]]:
    """Every token in the order of its id, and its kind; ids without a token are unused."""
    by_id = {number: token for token, number in backend.get_vocab().items()}
    if max(by_id) >= size:
        raise UsageError(
            f"The tokenizer knows {max(by_id) + 1:,} tokens, and the model {size:,}.",
            "Train again with the tokenizer of the model.",
        )
    added = backend.added_tokens_decoder
    unknown = rules["model"].get("unk_token")
    tokens, types = [], []
    for number in range(size):
        token = by_id.get(number)
        kind = _NORMAL
        if token is None:
            token, kind = f"[PAD{number}]", _UNUSED
        elif token == unknown:
            kind = _UNKNOWN
        elif number in added:
            kind = _CONTROL if added[number].special else _USER_DEFINED
        elif rules["model"].get("byte_fallback") and _is_byte(token):
            kind = _BYTE
        tokens.append(token)
        types.append(kind)
    return tokens, types


def _is_byte(token: str) -> bool:
    return len(token) == 6 and token.startswith("<0x") and token.endswith(">")


def _is_byte_level(rules: dict[str, Any]) -> bool:
    plain = rules["model"]["type"] == "BPE" and rules["normalizer"] is None
    return plain and any(s["type"] == "ByteLevel" for s in _steps(rules["pre_tokenizer"]))


def _steps(step: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The steps of a sequence, or the only one."""
    if step is None:
        return []
    return list(next((step[k] for k in ("pretokenizers", "normalizers") if k in step), [step]))


def _split_name(rules: dict[str, Any], model: TrainedModel) -> str:
    steps = _steps(rules["pre_tokenizer"])
    if len(steps) == 1 and steps[0].get("use_regex", True) and not steps[0]["add_prefix_space"]:
        return "gpt-2"
    regex = steps[0].get("pattern", {}).get("Regex") if len(steps) == 2 else None
    name = _SPLITS.get(regex or "")
    if name is None or steps[1].get("use_regex") or steps[1]["add_prefix_space"]:
        raise _unknown(model, "a way to split texts")
    return name


def _scores(tokens: Sequence[str], merges: Sequence[str]) -> list[float]:
    """The earlier a merge, the higher what it makes: so SentencePiece merges in the same order."""
    ranks: dict[str, int] = {}
    for rank, merge in enumerate(merges):
        ranks.setdefault(merge.replace(" ", ""), rank)
    return [float(-ranks[t]) if t in ranks else _NO_MERGE for t in tokens]


def _adds_space(rules: dict[str, Any]) -> bool:
    """Whether a text is read as if a blank stood before it."""
    if any(s["type"] == "Prepend" for s in _steps(rules["normalizer"])):
        return True
    metaspace = [s for s in _steps(rules["pre_tokenizer"]) if s["type"] == "Metaspace"]
    return any(s.get("prepend_scheme", "always") != "never" for s in metaspace)


def _unknown(model: TrainedModel, what: str) -> UsageError:
    return UsageError(
        f"The tokenizer in {model.folder} has {what} that GGUF has no name for.",
        "Export it with --to merged, and use llama.cpp's convert_hf_to_gguf.py on that folder.",
    )


def check_words(model: TrainedModel, path: Path) -> None:
    """Raise UsageError where the written tokenizer, read back, gives other ids than the model's."""
    own = backend_of(model)
    with utf8_path(path.parent) as place:
        written = AutoTokenizer.from_pretrained(str(place), gguf_file=path.name)
    for text in _TRIED:
        wanted = own.encode(text, add_special_tokens=False)
        if written.encode(text, add_special_tokens=False) != wanted:
            raise _unknown(model, "rules")
