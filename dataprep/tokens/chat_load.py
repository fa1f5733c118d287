"""A chat tokenizer that the user names, or one trained on the user's own conversations."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from dataprep.finding import DataprepError, NothingToDo, UsageError, extra_missing
from dataprep.names import utf8_path
from dataprep.panics import caught_panics
from dataprep.tokens.chat import ChatTokenizer
from dataprep.tokens.load import explain_hub, from_hub, in_cache, is_local, local_path
from dataprep.tokens.loading import load_transformers
from dataprep.tokens.mistral import MistralChatTokenizer
from dataprep.tokens.mistral_files import TEKKEN, MistralFile, mistral_file, read_tekken
from dataprep.tokens.tokenizer import _processor

ROLES = ("system", "user", "assistant", "tool")
PAD, END = "<|pad|>", "<|end|>"

TRAINED = (
    "{% for m in messages %}<|{{ m.role if m.role in ['system', 'user', 'assistant', 'tool']"
    " else 'user' }}|>{{ m.content }}"
    "{% if m.tool_calls %}{{ m.tool_calls | tojson }}{% endif %}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
"""The template of a tokenizer that is trained here: each role is one special token."""

PLAIN = (
    "{{ bos_token if bos_token else '' }}"
    "{% for m in messages %}{{ '### ' ~ m.role ~ '\\n' ~ m.content }}"
    "{% if m.tool_calls %}{{ m.tool_calls | tojson }}{% endif %}"
    "{{ (eos_token if m.role == 'assistant' else '') ~ '\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '### assistant\\n' }}{% endif %}"
)
"""The template for a base model, whose tokenizer has none."""

# Llama 3's rank file holds the ordinary tokens alone; these follow it, in Meta's own order.
_LLAMA_3 = (
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|reserved_special_token_0|>",
    "<|reserved_special_token_1|>",
    "<|finetune_right_pad_id|>",
    "<|step_id|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eom_id|>",
    "<|eot_id|>",
    "<|python_tag|>",
    *(f"<|reserved_special_token_{n}|>" for n in range(2, 247)),
)
_LLAMA_3_ROLES = {
    "bos_token": "<|begin_of_text|>",
    "eos_token": "<|eot_id|>",
    "pad_token": "<|finetune_right_pad_id|>",
}
_LLAMA_3_RANKS = 128_000
LLAMA_3 = (
    "<|begin_of_text|>{% for m in messages %}<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n"
    "{{ m.content | trim }}{% if m.tool_calls %}{{ m.tool_calls | tojson }}{% endif %}"
    "<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)
"""Meta's prompt format of Llama 3 (llama-models, prompt_format.md), for its bare rank file."""

AnyChatTokenizer = ChatTokenizer | MistralChatTokenizer
"""What encodes conversations: by a chat template, or by mistral-common."""


def load_chat_tokenizer(
    spec: str, base: Path = Path(), template: Path | None = None, day: date | None = None
) -> AnyChatTokenizer:
    """The tokenizer of a hub name, a folder, a `tokenizer.json` or a bare model file.

    A file of Mistral's own (`mistral_file`) is read by mistral-common. `template` is a Jinja file
    that takes the place of the tokenizer's own, `day` what a template writes that asks for the
    date; by default today's. The network is used only for a hub name that is not in the local
    cache, and no code of a model is ever run. Raises UsageError for what is no tokenizer,
    EnvironmentProblem for a hub out of reach and for a library that is not installed.
    """
    if is_local(spec, base):
        path = local_path(spec, base)
        if file := mistral_file(path, spec):
            return _mistral(file, spec, template)
        backend = _from_folder(path, spec) if path.is_dir() else _from_file(path, spec)
    elif tekken := _tekken_on_hub(spec):
        return _mistral(read_tekken(tekken), spec, template)
    else:
        backend = _pretrained(spec, spec)
    if template is not None:
        backend.chat_template = _read(template)
    elif not backend.chat_template:
        backend.chat_template = PLAIN
    templates = backend.chat_template
    named = templates.values() if isinstance(templates, dict) else [templates]
    if not all(isinstance(source, str) for source in named):
        raise UsageError(
            f"{spec} has a chat template that is no text.",
            "Give another as `chat_template` in the recipe, or another tokenizer.",
        )
    if backend.eos_token is None:
        raise UsageError(
            f"{spec} names no token that ends a text (eos_token).",
            "Give the folder that holds tokenizer_config.json beside it.",
        )
    if backend.pad_token is None:
        backend.pad_token = backend.eos_token
    return ChatTokenizer(backend, name=spec, kind="given", day=day)


