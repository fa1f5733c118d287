"""A path of which nothing is said, read as a recipe's source would be that names it alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from dataprep.recipe_words import OffsetCount

if TYPE_CHECKING:
    from dataprep.recipe import Source


class PathSource(NamedTuple):
    """What readers ask of a `Source`, as it is by default: a check needs no models of a recipe.

    A test holds the defaults and those of the recipe together.
    """

    path: str
    subset: str | None = None
    format: None = None
    delimiter: None = None
    config_path: None = None
    task: None = None
    text: None = None
    good: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    of: Literal["annotations"] = "annotations"
    offsets: OffsetCount = "auto"
    tag_names: tuple[str, ...] = ()
    system: None = None
    prompt: None = None
    completion: None = None
    split_by: None = None

    @property
    def model_fields_set(self) -> set[str]:
        """What is said of it, as models of pydantic call that: nothing."""
        return set()

    def with_path(self, path: str) -> PathSource:
        """The source at another path."""
        return self._replace(path=path)


if TYPE_CHECKING:
    GivenSource = Source | PathSource
