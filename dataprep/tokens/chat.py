"""Conversations for LLaMA, Mistral and their like: by the model's own chat template.

Which tokens are learned is read off the template itself: an answer is what the template adds
when the answer is added. What a user wrote never becomes a special token.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

from dataprep.finding import DataprepError

Message = dict[str, Any]
Span = tuple[int, int]

IGNORED = -100
"""The label that no loss is taken on."""


class TemplateError(DataprepError):
    """A chat template refuses a conversation, or hides where an answer stands."""


class Rendered(NamedTuple):
    """What the model reads, and the spans of it (in code points) that it learns to say."""

    text: str
    answers: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Tokenised:
    """Ids of one conversation, before anything is cut, and the label of each (or IGNORED)."""

    input_ids: list[int]
    labels: list[int]

    @property
    def learned(self) -> int:
        """The tokens that a loss is taken on."""
        return len(self.labels) - self.labels.count(IGNORED)


class ChatTokenizer:
    """A `transformers` tokenizer with a chat template: conversations to ids and labels."""

    def __init__(self, backend: Any, *, name: str, kind: Literal["trained", "given"]) -> None:
        self.backend = backend
        self.name = name
        self.kind: Literal["trained", "given"] = kind

    @cached_property
    def vocabulary(self) -> int:
        """One more than the highest id."""
        return int(max(self.backend.get_vocab().values())) + 1

    @property
    def template(self) -> str:
        """The chat template, as Jinja."""
        return str(self.backend.chat_template)

    @cached_property
    def sha256(self) -> str:
        """Of all that decides the ids: vocabulary, rules, special tokens and template."""
        model = json.loads(self.backend.backend_tokenizer.to_str())
        for setting in ("truncation", "padding"):
            model.pop(setting, None)
        whole = [model, self.backend.chat_template]
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()

    @cached_property
    def _special(self) -> re.Pattern[str]:
        """The spellings that stand for one special token each."""
        added = self.backend.added_tokens_decoder.values()
        spelled = sorted((t.content for t in added), key=len, reverse=True)
        return re.compile("|".join(map(re.escape, spelled)) or r"(?!)")

    def encode(self, messages: Sequence[Message], tools: Any = None) -> Tokenised:
        """Ids by the chat template, labels on the answers alone; those of weight 0 are left out.

        Raises TemplateError for a conversation that the template refuses.
        """
        coded = self.encode_batch([(messages, tools)])[0]
        if isinstance(coded, TemplateError):
            raise coded
        return coded

    def encode_batch(
        self, conversations: Sequence[tuple[Sequence[Message], Any]]
    ) -> list[Tokenised | TemplateError]:
        """The same for many (messages, tools) at once; one that is refused is an error in place."""
        made: list[Tokenised | TemplateError | Rendered] = []
        for messages, tools in conversations:
            try:
                made.append(self._by_itself(messages, tools))
            except TemplateError as error:
                made.append(error)
        texts = [one.text for one in made if isinstance(one, Rendered)]
        if not texts:
            return [one for one in made if not isinstance(one, Rendered)]
        coded = self.backend(
            texts, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )
        rows = zip(coded["input_ids"], coded["offset_mapping"], strict=True)
        return [
            _tokenised(next(rows), one.answers) if isinstance(one, Rendered) else one
            for one in made
        ]

    def _by_itself(self, messages: Sequence[Message], tools: Any) -> Tokenised | Rendered:
        """The rendered conversation, or its ids where a text in it spells a special token."""
        plain = [_without_weight(message) for message in messages]
        if any(self._special.search(text) for message in plain for text in _texts(message)):
            return self._encode_apart(plain, _learned(messages), tools)
        return self._rendered(plain, _learned(messages), tools)

    def encode_text(self, text: str) -> Tokenised:
        """Ids of a text that is learned whole, between the tokens that begin and end one."""
        ids = self._plain_ids(text)
        first, last = self.backend.bos_token_id, self.backend.eos_token_id
        ids = [*([first] if first is not None else []), *ids, *([last] if last is not None else [])]
        return Tokenised(ids, list(ids))

    def render(self, messages: Sequence[Message], tools: Any = None) -> Rendered:
        """The text by the chat template, and where in it the answers stand."""
        plain = [_without_weight(message) for message in messages]
        return self._rendered(plain, _learned(messages), tools)

    def pieces_of(self, ids: Sequence[int]) -> list[str]:
        """Each id as a person reads it; a part of a character as the vocabulary spells it."""
        read = [str(self.backend.decode([i], skip_special_tokens=False)) for i in ids]
        spelled = self.backend.convert_ids_to_tokens(list(ids))
        return [
            str(raw).replace("▁", " ") if "\ufffd" in text or "▁" in str(raw) else text
            for text, raw in zip(read, spelled, strict=True)
        ]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of some ids, special tokens included."""
        return str(self.backend.decode(list(ids), skip_special_tokens=False))

    def _rendered(self, messages: list[Message], learned: list[int], tools: Any) -> Rendered:
        whole = self._template(messages, tools)
        spans = []
        for index in learned:
            before = self._template(messages[:index], tools, asked=True) if index else ""
            after = whole
            if index + 1 < len(messages):
                after = self._template(messages[: index + 1], tools)
            if whole.startswith(after) and after.startswith(before):
                spans.append((len(before), len(after)))
            else:
                spans.append(self._marked(messages, index, tools))
        return Rendered(whole, tuple(spans))

    def _marked(self, messages: list[Message], index: int, tools: Any) -> Span:
        """The span of an answer where a later turn changes how an earlier one is written.

        The answer is found by a mark in its place, and ends with the special token behind it.
        """
        mark = "\ue000\ue001\ue000"
        content = messages[index].get("content")
        if not isinstance(content, str) or not content:
            raise TemplateError(
                f"the chat template hides where the answer in messages[{index}] stands",
                "Give the answer weight 0, or use another template.",
            )
        marked = [*messages]
        marked[index] = {**messages[index], "content": mark}
        before, found, after = self._template(marked, tools).partition(mark)
        if not found:
            raise TemplateError(
                f"the chat template leaves the answer in messages[{index}] out",
                "Give the answer weight 0, or use another template.",
            )
        whole = self._template(messages, tools)
        end = len(whole) - len(after)
        closing = self._special.match(after)
        return len(before), end + (closing.end() if closing else 0)

    def _template(self, messages: list[Message], tools: Any, *, asked: bool = False) -> str:
        from jinja2 import TemplateError as Refusal

        try:
            return str(
                self.backend.apply_chat_template(
                    messages, tools=tools, tokenize=False, add_generation_prompt=asked
                )
            )
        except (Refusal, TypeError, KeyError, ValueError) as error:
            said = str(error).splitlines()[0][:100] if str(error) else type(error).__name__
            raise TemplateError(
                f"the chat template refuses the conversation: {said}",
                "Change the roles or their order, or use another template.",
            ) from None

    def _encode_apart(
        self, messages: list[Message], learned: list[int], tools: Any = None
    ) -> Tokenised:
        """The same where a user's text spells a special token: it is encoded as the text it is.

        A break inside each such spelling leaves the template's own as the only ones to be found.
        """
        texts = "".join(text for message in messages for text in _texts(message))
        gap = next(c for c in map(chr, range(0xE010, 0xF8FF)) if c not in texts)
        broken = [_broken(message, self._special, gap) for message in messages]
        marked, answers = self._rendered(broken, learned, tools)
        specials = [_without(gap, marked, m.span()) for m in self._special.finditer(marked)]
        text = marked.replace(gap, "")
        ids: list[int] = []
        offsets: list[Span] = []
        start = 0
        for at, end in [*specials, (len(text), len(text))]:
            for number, (first, last) in self._plain(text[start:at]):
                ids.append(number)
                offsets.append((start + first, start + last))
            if end > at:
                ids.append(self.backend.convert_tokens_to_ids(text[at:end]))
                offsets.append((at, end))
            start = end
        spans = [_without(gap, marked, span) for span in answers]
        return Tokenised(ids, _labels(ids, offsets, spans))

    def _plain(self, text: str) -> list[tuple[int, Span]]:
        if not text:
            return []
        coded = self.backend(
            text,
            add_special_tokens=False,
            return_offsets_mapping=True,
            split_special_tokens=True,
            verbose=False,
        )
        return list(zip(coded["input_ids"], coded["offset_mapping"], strict=True))

    def _plain_ids(self, text: str) -> list[int]:
        return [number for number, _ in self._plain(text)]


