"""What training libraries change in a process, put back as it was: a notebook lives on."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from dataprep.api.loading import HUB_CODE

_LOGGERS = ("huggingface_hub", "transformers")


@contextmanager
def restored(*, models: bool = True) -> Iterator[None]:
    """Random numbers, threads, environment, warnings and the words of libraries, put back after it.

    Meanwhile libraries warn nobody, unless Python was told how to warn (-W). Torch is loaded for
    it, which takes seconds, unless it is said that no `models` run here.
    """
    hub_code = HUB_CODE in sys.modules
    with ExitStack() as before:
        before.enter_context(_environment_restored())
        before.enter_context(_words_restored())
        before.enter_context(_numbers_restored())
        if models:
            before.enter_context(_torch_restored())
        try:
            yield
        finally:
            if not hub_code:
                sys.modules.pop(HUB_CODE, None)


@contextmanager
def _environment_restored() -> Iterator[None]:
    before = dict(os.environ)
    try:
        yield
    finally:
        for name in os.environ.keys() - before.keys():
            del os.environ[name]
        for name, value in before.items():
            if os.environ.get(name) != value:
                os.environ[name] = value


@contextmanager
def _words_restored() -> Iterator[None]:
    """Warnings are not shown meanwhile; the levels of loggers come back."""
    import logging

    levels = {logger: logger.level for logger in map(logging.getLogger, _LOGGERS)}
    with warnings.catch_warnings():
        if not sys.warnoptions:
            warnings.simplefilter("ignore")
        try:
            yield
        finally:
            for logger, level in levels.items():
                logger.setLevel(level)


@contextmanager
def _numbers_restored() -> Iterator[None]:
    import random

    import numpy as np

    drawn, numbers = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(drawn)
        np.random.set_state(numbers)


@contextmanager
def _torch_restored() -> Iterator[None]:
    """Torch's random numbers and threads, and the bars of transformers and of the Hub's client."""
    try:
        import torch
        from transformers.utils import logging as bars
    except ModuleNotFoundError:
        yield
        return
    from dataprep.network import restored_hub_bars

    threads, shown = torch.get_num_threads(), bars.is_progress_bar_enabled()
    with restored_hub_bars():
        try:
            with torch.random.fork_rng():
                yield
        finally:
            torch.set_num_threads(threads)
            if shown:
                bars.enable_progress_bar()  # type: ignore[no-untyped-call]


@contextmanager
def without_bar_warnings() -> Iterator[None]:
    """Libraries that are loaded meanwhile do not ask a notebook for widgets that nothing needs."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="IProgress not found")
        yield
