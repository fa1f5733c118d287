"""What `check --tokens` tells: tokens by split, epochs, cost, and what would be cut off."""

from __future__ import annotations

from typing import Any, TextIO

from rich.table import Table as Grid
from rich.text import Text

from dataprep.report.terminal import console, counted, plain
from dataprep.tokens import TokenAccount


def show_tokens(account: TokenAccount, stream: TextIO) -> None:
    """The account of a dataset, with what is not sure about it said in words."""
    screen = console(stream)
    for part in account_parts(account):
        screen.print(part)


def account_parts(account: TokenAccount) -> list[Grid | Text]:
    """The table of the splits, and a line each for training, doubts and what is too long."""
    about = "" if account.counter.exact else "about "
    lines = (*_training(account, about), *_doubts(account), *_over(account, about))
    return [_splits(account, about), *map(plain, lines)]


def tokens_json(account: TokenAccount) -> dict[str, Any]:
    """The same as data; `cut` and `of` are tokens of an answer."""
    price = account.reader.model.price if account.reader and account.reader.model else None
    return {
        "counted_with": account.counter.source,
        "exact": account.counter.exact,
        "error": account.counter.error,
        "whole": account.whole,
        "limit": account.limit,
        "splits": {
            name: {
                "examples": split.examples,
                "tokens": split.tokens,
                "tokens_least": split.least,
                "median": split.quantile(0.5),
                "p95": split.quantile(0.95),
                "longest": split.longest,
                "trained": name in account.trained,
            }
            for name, split in account.splits.items()
        },
        "epochs": account.epochs,
        "epochs_asked": bool(account.asked_epochs),
        "tokens_trained": account.tokens * account.epochs,
        "usd": account.dollars,
        "price_as_of": price.as_of if price else None,
        "over_limit": account.over_limit,
        "over": [
            {
                "file": over.place.file,
                "line": over.place.line,
                "tokens": over.tokens,
                "cut": over.cut,
                "of": over.of,
            }
            for over in account.over
        ],
    }


def _splits(account: TokenAccount, about: str) -> Grid:
    grid = Grid(box=None, pad_edge=False, show_edge=False)
    for column in ("split", "examples", "tokens", "median", "95 in 100", "longest"):
        grid.add_column(column, justify="left" if column == "split" else "right")
    for name, split in account.splits.items():
        sizes = (split.tokens, split.quantile(0.5), split.quantile(0.95), split.longest)
        cells = (name, f"{split.examples:,}", *(f"{about}{size:,}" for size in sizes))
        grid.add_row(*map(plain, cells))
    return grid


def _training(account: TokenAccount, about: str) -> list[str]:
    epochs = counted(account.epochs, "epoch")
    why = "asked for" if account.asked_epochs else "as OpenAI's cookbook reckons them"
    lines = [f"{epochs}, {why}: {about}{account.tokens * account.epochs:,} tokens to train"]
    reader, cost = account.reader, account.dollars
    price = reader.model.price if reader and reader.model else None
    if cost is None or price is None or reader is None:
        lines.append("cost: unknown (no price in the table; give one with --providers FILE)")
    else:
        rate = f"{price.training_usd_per_million:g} USD a million at {reader.provider.title}"
        told = f"{cost:,.2f}" if cost >= 1 else f"{cost:.4f}"
        lines.append(f"cost: {about}{told} USD ({rate}, {price.as_of}, {price.confidence})")
    return lines


def _doubts(account: TokenAccount) -> list[str]:
    lines = [f"counted with {account.counter.source}"]
    if not account.counter.exact:
        lines[0] += f", right within {account.counter.error:.0%} on running text"
    if not account.counter.per_message:
        lines.append("without what the model's chat template puts around the messages")
    if not account.whole:
        least = sum(split.least for split in account.trained.values())
        lines.append(
            "tools, tool calls and names are counted as their JSON, images as 85 tokens; what they "
            f"cost is not documented (without tools and names: {least:,} tokens an epoch)"
        )
    return lines


def _over(account: TokenAccount, about: str) -> list[str]:
    if account.limit is None:
        return ["limit of an example: unknown for this model"]
    if not account.over_limit:
        return [f"no example is over the limit of {account.limit:,} tokens"]
    lines = [f"{counted(account.over_limit, 'example')} over the limit of {account.limit:,} tokens"]
    for over in account.over:
        size = f"{about}{over.tokens:,} tokens"
        cut = f"{over.cut:,} of {over.of:,} answer tokens cut off"
        lines.append(f"  {over.place}: {size}, {about}{cut}")
    more = account.over_limit - len(account.over)
    return [*lines, f"  and {more:,} more"] if more else lines
