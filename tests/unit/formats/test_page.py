"""docs/formats.md: every format in its order, and no code or flag that does not exist."""

import inspect
import re
from pathlib import Path

from dataprep.cli.converting import convert
from dataprep.formats import FORMATS
from dataprep.rules import CATALOGUE

PAGE = (Path(__file__).parents[3] / "docs" / "formats.md").read_text("utf-8")


def test_the_formats_of_the_page_are_those_of_the_catalogue_in_their_order() -> None:
    table = PAGE.split("## The formats")[1].split("\n## ")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE) == list(FORMATS)


def test_every_code_of_the_page_exists() -> None:
    named = set(re.findall(r"\b[A-Z]\d{3}\b", PAGE))
    assert len(named) > 10
    assert named <= set(CATALOGUE)


def test_every_flag_of_the_page_exists() -> None:
    flags = {name.replace("-", "_") for name in re.findall(r"`--([a-z-]+)", PAGE)}
    ours = {name.rstrip("_") for name in inspect.signature(convert).parameters} | {"fix"}
    assert len(flags) > 8
    assert flags <= ours
