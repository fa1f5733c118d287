"""Coverage-guided fuzzing of a reader, through the command line: python -m tests.faults.fuzz.

Arguments: the ending of the file that is mutated, and then those of libFuzzer (a corpus folder,
`-max_total_time=60`). Needs atheris; ends with libFuzzer's code 77 at the first input for which a
command ends in no words.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import os
import pkgutil
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["dataprep"], enable_loader_override=False):
    import dataprep

    # All of it now: a module that is imported later would not be seen.
    for module in pkgutil.walk_packages(dataprep.__path__, "dataprep."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    from dataprep import cli

CODES = (0, 1, 2, 3, 4)
CONFIG = "config.xml"


def commands(ending: str) -> list[list[str]]:
    """What reads a file of that ending."""
    name = CONFIG if ending == "xml" else f"input.{ending}"
    if ending == "xml":
        return [["convert", "export.json", "--label-config", name, "-o", "out"]]
    if ending == "yaml":
        return [["convert", "-r", name, "-o", "out"]]
    converted = ["convert", name, "--to", "openai-chat", "-o", "out", "--drop-invalid"]
    if ending in ("jsonl", "json"):
        return [["check", name], ["check", name, "--fix=all", "--diff"], converted, ["init", name]]
    return [["check", name], converted]


def main() -> None:
    """Fuzz the readers of one ending in a folder of its own."""
    ending = sys.argv.pop(1)
    room = Path(tempfile.mkdtemp(prefix="dataprep-fuzz-"))
    os.chdir(room)
    (room / "export.json").write_text('[{"id": 1, "data": {"text": "a"}, "annotations": []}]')
    path = room / (CONFIG if ending == "xml" else f"input.{ending}")
    ways = commands(ending)

    def one_input(data: bytes) -> None:
        path.write_bytes(data[1:])
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = cli.run(ways[(data[0] if data else 0) % len(ways)])
        (room / "dataprep.yaml").unlink(missing_ok=True)
        if code not in CODES:
            raise AssertionError(f"ended with {code}: {said.getvalue()[-500:]}")

    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
