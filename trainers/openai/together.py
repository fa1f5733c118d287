"""Together's own protocol, spoken through the same client: its paths, its words for things.

From the wheel of together 3.1.1. Together keeps no metadata of ours, so the run key goes into the
suffix of the model's name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import quote

from dataprep import network
from dataprep.finding import UsageError
from trainers.openai import client as clients
from trainers.openai.client import UnexpectedAnswer, field, patient, plain
from trainers.openai.wire import (
    CANCELLED,
    FAILED,
    SUCCEEDED,
    Checkpoint,
    Event,
    Job,
    There,
    figures,
    file_fields,
    number,
    text,
)

if TYPE_CHECKING:
    from openai import OpenAI

KEY_CHARACTERS = 12
SUFFIX = 40
MOST_BYTES = 5 * 2**30
_STATUS = {"completed": SUCCEEDED, "error": FAILED, "cancelled": CANCELLED}


class TogetherWire:
    """What is said to Together, and its answers in the same rows as OpenAI's."""

    def __init__(self, client: OpenAI, sleep: Callable[[float], None]) -> None:
        self.client, self.sleep = client, sleep

    def files(self) -> Iterator[There]:
        """All files for training."""
        return map(_there, self._rows("/files"))

    def file(self, file_id: str) -> There:
        """One file."""
        return _there(self._read(f"/files/{_in_path(file_id)}"))

    def send_file(self, name: str, body: BinaryIO, size: int) -> str:
        """Ask where to put the file, put it there, and have it read by the server."""
        import httpx2
        import openai

        if size > MOST_BYTES:
            raise UsageError(
                f"{name} has {size:,} bytes; above 5 GiB Together wants parts.",
                "Upload it with Together's own client, or train on fewer examples.",
            )
        form = {"purpose": "fine-tune", "file_name": name, "file_type": "jsonl"}
        form["checksum"] = _digest(body)
        try:
            answer = self.client.post(
                "/files",
                cast_to=httpx2.Response,
                body=form,
                options={
                    "headers": {"Content-Type": "multipart/form-data"},
                    "follow_redirects": False,
                },
            )
        except openai.ConflictError as error:  # the same content is there
            return field(_body(error), "file_id")
        except openai.APIStatusError as error:
            if error.status_code != httpx2.codes.FOUND:
                raise
            answer = error.response
        place = answer.headers.get("location")
        file_id = field(dict(answer.headers), "x-together-file-id")
        if not place or not self._is_storage(place):
            raise UnexpectedAnswer("the answer names no place for the file")
        # Not through the client: the key is for the API and not for the storage behind it.
        with network.guarded(httpx2, place, clients.LIMITS) as storage:
            size_said = {"content-length": str(size)}
            put = storage.put(place, content=_chunks(body), headers=size_said)
        if not put.is_success:
            raise openai.APIStatusError("the storage refused the file", response=put, body=None)
        return field(self._send(f"/files/{_in_path(file_id)}/preprocess"), "id")

    def _is_storage(self, place: str) -> bool:
        """Whether the data may go there: encrypted, or from this machine to itself."""
        there = network.address_in(place)
        here = network.address_in(str(self.client.base_url))
        if there is None or here is None or "@" in place.partition("?")[0]:
            return False
        return there.encrypted or (there.local and here.local)

    def jobs(self) -> Iterator[Job]:
        """All jobs, newest first."""
        made = list(map(_job, self._rows("/fine-tunes")))
        return iter(sorted(made, key=lambda job: -(job.created or 0)))

    def job(self, job_id: str) -> Job:
        """One job."""
        row = plain(self.client.get(f"/fine-tunes/{_in_path(job_id)}", cast_to=object))
        field(row, "status")
        return _job(row)

    def events(self, job_id: str) -> Iterator[Event]:
        """What happened to a job, newest first. Together's events have no ids."""
        page = plain(self.client.get(f"/fine-tunes/{_in_path(job_id)}/events", cast_to=object))
        rows = [plain(row) for row in _list(page)]
        made = [_event(row, place) for place, row in enumerate(rows)]
        return iter(sorted(made, key=lambda event: -event.at))

    def create(self, request: dict[str, Any]) -> str:
        """Make the job."""
        return field(self._send("/fine-tunes", request), "id")

    def cancel(self, job_id: str) -> Job:
        """End a job before its time."""
        return _job(self._send(f"/fine-tunes/{_in_path(job_id)}/cancel"))

    def checkpoints(self, job_id: str) -> list[Checkpoint]:
        """None that could be asked by a name of their own."""
        return []

    def content(self, file_id: str) -> bytes:
        """Together has no result files: its metrics come by events."""
        raise UnexpectedAnswer(f"there is no file {file_id}")

    def fields(self, files: Mapping[str, str]) -> dict[str, Any]:
        """The same two fields as OpenAI's."""
        return file_fields(files)

    def _rows(self, path: str) -> Iterator[dict[str, Any]]:
        yield from map(plain, _list(self._read(path)))

    def _read(self, path: str) -> dict[str, Any]:
        return plain(patient(lambda: self.client.get(path, cast_to=object), self.sleep))

    def _send(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return plain(self.client.post(path, cast_to=object, body=body))


def suffix_with(suffix: str | None, key: str) -> str:
    """The suffix that carries the run key."""
    return "-".join(filter(None, (suffix, key[:KEY_CHARACTERS])))


def _in_path(identity: str) -> str:
    """An id of the server's as one part of a path; raises UnexpectedAnswer for a way upwards."""
    if identity in (".", ".."):
        raise UnexpectedAnswer("the answer has no id")
    return quote(identity, safe="")


def _list(page: Mapping[str, Any]) -> list[Any]:
    rows = page.get("data")
    if not isinstance(rows, list):
        raise UnexpectedAnswer("the answer is no list")
    return rows


def _digest(body: BinaryIO) -> str:
    body.seek(0)
    digest = hashlib.sha256()
    for chunk in _chunks(body):
        digest.update(chunk)
    body.seek(0)
    return digest.hexdigest()


def _chunks(body: BinaryIO) -> Iterator[bytes]:
    while chunk := body.read(1 << 20):
        yield chunk


def _body(error: Any) -> dict[str, Any]:
    return error.body if isinstance(error.body, dict) else {}


def _there(row: Mapping[str, Any]) -> There:
    report = row.get("validation_report")
    size = row.get("bytes")
    return There(
        id=field(row, "id"),
        name=text(row.get("filename")),
        bytes=size if isinstance(size, int) else None,
        status=text(row.get("processing_status")).lower(),
        error=text(report.get("error")) if isinstance(report, Mapping) else "",
    )


def _job(row: Mapping[str, Any]) -> Job:
    status = text(row.get("status")) or "unknown"
    progress = row.get("progress")
    left = number(progress.get("seconds_remaining")) if isinstance(progress, Mapping) else None
    known = isinstance(progress, Mapping) and progress.get("estimate_available")
    events = row.get("events")
    told = [e for e in events if isinstance(e, Mapping)] if isinstance(events, list) else []
    errors = [event for event in told if event.get("type") == "job_error"]
    tokens, seed = row.get("token_count"), row.get("random_seed")
    epochs, suffix = row.get("n_epochs"), text(row.get("suffix")) or None
    name = text(row.get("model_output_name") or row.get("output_name")) or None
    ended = _STATUS.get(status, status)
    return Job(
        id=field(row, "id"),
        status=ended,
        model=text(row.get("model")),
        tuned=name if ended == SUCCEEDED else None,
        tokens=tokens if isinstance(tokens, int) else None,
        told=text(errors[-1].get("message")) if errors else "",
        run_key=_key_in(suffix or name or ""),
        training_file=text(row.get("training_file")) or None,
        validation_file=text(row.get("validation_file")) or None,
        suffix=suffix,
        seed=seed if isinstance(seed, int) else None,
        epochs=epochs if isinstance(epochs, int) else None,
        finish=_now() + left if known and left is not None else None,
        created=_seconds(row.get("created_at")),
    )


def _key_in(name: str) -> str | None:
    """The run key's beginning at the end of a suffix, or before the id in a model's name."""
    for part in reversed(name.split("-")):
        if len(part) == KEY_CHARACTERS and all(c in "0123456789abcdef" for c in part):
            return part
    return None


def _event(row: Mapping[str, Any], place: int) -> Event:
    at = _seconds(row.get("created_at")) or 0.0
    data = {k: row.get(k) for k in ("step", "total_steps", "epoch", "train_loss", "loss")}
    kind = text(row.get("type")) or "message"
    message = text(row.get("message"))
    sign = f"{row.get('created_at')} {kind} {row.get('step')} {message}"
    digest = hashlib.sha256(sign.encode("utf-8", "replace")).hexdigest()[:16]
    found = figures({k: v for k, v in data.items() if number(v) is not None})
    return Event(id=digest or str(place), at=at, kind=kind, message=message, data=found)


def _seconds(value: object) -> float | None:
    if isinstance(value, str):
        try:
            return datetime.fromisoformat(value).timestamp()
        except (ValueError, OverflowError):
            return None
    return number(value)


def _now() -> float:
    import time

    return time.time()
