"""The commands: the module of each, and what the page of all of them says first."""

from __future__ import annotations

from typing import NamedTuple

ABOUT = """From annotations and raw text to a proven training set.

    dataprep convert export.json --label-config config.xml --to openai-chat -o out/
    dataprep check train.jsonl --target openai-chat
    dataprep train t5 out/        |   dataprep train openai out/ --dry-run
    """

TRAIN = (
    "Train from a converted dataset: t5, llama, mistral, dpo, kto and grpo on this machine; "
    "openai, azure, nebius and together at a provider."
)


class CommandModule(NamedTuple):
    """The module of a command, and what it calls several arguments (cyclopts would say ARGS).

    `about` is said of one that has commands of its own, and so no docstring.
    """

    module: str
    many: str = ""
    about: str = ""


COMMANDS = {
    "init": CommandModule("beginning", "SOURCES"),
    "convert": CommandModule("converting", "SOURCES"),
    "check": CommandModule("validating", "FILES"),
    "explain": CommandModule("judging", "CODES"),
    "show": CommandModule("judging"),
    "verify": CommandModule("judging"),
    "train": CommandModule("training", about=TRAIN),
    "jobs": CommandModule("closed_weights"),
    "predict": CommandModule("answering"),
    "chat": CommandModule("answering"),
    "export": CommandModule("open_weights"),
    "evaluate": CommandModule("roads"),
    "advise": CommandModule("roads"),
    "rescue": CommandModule("roads", "IDS"),
    "push": CommandModule("serving", "SOURCES"),
    "pull": CommandModule("serving"),
    "providers": CommandModule("judging"),
    "schema": CommandModule("judging"),
    "doctor": CommandModule("installing"),
    "completion": CommandModule("installing"),
}
