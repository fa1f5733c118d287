"""A conversation with what was trained, answer by answer, as the words come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from transformers.generation.streamers import BaseStreamer

from dataprep.finding import UsageError
from dataprep.jsonio import Json
from trainers.trained import Trained, generated, load
from trainers.wording import Wording

Show = Callable[[str], None]
_LONGEST_ANSWER = 512
_CUT = "\N{REPLACEMENT CHARACTER}"
"""What a decoder writes for the first bytes of a character."""


@dataclass(slots=True)
class ChatSession:
    """A run that remembers what was said, unless its training knew single questions alone.

    `wording` is how a text is asked about; None asks it as it is.
    """

    trained: Trained
    wording: Wording | None = None
    system: str | None = None
    most: int = _LONGEST_ANSWER
    turns: list[Json] = field(default_factory=list)
    left_out: int = 0
    """Turns at the beginning that the model no longer reads: the conversation grew too long."""

    @property
    def remembers(self) -> bool:
        """Whether an answer depends on the turns before: not of a T5, and not where all questions
        of the training were worded alike."""
        return self.trained.family == "causal" and self.wording is None

    def begin_anew(self) -> None:
        """Forget what was said."""
        self.turns, self.left_out = [], 0

    def say(self, text: str, show: Show) -> str:
        """The answer to a text; `show` gets it piece by piece.

        Raises UsageError for a text that alone is longer than the model reads. A question that
        ends so, or that is interrupted, is forgotten.
        """
        question = (self.wording or Wording()).row(text)["messages"][-1]
        ids, kept = self._ids([*self.turns, question] if self.remembers else [question])
        streamer = _Streamer(self.trained, show)
        made = generated(self.trained, [ids], self.most, streamer)[0]
        answer = self.trained.read(self.trained.words.decode([made])[0])
        streamer.show_rest(answer)
        if self.remembers:
            self.left_out += len(self.turns) + 1 - len(kept)
            self.turns = [*kept, {"role": "assistant", "content": answer}]
        return answer

    def _ids(self, turns: list[Json]) -> tuple[list[int], list[Json]]:
        """What is asked, in ids, and the turns in it: as many of the last as the model reads."""
        system = self.system or (self.wording.system if self.wording else None)
        before = [{"role": "system", "content": system}] if system else []
        while True:
            ids = self.trained.ask([{"messages": [*before, *turns]}])[0]
            room = self.room()
            if room is None or len(ids) + self.most <= room:
                return ids, turns
            if len(turns) == 1:
                raise UsageError(
                    f"The text has {len(ids):,} tokens, and with an answer of up to"
                    f" {self.most:,} the model reads {room:,}.",
                    "Say less, or allow a shorter answer with --max-new-tokens.",
                )
            turns = turns[2:]

    def room(self) -> int | None:
        """Tokens that the model has positions for; None where it sets no limit (T5)."""
        if self.trained.family == "t5":
            return None
        positions = getattr(self.trained.net.config, "max_position_embeddings", None)
        return positions if isinstance(positions, int) else None


def begin(
    run: Path, *, system: str | None = None, as_is: bool = False, max_new_tokens: int | None = None
) -> ChatSession:
    """Load a run to talk with; `as_is` leaves out the words that its training asked with.

    Raises UsageError for a folder that is no finished run, or damaged.
    """
    trained = load(run)
    worded = trained.wording != Wording() and not as_is
    made = ChatSession(trained, trained.wording if worded else None, system)
    room = made.room()
    made.most = max_new_tokens or min(_LONGEST_ANSWER, room // 2 if room else _LONGEST_ANSWER)
    return made


class _Streamer(BaseStreamer):
    """Shows an answer while it is made; what a token leaves open waits for the next."""

    def __init__(self, trained: Trained, show: Show) -> None:
        self._trained, self._show = trained, show
        self._ids: list[int] = []
        self._asked = False
        self._shown = ""

    def put(self, value: Any) -> None:
        """The ids of the question come first, as `generate` has them; then one by one."""
        if not self._asked:
            self._asked = True
            return
        found = value.tolist()
        new = found if isinstance(found, list) else [found]
        self._ids += [n for n in new if n not in self._trained.words.ends]
        self.show_rest(self._trained.read(self._trained.words.decode([self._ids])[0]).rstrip(_CUT))

    def end(self) -> None:
        """`show_rest` ends an answer."""

    def show_rest(self, text: str) -> None:
        """Show what was not shown yet; a text that began otherwise waits for its end."""
        if text.startswith(self._shown):
            self._show(text[len(self._shown) :])
            self._shown = text
