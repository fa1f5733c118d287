"""Which formats a target writes: as the rows say, and as the catalogue of targets does."""

from __future__ import annotations

from dataprep.formats import FORMATS
from dataprep.targets import CATALOGUE


def test_a_format_writes_if_a_target_has_its_name() -> None:
    assert {name for name, form in FORMATS.items() if form.writes} == {*FORMATS} & {*CATALOGUE}
