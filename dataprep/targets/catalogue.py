"""The table of targets: name -> schema, writer, reader, provider. A new target is a new row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from dataprep.formats.alpaca import alpaca_row
from dataprep.formats.chat import chat_row
from dataprep.formats.feedback import kto_rows
from dataprep.formats.format import BuildRow, BuildRows
from dataprep.formats.pair import pair_row
from dataprep.formats.plain_rows import Quick, quick_chat, quick_item, quick_pair, quick_preference
from dataprep.formats.preference import WITHOUT_REJECTED, preference_row
from dataprep.formats.reinforcement import reinforcement_row
from dataprep.formats.sharegpt import sharegpt_row
from dataprep.formats.trl_preference import trl_preference_row
from dataprep.recipe import Target

_DISAPPROVED = "disapproved"
_COMPARED = "comparison"
"""A pair of which a supervised reader would learn an answer again, or a worse one."""
_UNASKED = ("chunk", "plain", "denoising", _DISAPPROVED, _COMPARED)


@dataclass(frozen=True, slots=True)
class TargetFormat:
    """One kind of file that is written, and for whom.

    `schema` names a file in schemas/; `not_for` are the shapes that cannot be written so; `rows`
    stands in the place of `row` where one example is several rows; `quick` is the short way of
    `row`; `provider` names whose limits and demands the files keep. `row_format` is the format
    that its rows are judged by; None for those that hold no such rows.
    """

    name: str
    road: Literal["closed", "open", "annotators"]
    schema: str
    reader: str
    not_for: tuple[str, ...] = ()
    row: Callable[[Target], BuildRow] | None = None
    rows: Callable[[Target], BuildRows] | None = None
    quick: Callable[[Target], Quick] | None = None
    provider: str | None = None
    row_format: str | None = None


CATALOGUE: dict[str, TargetFormat] = {
    f.name: f
    for f in (
        TargetFormat(
            name="prompt-completion",
            road="closed",
            schema="prompt-completion",
            reader="Together, Nebius, TRL; OpenAI's completion models until October 2026",
            not_for=("chunk", _DISAPPROVED, _COMPARED),
            row=pair_row,
            quick=quick_pair,
            row_format="prompt-completion",
        ),
        TargetFormat(
            name="openai-chat",
            road="closed",
            schema="openai-chat",
            reader="OpenAI, Azure OpenAI, Together, Fireworks, Nebius",
            not_for=_UNASKED,
            row=chat_row,
            quick=quick_chat,
            provider="openai",
            row_format="openai-chat",
        ),
        TargetFormat(
            name="azure",
            road="closed",
            schema="openai-chat",
            reader="Azure OpenAI, which wants a byte order mark",
            not_for=_UNASKED,
            row=chat_row,
            quick=quick_chat,
            provider="azure",
            row_format="openai-chat",
        ),
        TargetFormat(
            name="together",
            road="closed",
            schema="together",
            reader="Together",
            not_for=_UNASKED,
            row=chat_row,
            quick=quick_chat,
            provider="together",
            row_format="openai-chat",
        ),
        TargetFormat(
            name="fireworks",
            road="closed",
            schema="fireworks",
            reader="Fireworks",
            not_for=_UNASKED,
            row=chat_row,
            quick=quick_chat,
            provider="fireworks",
            row_format="openai-chat",
        ),
        TargetFormat(
            name="nebius",
            road="closed",
            schema="openai-chat",
            reader="Nebius Token Factory",
            not_for=_UNASKED,
            row=chat_row,
            quick=quick_chat,
            provider="nebius",
            row_format="openai-chat",
        ),
        TargetFormat(
            name="preference",
            road="closed",
            schema="preference",
            reader="OpenAI, Azure OpenAI, Together, Fireworks (direct preference optimisation)",
            not_for=WITHOUT_REJECTED,
            row=preference_row,
            quick=quick_preference,
            provider="openai",
            row_format="preference",
        ),
        TargetFormat(
            name="reinforcement",
            road="closed",
            schema="reinforcement",
            reader="OpenAI until October 2026, Azure OpenAI (reinforcement fine-tuning)",
            not_for=_UNASKED,
            row=reinforcement_row,
            quick=quick_item,
            provider="azure",
            row_format="reinforcement",
        ),
        TargetFormat(
            name="trl-preference",
            road="open",
            schema="trl-preference",
            reader="TRL's trainers of preferences",
            not_for=WITHOUT_REJECTED,
            row=trl_preference_row,
            row_format="trl-preference",
        ),
        TargetFormat(
            name="kto",
            road="open",
            schema="kto",
            reader="TRL's KTOTrainer (answers with a verdict each)",
            not_for=("chunk", "plain", "denoising", "reinforcement"),
            rows=kto_rows,
            row_format="kto",
        ),
        TargetFormat(
            name="alpaca",
            road="open",
            schema="alpaca",
            reader="LLaMA-Factory, Axolotl",
            not_for=_UNASKED,
            row=alpaca_row,
            row_format="alpaca",
        ),
        TargetFormat(
            name="sharegpt",
            road="open",
            schema="sharegpt",
            reader="LLaMA-Factory, Axolotl",
            not_for=_UNASKED,
            row=sharegpt_row,
            row_format="sharegpt",
        ),
        TargetFormat(
            name="t5",
            road="open",
            schema="t5",
            reader="trainers/t5.py, Seq2SeqTrainer, datasets",
            not_for=("chunk", "plain", _DISAPPROVED, _COMPARED),
        ),
        TargetFormat(
            name="causal",
            road="open",
            schema="causal",
            reader="trainers/causal.py (LLaMA, Mistral), TRL, datasets, Together",
            not_for=("chunk", "denoising", _DISAPPROVED, _COMPARED),
        ),
        TargetFormat(
            name="label-studio",
            road="annotators",
            schema="label-studio-tasks",
            reader="Label Studio's import",
            not_for=(_DISAPPROVED,),
        ),
    )
}
