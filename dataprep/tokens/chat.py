"""Conversations for LLaMA, Mistral and their like: by the model's own chat template.

Which tokens are learned is read off the template itself: an answer is what the template adds
when the answer is added. What a user wrote never becomes a special token.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from threading import Lock
from typing import Any, Literal

from dataprep.example import Message
from dataprep.tokens.chat_template import ChatTemplate, Rendered
from dataprep.tokens.labels import IGNORED, labels_of
from dataprep.tokens.messages import (
    REASONING,
    TemplateError,
    TextSpan,
    as_templates_know,
    broken,
    learned_turns,
    texts_of,
    without_gap,
)
from dataprep.tokens.segments import SegmentEncoder, WholeTextEncoder

_AT_ONCE = 1024
"""Conversations that are encoded together: their tokens are held as objects until they are ids."""


@dataclass(frozen=True, slots=True)
class Tokenised:
    """Ids of one conversation, before anything is cut, and the label of each (or IGNORED).

    `rendered` is what the chat template made of it; None for a text without one.
    """

    input_ids: list[int]
    labels: list[int]
    rendered: Rendered | None = None

    @property
    def learned(self) -> int:
        """The tokens that a loss is taken on."""
        return len(self.labels) - self.labels.count(IGNORED)


class ChatTokenizer:
    """A `transformers` tokenizer with a chat template: conversations to ids and labels.

    Several threads may encode at once.
    """

    def __init__(
        self,
        backend: Any,
        *,
        name: str,
        kind: Literal["trained", "given"],
        day: date | None = None,
    ) -> None:
        self.backend = backend
        self.name = name
        self.kind: Literal["trained", "given"] = kind
        self._day = day
        self._lock = Lock()

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
    def _chat(self) -> ChatTemplate:
        return ChatTemplate(self.backend, self.name, self._day)

    @property
    def day(self) -> date | None:
        """The day that the template writes as today's; None for one that asks for none."""
        return self._chat.day

    @property
    def reasoning(self) -> str | None:
        """The key under which the template takes what was thought; None where it takes none."""
        return REASONING if self._chat.takes_reasoning else None

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
        made: list[Tokenised | TemplateError] = []
        for start in range(0, len(conversations), _AT_ONCE):
            made += self._encode_few(conversations[start : start + _AT_ONCE])
        return made

    def _encode_few(
        self, conversations: Sequence[tuple[Sequence[Message], Any]]
    ) -> list[Tokenised | TemplateError]:
        made: list[Tokenised | TemplateError | Rendered] = []
        for messages, tools in conversations:
            try:
                made.append(self._by_itself(messages, tools))
            except TemplateError as error:
                made.append(error)
        told = [(one.text, one.answers) for one in made if isinstance(one, Rendered)]
        coded = iter(self._encoder.encode_batch(told))
        return [Tokenised(*next(coded), one) if isinstance(one, Rendered) else one for one in made]

    @cached_property
    def _encoder(self) -> SegmentEncoder | WholeTextEncoder:
        segments = SegmentEncoder.fitting(self.backend, self._lock)
        return segments or WholeTextEncoder(self.backend, self._lock)

    def _by_itself(self, messages: Sequence[Message], tools: Any) -> Tokenised | Rendered:
        """The rendered conversation, or its ids where a text in it spells a special token."""
        plain, learned = self._plain_messages(messages), learned_turns(messages)
        told = plain if tools is None else [*plain, {"tools": tools}]
        if any(map(self._spells_special, told)):
            return self._encode_apart(plain, learned, tools)
        return self._chat.rendered(plain, learned, tools)

    def _spells_special(self, message: Message) -> bool:
        return any(map(self._special_in(message).search, texts_of(message)))

    def _special_in(self, message: Message) -> re.Pattern[str]:
        """What of a message would become a special token and must not."""
        answer = message.get("role") == "assistant"
        return self._chat.special_in_answers if answer else self._chat.special

    def encode_text(self, text: str) -> Tokenised:
        """Ids of a text that is learned whole, between the tokens that begin and end one."""
        ids = self._plain_ids(text)
        first, last = self.backend.bos_token_id, self.backend.eos_token_id
        ids = [*([first] if first is not None else []), *ids, *([last] if last is not None else [])]
        return Tokenised(ids, list(ids))

    def starts_of(self, text: str) -> list[int]:
        """Where each token of a text starts in it, in code points."""
        return [start for _, (start, _) in self._plain(text)]

    def render(self, messages: Sequence[Message], tools: Any = None) -> Rendered:
        """The text by the chat template, and where in it the answers stand."""
        return self._chat.rendered(self._plain_messages(messages), learned_turns(messages), tools)

    def _plain_messages(self, messages: Sequence[Message]) -> list[Message]:
        return as_templates_know(messages, thoughts_apart=self._chat.thoughts_apart)

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

    def _encode_apart(
        self, messages: list[Message], learned: list[int], tools: Any = None
    ) -> Tokenised:
        """The same where a user's text spells a special token: it is encoded as the text it is.

        A break inside each such spelling leaves the template's own as the only ones to be found.
        """
        texts = "".join(texts_of([*messages, tools]))
        gap = next(c for c in map(chr, range(0xE010, 0xF8FF)) if c not in texts)
        apart = [broken(message, self._special_in(message), gap) for message in messages]
        told = self._chat.rendered(apart, learned, broken(tools, self._chat.special, gap))
        marked = told.text
        found = self._chat.special.finditer(marked)
        specials = [without_gap(gap, marked, m.span()) for m in found]
        text = marked.replace(gap, "")
        ids: list[int] = []
        offsets: list[TextSpan] = []
        start = 0
        for at, end in [*specials, (len(text), len(text))]:
            for number, (first, last) in self._plain(text[start:at]):
                ids.append(number)
                offsets.append((start + first, start + last))
            if end > at:
                ids.append(self.backend.convert_tokens_to_ids(text[at:end]))
                offsets.append((at, end))
            start = end
        spans = [without_gap(gap, marked, span) for span in told.answers]
        return _tokenised(ids, offsets, told._replace(answers=tuple(spans)))

    def _plain(self, text: str) -> list[tuple[int, TextSpan]]:
        if not text:
            return []
        with self._lock:
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


def _tokenised(ids: list[int], offsets: Sequence[TextSpan], told: Rendered) -> Tokenised:
    return Tokenised(ids, labels_of(ids, offsets, told.answers), told)
