"""Where addresses may stand on a command line: those of the Hugging Face Hub, and others."""

from __future__ import annotations

from collections.abc import Sequence

from dataprep.addresses import is_address, refuse_address
from dataprep.cli.command_words import OUTPUTS, WordValue, values
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

_OUTPUTS = (*OUTPUTS, "--data")


def refuse_addresses(arguments: Sequence[str]) -> None:
    """Raise UsageError for an address in the place of a file or folder, but where it is read.

    One of the web, or of a store, is read nowhere; with one slash it may be a folder that is called
    so, which is looked for. One of the Hub is read where data sets are.
    """
    if not any(":/" in part for part in arguments):
        return
    command = known_command(arguments)
    for word in values(arguments):
        if "://" in word.value:
            _refuse_elsewhere(word, command)
        if "hf:/" in word.value:
            _refuse_hub(word, command, mends=any(part.startswith("--fix") for part in arguments))


def _refuse_elsewhere(word: WordValue, command: Command) -> None:
    flag, value = word
    if is_address(value) and command in _READERS and _is_of_hub(value):
        return  # what it is there is told where it is read
    is_output = flag in _OUTPUTS
    if is_output or flag in _OF_FILES or (not flag and command not in _TEXTS):
        refuse_address(value, output=is_output)


def _refuse_hub(word: WordValue, command: Command, *, mends: bool) -> None:
    from dataprep.sources.hub_download import as_typed, is_hub_address

    flag, value = word
    if not is_hub_address(value) or " " in value:  # a sentence is a text to be answered
        return
    address = as_typed(value)
    if flag in _OUTPUTS:
        words = f"{address} is a place on the Hugging Face Hub, and outputs are written here."
        raise UsageError(
            words, "Name a folder, and push it: hf upload OWNER/NAME FOLDER --repo-type=dataset"
        )
    if command == ("check",) and mends:
        name = address.partition("datasets/")[2]
        raise UsageError(
            f"{address} lies on the Hugging Face Hub, and --fix mends files that lie here.",
            f"Get it first: hf download {name} --repo-type=dataset --local-dir FOLDER",
        )
    if command not in _READERS and not flag:
        raise UsageError(
            f"{address} lies on the Hugging Face Hub, and dataprep {' '.join(command)} reads"
            " what lies here.",
            f"Make an output of it first: {command_line('convert', address, to='openai-chat')}",
        )


def _is_of_hub(address: str) -> bool:
    from dataprep.sources.hub_download import hub_hint

    return bool(hub_hint(address))
