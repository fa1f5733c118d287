"""A Modelfile for `ollama create`: the chat template in Go's language, where answers stop."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from dataprep.finding import UsageError
from trainers.export.gguf_words import backend_of, template_text, writes_bos
from trainers.export.source import TrainedModel
from trainers.export.turns import Turns, turns_of

MODELFILE = "Modelfile"
_DATES = ("strftime_now", "date_string")


def template_of(model: TrainedModel) -> Turns:
    """The turns of a model's chat template, as Ollama feeds them: llama.cpp adds the bos itself.

    Raises UsageError for a template that Go's language is not written for here.
    """
    backend = backend_of(model)
    turns = turns_of(backend)
    if turns is None:
        raise UsageError(
            f"The chat template of {model.folder} is no row of turns that can be said in Ollama's"
            " template language with the same result.",
            "Export with --to gguf, whose file holds the Jinja template, and write a Modelfile.",
        )
    if not writes_bos(backend):
        return turns
    before = turns.before_system
    return replace(
        turns,
        opening=turns.opening.removeprefix(backend.bos_token),
        before_system=None if before is None else before.removeprefix(backend.bos_token),
    )


def write(
    model: TrainedModel, turns: Turns, folder: Path, gguf: str, system: str | None
) -> tuple[str, ...]:
    """Write the Modelfile beside the GGUF file; what a person should know, a line each."""
    backend = backend_of(model)
    if system is not None and turns.before_system is None:
        raise UsageError("The chat template takes no system message.", "Leave --system out.")
    if system is not None and '"""' in system:
        raise UsageError('A system message with """ ends in a Modelfile.', "Write it otherwise.")
    ends = dict.fromkeys([*model.ends, backend.eos_token_id])
    stops = [str(backend.convert_ids_to_tokens(end)) for end in ends]
    lines = [f"FROM ./{gguf}", f'TEMPLATE """{go_template(turns)}"""']
    lines += [f"PARAMETER stop {_quoted(stop)}" for stop in stops]
    if system is not None:
        lines.append(f'SYSTEM """{system}"""')
    (folder / MODELFILE).write_text("\n".join(lines) + "\n", "utf-8")
    notes = ["Modelfile: stops at " + ", ".join(stops)]
    if turns.before_system is None:
        notes.append("the chat template takes no system message: Ollama's would be left out")
    if any(name in template_text(backend) for name in _DATES):
        notes.append("the chat template writes the date: that of today stands in the Modelfile")
    return tuple(notes)


def go_template(turns: Turns) -> str:
    """The turns in the language of Go's text/template, over Ollama's .System and .Messages."""
    opening = _literal(turns.opening)
    if turns.before_system is not None:
        system = _literal(turns.before_system) + "{{ .System }}" + _literal(turns.after_system)
        opening = "{{ if .System }}" + system + "{{ else }}" + opening + "{{ end }}"
    question = (
        "{{ if $first }}{{ $first = false }}{{ else }}"
        + _literal(turns.before_question)
        + "{{ end }}{{ .Content }}"
        + _literal(turns.after_question)
    )
    answer = _literal(turns.before_answer) + "{{ .Content }}" + _literal(turns.after_answer)
    return (
        '{{ $first := true }}{{ $role := "" }}'
        + opening
        + '{{ range .Messages }}{{ $role = .Role }}{{ if eq .Role "user" }}'
        + question
        + '{{ else if eq .Role "assistant" }}'
        + answer
        + '{{ end }}{{ end }}{{ if ne $role "assistant" }}'
        + _literal(turns.asked)
        + "{{ end }}"
    )


def _literal(text: str) -> str:
    """A text that is neither an action of Go nor the end of a Modelfile's string."""
    return text.replace("{", '{{ "{" }}').replace('"""', '{{ "\\x22\\x22\\x22" }}')


def _quoted(text: str) -> str:
    escaped = text.replace('"', '\\"')
    return f'"{escaped}"'
