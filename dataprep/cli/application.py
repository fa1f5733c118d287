"""The application: commands become calls, and errors become messages and exit codes."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from cyclopts import App, CycloptsError, Parameter

from dataprep.api.hub import guard_hub_token
from dataprep.cli.addresses import refuse_addresses
from dataprep.cli.command_words import refuse_words
from dataprep.cli.commands import ABOUT, COMMANDS, CommandModule
from dataprep.cli.flag_owners import known_command, with_owners
from dataprep.cli.help_pages import HelpPages
from dataprep.cli.screen import console
from dataprep.cli.unbroken import outlive_readers
from dataprep.durable import finished
from dataprep.finding import DataprepError
from dataprep.panics import is_panic


def _version() -> str:
    from dataprep._version import __version__

    return __version__


app = App(
    name="dataprep",
    version=_version,
    help=ABOUT,
    help_format="plaintext",
    help_formatter=HelpPages(),
    suppress_keyboard_interrupt=False,  # `run` says what became of the work
    default_parameter=Parameter(json_list=False, json_dict=False),  # "[1]" is a name
)


def _register(name: str, command: CommandModule) -> None:
    """Make it a command, which is loaded when it is asked for."""
    line = f"Usage: dataprep {name} [OPTIONS] [{command.many}...]"
    usage = {"usage": line} if command.many else {}
    app.command(f"dataprep.cli.{command.module}:{name}", name=name, **usage)


for _name, _command in COMMANDS.items():
    _register(_name, _command)


def main() -> None:
    """Run the command line, and leave with an exit code of the design's table."""
    outlive_readers()
    sys.exit(run(sys.argv[1:]))


_SPELLED_OUT = {"--fix": "--fix=safe", "-": "./-"}
"""What cyclopts would take for an option, or for one without its value."""


CODES = frozenset((0, 1, 2, 3, 4, 5, 70, 130))
"""What a command may leave with; any other number would be another one modulo 256."""


def run(arguments: list[str]) -> int:
    """Run one command; every error ends in a message and a code, never in a traceback."""
    code: object = None
    begun = False
    try:
        refuse_words(arguments)
        refuse_addresses(arguments)
        guard_hub_token()
        _load(arguments)
        begun = True
        arguments = [_SPELLED_OUT.get(part, part) for part in arguments]
        code = app(
            arguments,
            exit_on_error=False,
            print_error=False,
            result_action="return_value",
        )
        with suppress(BrokenPipeError):
            sys.stdout.flush()
    except CycloptsError as error:
        from dataprep.cli.usage_errors import usage_error

        return _say(usage_error(app, error), arguments)
    except DataprepError as error:
        return _say(error, arguments)
    except KeyboardInterrupt:
        said = _how_to_go_on(arguments) if begun else "Nothing was begun."
        console().print(f"Stopped. {said}", soft_wrap=True)
        return 130
    except OSError as error:
        return unwritten(error)
    except Exception as error:
        if os.environ.get("DATAPREP_DEBUG"):
            raise
        return _defect(error)
    except BaseException as error:
        if not is_panic(error):
            raise
        return _defect(error)
    return _known(code)


def unwritten(error: OSError) -> int:
    """Say what cannot be read or written, a full disk as a rule; its code."""
    said = f"dataprep: {finished(error.filename or 'output')}: {error.strerror}."
    console().print(said, soft_wrap=True)
    return 4


def _load(arguments: list[str]) -> None:
    """Load the command that is asked for; every one for the page that says what each does."""
    name = arguments[0].lower() if arguments else ""
    if name in COMMANDS:
        import_module(f"dataprep.cli.{COMMANDS[name].module}")
    else:
        for each in COMMANDS:
            app[each]


def _say(error: DataprepError, arguments: list[str]) -> int:
    """Print an error on one line; its code."""
    from dataprep.sensitive import without_keys

    said = without_keys(str(error))
    if "--" in said:
        said = with_owners(said, known_command(arguments))
    console().print(f"dataprep: {said}", soft_wrap=True)
    return error.exit_code


_GOES_ON: dict[tuple[str, ...], str] = {
    **dict.fromkeys(
        (("train", kind) for kind in ("t5", "llama", "mistral", "dpo", "kto", "grpo")),
        "The same command with --resume goes on from the last checkpoint.",
    ),
    **dict.fromkeys(
        (("train", provider) for provider in ("openai", "azure", "nebius", "together")),
        "What was sent is written down: the same command goes on, and pays for nothing twice.",
    ),
    **dict.fromkeys(
        (("predict",), ("evaluate",), ("rescue",)), "The same command goes on where it was."
    ),
}
"""What a command that was interrupted says, by its first words."""


def _how_to_go_on(arguments: list[str]) -> str:
    words = tuple(arguments)
    goes_on = (said for begun, said in _GOES_ON.items() if words[: len(begun)] == begun)
    return next(goes_on, "Nothing was left half-written.")


def _defect(error: BaseException) -> int:
    """Say that an error is ours, without the text that its traceback may hold."""
    where = f"{type(error).__name__} in {_where(error)}"
    console().print(
        f"dataprep: internal error, {where}. This is a defect of dataprep: please report it;"
        " DATAPREP_DEBUG=1 shows the traceback, which may hold your text.",
        soft_wrap=True,
    )
    return 70


def _known(code: object) -> int:
    """The code that a command gave; 70 where it is a count, or nothing that is known."""
    if code is None:
        return 0
    if type(code) is int and code in CODES:
        return code
    console().print(f"dataprep: internal error, a command ended with {code!r}.")
    return 70


def _where(error: BaseException) -> str:
    """Module and line of the innermost frame; never a value."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return (
        "?"
        if trace is None
        else f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
    )
