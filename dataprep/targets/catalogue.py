"""The table of targets: name -> schema, writer, reader, provider. A new target is a new row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from dataprep.recipe import Target
from dataprep.targets.preference import WITHOUT_REJECTED, preference_row
from dataprep.targets.rows import BuildRow, chat_row, pair_row


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file that is written, and for whom.

    `schema` names a file in schemas/; `not_for` are the shapes that cannot be written so.
    """

    name: str
    road: Literal["closed", "open", "annotators"]
    schema: str
    reader: str
    not_for: tuple[str, ...] = ()
    row: Callable[[Target], BuildRow] | None = None


CATALOGUE: dict[str, Format] = {
    f.name: f
    for f in (
        Format(
            name="prompt-completion",
            road="closed",
            schema="prompt-completion",
            reader="Together, Nebius, TRL; OpenAI's completion models until October 2026",
            not_for=("chunk",),
            row=pair_row,
        ),
        Format(
            name="openai-chat",
            road="closed",
            schema="openai-chat",
            reader="OpenAI, Azure OpenAI, Together, Fireworks, Nebius",
            not_for=("chunk", "plain", "denoising"),
            row=chat_row,
        ),
        Format(
            name="preference",
            road="closed",
            schema="preference",
            reader="OpenAI (direct preference optimisation)",
            not_for=WITHOUT_REJECTED,
            row=preference_row,
        ),
        Format(
            name="t5",
            road="open",
            schema="t5",
            reader="trainers/t5.py, Seq2SeqTrainer, datasets",
            not_for=("chunk", "plain"),
        ),
        Format(
            name="causal",
            road="open",
            schema="causal",
            reader="trainers/causal.py (LLaMA, Mistral), TRL, datasets, Together",
            not_for=("chunk", "denoising"),
        ),
        Format(
            name="label-studio",
            road="annotators",
            schema="label-studio-tasks",
            reader="Label Studio's import",
        ),
    )
}
