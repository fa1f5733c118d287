"""What training libraries change in a process, put back as it was: a notebook lives on."""

from __future__ import annotations

import logging
import os
import random
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

_LOGGERS = ("huggingface_hub", "transformers")


@contextmanager
def restored() -> Iterator[None]:
    """Random numbers, threads, environment, warnings and the words of libraries, put back after it.

    Meanwhile libraries warn nobody, unless Python was told how to warn (-W).
    """
    import numpy as np

    environment, loggers = dict(os.environ), [logging.getLogger(name) for name in _LOGGERS]
    levels, drawn, numbers = (
        [each.level for each in loggers],
        random.getstate(),
        np.random.get_state(),
    )
    with warnings.catch_warnings(), ExitStack() as more:
        if not sys.warnoptions:
            warnings.simplefilter("ignore")
        try:
            more.enter_context(_torch_restored())
            yield
        finally:
            random.setstate(drawn)
            np.random.set_state(numbers)
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
            _put_back(environment)


@contextmanager
def _torch_restored() -> Iterator[None]:
    """The same of torch and of transformers' progress bars; nothing where there is none."""
    try:
        import torch
        from transformers.utils import logging as bars
    except ModuleNotFoundError:
        yield
        return
    threads, shown = torch.get_num_threads(), bars.is_progress_bar_enabled()
    try:
        with torch.random.fork_rng():
            yield
    finally:
        torch.set_num_threads(threads)
        if shown:
            bars.enable_progress_bar()  # type: ignore[no-untyped-call]


def _put_back(environment: dict[str, str]) -> None:
    for name in os.environ.keys() - environment.keys():
        del os.environ[name]
    for name, value in environment.items():
        if os.environ.get(name) != value:
            os.environ[name] = value


@contextmanager
def without_bar_warnings() -> Iterator[None]:
    """Libraries that are loaded meanwhile do not ask a notebook for widgets that nothing needs."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="IProgress not found")
        yield
