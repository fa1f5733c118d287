"""`dataprep init`: a recipe that works as it stands, with comments that say what else it can."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from dataprep import sources, store
from dataprep.annotation import (
    Control,
    LabelingConfig,
    ObjectTag,
    Task,
    infer_config,
    is_mixed,
    read_config,
)
from dataprep.conversion.config_beside import config_beside, relative
from dataprep.conversion.guessing import SHOWN, Guess, guess
from dataprep.conversion.mixing import refuse_shares
from dataprep.conversion.recipe_flags import assembled
from dataprep.conversion.repeats import sources_once
from dataprep.durable import put_where_free, refuse_existing, write_whole
from dataprep.example import Example, Record
from dataprep.finding import NothingToDo, UsageError, excerpt
from dataprep.recipe import Source
from dataprep.recipe_file import parse
from dataprep.shapes import LOOKED_AT
from dataprep.shell import command_line

_SOURCES_SHOWN = 4
"""Sources of which the preview shows one example each, where there are so many."""


class Starter(NamedTuple):
    """The YAML text of a recipe; what a person should know of it; the first examples of it."""

    text: str
    notes: list[str]
    examples: list[Example]


def sources_of(paths: Sequence[Path], flags: dict[str, Any], base: Path) -> list[Source]:
    """The sources that a command line names, with what it says of them, relative to `base`."""
    recipe, _ = assembled(paths, None, (), flags)
    made = []
    for source in recipe.sources:
        sources.refuse_missing(source, Path())  # by the name that was typed
        fields = {"path": relative(Path(source.path), base)}
        if source.config_path:
            fields["label_config"] = relative(Path(source.config_path), base)
        made.append(source.model_copy(update=fields))
    return made


def recipe_for(given: Sequence[Source], out: Path, at_most: int | None = None) -> Starter:
    """A recipe for files and folders, whose paths are relative to the folder of `out`.

    Where nothing says how a file becomes examples, that is guessed, and said beside it. Raises
    UsageError for what cannot be read, NothingToDo for what holds nothing.
    """
    base = out.parent
    lines: list[str] = []
    given, notes = sources_once(given, base)
    firsts: list[Sequence[Example]] = []
    for source in given:
        guesses = _guesses(source, base, notes)
        if source.mix is not None and len(guesses) > 1:
            raise UsageError(
                f"The files of {source.path} are read in several ways, and have one share.",
                "Name the files, and give each its share: --mix NAME=SHARE.",
            )
        for one in guesses:
            lines += _entry(one, base)
            if one.said:
                what = " and ".join(one.said) + (
                    " is a guess" if len(one.said) == 1 else " are guesses"
                )
                notes.append(f"{one.source.path}: {what}; see {out}")
            if not one.examples:
                notes.append(f"{one.source.path} gives no example yet: {one.why}")
            firsts.append(one.examples)
    capped = "" if at_most is None else f"at_most: {at_most}   # examples of a label, or answer\n\n"
    text = _TEMPLATE.format(sources="\n".join(lines), capped=capped)
    refuse_shares(parse(text))
    return Starter(text, notes, _shown(firsts))


def _shown(firsts: Sequence[Sequence[Example]]) -> list[Example]:
    """The first examples of all sources, in turn; of several sources one of each, up to a few."""
    in_turn = (one for turn in zip_longest(*firsts) for one in turn if one is not None)
    return [*islice(in_turn, max(SHOWN, min(len(firsts), _SOURCES_SHOWN)))]


def _guesses(source: Source, base: Path, notes: list[str]) -> list[Guess]:
    """One guess for a file, or for a folder whose files are all read alike; else one for each."""
    source = _of_one_subset(source, base, notes)
    files = sources.gathered(sources.files(source, base))
    config, note = config_beside(source, files, base)
    if note:
        notes.append(f"{files[0].name}: {note}")
    if config is not None:
        source = source.model_copy(update={"label_config": config})
    found = _all_guesses(source, base)
    if not found:
        look = command_line("check", Path(files[0].name))
        raise NothingToDo(f"{files[0].name} holds nothing to learn from.", f"See: {look}")
    return found


def _of_one_subset(source: Source, base: Path, notes: list[str]) -> Source:
    """The source; of a data set of the Hub with several subsets, its first."""
    try:
        sources.files(source, base)
    except sources.SubsetsToChoose as several:
        name = several.names[0]
        notes.append(f"{several.message.rstrip('.')}; {name} is a guess: see subset in the recipe")
        return source.model_copy(update={"subset": name})
    return source


def _all_guesses(source: Source, base: Path) -> list[Guess]:
    files = sources.gathered(sources.files(source, base))
    made = [_guess(source, file, base) for file in files]
    found = [one for one in made if one is not None]
    if all(one.source == found[0].source for one in found):
        return found[:1]
    if source.subset is not None or all(file.split for file in files):
        # one data set: its files by themselves would have no subset and no split
        pairs = [(file, one) for file, one in zip(files, made, strict=True) if one is not None]
        pairs.sort(key=lambda pair: (pair[0].split not in ("", "train"), pair[1].source == source))
        return [pairs[0][1]]
    return [
        one._replace(source=one.source.model_copy(update={"path": relative(file.path, base)}))
        for file, one in zip(files, made, strict=True)
        if one is not None
    ]


def _guess(source: Source, file: sources.Input, base: Path) -> Guess | None:
    """None for a file without a row."""
    records = (item for item in sources.read(sources.surveyed(file)) if isinstance(item, Record))
    first = list(islice(records, LOOKED_AT))
    return guess(source, file, first, base) if first else None


def write(text: str, out: Path) -> None:
    """Write the recipe, whole or not at all; an existing file is never overwritten."""
    refuse_existing(out)
    store.sweep(out)
    folder = store.beside(out, "staging")
    try:
        with store.environment_errors(out):
            folder.mkdir()
            write_whole(folder / out.name, text.encode())
            put_where_free(folder / out.name, out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def refuse_output(out: Path) -> None:
    """Raise UsageError for a recipe that would lie in an output of convert."""
    typed = {folder.absolute(): folder for folder in out.parents}
    for folder in out.absolute().parents:
        if sources.is_converted(folder):
            raise UsageError(
                f"{typed.get(folder, folder)} is an output of convert, which is replaced whole: a"
                " recipe in it would be in the way.",
                "Choose another place with -o.",
            )


def folder_for(given: Sequence[Source], out: Path) -> Path:
    """An output folder for a recipe at `out`, in which neither it nor a source of it lies.

    Nor does it lie in a source.
    """
    held = [path.resolve() for path in (out, *(out.parent / source.path for source in given))]
    inside = {folder for path in held for folder in (path, *path.parents)}
    around = [path for path in held if path.is_dir()]
    names = ("out", "converted", *(f"converted-{n}" for n in range(2, len(inside) + 3)))
    above = Path()
    while any(above.resolve().is_relative_to(path) for path in around) and len(above.parts) < 9:
        above /= ".."
    return next(above / name for name in names if (above / name).resolve() not in inside)


def _entry(one: Guess, base: Path) -> list[str]:
    """The lines of a source."""
    source = one.source
    config = _config_of(source, base) if one.examples else None
    if config is not None and source.task is None and source.control is None:
        return _annotated(source, config)
    lines = [f"  - path: {_quoted(source.path)}   # {excerpt(one.why, 200)}"]
    given = source.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"path"})
    for name, value in given.items():
        said = f"   # {one.said[name]}" if name in one.said else ""
        lines.append(f"    {name}: {_written(value)}{said}")
    return lines


def _config_of(source: Source, base: Path) -> LabelingConfig | None:
    """How the tasks of an export are asked; None for what is no export of Label Studio."""
    file = sources.gathered(sources.files(source, base))[0]
    if file.format != "label-studio":
        return None
    if source.config_path:
        return read_config(base / source.config_path)
    records = (item.value for item in sources.read(file) if isinstance(item, Record))
    tasks = (value for value in islice(records, LOOKED_AT) if isinstance(value, Task))
    return infer_config(tasks)


def _written(value: Any) -> str:
    """A value as YAML on one line."""
    if isinstance(value, list):
        return f"[{', '.join(map(_written, value))}]"
    return _quoted(value) if isinstance(value, str) else json.dumps(value)


def _annotated(source: Source, config: LabelingConfig) -> list[str]:
    control = config.learnable()[0]
    shown = config.objects[control.to_name]
    lines = [
        f"  - path: {_quoted(source.path)}",
        *([f"    label_config: {_quoted(source.label_config)}"] if source.label_config else []),
        f"    control: {_quoted(control.name)}   # {_about(control)}",
        f"    task: {control.task}",
        *_text_of(control, shown),
        "    annotators: majority   # or first, latest, ground-truth-first, all, dawid-skene, mace",
    ]
    if control.task == "spans":
        lines.append(
            "    borders: trim   # or exact, punctuation, overlap: which spans are the same"
        )
        lines.append("    spans_as: json   # or inline (tags), list (what T5 can learn)")
    lines += [
        "    # prompt: |   # fields: text, instruction, and every field of the task's data",
        "    #   {{ instruction }}",
        "    #",
        "    #   {{ text }}",
        '    # completion: "{{ answer }}"',
        *(f"    {name}: {_written(value)}" for name, value in _more(source).items()),
    ]
    others = [c.name for c in config.controls.values() if c.name != control.name]
    if others:
        lines.insert(3, f"    # other controls: {excerpt(', '.join(others), 200)}")
    return lines


def _more(source: Source) -> dict[str, Any]:
    """What is said of an export beside its config."""
    own = {"path", "label_config"}
    return source.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=own)


def _text_of(control: Control, shown: ObjectTag) -> list[str]:
    """The field that was shown; where there are several, naming one would hide the others."""
    if control.task == "preference" or control.more_names or is_mixed(shown.field):
        return []
    return [f"    text: {_quoted(shown.field)}   # the data field that annotators saw"]


def _about(control: Control) -> str:
    labels = f": {', '.join(control.labels)}" if control.labels else ""
    return excerpt(f"{control.tag}{labels}", 70)


def _quoted(text: str | None) -> str:
    """A double-quoted string of YAML; what does not print stands as its escape."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in quoted)


_TEMPLATE = """\
# yaml-language-server: $schema=recipe.schema.json
# Completion in your editor: dataprep schema recipe > recipe.schema.json
version: 1
seed: 0   # decides the splits; keep it, and no row ever moves

sources:
{sources}

{capped}splits: {{train: 0.8, validation: 0.1, test: 0.1}}   # by hash of the prompt, or of `group`

targets:
  - openai-chat         # chat messages for OpenAI, Azure, Together, Fireworks, Nebius
  - prompt-completion   # pairs for Together, Nebius and TRL
  # - name: t5          # token ids for T5 (pip install 'dataprep-tune[train]')
  #   tokenizer: google-t5/t5-small   # left out: one is trained on the train split

checks:
  ignore: []            # codes or families, see: dataprep explain --all
  # completion_schema: answer.schema.json   # every completion must be JSON of this schema
"""
