"""How a trained model ends its answers anywhere: what config and generation_config say of it."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from transformers import GenerationConfig

from trainers.dataset import Dataset, Words
from trainers.models import vocabulary_of

TAIL = 4
"""Tokens from the end of an answer among which the one that closes it stands."""
_SAMPLING = ("temperature", "top_p", "min_p", "top_k", "typical_p", "epsilon_cutoff", "eta_cutoff")


def learned_ends(dataset: Dataset, words: Words) -> tuple[int, ...]:
    """The tokens that close the answers of the train split, the most frequent first.

    A template may write a line break behind them, which is learned too. A special token closes
    answers wherever one does; another added token only where most do.
    """
    tails = dataset.train.answer_tails(TAIL, dataset.entry.get("max_length"))
    return closing_tokens(tails, words)


def closing_tokens(tails: Mapping[tuple[int, ...], int], words: Words) -> tuple[int, ...]:
    """Of the ids that answers end in, with their counts, those that close one."""
    counts: Counter[int] = Counter()
    for tail, times in tails.items():
        counts.update(dict.fromkeys(_last_word(tail, words), times))
    most = counts.total() / 2
    often = {i for i in words.added if counts[i] > most}
    return tuple(i for i, _ in counts.most_common() if i in words.special or i in often)


def _last_word(tail: Sequence[int], words: Words) -> Iterator[int]:
    """The last id that is no white space, if there is one."""
    for token in reversed(tail):
        if token in words.added or words.decode([[token]])[0].strip():
            yield token
            return


def settle_generation(net: Any, words: Words, learned: Sequence[int]) -> Words:
    """Write where answers end, and the tokenizer's pad and bos, into the settings of `net`.

    It stops at `learned`, at the tokenizer's ends and where it stopped before. Returns the words
    with the same ends.
    """
    settings, config = net.generation_config, written_config(net)
    had = [*_ids(settings.eos_token_id), *_ids(config.eos_token_id)]
    size = vocabulary_of(net)
    ends = list(dict.fromkeys(i for i in (*learned, *words.ends, *had) if 0 <= i < size))
    for holder in (settings, config):
        holder.eos_token_id = ends[0] if len(ends) == 1 else list(ends)
        holder.pad_token_id = words.pad
        if not config.is_encoder_decoder:
            holder.bos_token_id = words.bos
    net.generation_config = _saveable(settings)
    return dataclasses.replace(words, ends=tuple(ends))


def written_config(net: Any) -> Any:
    """The config that says how a model writes: of one that also sees, that of the part for text."""
    config = net.config
    return config if config.is_encoder_decoder else config.get_text_config()


def caches(net: Any) -> bool:
    """Whether a model answers with its cache; it does where its config does not say."""
    return bool(getattr(written_config(net), "use_cache", True))


def ends_of(net: Any, words: Words) -> tuple[int, ...]:
    """The tokens that a saved model stops at, and those of its tokenizer."""
    return tuple(dict.fromkeys((*_ids(net.generation_config.eos_token_id), *words.ends)))


def _saveable(settings: GenerationConfig) -> GenerationConfig:
    """Settings as `save_pretrained` takes them: Llama 2's own name a temperature and no sampling.

    What is sampled stays sampled, what is greedy stays greedy.
    """
    if _is_valid(settings):
        return settings
    if not settings.do_sample:
        for name in _SAMPLING:
            setattr(settings, name, None)
    if _is_valid(settings):
        return settings
    kept = ("eos_token_id", "pad_token_id", "bos_token_id", "decoder_start_token_id")
    return GenerationConfig(**{n: getattr(settings, n) for n in kept})  # type: ignore[no-untyped-call]


def _is_valid(settings: GenerationConfig) -> bool:
    try:
        settings.validate(strict=True)
    except ValueError:
        return False
    return True


def _ids(value: int | Iterable[int] | None) -> Iterator[int]:
    if value is None:
        return
    yield from (value,) if isinstance(value, int) else map(int, value)