def _learned(messages: Sequence[Message]) -> list[int]:
    """The indexes of the answers that have a weight."""
    return [
        index
        for index, message in enumerate(messages)
        if message["role"] == "assistant" and message.get("weight", 1) != 0
    ]


def _without_weight(message: Message) -> Message:
    """The message as templates know it: arguments of calls as objects, content as a text."""
    shown = {key: value for key, value in message.items() if key != "weight"}
    if isinstance(content := shown.get("content"), list):
        shown["content"] = "".join(part.get("text", "") for part in content)
    if calls := shown.get("tool_calls"):
        shown["tool_calls"] = [_read_call(call) for call in calls]
        shown.setdefault("content", "")
    if shown.get("content") is None:
        shown["content"] = ""
    return shown


def _read_call(call: Message) -> Message:
    function = dict(call["function"])
    if isinstance(function.get("arguments"), str):
        with contextlib.suppress(ValueError):  # a text that is no JSON stays the text
            function["arguments"] = json.loads(function["arguments"])
    return {**call, "function": function}


def _texts(value: Any) -> list[str]:
    """Every text in a message but its role."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [t for key, part in value.items() if key != "role" for t in _texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in _texts(part)]
    return []


def _broken(value: Any, special: re.Pattern[str], gap: str) -> Any:
    """The value with a gap behind the first character of each spelling, in every text but roles."""
    if isinstance(value, str):
        return special.sub(lambda found: found[0][0] + gap + found[0][1:], value)
    if isinstance(value, dict):
        return {k: v if k == "role" else _broken(v, special, gap) for k, v in value.items()}
    return [_broken(part, special, gap) for part in value] if isinstance(value, list) else value


def _without(gap: str, text: str, span: Span) -> Span:
    """Where a span of the text stands once the gaps are taken out."""
    start, end = span
    return start - text.count(gap, 0, start), end - text.count(gap, 0, end)


def _tokenised(row: tuple[list[int], list[Span]], answers: Sequence[Span]) -> Tokenised:
    ids, offsets = row
    return Tokenised(ids, _labels(ids, offsets, answers))


def _labels(ids: Sequence[int], offsets: Sequence[Span], answers: Sequence[Span]) -> list[int]:
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
