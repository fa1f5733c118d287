"""What every door does before anything may speak to the Hugging Face Hub."""

from __future__ import annotations

import os


def guard_hub_token() -> None:
    """Have no token of the Hub go unencrypted where HF_ENDPOINT names a server; else load nothing.

    Every door calls it: the command line, and what Python calls.
    """
    if "HF_ENDPOINT" in os.environ:
        from dataprep.network import keep_hub_token

        keep_hub_token()
