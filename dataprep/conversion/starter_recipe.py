"""`dataprep init`: a recipe that works as it stands, with comments that say what else it can."""

from __future__ import annotations

import json
import shutil
from itertools import islice
from pathlib import Path

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
from dataprep.durable import write_whole
from dataprep.example import Record
from dataprep.finding import NothingToDo, UsageError, excerpt
from dataprep.recipe import Source, parse
from dataprep.shapes import LOOKED_AT, shape_for


def recipe_for(path: Path, label_config: Path | None, base: Path) -> str:
    """The YAML text of a recipe for one file or folder, with paths relative to `base`."""
    source = Source(
        path=_relative(path, base),
        label_config=_relative(label_config, base) if label_config else None,
    )
    file = sources.gathered(sources.files(source, base))[0]
    records = (item for item in sources.read(file) if isinstance(item, Record))
    first = list(islice(records, LOOKED_AT))
    if not first:
        raise NothingToDo(f"{file.name} holds nothing to learn from.", "See: dataprep check")
    _, why = shape_for(first, source, base, 0)
    if isinstance(first[0].value, Task):
        tasks = (r.value for r in first)
        config = read_config(label_config) if label_config else infer_config(tasks)
        lines = _annotated(source, config)
    else:
        lines = [f"  - path: {_quoted(source.path)}   # {excerpt(why, 200)}"]
    text = _TEMPLATE.format(sources="\n".join(lines))
    parse(text)
    return text


def write(text: str, out: Path) -> None:
    """Write the recipe, whole or not at all; an existing file is never overwritten."""
    if out.exists() or out.is_symlink():
        raise UsageError(f"{out} exists.", "Choose another name with -o.")
    store.sweep(out)
    folder = store.beside(out, "staging")
    try:
        with store.environment_errors(out):
            folder.mkdir()
            write_whole(folder / out.name, text.encode())
            (folder / out.name).rename(out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
    ]
    others = [c.name for c in config.controls.values() if c.name != control.name]
    if others:
        lines.insert(3, f"    # other controls: {excerpt(', '.join(others), 200)}")
    return lines


def _text_of(control: Control, shown: ObjectTag) -> list[str]:
    """The field that was shown; where there are several, naming one would hide the others."""
    if control.task == "preference" or control.more_names or is_mixed(shown.field):
        return []
    return [f"    text: {_quoted(shown.field)}   # the data field that annotators saw"]


def _about(control: Control) -> str:
    labels = f": {', '.join(control.labels)}" if control.labels else ""
    return excerpt(f"{control.tag}{labels}", 70)


def _relative(path: Path, base: Path) -> str:
    try:
        return str(path.absolute().relative_to(base.absolute()))
    except ValueError:
        return str(path)


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

splits: {{train: 0.8, validation: 0.1, test: 0.1}}   # by hash of the prompt, or of `group`

targets:
  - openai-chat         # chat messages for OpenAI, Azure, Together, Fireworks, Nebius
  - prompt-completion   # pairs for Together, Nebius and TRL
  # - name: t5          # token ids for T5 (pip install 'dataprep[train]')
  #   tokenizer: google-t5/t5-small   # left out: one is trained on the train split

checks:
  ignore: []            # codes or families, see: dataprep explain --all
  # completion_schema: answer.schema.json   # every completion must be JSON of this schema
"""
