"""Family U: the file that would be uploaded, and the platform that would take it.

Everything here comes from the table of providers; nothing fires without a provider.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from dataprep import providers
from dataprep.checks.context import Context
from dataprep.finding import Fault, Finding, Place, excerpt
from dataprep.formats import Plain, RowFormat, RowRead
from dataprep.formats.chat import image_urls
from dataprep.providers import NOTICE_DAYS, ProviderModel
from dataprep.rules import found

_METHODS = {"openai-chat": "supervised", "preference": "dpo", "reinforcement": "reinforcement"}
_UNITS = (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000))


def reader_of(context: Context) -> ProviderModel | None:
    """Who would train, by the context's provider and model; None where none is named."""
    if context.provider is None:
        return None
    model = f":{context.model}" if context.model else ""
    return providers.reader(f"{context.provider}{model}")


def silenced(context: Context) -> frozenset[str]:
    """The rules of other families that do not hold for the provider: a wanted mark is no J006."""
    reader = reader_of(context)
    wanted = reader is not None and reader.limits.byte_order_mark
    return frozenset({"J006"} if wanted else ())


def file_faults(
    path: Path, context: Context, *, named: bool = True, packed: bool = False
) -> Iterator[Fault]:
    """What the name, the size and the first bytes of a file show.

    What comes through a pipe is not `named`, and what is compressed is `packed`.
    """
    reader = reader_of(context)
    if reader is None:
        return
    title, limits = reader.provider.title, reader.limits
    if named and limits.endings and not path.name.endswith(limits.endings):
        wanted = " or ".join(limits.endings)
        yield Fault("U001", "", f"{title} takes only files that end in {wanted}")
    elif packed:
        yield Fault("U015", "", f"the file is packed by gzip, and {title} reads plain text")
    yield from _size_faults(path.stat().st_size, reader)
    if limits.byte_order_mark and not packed and not _has_mark(path):
        yield Fault("U006", "", f"{title} asks for UTF-8 with a byte-order mark, and there is none")


def _size_faults(size: int, reader: ProviderModel) -> Iterator[Fault]:
    limits, title = reader.limits, reader.provider.title
    most = max(filter(None, (limits.file_bytes, limits.upload_bytes)), default=None)
    if most is not None and size > most:
        yield Fault(
            "U003", "", f"the file has {_shown(size)}: {title} takes at most {_shown(most)}"
        )
    elif limits.parts_above_bytes and size > limits.parts_above_bytes:
        above = _shown(limits.parts_above_bytes)
        yield Fault("U004", "", f"the file has {_shown(size)}: {title} wants parts above {above}")


def _shown(size: int) -> str:
    for unit, each in _UNITS:
        if size >= each:
            return f"{size / each:,.4g} {unit}"
    return f"{size} bytes"


