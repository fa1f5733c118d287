"""Where addresses may stand on a command line: those of the Hugging Face Hub, and others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from dataprep.addresses import is_address, refuse_address
from dataprep.cli.flag_owners import Command, known_command
from dataprep.finding import UsageError
from dataprep.shell import command_line

_READERS: tuple[Command, ...] = (
    *(("convert",), ("check",), ("init",)),
    *(("train", kind) for kind in ("t5", "llama", "mistral", "dpo", "kto", "grpo")),
)
"""Commands that read a data set from the Hub."""


_TEXTS: tuple[Command, ...] = (("predict",), ("chat",), ("explain",), ("schema",))
"""Commands whose words may be any text."""

_OF_FILES = (
    *("--recipe", "-r", "--label-config", "--settled", "--splits-from", "--providers", "--folder"),
    *("--evaluation", "--completion-schema", "--tokenizer", "--run"),
)
"""Flags whose value is a file or folder of this machine."""


def refuse_addresses(arguments: Sequence[str], outputs: Collection[str]) -> None:
    """Raise UsageError for an address of the web, or of a store, in the place of a file or folder.

    `outputs` are the flags that say where something is written. With one slash it may be a folder
    that is called so, which is looked for.
    """
    if not any("://" in part for part in arguments):
        return
    command = known_command([*arguments[:2]]) or ()
    for before, part in pairwise(["", *arguments]):
        flag, _, value = part.partition("=") if part.startswith("-") else (before, "", part)
        if "://" not in value:
            continue
        positional = not flag.startswith("-") and command not in _TEXTS
        if is_address(value) and command in _READERS and _is_of_hub(value):
            continue  # what it is there is told where it is read
        if flag in outputs or flag in _OF_FILES or positional:
            refuse_address(value, output=flag in outputs)


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


def _is_of_hub(address: str) -> bool:
    from dataprep.sources.hub_download import hub_hint

    return bool(hub_hint(address))
