"""The README.md of an output: a dataset card, by which `datasets` and the Hub read its targets.

Every figure in it is one of the manifest. It says no time and no place, so that it can be
repeated; of a file that was named by its whole path, it has the name alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from dataprep import sensitive, store
from dataprep.conversion.card_configs import configs_of, infos_of, lines_that_load
from dataprep.finding import DataprepError, Severity, excerpt
from dataprep.names import CARD
from dataprep.patterns import LatePattern
from dataprep.report import counted
from dataprep.rules import CATALOGUE
from dataprep.sources.dataset_card import head_of_card, lines_of_head, text_below_head
from dataprep.splits import SPLITS
from dataprep.targets import ColumnTypes

_OURS = ("configs", "dataset_info", "size_categories", "tags")
_SIZES = (
    (1_000, "n<1K"),
    (10_000, "1K<n<10K"),
    (100_000, "10K<n<100K"),
    (1_000_000, "100K<n<1M"),
    (10_000_000, "1M<n<10M"),
    (100_000_000, "10M<n<100M"),
    (1_000_000_000, "100M<n<1B"),
)
"""The size categories of the Hub, by the rows that are fewer than a bound."""

_LARGEST = "n>1B"
_CLASSES = 50
"""Classes from which on none is listed: those are no classes but answers."""

_FILES = 20
_PATHS = (
    *("path", "label_config", "settled", "from", "tokenizer", "schema", "sample"),
    *("completion_schema", "chat_template"),
)
"""Fields of a recipe that may be paths."""
_OF_CLASSES, _AGREEMENT, _LEFT_OUT, _SOURCES, _AGAIN, _TO_LOAD = _HEADINGS = (
    *("## Classes", "## Agreement of the annotators", "## What was left out"),
    *("## What it was made from", "## To make it again", "## To load it"),
)
_FENCE = LatePattern(r"(`{3,}|~{3,})")
_ANEW = (
    "{}, the card, had been edited: what was added to its head and under headings of its own is"
    " kept, the rest is written anew"
)
_NO_LICENSE = "# license: say which license this data has"


def write_card(
    manifest: Mapping[str, Any], columns: Mapping[str, ColumnTypes], folder: Path, out: Path
) -> str:
    """Write the card of what a run left in `folder`, which is to stand at `out`.

    `columns` are the types of what each target wrote as JSON. Gives a note where the card takes the
    place of one that somebody edited.
    """
    try:
        before = (out / CARD).read_text("utf-8", "replace")
    except FileNotFoundError:  # there is none yet
        before = ""
    was_edited = bool(before) and _was_edited(out)
    (folder / CARD).write_text(card_of(manifest, columns, folder, before), "utf-8", "replace")
    return _ANEW.format(out / CARD) if was_edited else ""


def _was_edited(out: Path) -> bool:
    """Whether the card of an output is another than the run that made it wrote."""
    try:
        return store.card_was_edited(out)
    except DataprepError:  # nobody knows what that run wrote
        return True


def card_of(
    manifest: Mapping[str, Any], columns: Mapping[str, ColumnTypes], folder: Path, before: str
) -> str:
    """The card of what a run wrote to `folder`; `before` is the text of the one it replaces.

    Keys of its head that are not ours, as a license, are kept, and so are sections of the text
    under headings that we do not write.
    """
    configs = configs_of(manifest["targets"], folder)
    lines = [*lines_that_load(manifest["targets"], folder, configs)]
    head = head_of_card(before)
    rows = sum(manifest["splits"].values())
    size = next((name for bound, name in _SIZES if rows < bound), _LARGEST)
    tags = head.get("tags")
    tags = [*dict.fromkeys([*(tags if isinstance(tags, list) else ()), "dataprep"])]
    infos = infos_of(configs, columns, folder)
    told = {"dataset_info": infos} if infos else {}
    own = {"configs": configs, **told, "size_categories": [size], "tags": tags}
    front = [*_kept_of_head(before), *(() if "license" in head else (_NO_LICENSE,))]
    body = [*_body(manifest, lines), *_sections_of_others(text_below_head(before))]
    parts = ["---", *front, _yaml(own).rstrip(), "---", "", *body]
    return "\n".join(parts).rstrip() + "\n"


def _kept_of_head(before: str) -> Iterator[str]:
    """The lines at the top of an earlier card that are not ours, as somebody wrote them."""
    head, lines = head_of_card(before), lines_of_head(before)
    for key, value in head.items():
        if key not in _OURS:
            own = lines.get(key) or _yaml({key: value}).splitlines()
            yield from (line for line in own if line.strip() != _NO_LICENSE)


def _sections_of_others(text: str) -> list[str]:
    """The lines below headings that are not ours, which somebody wrote into an earlier card."""
    lines: list[str] = []
    fence, is_ours = "", True
    for line in text.splitlines():
        if mark := _FENCE.match(line):
            fence = mark[1] if not fence else "" if line.rstrip() == fence else fence
        elif not fence and line.startswith(("# ", "## ")):
            is_ours = line.startswith("# ") or line.rstrip() in _HEADINGS
            lines += [""] if not is_ours and (not lines or lines[-1]) else []
        lines += [] if is_ours else [line]
    return lines


def _yaml(value: Any) -> str:
    text: str = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=1_000)
    return text


def _body(manifest: Mapping[str, Any], lines: Sequence[str]) -> Iterator[str]:
    version = manifest["dataprep"]
    yield from ("# Training data", "", f"Made by dataprep {version} of the files below.", "")
    yield from _table(("", *SPLITS), _counted(manifest))
    if classes := [*_of_classes(manifest["strata"])]:
        yield from (_OF_CLASSES, "")
        yield from _table(("class", *SPLITS), classes)
    yield from _agreement(manifest["agreement"])
    yield from _lost(manifest["ledger"])
    yield from _sources(manifest["made_from"])
    yield from _again(manifest)
    if lines:
        where = "In the place of FOLDER, give the path of this folder, or its name on the Hub."
        yield from (_TO_LOAD, "", where, "")
        yield from ("```python", "from datasets import load_dataset", "", *lines, "```", "")
    yield (
        "`manifest.json` has every figure, and `dataprep verify .`, in this folder, holds the files"
        " against it."
    )


def _counted(manifest: Mapping[str, Any]) -> Iterator[Sequence[str]]:
    """The examples, and the rows of each target, by split."""
    yield ("examples", *_numbers(manifest["splits"]))
    for name, entry in manifest["targets"].items():
        if splits := entry.get("splits"):
            yield (f"rows of `{name}`", *_numbers(splits))


def _numbers(splits: Mapping[str, int]) -> Iterator[str]:
    return (f"{splits.get(split, 0):,}" for split in SPLITS)


def _of_classes(strata: Mapping[str, Mapping[str, int]]) -> Iterator[Sequence[str]]:
    """The classes by split; none where they are too many, or one holds something private."""
    if len(strata) <= _CLASSES and not any(any(True for _ in sensitive.matches(s)) for s in strata):
        for name, splits in strata.items():
            yield (_cell(name), *_numbers(splits))


def _agreement(results: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """How far annotators agree, by Krippendorff's alpha, of spans by F1 of the same borders."""
    rows = [
        (
            _cell(one["control"]),
            f"{one['tasks']:,}",
            _value(one["alpha"]),
            _value(one["span_f1"]["exact"]),
        )
        for one in results
    ]
    if rows:
        yield from (_AGREEMENT, "")
        yield from _table(("of", "tasks", "alpha", "F1 of spans"), rows)


