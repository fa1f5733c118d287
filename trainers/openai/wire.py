"""What is said to a server that speaks OpenAI's protocol, and its answers as plain rows.

Reading calls are patient. Calls that make something are sent once, and never again by us.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeGuard

import msgspec

from trainers.openai.client import (
    UnexpectedAnswer,
    field,
    pages,
    patient,
    plain,
    troubles,
    words,
)

if TYPE_CHECKING:
    from openai import OpenAI

RUN_KEY, ATTEMPT = "dataprep_run", "dataprep_attempt"
"""What our metadata is called: whose job it is, and which creation made it."""

SUCCEEDED, FAILED, CANCELLED = "succeeded", "failed", "cancelled"
EVENT_PAGES = 20
"""Of one look: the newest 2,000 events."""

ENDS = (SUCCEEDED, FAILED, CANCELLED)


class There(msgspec.Struct, frozen=True, kw_only=True):
    """A file at the server; `error` is why it cannot be used."""

    id: str
    name: str
    bytes: int | None
    status: str
    error: str = ""

    @property
    def usable(self) -> bool:
        """Whether a job can be made with it."""
        return self.status not in ("error", "deleted", "failed", "invalid_format")

    @property
    def waiting(self) -> bool:
        """Whether the server is still reading it (Azure and Together do so for minutes)."""
        return self.status in ("pending", "queued", "running", "processing", "importing")


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job at the server. `finish` and `created` are seconds since 1970, `told` its own words."""

    id: str
    status: str
    model: str = ""
    tuned: str | None = None
    tokens: int | None = None
    code: str = ""
    told: str = ""
    param: str = ""
    run_key: str | None = None
    attempt: str | None = None
    training_file: str | None = None
    validation_file: str | None = None
    suffix: str | None = None
    seed: int | None = None
    epochs: int | None = None
    results: tuple[str, ...] = ()
    finish: float | None = None
    created: float | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a job; `data` holds the finite numbers of it."""

    id: str
    at: float
    kind: str
    message: str
    data: dict[str, float] = {}


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A model from the middle of the training."""

    step: float
    model: str
    metrics: dict[str, float]


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """An upload in parts, as the server keeps it; `expires` in seconds since 1970."""

    id: str
    expires: float | None
    file: str | None = None


class ProviderWire(Protocol):
    """What the errand, the watch and the list of jobs need of a server."""

    def files(self) -> Iterator[There]:
        """All files for training."""

    def file(self, file_id: str) -> There:
        """One file; raises the SDK's NotFoundError."""

    def send_file(self, name: str, body: BinaryIO, size: int) -> str:
        """Upload a file whole; gives its id."""

    def jobs(self) -> Iterator[Job]:
        """All jobs, newest first."""

    def job(self, job_id: str) -> Job:
        """One job, asked for once."""

    def events(self, job_id: str) -> Iterator[Event]:
        """What happened to a job, newest first; asked for once a page."""

    def create(self, request: dict[str, Any]) -> str:
        """Make the job; gives its id."""

    def checkpoints(self, job_id: str) -> list[Checkpoint]:
        """The models from the middle of the training that are kept."""

    def cancel(self, job_id: str) -> Job:
        """End a job before its time."""

    def content(self, file_id: str) -> bytes:
        """A result file."""

    def fields(self, files: Mapping[str, str]) -> dict[str, Any]:
        """The fields of a request that name the uploaded files, by split."""


