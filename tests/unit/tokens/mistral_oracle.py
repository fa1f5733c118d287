"""Mistral's tokenizer files, and what mistral-common itself makes of a conversation."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import mistral_common
from mistral_common.protocol.instruct.request import ChatCompletionRequest
from mistral_common.protocol.instruct.validator import ValidationMode
from mistral_common.tokens.tokenizers.base import TokenizerVersion
from mistral_common.tokens.tokenizers.mistral import MistralTokenizer

from dataprep.tokens import AnyChatTokenizer

Message = dict[str, Any]

DATA = Path(mistral_common.__file__).parent / "data"
MODELS = tuple(sorted(path.name for path in DATA.glob("*.model.*")))
TEKKENS = tuple(sorted(path.name for path in DATA.glob("tekken_*.json")))
VERSIONS = ("v3", "v7", "v11", "v13", "v15")
"""The versions that a tekken.json is of, published or not."""

_SPECIAL = (
    "<unk> <s> </s> [INST] [/INST] [AVAILABLE_TOOLS] [/AVAILABLE_TOOLS] [TOOL_RESULTS]"
    " [/TOOL_RESULTS] [TOOL_CALLS] [IMG] <pad> [IMG_BREAK] [IMG_END] [PREFIX] [MIDDLE] [SUFFIX]"
    " [SYSTEM_PROMPT] [/SYSTEM_PROMPT] [TOOL_CONTENT] [ARGS] [CALL_ID] [THINK] [/THINK]"
    " [MODEL_SETTINGS] [/MODEL_SETTINGS]"
)
_SETTINGS = {"reasoning_effort": {"type": "enum", "values": ["none", "high"], "default": "none"}}


@cache
def _published(name: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((DATA / name).read_bytes())
    return made


def tekken(
    folder: Path,
    version: str,
    ranks: int = 4_000,
    config: dict[str, Any] | None = None,
    published: str = TEKKENS[0],
) -> Path:
    """A tekken.json of a version, with the first `ranks` ranks of a published vocabulary."""
    known = _published(published)
    made = {
        "vocab": known["vocab"][:ranks],
        "config": {
            **known["config"],
            "version": version,
            "num_vocab_tokens": ranks,
            "default_vocab_size": ranks + 1_000,
            **(config or {}),
        },
        "special_tokens": [
            {"rank": number, "token_str": mark, "is_control": True}
            for number, mark in enumerate(_SPECIAL.split())
        ],
    }
    if version == "v15":
        made["model_settings_builder"] = _SETTINGS
    path = folder / "tekken.json"
    path.write_text(json.dumps(made), "utf-8")
    return path


@cache
def _mistral(path: Path, mode: ValidationMode) -> Any:
    return MistralTokenizer.from_file(path, mode=mode)


def whole(path: Path, messages: list[Message], tools: Any) -> list[int]:
    """The ids of a conversation for fine-tuning; raises what mistral-common raises.

    It refuses thoughts before v13, which are left out here.
    """
    return _encoded(path, messages, tools, ValidationMode.finetuning)


def prompt(path: Path, messages: list[Message], tools: Any) -> list[int]:
    """The ids that a server asks the model with."""
    return _encoded(path, messages, tools, ValidationMode.test)


def _encoded(path: Path, messages: list[Message], tools: Any, mode: ValidationMode) -> list[int]:
    mistral = _mistral(path, mode)
    unsaid = {"weight"}
    if mistral.instruct_tokenizer.tokenizer.version < TokenizerVersion.v13:  # refuses thoughts
        unsaid.add("reasoning_content")
    told = [{key: part for key, part in m.items() if key not in unsaid} for m in messages]
    request = ChatCompletionRequest.from_openai(told, tools)
    ids: list[int] = mistral.encode_chat_completion(request).tokens
    return ids


def version_of(tokenizer: AnyChatTokenizer) -> str:
    """The version of a tokenizer's format."""
    return tokenizer.template.rpartition(" ")[2]
