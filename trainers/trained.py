"""A finished run, loaded: what was trained, how a row becomes its ids, and what it says to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig
from transformers.generation.streamers import BaseStreamer

from dataprep.finding import EnvironmentProblem, UsageError, excerpt
from dataprep.formats import question_of, tools_of
from dataprep.jsonio import Json
from dataprep.names import utf8_path
from dataprep.panics import caught_panics
from dataprep.tokens import Codec, Pair, encode_pairs, load_chat_tokenizer, load_tokenizer
from trainers import answers, fitting, model_files, models
from trainers.dataset import Words
from trainers.generation import ends_of
from trainers.rows import Family
from trainers.run_folder import SETTINGS, day_in, settings_of
from trainers.wording import Wording, of_run

_RESTORE = "Restore the files, or train again."

Ask = Callable[[Sequence[Json]], list[list[int]]]


@dataclass(frozen=True, slots=True)
class Trained:
    """A run folder, loaded: what was trained, and how texts become its ids and come back."""

    net: Any
    words: Words
    family: Family
    target: str
    settings: Json
    ask: Ask
    read: Callable[[str], str]

    @property
    def wording(self) -> Wording:
        """How the training asked about a text; a text as it is where it asked in several ways."""
        return of_run(self.settings) or Wording()


def load(run: Path) -> Trained:
    """A finished run. Raises UsageError for another folder, and for one that is damaged."""
    if not (run / SETTINGS).is_file() or not (run / "model" / "config.json").is_file():
        raise UsageError(
            f"{run} is no finished run of dataprep train.", "Name the folder that train wrote."
        )
    fitting.settle(0)
    settings = settings_of(run)
    entry: Any = settings.get("dataset")
    family: Family | None = settings.get("family")
    whole = isinstance(entry, dict) and isinstance(entry.get("tokenizer"), dict)
    whole = whole and (family != "t5" or type(entry.get("max_input")) is int)
    if family not in ("t5", "causal") or not isinstance(settings.get("target"), str) or not whole:
        raise UsageError(
            f"{run / SETTINGS} lacks the family, the target or the dataset of a run.",
            "Restore the file, or train again.",
        )
    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        with utf8_path(run / "model") as place, caught_panics():
            kind = models.loader(AutoConfig.from_pretrained(place), family)
            net = model_files.load_whole(kind, place, use_safetensors=True)
    except (MemoryError, torch.OutOfMemoryError):
        raise
    except UsageError as error:
        raise UsageError(error.message, _RESTORE) from None
    except Exception as error:  # the libraries raise whatever a damaged file brings them to
        why = excerpt(str(error), 100) or type(error).__name__
        raise UsageError(f"{run / 'model'} cannot be loaded: {why}.", _RESTORE) from None
    net = net.to(device).eval()
    make = _load_t5 if family == "t5" else _load_causal
    return make(run / "model", net, settings)


def _load_t5(folder: Path, net: Any, settings: Json) -> Trained:
    tokenizer = load_tokenizer(str(folder))
    entry = settings["dataset"]
    codec = Codec.recorded(tokenizer, entry["codec"]) if entry.get("codec") else None

    def ask(rows: Sequence[Json]) -> list[list[int]]:
        pairs = [Pair(text_of(row), "") for row in rows]
        return encode_pairs(tokenizer, pairs, entry["max_input"], 2, codec).input_ids

    read = codec.decode if codec else str
    words = models.t5_words(tokenizer)
    words = replace(words, ends=ends_of(net, words))
    return Trained(net, words, "t5", settings["target"], settings, ask, read)


def _load_causal(folder: Path, net: Any, settings: Json) -> Trained:
    tokenizer = load_chat_tokenizer(str(folder), day=day_in(settings))

    def ask(rows: Sequence[Json]) -> list[list[int]]:
        """By the one renderer: what stands before an answer, when there is one."""
        made = []
        for row in rows:
            asked = [*question_of(row), {"role": "assistant", "content": "-"}]
            coded = tokenizer.encode(asked, tools_of(row))
            made.append(coded.input_ids[: answers.last_answer(coded.labels)[0]])
        return made

    words = models.causal_words(tokenizer)
    words = replace(words, ends=ends_of(net, words))
    return Trained(net, words, "causal", settings["target"], settings, ask, str)


def answer_texts(
    trained: Trained, texts: Sequence[str], most: int, *, as_is: bool = False
) -> list[str]:
    """The answers to texts, in their order, each asked about as the training asked, or `as_is`."""
    wording = Wording() if as_is else trained.wording
    return answer_rows(trained, [wording.row(text) for text in texts], most)


def answer_rows(trained: Trained, rows: Sequence[Json], most: int) -> list[str]:
    """The answers to rows that ask something, in their order, each of at most `most` tokens."""
    made = dict(answers_of(trained, trained.ask(rows), most))
    return [made[number] for number in range(len(rows))]


def answers_of(
    trained: Trained, asked: Sequence[list[int]], most: int
) -> Iterator[tuple[int, str]]:
    """The answers, rows of like length together."""
    try:
        for batch in answers.by_length([(len(ids), most) for ids in asked]):
            made = generated(trained, [asked[n] for n in batch], most)
            for number, text in zip(batch, trained.words.decode(made), strict=True):
                yield number, trained.read(text)
    except torch.OutOfMemoryError as error:
        raise EnvironmentProblem(
            f"The memory is too small for answers of {most:,} tokens.",
            "Try a lower --max-new-tokens; what was answered is kept.",
        ) from error


def generated(
    trained: Trained, asked: Sequence[list[int]], most: int, streamer: BaseStreamer | None = None
) -> list[list[int]]:
    """The ids of the answers. Raises UsageError where the settings of the model allow none."""
    try:
        return answers.generate(trained.net, trained.words, asked, most, streamer)
    except (MemoryError, torch.OutOfMemoryError):
        raise
    except UsageError as error:
        raise UsageError(error.message, _RESTORE) from None
    except Exception as error:  # the libraries raise whatever settings bring them to
        why = excerpt(str(error), 100) or type(error).__name__
        raise UsageError(
            f"The model cannot answer: {why}.",
            "Restore its config.json and generation_config.json, or train again.",
        ) from None


def text_of(row: Json) -> str:
    """What is asked, as one text."""
    asked = [m for m in question_of(row) if m["role"] != "assistant"]
    return "\n\n".join(str(m.get("content") or "") for m in asked)
