"""Validators that others wrote, each in a virtual environment of its own below `.oracles/`.

An oracle is a script that reads rows, one JSON object a line, and answers each with one line: what
is wrong with it, as a JSON string, empty for nothing; or what it reads there, for a reader.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.real.environments import installing_below

HOME = Path(__file__).resolve().parents[2] / ".oracles"
SCRIPTS = Path(__file__).parent / "oracle_scripts"
TOOLS = Path(__file__).parent / "annotation_tool_scripts"
INSTALL_SECONDS = 600
RUN_SECONDS = 120


class OracleError(RuntimeError):
    """It could not be installed, or broke off; the message ends with what it said."""


@dataclass(frozen=True)
class Oracle:
    """A package in one version with what it needs beside, and the script that asks it."""

    package: str
    version: str
    script: str
    beside: tuple[str, ...] = ()

    def write(self, folder: Path) -> None:
        """Let the script write what the package makes into a folder."""
        _run([str(self.python()), "-W", "ignore", str(TOOLS / self.script), str(folder)])

    def verdicts(self, rows: Iterable[dict[str, Any]]) -> list[str]:
        """What it says of each row; empty where it finds nothing wrong."""
        return self.answers(rows)

    def answers(self, rows: Iterable[dict[str, Any]]) -> list[Any]:
        """What its script makes of each row."""
        text = "".join(json.dumps(row) + "\n" for row in rows)
        command = [str(self.python()), "-W", "ignore", str(SCRIPTS / self.script)]
        environment = os.environ | {"TOGETHER_NO_BANNER": "1"}
        done = subprocess.run(
            command,
            input=text,
            capture_output=True,
            text=True,
            timeout=RUN_SECONDS,
            check=False,
            env=environment,
        )
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        if done.returncode or len(answers) != text.count("\n"):
            raise OracleError(f"{self.package} broke off:\n{done.stderr[-2000:]}")
        return answers

    def outcome(self, tests: Path) -> str:
        """The last line of pytest over some tests of ours, where it stands beside our packages."""
        ours = os.pathsep.join([str(HOME.parent), sysconfig.get_path("purelib")])
        environment = os.environ | {"PYTHONPATH": ours, "PYTEST_ADDOPTS": ""}
        command = [str(self.python()), "-m", "pytest", "-p", "no:cacheprovider", str(tests)]
        return _run(command, environment).splitlines()[-1]

    def python(self) -> Path:
        """Its interpreter, installed unless it is there already in this version."""
        folder = HOME / f"{self.package}-{self.version}"
        python = folder / "bin" / "python"
        done = folder / "installed"
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        with installing_below(HOME):
            if not done.is_file():
                _run([sys.executable, "-m", "venv", "--clear", str(folder)])
                _run([*pip, f"{self.package}=={self.version}", *self.beside])
                done.touch()
        return python


TOGETHER = Oracle("together", "1.5.35", "together.py")
MISTRAL = Oracle("mistral-common", "1.13.1", "mistral.py")
ARGILLA = Oracle("argilla", "2.8.0", "argilla_2.py", ("requests",))
DOCCANO = Oracle("doccano", "1.8.4", "doccano.py", ("marshmallow<3.20", "setuptools<70", "numpy<2"))
SEQEVAL = Oracle("seqeval", "1.2.2", "tag_spans.py")
CONLLU = Oracle("conllu", "6.0.0", "treebank.py")
BRAT = Oracle("bioc", "2.1", "standoff.py", ("pybrat==0.1.7",))
WEBANNO = Oracle("web-anno-tsv", "0.0.1", "webanno_spans.py")
SPACY = Oracle("spacy", "3.8.18", "")
SECRET_SCANNER = Oracle("detect-secrets", "1.5.0", "secret_scanner.py")


def _run(command: list[str], environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=INSTALL_SECONDS,
        check=False,
        env=environment,
    )
    if done.returncode:
        raise OracleError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout.strip()
