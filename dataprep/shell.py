"""Commands of the house as a shell takes them: whatever a name holds, it stays one word."""

from __future__ import annotations

import shlex
from pathlib import Path


def command_line(*words: str | Path, **flags: str | Path | bool) -> str:
    """A command with its words and flags, to be typed as it stands; `True` is a flag alone.

    A path that begins like a flag gets its folder, and such a value an equals sign.
    """
    typed = ["dataprep", *map(_word, words)]
    for name, value in flags.items():
        flag = flag_of(name)
        if value is True:
            typed.append(flag)
        elif value is not False:
            text = str(value)
            typed += [f"{flag}={text}"] if text.startswith("-") else [flag, text]
    return shlex.join(typed)


def flag_of(name: str) -> str:
    """The flag of an option as it is typed: --lora-targets of lora_targets."""
    return f"--{name.replace('_', '-')}"


def _word(word: str | Path) -> str:
    text = str(word)
    return f"./{text}" if isinstance(word, Path) and text.startswith("-") else text