def _has_mark(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(3) == codecs.BOM_UTF8


class UploadWatch:
    """Counts the examples of each file, and judges the provider, the model and the format."""

    codes = (
        *("U002", "U005", "U007", "U008", "U009"),
        *("U010", "U011", "U013", "U014"),
    )

    def __init__(self, context: Context) -> None:
        """Does nothing where the context names no provider."""
        self.reader = reader_of(context)
        self.today = context.today
        self.examples: dict[str, int] = {}
        self.pictures: dict[str, int] = {}
        self.forms: dict[str, str] = {}
        self.files: dict[str, str] = {}

    def add(self, read: RowRead, place: Place, part: str) -> None:
        """Count one sound row."""
        if self.reader is None:
            return
        if read.form is None or read.reading is None:
            return
        self._count(1, read.form, place.file, part)
        if self.reader.limits.image_examples is not None and image_urls(read.reading.messages):
            self.pictures[part] += 1

    def add_plain(self, rows: Plain, form: RowFormat, file: str, part: str) -> None:
        """Count rows that are text alone."""
        if self.reader is not None:
            self._count(len(rows.lines), form, file, part)

    def _count(self, examples: int, form: RowFormat, file: str, part: str) -> None:
        if part not in self.examples:
            self.examples[part] = self.pictures[part] = 0
            self.forms[part], self.files[part] = form.name, file
        self.examples[part] += examples

    def findings(self) -> Iterator[Finding]:
        """The life of the platform once; count and format for each file."""
        if self.reader is None:
            return
        first = Place(file=next(iter(self.files.values()), ""))
        for fault in life_faults(self.reader, self.today):
            yield found(fault.code, fault.message, first)
        for part, file in self.files.items():
            for fault in self._part_faults(part, self.reader):
                yield found(fault.code, fault.message, Place(file=file))

    def _part_faults(self, part: str, reader: ProviderModel) -> Iterator[Fault]:
        yield from _count_faults(self.examples[part], part, reader)
        most, pictures = reader.limits.image_examples, self.pictures[part]
        if most is not None and pictures > most:
            title = reader.provider.title
            yield Fault(
                "U013",
                "",
                f"{pictures:,} examples hold images: {title} takes at most {most:,} in a file",
            )
        yield from _format_faults(self.forms[part], reader)


def _count_faults(examples: int, part: str, reader: ProviderModel) -> Iterator[Fault]:
    least, most = reader.limits.min_examples, reader.limits.max_examples
    title = reader.provider.title
    if least is not None and examples < least:
        from dataprep.tokens import held_out

        if held_out(part):
            return
        counted = "1 example" if examples == 1 else f"{examples:,} examples"
        yield Fault("U002", "", f"the file has {counted}: {title} asks for at least {least:,}")
    if most is not None and examples > most:
        yield Fault("U005", "", f"the file has {examples:,} examples: {title} takes {most:,}")


def _format_faults(form: str, reader: ProviderModel) -> Iterator[Fault]:
    title, formats, model = reader.provider.title, reader.formats, reader.model
    if form not in formats:
        if formats:
            taken = " and ".join(filter(None, (", ".join(formats[:-1]), formats[-1])))
            yield Fault("U007", "", f"the file is {form}: {title} takes {taken}")
        return
    method = _METHODS.get(form)
    if model is not None and model.methods and method and method not in model.methods:
        trained = " and ".join(model.methods)
        yield Fault(
            "U008",
            "",
            f"the file is {form}, for the method {method}: {model.name} is trained by {trained}",
        )


def life_faults(reader: ProviderModel, today: date) -> Iterator[Fault]:
    """Whether the platform takes jobs, the model can be trained, and for how long it runs."""
    platform, title = reader.provider.platform, reader.provider.title
    if platform.status == "closed":
        yield Fault("U010", "", f"{title} takes no jobs any more")
        return
    yield from _model_faults(reader)
    ended = list(_ended(reader, today, 0))
    if ended:
        yield Fault("U010", "", f"{'; '.join(ended)}")
        return
    if near := list(_ended(reader, today, NOTICE_DAYS)):
        yield Fault("U011", "", f"{'; '.join(near)}")
    if platform.existing_customers_only:
        yield Fault("U014", "", f"{title} takes jobs only from existing customers")


def _model_faults(reader: ProviderModel) -> Iterator[Fault]:
    title, asked = reader.provider.title, excerpt(reader.asked)
    if reader.model is not None:
        if not reader.model.methods:
            yield Fault("U009", "", f"{asked} cannot be trained at {title}")
    elif asked and reader.provider.all_models:
        near = providers.nearest_model(reader.provider, reader.asked)
        hint = f"; the nearest name is {near}" if near else ""
        yield Fault("U009", "", f"the table lists no model {asked} to train at {title}{hint}")


def _ended(reader: ProviderModel, today: date, notice: int) -> Iterator[str]:
    """What has an end that is at most `notice` days away, in words."""
    name = reader.model.name if reader.model else reader.provider.title
    for until, past, soon in (
        (reader.training_ends, "takes no jobs since", "takes no jobs from"),
        (reader.shutdown, "is shut down since", "is shut down on"),
    ):
        left = providers.days_left(until, today)
        if left is None or left > notice:
            continue
        days = "1 day" if left == 1 else f"{left} days"
        yield f"{name} {past} {until}" if left <= 0 else f"{name} {soon} {until}: {days} left"