def train_chat_tokenizer(texts: Iterable[str], vocabulary: int) -> ChatTokenizer:
    """A byte-level BPE tokenizer of about `vocabulary` tokens, with a special token a role.

    The same texts give the same tokenizer. Raises NothingToDo for texts without a character.
    """
    try:
        load_transformers()
        from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
        from transformers import PreTrainedTokenizerFast
    except ImportError:
        raise extra_missing("train", "transformers") from None
    held = [text for text in texts if text.strip()]
    if not held:
        raise NothingToDo(
            "There is no text in the train split to train a tokenizer on.",
            "Give one with --tokenizer, or more examples.",
        )
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    special = [PAD, END, *(f"<|{role}|>" for role in ROLES)]
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator(held, trainer)
    backend = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=made,
        pad_token=PAD,
        eos_token=END,
        extra_special_tokens=special[2:],
        clean_up_tokenization_spaces=False,
    )
    backend.chat_template = TRAINED
    return ChatTokenizer(backend, name="trained on the train split", kind="trained")


def save_chat_tokenizer(tokenizer: AnyChatTokenizer, folder: Path) -> None:
    """Write the folder that `AutoTokenizer.from_pretrained` loads, template included."""
    if isinstance(tokenizer, MistralChatTokenizer):
        tokenizer.save(folder)
        return
    folder.mkdir(parents=True, exist_ok=True)
    with utf8_path(folder) as place:
        tokenizer.backend.save_pretrained(place)


def _mistral(file: MistralFile, spec: str, template: Path | None) -> MistralChatTokenizer:
    if template is not None:
        raise UsageError(
            f"{spec} is read by mistral-common, which has a format of its own for it.",
            "Leave the chat template out, or give a folder with a tokenizer.json.",
        )
    return MistralChatTokenizer(file, name=spec)


def _tekken_on_hub(name: str) -> Path | None:
    """The tekken.json of a repository that has no tokenizer for transformers beside it."""
    config = "tokenizer_config.json"
    if in_cache(name, config) is None and (known := in_cache(name, TEKKEN)):
        return known
    return None if from_hub(name, config) else from_hub(name, TEKKEN)


def _from_folder(path: Path, spec: str) -> Any:
    inside = path / "tokenizer"
    if not (path / "tokenizer.json").exists() and inside.is_dir():
        path = inside
    with utf8_path(path) as place:
        backend = _pretrained(str(place), spec)
    if (model := path / "tokenizer.model").is_file() and not (path / "tokenizer.json").exists():
        _refuse_other_ids(backend, model, spec)
    return backend


def _pretrained(where: str, spec: str, **more: str) -> Any:
    try:
        load_transformers()
        from transformers import AutoTokenizer, PreTrainedTokenizerFast
    except ImportError:
        raise extra_missing("train", "transformers") from None
    try:
        with caught_panics():
            backend = AutoTokenizer.from_pretrained(where, trust_remote_code=False, **more)
            if type(backend).__name__ == "MistralCommonBackend":  # a tekken.json lies beside it
                backend = PreTrainedTokenizerFast.from_pretrained(where)
    except Exception as error:  # the libraries raise whatever a damaged file brings them to
        if where != spec or is_local(spec):
            raise UsageError(
                f"{spec} holds no tokenizer that can be read.",
                "It should hold tokenizer.json and tokenizer_config.json.",
            ) from None
        raise explain_hub(spec, error) from None
    if not getattr(backend, "is_fast", False):
        raise UsageError(
            f"{spec} has no tokenizer.json, and its tokenizer cannot say where a token stands.",
            "Save it once with transformers' save_pretrained, and give that folder.",
        )
    return backend


