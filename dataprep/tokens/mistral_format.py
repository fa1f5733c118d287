"""A version of Mistral's instruct format, as mistral-common writes it."""

from __future__ import annotations

import copy
import importlib
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from dataprep.example import Message
from dataprep.finding import UsageError, excerpt, extra_missing
from dataprep.names import utf8_path
from dataprep.panics import caught_panics
from dataprep.tokens.messages import REASONING, TemplateError
from dataprep.tokens.mistral_files import MistralFile
from dataprep.tokens.mistral_messages import as_mistral_knows, learned_answers

_CHANGE = "Change the roles or their order, or use another tokenizer."


class MistralTurn(NamedTuple):
    """The ids that a message became, and whether they are learned."""

    ids: list[int]
    learned: bool


class MistralFormat:
    """The instruct format that a tokenizer file has, which is called `name` in errors."""

    def __init__(self, file: MistralFile, name: str) -> None:
        """Raises UsageError for a file that mistral-common does not read.

        Raises EnvironmentProblem where mistral-common is not installed.
        """
        try:
            self._library = _Library()
        except ImportError:
            raise extra_missing("mistral", "mistral-common") from None
        try:
            with caught_panics(), _on_disk(file) as path:
                self._instruct: Any = self._library.read(path)
        except Exception as error:  # the library raises whatever a damaged file brings it to
            raise UsageError(
                f"{name} is no tokenizer that mistral-common reads: {_words(error, path)}.",
                "Fetch the file again, or install a newer mistral-common.",
            ) from None

    @property
    def pieces(self) -> Any:
        """The vocabulary, as mistral-common has it."""
        return self._instruct.tokenizer

    @property
    def version(self) -> str:
        """The version of the format, as `v7`."""
        return str(self.pieces.version.value)

    @property
    def reasoning(self) -> str | None:
        """The key under which it takes what was thought; None where it takes none."""
        return None if getattr(self._instruct, "BEGIN_THINK", None) is None else REASONING

    def turns(self, messages: Sequence[Message], tools: Any) -> list[MistralTurn]:
        """What begins a conversation, and what each of its messages becomes.

        Raises TemplateError for a conversation that mistral-common refuses, or of which it leaves
        out what would be learned.
        """
        known = as_mistral_knows(messages, thoughts=self.reasoning is not None)
        self._refuse_lost_tools(known, tools)
        recorder = _Recorder(self._instruct)
        with refusals():
            whole = self._library.written(recorder.instruct, known, tools)
            weights = learned_answers(known)
            wrote = [*recorder.turns]
            spoke = [number for number, (role, _) in enumerate(wrote) if role == "assistant"]
            learned = {n for n, weight in zip(spoke, weights, strict=True) if weight}
            if [i for _, ids in wrote for i in ids] != whole:
                raise ValueError("this version of it writes conversations in an unknown way")
        if not all(wrote[number][1] for number in learned):
            raise TemplateError(
                f"Mistral's format {self.version} leaves out a tool call before the last question",
                "Give the call weight 0, or split the conversation behind it.",
            )
        return [MistralTurn(ids, number in learned) for number, (_, ids) in enumerate(wrote)]

    def _refuse_lost_tools(self, messages: Sequence[Message], tools: Any) -> None:
        """Raises TemplateError for tools that the format would leave out without a word."""
        if tools and self.version == "v1":
            raise TemplateError("Mistral's format v1 has no tools", "Leave the tools out.")
        if tools and not any(message["role"] == "user" for message in messages):
            raise TemplateError(
                "Mistral's format tells the tools beside a question, and there is none",
                "Begin the conversation with a message of the user.",
            )


