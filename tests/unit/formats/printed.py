"""The flags that a message prints, as a shell and then the command line would read them."""

import re
import subprocess
from typing import Any

from dataprep.conversion.recipe_flags import assembled

_WORD = r"""(?:\$'(?:\\.|[^'\\])*'|"[^"]*"|'[^']*'|[^\s'"$;,.]|\.(?=\S))+"""
_WHOLE = re.compile(rf"--(?:prompt|completion|system|carry|leave-out)[ =]{_WORD}", re.DOTALL)


def flags_in(message: str) -> list[dict[str, Any]]:
    """Each flag that a message prints as fields of a source."""
    return [_fields(flag) for flag in _WHOLE.findall(message)]


def _fields(flag: str) -> dict[str, Any]:
    shell = subprocess.run(  # the shell of a person, on words of this test
        ["bash", "-c", f"printf '%s\\0' {flag}"],
        capture_output=True,
        check=True,
        text=True,
    )
    words = shell.stdout.rstrip("\0").split("\0")
    name, value = words if len(words) == 2 else words[0].split("=", 1)
    name = name.removeprefix("--").replace("-", "_")
    given = (value,) if name in ("carry", "leave_out") else value
    recipe, _ = assembled(["rows.jsonl"], None, ["openai-chat"], {name: given})  # type: ignore[list-item]
    return {name: getattr(recipe.sources[0], name)}
