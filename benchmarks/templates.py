"""Chat templates as they are rendered here, side by side with `apply_chat_template`.

The templates are TRL's and our own; a round renders one conversation many times, and the best of
five rounds counts, in processor time.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROUNDS = 5
EXPECTED = 4.0
"""How many times as fast a conversation is to be rendered."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """How long a conversation, and how often it is rendered in a round."""
    parser.add_argument("--turns", type=int, default=20)
    parser.add_argument("--times", type=int, default=50)


def main(options: argparse.Namespace) -> None:
    """Measure each family of templates, and print the ratios."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    from dataprep.tokens.chat_template import ChatTemplate
    from dataprep.tokens.messages import TemplateError

    backend: Any = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.BPE()))
    pair = (
        {"role": "user", "content": "a question " * 20},
        {"role": "assistant", "content": "b " * 50},
    )
    messages: list[Any] = [message for _ in range(options.turns // 2) for message in pair]
    print(f"| template ({options.turns} turns) | apply_chat_template | dataprep | times as fast |")
    print("| --- | ---: | ---: | ---: |")
    found: dict[str, float] = {}
    for name, source in _sources():
        backend.chat_template = source
        metered = ChatTemplate(backend, name)
        try:
            ours = metered.text(messages, None)
        except TemplateError:
            continue  # it takes lists of parts alone
        said: Any = metered.shape.shaped(messages)
        theirs = backend.apply_chat_template(said, tokenize=False)
        if ours != theirs:
            raise SystemExit(f"{name}: the texts differ")
        plain = _best(partial(backend.apply_chat_template, said, tokenize=False), options.times)
        own = _best(partial(metered.text, messages, None), options.times)
        found[name] = plain / own
        print(f"| {name} | {plain:.0f} µs | {own:.1f} µs | {plain / own:.1f} |")
    slowest = min(found, key=lambda name: found[name])
    verdict = "met" if found[slowest] >= EXPECTED else "missed"
    print(f"\nleast: {slowest}, {found[slowest]:.1f}x; expected {EXPECTED:.1f}x  {verdict}\n")


def _sources() -> Iterator[tuple[str, str]]:
    from dataprep.tokens.chat_load import LLAMA_3, PLAIN, TRAINED

    yield from {"LLAMA_3": LLAMA_3, "PLAIN": PLAIN, "TRAINED": TRAINED}.items()
    if (trl := find_spec("trl")) is not None and trl.origin is not None:
        for path in sorted(Path(trl.origin).parent.glob("chat_templates/*.jinja")):
            yield path.stem, path.read_text("utf-8")


def _best(render: Callable[[], object], times: int) -> float:
    """Microseconds of processor time for one rendering, in the best round."""
    rounds = []
    for _ in range(ROUNDS):
        before = time.process_time()
        for _ in range(times):
            render()
        rounds.append((time.process_time() - before) / times * 1e6)
    return min(rounds)
