"""Asks mistral-common's request validator, for tokenizer version 3 and fine-tuning."""

import json
import sys

from mistral_common.protocol.instruct import messages, request, tool_calls
from mistral_common.protocol.instruct.validator import (
    ValidationMode,
    get_validator,
)
from mistral_common.tokens.tokenizers.base import TokenizerVersion

ROLES = {
    "system": messages.SystemMessage,
    "user": messages.UserMessage,
    "assistant": messages.FinetuningAssistantMessage,
    "tool": messages.ToolMessage,
}
validator = get_validator(TokenizerVersion.v3, ValidationMode.finetuning)

for line in sys.stdin:
    row = json.loads(line)
    try:
        said = [ROLES[message["role"]].model_validate(message) for message in row["messages"]]
        tools = [tool_calls.Tool.model_validate(tool) for tool in row.get("tools") or []]
        validator.validate_request(
            request.ChatCompletionRequest.model_construct(messages=said, tools=tools)
        )
        words = ""
    except Exception as error:
        words = f"{type(error).__name__}: {error}"
    sys.stdout.write(json.dumps(words) + "\n")
