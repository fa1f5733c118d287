"""The commands about the installation itself: doctor and completion."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast, get_args

from dataprep.cli.screen import Flag, console
from dataprep.finding import EnvironmentProblem, UsageError

if TYPE_CHECKING:
    from dataprep.installation import Problem


Shell = Literal["bash", "zsh", "fish"]


def completion(shell: Shell | None = None, *, install: Flag = False) -> int:
    """Print the script that completes commands and flags in a shell, or install it.

    Example: dataprep completion bash --install

    Parameters
    ----------
    shell
        Which; the one that runs this command if left out.
    install
        Write the script where the shell looks for it; for bash and zsh also the line in
        ~/.bashrc or ~/.zshrc that loads it.
    """
    from dataprep import report
    from dataprep.cli import app

    shell = shell or _this_shell()
    if not install:
        report.write(app.generate_completion(shell=shell), sys.stdout)
        return 0
    file = app.install_completion(shell=shell)
    loads = "" if shell == "fish" else f", loaded by {Path.home() / f'.{shell}rc'}"
    console().print(f"{file}: written{loads}. It works in the next {shell}.", soft_wrap=True)
    return 0


def _this_shell() -> Shell:
    from cyclopts import completion as shells

    try:
        found = shells.detect_shell()
    except shells.ShellDetectionError:
        found = None
    for shell in get_args(Shell):
        if shell == found:
            return cast("Shell", shell)
    raise UsageError("For which shell?", "Example: dataprep completion bash, zsh or fish")


def doctor() -> int:
    """Say what is installed, which extras are missing and how to get them, and what is broken.

    Leaves with 4 where the environment is broken, as where another distribution
    owns files of the package dataprep. Reads no data, asks no network, and shows
    no key.

    Example: dataprep doctor
    """
    from dataprep import report
    from dataprep.installation import installation

    found = installation()
    torch, broken = _torch()
    problems = (*found.problems, *broken)
    engines = {"scan": _scan(), "torch": torch, "screens": _screens()}
    report.show_installation(sys.stdout, found, engines, problems)
    return EnvironmentProblem.exit_code if problems else 0


def _scan() -> str:
    """Whether the compiled reader of exports is used, in words."""
    from dataprep.scan import why_not

    if not (why := why_not()):
        return "compiled: plain tasks of Label Studio exports are read by it"
    return f"{why}: Label Studio exports are read the plain way, which is slower"


def _screens() -> str:
    """What looks for patterns in many lines of a check here, in words."""
    from dataprep import checks

    return f"{checks.engine_name()}, for files of many lines"


def _torch() -> tuple[str, list[Problem]]:
    """What torch computes with here, in words."""
    from importlib.util import find_spec

    if find_spec("torch") is None:
        return "not installed", []
    try:
        import torch

        version = str(torch.__version__)
        return f"{version}, {_device()}, {_bf16()}", []
    except Exception as error:  # whatever a build for another machine raises
        from dataprep.installation import Problem

        problem = Problem(
            f"torch is installed and cannot be imported ({type(error).__name__}).",
            "Install the build for this machine, as https://pytorch.org/get-started says.",
        )
        return "cannot be imported", [problem]


def _device() -> str:
    import torch

    built = torch.version.cuda
    if not torch.cuda.is_available():
        return f"built for CUDA {built}, no GPU seen" if built else "no CUDA"
    names = [torch.cuda.get_device_name(n) for n in range(torch.cuda.device_count())]
    return f"CUDA {built}: {', '.join(names)}"


def _bf16() -> str:
    """Whether `--precision bf16` is taken here."""
    try:
        from trainers import options
    except ImportError:  # a package `trainers` of somebody else's, which is told as a problem
        return "bf16 unknown"
    try:
        options.bf16("bf16")
    except UsageError:
        return "no bf16"
    return "bf16"
