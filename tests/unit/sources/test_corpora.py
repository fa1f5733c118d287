"""Every file of the Label Studio corpora is read or refused in words; each outcome is kept.

After a wanted change: DATAPREP_GOLDEN=write pytest tests/unit/sources/test_corpora.py
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from dataprep import shapes, sources
from dataprep.annotation import read_config
from dataprep.example import Record
from dataprep.finding import DataprepError, Finding, UsageError
from dataprep.recipe import Source
from dataprep.sources import label_studio
from tests.building import LABEL_STUDIO, corpus

GOLDEN = Path(__file__).parents[2] / "golden" / "label_studio_corpora.json"
HEAD = 200

Outcome = dict[str, Any]


def outcome(path: Path) -> Outcome:
    """What became of one file: its format, what was read, and what it was shaped into."""
    made, records, source = was_read(path)
    return made | (shaped(records, source) if records else {})


def was_read(path: Path) -> tuple[Outcome, list[Record], Source]:
    config = labeling_config(path)
    source = Source(
        path=str(path.relative_to(LABEL_STUDIO)),
        format="label-studio" if label_studio.recognises(path) else None,
        label_config=config and str(config.relative_to(LABEL_STUDIO)),
    )
    try:
        (file,) = sources.files(source, LABEL_STUDIO)
        items = list(read(file, config))
    except UsageError as error:
        return {"refused": head(error)}, [], source
    records = [item for item in items if isinstance(item, Record)]
    findings = [item for item in items if isinstance(item, Finding)]
    made: Outcome = {"format": file.format, "records": len(records)}
    if findings:
        made["findings"] = dict(sorted(Counter(f.code for f in findings).items()))
        made["said"] = findings[0].message[:HEAD]
    return made, records, source


def read(file: sources.Input, config: Path | None) -> Iterator[Record | Finding]:
    """The file as `convert` reads it: degraded exports are told by their labeling config."""
    if file.format != "label-studio":
        return sources.read(file)
    return label_studio.read(file.path, file.name, config=config and read_config(config))


def shaped(records: list[Record], source: Source) -> Outcome:
    try:
        first = list(islice(records, shapes.LOOKED_AT))
        shape, why = shapes.shape_for(first, source, LABEL_STUDIO, seed=0)
        each = [shape(record) for record in records]
    except UsageError as error:
        return {"not shaped": head(error)}
    found = Counter(f.code for one in each for f in one.findings)
    dropped = Counter(d.reason for one in each for d in one.drops if d.unit == "record")
    made: Outcome = {"shape": why[:HEAD], "examples": sum(len(one.examples) for one in each)}
    if dropped:
        made["dropped"] = dict(sorted(dropped.items()))
    return made | ({"judged": dict(sorted(found.items()))} if found else {})


def head(error: DataprepError) -> str:
    assert error.remedy
    return error.message.replace(f"{LABEL_STUDIO}/", "")[:HEAD]


def labeling_config(path: Path) -> Path | None:
    """The config of a live project, or of the example of the frontend that a file is from."""
    beside = path.with_name("config.xml")
    if path.suffix == ".xml" or beside.is_file():
        return None if path.suffix == ".xml" else beside
    for part in ("_annotations_", "_tasks."):
        config = path.with_name(path.name.split(part)[0] + "_config.xml")
        if config.is_file():
            return config
    return None


FILES = corpus("exports/*/*", "public/*")


@pytest.mark.parametrize("path", FILES)
def test_every_file_is_read_or_refused_in_words(path: Path) -> None:
    made, records, _ = was_read(path)
    assert made.get("refused") or records or made["findings"]


def test_what_becomes_of_every_file_is_as_it_was() -> None:
    if not LABEL_STUDIO.is_dir():
        pytest.skip("no corpora at $DATAPREP_CORPORA")
    made = {str(p.values[0].relative_to(LABEL_STUDIO)): outcome(p.values[0]) for p in FILES}
    if os.environ.get("DATAPREP_GOLDEN") == "write":
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert made == json.loads(GOLDEN.read_text("utf-8"))
