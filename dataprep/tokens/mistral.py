"""Conversations for Mistral's models by mistral-common, the library of those who make them.

It holds the instruct format of each version of a tokenizer, and it never makes a special token of
a text. What is learned of a conversation is what it writes for the assistant's messages.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import weakref
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any, Literal

from dataprep.durable import write_whole
from dataprep.example import Message
from dataprep.patterns import LatePattern
from dataprep.tokens.chat import Tokenised
from dataprep.tokens.chat_template import Rendered
from dataprep.tokens.labels import IGNORED
from dataprep.tokens.messages import REASONING, TemplateError, learned_turns
from dataprep.tokens.mistral_files import MistralFile
from dataprep.tokens.mistral_format import MistralFormat, refusals

_BYTE = LatePattern("<0x[0-9A-F]{2}>")
_CONFIG = {"tokenizer_class": "MistralCommonBackend"}
"""What tells transformers' AutoTokenizer to load the file by mistral-common."""


class MistralChatTokenizer:
    """A tokenizer file of Mistral's: conversations to ids and labels, as `ChatTokenizer` does."""

    kind: Literal["given"] = "given"

    def __init__(self, file: MistralFile, *, name: str) -> None:
        """Raises UsageError for a file that mistral-common does not read.

        Raises EnvironmentProblem where mistral-common is not installed.
        """
        self.file = file
        self.name = name
        self._format = MistralFormat(file, name)
        self._pieces = self._format.pieces

    day: None = None
    """It writes no date."""

    @property
    def template(self) -> str:
        """What writes a conversation, in words: it is no Jinja."""
        return f"mistral-common, instruct format {self._format.version}"

    @property
    def vocabulary(self) -> int:
        """One more than the highest id."""
        return int(self._pieces.n_words)

    @cached_property
    def sha256(self) -> str:
        """Of all that decides the ids: the file, and the version in its name."""
        return hashlib.sha256(self.file.name.encode() + b"\n" + self.file.content).hexdigest()

    @property
    def reasoning(self) -> str | None:
        """The key under which the format takes what was thought; None where it takes none."""
        return self._format.reasoning

    @cached_property
    def backend(self) -> Any:
        """The same as a tokenizer of `transformers`, for what asks for one.

        It saves itself by copying its file, which lies in a temporary folder as long as it lives.
        """
        from transformers.tokenization_mistral_common import MistralCommonBackend

        folder = tempfile.mkdtemp(prefix="dataprep-mistral-")
        path = Path(folder) / self.file.name
        path.write_bytes(self.file.content)
        backend = MistralCommonBackend(str(path), mode="finetuning")
        weakref.finalize(backend, shutil.rmtree, folder, ignore_errors=True)
        return backend

    def encode(self, messages: Sequence[Message], tools: Any = None) -> Tokenised:
        """Ids as mistral-common writes them for fine-tuning, labels on the answers alone.

        Those of weight 0 are left out. Raises TemplateError for a conversation that it refuses.
        """
        ids: list[int] = []
        labels: list[int] = []
        turns = self._format.turns(messages, tools)
        for turn in turns:
            ids += turn.ids
            labels += turn.ids if turn.learned else [IGNORED] * len(turn.ids)
        thoughts = sum(bool(messages[n].get(REASONING)) for n in learned_turns(messages))
        return Tokenised(
            ids,
            labels,
            Rendered(
                "",
                (),
                turns=sum(turn.learned for turn in turns),
                thoughts=thoughts,
                thoughtless=0 if self.reasoning else thoughts,
            ),
        )

    def encode_batch(
        self, conversations: Sequence[tuple[Sequence[Message], Any]]
    ) -> list[Tokenised | TemplateError]:
        """The same for many (messages, tools); one that is refused is an error in its place."""
        made: list[Tokenised | TemplateError] = []
        for messages, tools in conversations:
            try:
                made.append(self.encode(messages, tools))
            except TemplateError as error:
                made.append(error)
        return made

    def encode_text(self, text: str) -> Tokenised:
        """Ids of a text that is learned whole, between the tokens that begin and end one."""
        with refusals():
            ids = list(self._pieces.encode(text, bos=True, eos=True))
        return Tokenised(ids, list(ids))

    def starts_of(self, text: str) -> list[int]:
        """Where each token of a text starts in it, in code points."""
        with refusals():
            sizes = [self._bytes_of(i) for i in self._pieces.encode(text, bos=False, eos=False)]
        starts = [n for n, char in enumerate(text) for _ in char.encode(errors="surrogatepass")]
        before = max(sum(sizes) - len(starts), 0)  # SentencePiece sees a blank in front of a text
        last = len(starts) - 1
        ends = [0, *accumulate(sizes)][: len(sizes)]
        return [starts[min(max(end - before, 0), last)] for end in ends]

    def _bytes_of(self, number: int) -> int:
        """The bytes that a token stands for in a text."""
        if hasattr(self._pieces, "id_to_byte_piece"):
            return len(self._pieces.id_to_byte_piece(number))
        piece = str(self._pieces.id_to_piece(number))
        return 1 if _BYTE.fullmatch(piece) else len(piece.replace("▁", " ").encode())

    def render(self, messages: Sequence[Message], tools: Any = None) -> Rendered:
        """The text of the ids, and where in it the answers stand."""
        text = ""
        answers = []
        for turn in self._format.turns(messages, tools):
            start, text = len(text), text + self.decode(turn.ids)
            if turn.learned:
                answers.append((start, len(text)))
        return Rendered(text, tuple(answers))

    def pieces_of(self, ids: Sequence[int]) -> list[str]:
        """Each id as a person reads it; a part of a character as its bytes, `<0xE2>`."""
        return [self._piece(int(i)) for i in ids]

    def _piece(self, number: int) -> str:
        piece = str(self._pieces.id_to_piece(number))
        if "\ufffd" in piece and hasattr(self._pieces, "id_to_byte_piece"):
            return "".join(f"<0x{byte:02X}>" for byte in self._pieces.id_to_byte_piece(number))
        return "\n" if piece == "<0x0A>" else piece.replace("▁", " ")

    def decode(self, ids: Sequence[int]) -> str:
        """The text of some ids, special tokens included."""
        pieces = self._pieces
        runs = groupby(map(int, ids), pieces.is_special)
        return "".join(
            "".join(map(pieces.id_to_piece, run)) if special else pieces.decode(list(run))
            for special, run in runs
        )

    def save(self, folder: Path) -> None:
        """Write the file under the name that mistral-common, vLLM and transformers look for."""
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / self.file.name, self.file.content)
        write_whole(folder / "tokenizer_config.json", json.dumps(_CONFIG).encode())