def _from_file(path: Path, spec: str) -> Any:
    """A tokenizer.json, a .gguf, or a bare model: Llama 3's ranks, or Mistral's SentencePiece."""
    if path.suffix == ".gguf" and importlib.util.find_spec("gguf") is None:
        raise extra_missing("train", "gguf")
    if path.suffix in (".gguf", ".json"):
        with utf8_path(path.parent) as place:
            if path.suffix == ".gguf":
                return _pretrained(str(place), spec, gguf_file=path.name)
            if (path.parent / "tokenizer_config.json").is_file():
                return _pretrained(str(place), spec)
            return _from_json(place / path.name, spec)
    try:
        with caught_panics():
            if _is_rank_file(path):
                return _from_ranks(path)
            backend = _from_model(path)
            _refuse_other_ids(backend, path, spec)
            return backend
    except DataprepError:
        raise
    except Exception:  # the libraries raise whatever a damaged file brings them to
        raise UsageError(
            f"{spec} is no SentencePiece model, and not the rank file of Llama 3.",
            "Give the folder or the tokenizer.json of the model.",
        ) from None


def _from_json(path: Path, spec: str) -> Any:
    """A tokenizer.json alone; which token ends a text is told by the names that are used."""
    from transformers import PreTrainedTokenizerFast

    try:
        with caught_panics():
            backend: Any = PreTrainedTokenizerFast(tokenizer_file=str(path))  # type: ignore[no-untyped-call]
    except Exception as error:  # the library raises a bare Exception
        said = str(error).splitlines()[0][:80]
        raise UsageError(
            f"{spec} is no tokenizer.json: {said}.", "Give the file of the model."
        ) from None
    known = backend.get_vocab()
    for name, spellings in _USUAL.items():
        if found := next((s for s in spellings if s in known), None):
            setattr(backend, name, found)
    return backend


_USUAL = {
    "bos_token": ("<|begin_of_text|>", "<s>", "<|startoftext|>"),
    "eos_token": ("<|eot_id|>", "</s>", "<|im_end|>", "<|endoftext|>", "<|end_of_text|>"),
    "pad_token": ("<|finetune_right_pad_id|>", "<pad>", "<|endoftext|>"),
}


def _refuse_other_ids(backend: Any, model: Path, spec: str) -> None:
    """Raise UsageError where transformers' rebuilding of a SentencePiece model has other ids.

    It orders the merges by the ids of their pieces, and not by their scores: Mistral's models lose
    the ids of two blanks and more that way.
    """
    try:
        exact = _processor(model.read_bytes(), spec).encode(_BLANKS)
    except (OSError, UsageError):  # a rank file of that name
        return
    ids = backend.encode(_BLANKS, add_special_tokens=False)
    if ids[1:] != exact[1:]:  # the first may stand behind a blank that nobody wrote
        raise UsageError(
            f"{spec} would get other ids from transformers than from SentencePiece, in code say.",
            "Give the tokenizer.json of the model; name Mistral's first one tokenizer.model.v1.",
        )


_BLANKS = "a b\n    c  d\n\n        e"


def _is_rank_file(path: Path) -> bool:
    r"""Whether lines of base64 and a rank stand in it, as `IQ== 0\n`."""
    with path.open("rb") as file:
        first = file.readline(200)
    return first.endswith(b" 0\n")


def _from_ranks(path: Path) -> Any:
    """Llama 3: the ranks, its special tokens behind them, and its prompt format."""
    from tokenizers import AddedToken
    from transformers import PreTrainedTokenizerFast
    from transformers.convert_slow_tokenizer import TikTokenConverter

    made = TikTokenConverter(str(path)).converted()  # type: ignore[no-untyped-call]
    if made.get_vocab_size() != _LLAMA_3_RANKS:
        raise ValueError("the ranks of another model")
    made.add_special_tokens([AddedToken(name, special=True) for name in _LLAMA_3])
    backend: Any = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=made, clean_up_tokenization_spaces=False, **_LLAMA_3_ROLES
    )
    backend.chat_template = LLAMA_3
    return backend


def _from_model(path: Path) -> Any:
    """A bare SentencePiece model of the LLaMA kind."""
    from transformers import LlamaTokenizer

    with tempfile.TemporaryDirectory() as name:
        shutil.copyfile(path, Path(name) / "tokenizer.model")
        return LlamaTokenizer.from_pretrained(name)


def _read(template: Path) -> str:
    try:
        return template.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"{template}: {error.strerror}.", "Check the path.") from None
    except UnicodeDecodeError:
        raise UsageError(f"{template} is not UTF-8.", "Save it as UTF-8.") from None
