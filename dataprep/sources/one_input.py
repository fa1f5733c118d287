"""What is read as one: a file, or the files of one export."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dataprep.sources import pipes
from dataprep.sources.opening import is_gzip

if TYPE_CHECKING:
    from dataprep.annotation import LabelingConfig, Of
    from dataprep.finding import Finding
    from dataprep.recipe_words import Format
    from dataprep.sources.annotation_tools import OpenedExport
    from dataprep.sources.class_names import Features
    from dataprep.sources.layout import Layout
    from dataprep.sources.storage import StoredTask


@dataclass(frozen=True, slots=True)
class Input:
    """One file to read; `name` is how messages call it.

    `of` and `config` are for exports: whose results are read, and what the forms that have lost
    their controls (JSON_MIN, CSV, CoNLL) are understood by. `layout` is where the rows of a JSON
    document stand, as far as it is known; `note` says what a person should know of the reading.
    `export` is that of another annotation tool, which may be several files, and is read whole;
    `made_from` are its files by their names.
    `reading` says why it is read as rows and no export, or the other way round.
    `stored` are the files of each task of a target storage, whose first file `path` is. `fault` is
    why the file, one of a folder (`of_folder`), cannot be opened. `mark` divides the cells of csv,
    a comma where it is None. `split` is the one that a folder gives it, `features` what a
    description of `datasets` beside it says of its classes.
    """

    path: Path
    name: str
    format: Format
    of: Of = "annotations"
    config: LabelingConfig | None = None
    layout: Layout | None = None
    note: str = ""
    reading: str = ""
    export: OpenedExport | None = None
    made_from: tuple[tuple[str, Path], ...] = ()
    stored: tuple[StoredTask, ...] = ()
    fault: Finding | None = None
    of_folder: bool = False
    mark: str | None = None
    split: str = ""
    features: Features = field(default_factory=dict)

    @property
    def has_name(self) -> bool:
        """Whether the file has a name of its own, as what comes through a pipe has not."""
        return not pipes.is_pipe(self.path)

    @property
    def is_packed(self) -> bool:
        """Whether the file is packed by gzip, whatever its name says."""
        return is_gzip(self.path)

    @property
    def paths(self) -> dict[str, Path]:
        """The files that are read, by what messages call them."""
        if self.fault is not None and not self.made_from:
            return {}
        if self.stored:
            return {file.name: file.path for task in self.stored for file in task}
        return dict(self.made_from) or {self.name: self.path}

    @property
    def size(self) -> int:
        """Bytes of all its files, one at least."""
        return max(sum(path.stat().st_size for path in self.paths.values()), 1)