class OpenAIWire:
    """The protocol of OpenAI, as Azure and Nebius speak it too."""

    def __init__(self, client: OpenAI, sleep: Callable[[float], None]) -> None:
        self.client, self.sleep = client, sleep

    def files(self) -> Iterator[There]:
        """All files for training."""
        for row in pages(self._patiently(self.client.files.list, purpose="fine-tune")):
            yield _there(row)

    def file(self, file_id: str) -> There:
        """One file."""
        return _there(plain(self._patiently(self.client.files.retrieve)(_segment(file_id))))

    def send_file(self, name: str, body: BinaryIO, size: int) -> str:
        """Upload a file whole, read from the disk as it is sent."""
        file = (name, body, "application/jsonl")
        return field(plain(self.client.files.create(file=file, purpose="fine-tune")), "id")

    def jobs(self) -> Iterator[Job]:
        """All jobs, newest first."""
        for row in pages(self._patiently(self.client.fine_tuning.jobs.list)):
            yield _job(row)

    def job(self, job_id: str) -> Job:
        """One job."""
        row = plain(self.client.fine_tuning.jobs.retrieve(_segment(job_id)))
        field(row, "status")
        return _job(row)

    def events(self, job_id: str) -> Iterator[Event]:
        """What happened to a job."""
        list_events = self.client.fine_tuning.jobs.list_events
        for row in pages(lambda **page: list_events(_segment(job_id), **page), EVENT_PAGES):
            yield event_of(row)

    def create(self, request: dict[str, Any]) -> str:
        """Make the job."""
        known = {k: v for k, v in request.items() if k in _KNOWN}
        more = {k: v for k, v in request.items() if k not in _KNOWN}
        made = self.client.fine_tuning.jobs.create(**known, extra_body=more or None)
        return field(plain(made), "id")

    def checkpoints(self, job_id: str) -> list[Checkpoint]:
        """The models of the last epochs, which OpenAI keeps beside the last one."""
        list_them = self._patiently(self.client.fine_tuning.jobs.checkpoints.list)
        return [
            Checkpoint(
                step=number(row.get("step_number")) or 0,
                model=text(row.get("fine_tuned_model_checkpoint")),
                metrics=figures(row.get("metrics") or {}),
            )
            for row in pages(lambda **page: list_them(_segment(job_id), **page))
        ]

    def cancel(self, job_id: str) -> Job:
        """End a job before its time."""
        return _job(plain(self.client.fine_tuning.jobs.cancel(_segment(job_id))))

    def content(self, file_id: str) -> bytes:
        """A result file."""
        name = _segment(file_id)
        return bytes(self._patiently(lambda: self.client.files.content(name).content)())

    def fields(self, files: Mapping[str, str]) -> dict[str, Any]:
        """`training_file`, and `validation_file` where there is one."""
        return file_fields(files)

    # Uploads in parts.

    def begin_upload(self, name: str, size: int) -> Upload:
        """Tell the server of a file that will come in parts."""
        made = self.client.uploads.create(
            bytes=size, filename=name, mime_type="application/jsonl", purpose="fine-tune"
        )
        return _upload(plain(made))

    def send_part(self, upload_id: str, body: BinaryIO) -> str:
        """Send one part; gives its id."""
        part = ("part", body, "application/octet-stream")
        return field(plain(self.client.uploads.parts.create(upload_id, data=part)), "id")

    def complete_upload(self, upload_id: str, parts: list[str], md5: str) -> Upload:
        """Make a file of the parts."""
        return _upload(plain(self.client.uploads.complete(upload_id, part_ids=parts, md5=md5)))

    def cancel_upload(self, upload_id: str) -> None:
        """Forget an upload that was begun."""
        self.client.uploads.cancel(upload_id)

    def _patiently(self, call: Callable[..., Any], **fixed: Any) -> Callable[..., Any]:
        return lambda *args, **more: patient(lambda: call(*args, **fixed, **more), self.sleep)


def cancel_job(wire: ProviderWire, job_id: str) -> Job:
    """End a job before its time; where the answer is lost, look whether it was done."""
    try:
        return wire.cancel(job_id)
    except troubles():
        job = wire.job(job_id)
        if "cancel" not in job.status:
            raise
        return job


def is_job_id(value: object) -> TypeGuard[str]:
    """Whether it may go into an address and into the name of a folder."""
    if not isinstance(value, str) or not 0 < len(value) <= 100:
        return False
    return all(c.isascii() and (c.isalnum() or c in "-_") for c in value)


