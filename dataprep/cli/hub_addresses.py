"""Where an address of the Hugging Face Hub may stand on a command line, and where not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from dataprep.cli.flag_owners import Command, known_command
from dataprep.finding import UsageError
from dataprep.shell import command_line

_READERS: tuple[Command, ...] = (
    *(("convert",), ("check",), ("init",)),
    *(("train", kind) for kind in ("t5", "llama", "mistral", "dpo", "kto", "grpo")),
)
"""Commands that read a data set from the Hub."""


def refuse_hub_addresses(arguments: Sequence[str], outputs: Collection[str]) -> None:
    """Raise UsageError for an address of the Hub that would be taken for a folder of that name.

    `outputs` are the flags that say where something is written.
    """
    if not any("hf:/" in part for part in arguments):
        return
    from dataprep.sources.hub_download import as_typed, is_hub_address

    command = known_command([*arguments[:2]]) or ()
    for before, part in pairwise(["", *arguments]):
        flag, _, value = part.partition("=") if part.startswith("-") else (before, "", part)
        if not is_hub_address(value) or " " in value:  # a sentence is a text to be answered
            continue
        address = as_typed(value)
        if flag in outputs:
            words = f"{address} is a place on the Hugging Face Hub, and outputs are written here."
            raise UsageError(
                words, "Name a folder, and push it: hf upload OWNER/NAME FOLDER --repo-type=dataset"
            )
        if command == ("check",) and any(each.startswith("--fix") for each in arguments):
            name = address.partition("datasets/")[2]
            raise UsageError(
                f"{address} lies on the Hugging Face Hub, and --fix mends files that lie here.",
                f"Get it first: hf download {name} --repo-type=dataset --local-dir FOLDER",
            )
        if command not in _READERS and not flag.startswith("-"):
            raise UsageError(
                f"{address} lies on the Hugging Face Hub, and dataprep {' '.join(command)} reads"
                " what lies here.",
                f"Make an output of it first: {command_line('convert', address, to='openai-chat')}",
            )
