"""A path alone is read as the source of a recipe that says nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from dataprep.recipe import Source
from dataprep.sources import PathSource


def test_a_path_has_the_defaults_of_the_recipe() -> None:
    bare, source = PathSource("rows.jsonl"), Source(path="rows.jsonl")
    for name, value in bare._asdict().items():
        said = getattr(source, name)
        assert value == (tuple(said) if isinstance(said, Sequence) and value == () else said), name
    assert bare.model_fields_set == source.model_fields_set - {"path"}


def test_a_path_moves_as_a_source_does() -> None:
    source = Source(path="a", subset="b")
    assert PathSource("a", "b").with_path("c") == ("c", "b", *PathSource("")[2:])
    assert source.with_path("c") == Source(path="c", subset="b")
