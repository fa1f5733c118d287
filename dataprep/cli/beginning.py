"""`dataprep init`: a recipe to begin with, and the first examples that it makes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from dataprep.api.numbers import CONVERT
from dataprep.cli.flag_owners import with_owners
from dataprep.cli.numbers import within
from dataprep.cli.screen import console
from dataprep.finding import UsageError
from dataprep.shell import command_line

_SHOWN = 400
"""Characters of a message in the preview of `init`."""


def init(
    *sources: Path,
    label_config: Path | None = None,
    prompt: str | None = None,
    completion: str | None = None,
    system: str | None = None,
    label: str | None = None,
    text: str | None = None,
    way: str | None = None,
    delimiter: str | None = None,
    mix: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    at_most: Annotated[int | None, within(CONVERT["at_most"])] = None,
    out: Annotated[Path, Parameter(name=["--out", "-o"])] = Path("dataprep.yaml"),
) -> int:
    """Write a recipe that works as it stands, and show the first examples that it makes.

    Example: dataprep init export.json --label-config config.xml

    Where nothing says how a file becomes examples, that is guessed, and said beside it.

    Parameters
    ----------
    sources
        Exports, files of raw text or rows, folders of them, or a data set of the Hugging Face Hub
        (hf://datasets/OWNER/NAME).
    label_config
        The config.xml of the Label Studio project; one beside the export is found; none: no config.
    prompt
        A template of what is asked, by the columns of a row.
    completion
        A template of what is answered.
    system
        A template of the system message.
    label
        The column that is the stratum; with --text, the answer.
    text
        The column, or the field of the tasks, that holds the text.
    way
        How a file becomes examples, as of convert.
    delimiter
        What divides the cells of a table of text: ';', '|', tab; told from the file by default.
    mix
        A source and its share of all examples, faq.csv=0.7, once for each source.
    at_most
        Examples of one label, at most; of one answer, where they have no label.
    out
        Where to write the recipe.
    """
    from dataprep import report, store
    from dataprep.conversion import starter_recipe

    if not sources:
        raise UsageError("There is nothing to begin with.", "Example: dataprep init export.json")
    said = {
        "label_config": None if label_config is None else str(label_config),
        "prompt": prompt,
        "completion": completion,
        "system": system,
        "label": label,
        "text": text,
        "way": way,
        "delimiter": delimiter,
        "mix": mix,
    }
    starter_recipe.refuse_output(out)
    with store.folders_above(out):
        given = starter_recipe.sources_of(sources, said, out.parent)
        made = starter_recipe.recipe_for(given, out, at_most)
        starter_recipe.write(made.text, out)
    screen = console()
    if made.examples:
        screen.print("The first examples as they would become:")
        report.show_examples(made.examples, screen, most=_SHOWN)
    report.print_notes([with_owners(note, ("init",)) for note in made.notes], screen)
    then = command_line("convert", recipe=out)
    folder = starter_recipe.folder_for(given, out)
    screen.print(f"Wrote {out}. Next: {then} -o {folder}/", soft_wrap=True)
    return 0