class _Library:
    """The parts of mistral-common that are used. Raises ImportError where it is not installed."""

    def __init__(self) -> None:
        importlib.import_module("sentencepiece")
        module = importlib.import_module
        self._mistral = module("mistral_common.tokens.tokenizers.mistral")
        self._base = module("mistral_common.tokens.tokenizers.base")
        self._messages = module("mistral_common.protocol.instruct.messages")
        self._calls = module("mistral_common.protocol.instruct.tool_calls")
        self._request = module("mistral_common.protocol.instruct.request").ChatCompletionRequest
        self._normalise = module("mistral_common.protocol.instruct.normalize")
        self._validate = module("mistral_common.protocol.instruct.validator")
        self._tools = lru_cache(maxsize=64)(self._valid_tools)

    def read(self, path: Path) -> Any:
        """The instruct tokenizer of a file."""
        return self._mistral.MistralTokenizer.from_file(str(path)).instruct_tokenizer

    def written(self, instruct: Any, messages: Sequence[Message], tools: Any) -> list[int]:
        """The ids of a conversation for fine-tuning, as `encode_chat_completion` makes them."""
        version, builder = instruct.tokenizer.version, instruct.tokenizer.model_settings_builder
        known = self._tools(version, json.dumps(tools)) if tools else None
        said = [self._message(message) for message in messages]
        self._validator(version).validate_messages(said)
        normaliser = self._normalise.get_normalizer(version, builder)
        request = self._request(messages=said, tools=known)
        return list(
            instruct.encode_instruct(normaliser.from_chat_completion_request(request)).tokens
        )

    def _validator(self, version: Any) -> Any:
        return self._validate.get_validator(version, self._validate.ValidationMode.finetuning)

    def _valid_tools(self, version: Any, tools: str) -> list[Any]:
        """The tools of a request, which cost more to validate than to encode."""
        made = [self._calls.Tool.from_openai(tool) for tool in json.loads(tools)]
        said = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
        self._validator(version).validate_request(self._request(messages=said, tools=made))
        return made

    def _message(self, message: Message) -> Any:
        kinds = self._messages
        match message["role"]:
            case "system" | "developer":
                return kinds.SystemMessage(content=message["content"])
            case "user":
                return kinds.UserMessage(content=message["content"])
            case "tool":
                return kinds.ToolMessage.from_openai(message)
            case "assistant":
                made = kinds.AssistantMessage.from_openai(message)
                return kinds.FinetuningAssistantMessage(
                    content=made.content, tool_calls=made.tool_calls, weight=message["weight"]
                )
        raise ValueError(f"there is no role {message['role']!r}")


class _Recorder:
    """An instruct tokenizer that notes the ids of each message beside writing them.

    It is a copy for one conversation, so that several may be written at once.
    """

    def __init__(self, instruct: Any) -> None:
        self.turns: list[tuple[str, list[int]]] = []
        self.instruct = copy.copy(instruct)
        self.instruct.start = self._noted("start", instruct.start)
        for role in ("system", "user", "assistant", "tool"):
            name = f"encode_{role}_message"
            setattr(self.instruct, name, self._noted(role, getattr(instruct, name)))
        self.instruct.decode = lambda **_: ""  # the text of the whole, which nobody asks for

    def _noted(self, role: str, encode: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*args: Any, **kwargs: Any) -> Any:
            made = encode(*args, **kwargs)
            ids = list(made[0] if isinstance(made, tuple) else made)
            self.turns.insert(0 if role == "start" else len(self.turns), (role, ids))
            return made

        return noted


@contextmanager
def _on_disk(file: MistralFile) -> Iterator[Path]:
    """The file under its own name, for as long as the libraries read it."""
    with tempfile.TemporaryDirectory() as folder, utf8_path(Path(folder)) as place:
        path = Path(place) / file.name
        path.write_bytes(file.content)
        yield path


@contextmanager
def refusals() -> Iterator[None]:
    """Raise TemplateError for whatever mistral-common ends with."""
    try:
        with caught_panics():
            yield
    except Exception as error:  # a library of its own, which may fail in any way
        said = f"mistral-common refuses the conversation: {_words(error)}"
        raise TemplateError(said, _CHANGE) from None


def _words(error: Exception, path: Path | None = None) -> str:
    """What an error says, in a line; of pydantic's, where and what the first one is.

    `path` is a place that nobody knows, and is not told.
    """
    if callable(errors := getattr(error, "errors", None)):
        first = errors()[0]
        return excerpt(f"{'.'.join(map(str, first['loc']))}: {first['msg']}", 120)
    said = str(error).replace(str(path), path.name) if path else str(error)
    return excerpt(said.strip().rstrip("."), 120) or type(error).__name__