def _value(measured: Mapping[str, Any] | None) -> str:
    value = measured.get("value") if measured else None
    return "-" if value is None else f"{value:.3f}"


def _lost(ledger: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What was dropped, by stage and reason."""
    rows = [
        (stage["stage"], counted(count, stage["unit"]), reason)
        for stage in ledger
        for reason, count in stage["dropped"].items()
    ]
    if rows:
        yield from (_LEFT_OUT, "")
        yield from _table(("stage", "left out", "why"), rows)


def _sources(files: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield from (_SOURCES, "")
    rows = [
        (_cell(_called(file["path"]), 200), f"{file['bytes']:,}", f"`{file['sha256'][:16]}`")
        for file in files[:_FILES]
    ]
    yield from _table(("file", "bytes", "sha256"), rows)
    if len(files) > _FILES:
        yield from (f"and {len(files) - _FILES:,} more.", "")


def _again(manifest: Mapping[str, Any]) -> Iterator[str]:
    """The recipe, and the command that runs it; what has errors is only left out when asked."""
    text = _yaml(_portable(manifest["recipe"])).rstrip()
    has_errors = any(CATALOGUE[code].severity is Severity.ERROR for code in manifest["findings"])
    flag = " --drop-invalid" if has_errors else ""
    yield from (_AGAIN, "")
    fence = "```"
    while fence in text:  # a template of the recipe may hold one
        fence += "`"
    yield from ("Beside those files, as `recipe.yaml`:", "", f"{fence}yaml", text, fence, "")
    yield from ("```", f"dataprep convert --recipe recipe.yaml{flag} -o out", "```", "")


def _portable(part: Any) -> Any:
    """A recipe whose paths are those of the files beside it."""
    if isinstance(part, Mapping):
        return {
            key: _called(value) if key in _PATHS and isinstance(value, str) else _portable(value)
            for key, value in part.items()
        }
    return [*map(_portable, part)] if isinstance(part, list) else part


def _called(path: str) -> str:
    """A file by what the user called it; of a whole path, or one above, the name alone."""
    is_far = Path(path).is_absolute() or ".." in Path(path).parts
    return Path(path).name if is_far else path


def _table(head: Sequence[str], rows: Any) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join('---' for _ in head)} |"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _cell(text: str, most: int = 40) -> str:
    """A text of the data in one cell of a table."""
    return re.sub(r"([\\|`<>*_\[\]])", r"\\\1", excerpt(text, most)) or '""'
