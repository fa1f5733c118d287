"""A row of no format: what was seen, the nearest format, and the flags that would make it work."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dataprep.finding import Fault, excerpt
from dataprep.formats.catalogue import known_elsewhere, nearest, recognise
from dataprep.formats.flags import column_flag, is_nameable, template_flag, variable
from dataprep.formats.format import Row, RowFormat
from dataprep.formats.likely import likely_templates, texts_in
from dataprep.formats.templated import template_of
from dataprep.shell import command_line

_SHOWN = 8


def unknown_fault(
    row: Any, wanted: RowFormat | None = None, rows: Sequence[Row] | None = None
) -> Fault:
    """S001 for a row of no format, or of another than the one that was asked for.

    `rows` are those of its file, by which its columns are judged.
    """
    if not isinstance(row, dict):
        return Fault("J005", "", "the row is not a JSON object")
    form = recognise(row)
    if form is not None and wanted is not None:
        remedy = f"Change the row to what `dataprep schema {wanted.name}` prints."
        return Fault("S001", "", f"the row is {form.name}, not {wanted.name}", remedy)
    if (elsewhere := known_elsewhere(row)) is not None:
        return Fault("S001", "", elsewhere.why, elsewhere.what_to_do(row))
    keys = ", ".join(excerpt(key) for key in list(row)[:10]) or "no keys"
    name, why = nearest(row)
    words = f"the row has {excerpt(keys, 120)}, and is no row of a known format"
    if wanted is None and row:
        words += f": the nearest is {name}, but it {why}"
    return Fault("S001", "", words, guessed_remedy(rows or [row]))


def guessed_remedy(rows: Sequence[Row]) -> str:
    """The flags that would make rows readable; without a guess where nothing says the sides."""
    for name in texts_in(rows):
        texts = [row[name] for row in rows if isinstance(row.get(name), str)]
        if is_nameable(name) and (told := template_of(texts)) is not None:
            flag = column_flag("text", name)
            return f"{excerpt(name)} is in a chat template ({told}): --way turns {flag} splits it."
    templates = likely_templates(rows)
    if templates is not None:
        asked, answered = templates
        flags = f"{template_flag('prompt', asked)} {template_flag('completion', answered)}"
        return f"If those are the two sides: {flags}."
    held = texts_in(rows)
    if not held:
        return "Name what is asked and what is answered, with --prompt and --completion."
    more = f" and {len(held) - _SHOWN} more" if len(held) > _SHOWN else ""
    shown = ", ".join(map(excerpt, held[:_SHOWN])) + more
    said = f"Texts stand in {shown}. Say what is asked and what is answered"
    one = next((name for name in held if is_nameable(name)), None)
    if one is None:
        return f"{said}, under prompt and completion in a recipe: their names are long."
    column = variable(one, rows[0])
    told = f"{said}, with --prompt and --completion: a column is '{column}' there."
    return f"{told} {_GUESS} writes a first guess."


_GUESS = "dataprep init FILE"


def with_file(remedy: str, file: str) -> str:
    """A remedy for a row, with the file that it stands in where it says FILE."""
    if not file or file == "-":
        return remedy
    return remedy.replace(_GUESS, command_line("init", Path(file)))