_KNOWN = (
    *("model", "training_file", "validation_file", "method", "suffix", "seed", "metadata"),
    "hyperparameters",
)


def file_fields(files: Mapping[str, str]) -> dict[str, Any]:
    """The two fields that name the uploaded files, in both protocols."""
    names = {"train": "training_file", "validation": "validation_file"}
    return {names[split]: file_id for split, file_id in files.items()}


def _segment(identity: str) -> str:
    """An id that can stand in an address; the SDK raises a bare ValueError for any other."""
    if identity in ("", ".", ".."):
        raise UnexpectedAnswer(f"{identity!r} is no id that can be asked for")
    return identity


def event_of(row: Mapping[str, Any]) -> Event:
    """An event of either protocol, with an id of its own."""
    at = number(row.get("created_at"))
    data = row.get("data")
    return Event(
        id=field(row, "id"),
        at=0.0 if at is None else at,
        kind=text(row.get("type")) or "message",
        message=text(row.get("message")),
        data=figures(data) if isinstance(data, Mapping) else {},
    )


def figures(data: Mapping[str, Any]) -> dict[str, float]:
    """The finite numbers among some data; a NaN would not go into the ledger's JSON."""
    found = {words(str(name)): number(value) for name, value in data.items()}
    return {name: value for name, value in found.items() if value is not None}


_MOST = 1e300


def number(value: object) -> float | None:
    """A finite number, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if -_MOST < value < _MOST else None  # false for a NaN too


def text(value: object) -> str:
    """A server's text, fit for a terminal and a ledger."""
    return words(value) if isinstance(value, str) else ""


def _there(row: Mapping[str, Any]) -> There:
    size = row.get("bytes")
    return There(
        id=field(row, "id"),
        name=text(row.get("filename")),
        bytes=size if isinstance(size, int) else None,
        status=text(row.get("status")).lower(),
        error=text(row.get("status_details")),
    )


def _job(row: Mapping[str, Any]) -> Job:
    error = row.get("error")
    error = error if isinstance(error, Mapping) else {}
    metadata = row.get("metadata")
    ours = metadata if isinstance(metadata, Mapping) else {}
    key, attempt = ours.get(RUN_KEY), ours.get(ATTEMPT)
    results = row.get("result_files")
    tokens, seed = row.get("trained_tokens"), row.get("seed")
    return Job(
        id=field(row, "id"),
        status=text(row.get("status")) or "unknown",
        model=text(row.get("model")),
        tuned=text(row.get("fine_tuned_model")) or None,
        tokens=tokens if isinstance(tokens, int) else None,
        code=text(error.get("code")),
        told=text(error.get("message")),
        param=text(error.get("param")),
        run_key=key if isinstance(key, str) else None,
        attempt=attempt if isinstance(attempt, str) else None,
        training_file=text(row.get("training_file")) or None,
        validation_file=text(row.get("validation_file")) or None,
        suffix=text(row.get("user_provided_suffix") or row.get("suffix")) or None,
        seed=seed if isinstance(seed, int) else None,
        epochs=_epochs(row),
        results=tuple(filter(None, map(text, results if isinstance(results, list) else ()))),
        finish=number(row.get("estimated_finish")),
        created=number(row.get("created_at")),
    )


def _epochs(row: Mapping[str, Any]) -> int | None:
    """Of the method's hyperparameters, or of the older field of that name."""
    method = row.get("method")
    kind = method.get(str(method.get("type"))) if isinstance(method, Mapping) else None
    for place in (kind.get("hyperparameters") if isinstance(kind, Mapping) else None, row):
        found = place.get("hyperparameters", place) if isinstance(place, Mapping) else None
        epochs = found.get("n_epochs") if isinstance(found, Mapping) else None
        if isinstance(epochs, int):
            return epochs
    return None


def _upload(row: Mapping[str, Any]) -> Upload:
    file = row.get("file")
    return Upload(
        id=field(row, "id"),
        expires=number(row.get("expires_at")),
        file=field(file, "id") if isinstance(file, Mapping) else None,
    )
