"""One file's way to the disk, in as many requests as it takes: each goes on where the last ended.

The bytes so far lie in NAME.part, and NAME.part.json says whose they are and by what the server
knows that the file is still the same (RFC 9110: Range with If-Range). Where it cannot be known, the
file begins anew, and the longer of both attempts is kept in NAME.best until it is whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from dataprep import store
from dataprep.durable import flush_to_disk, write_json
from dataprep.finding import DataprepError
from trainers.openai import TRIES, UnexpectedAnswer, passing, pause_after, words
from trainers.rescue.asking import Asking, Trouble, disk, failures, guarded

MOST_BYTES = 8 << 30
"""Of a file whose size is not listed: the largest upload that OpenAI takes."""

MORE_THAN_LISTED = 64 << 20
"""So much more than twice the listed size is read of a longer file: a stream may have no end."""

PROGRESS_BYTES = 1 << 20
"""A request that brought so much has not failed, however it ended."""

_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})")
_UNSATISFIED = re.compile(r"bytes \*/(\d{1,18})")
_STRONG_AFTER = 1
"""Seconds from Last-Modified to Date that make it a strong validator (RFC 9110, 8.8.2.2)."""


class PartRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Whose bytes a part holds, and the ETag or date by which the server knows the file again."""

    id: str
    server: str
    validator: str = ""
    total: int | None = None


class Arrival(NamedTuple):
    """What of a file is on the disk: `ended` where the server said that this is all of it."""

    size: int
    sha256: str
    ended: bool
    why: str = ""


class _Cut(Exception):
    """The stream ended before the file did."""


class _Changed(Exception):
    """The file is another than the one that the part is of."""


class Download:
    """One file, to be fetched to `path`; `listed` is its size in bytes as the server lists it."""

    def __init__(
        self,
        asking: Asking,
        path: Path,
        *,
        server: str,
        identity: str,
        listed: int | None,
    ) -> None:
        self.asking, self.path, self.server, self.identity = asking, path, server, identity
        self.listed = listed
        self.part, self.best = beside(path, "part"), beside(path, "best")
        self.about = beside(path, "part.json")

    def run(self, whole: Callable[[Path, int], bool]) -> Arrival:
        """Fetch until it is `whole`, ends twice alike, or was tried four times without progress.

        Raises Trouble for a refusal and Stop where nothing more can be asked or written.
        """
        failed = 0
        before: Arrival | None = None
        while True:
            size = self._size()
            error: Exception | None = None
            try:
                self._request()
                arrived = self._arrived(ended=True)
                if whole(self.part, arrived.size):
                    return arrived
                if arrived == before or self._over(arrived.size):
                    return self._longest(ended=True)
                before = arrived
            except (_Cut, _Changed) as cut:
                if isinstance(cut, _Cut) and self._complete() and whole(self.part, self._size()):
                    return self._arrived(ended=True)
                error = cut
            except failures() as trouble:
                if not _may_pass(trouble):
                    raise self.asking.trouble(trouble, f"Fetching {words(self.identity)}") from None
                error = trouble
            failed = 1 if self._size() - size >= PROGRESS_BYTES else failed + 1
            if failed >= TRIES:
                return self._given_up(error)
            self.asking.sleep(pause_after(error or _Cut(), failed))

    def _given_up(self, error: Exception | None) -> Arrival:
        """What there is after the last try; raises Trouble where nothing ever came."""
        if error is None:
            return self._longest(ended=True)
        if isinstance(error, _Cut | _Changed):
            why = str(error)
        else:
            why = self.asking.trouble(error, f"Fetching {words(self.identity)}").why
        if self._size() == 0 and not self.best.exists():
            raise Trouble(why)
        return self._longest(ended=False, why=why)

    def _request(self) -> None:
        """One request, to the end of its stream."""
        headers = {"Accept-Encoding": "identity"}
        size, part = self._size(), self._described()
        if size and part is not None and part.validator and not self._over(size):
            headers |= {"Range": f"bytes={size}-", "If-Range": part.validator}
        content = self.asking.client.files.with_streaming_response.content
        stream = guarded(lambda: content(self.identity, extra_headers=headers))
        try:
            response = guarded(stream.__enter__)
        except failures() as error:
            if "Range" not in headers or not self._ended_before(error, size):
                raise
            return
        try:
            self.asking.answered()
            self._receive(response, part if "Range" in headers else None)
        finally:
            stream.__exit__(None, None, None)

    def _ended_before(self, error: Any, size: int) -> bool:
        """Whether an error in the place of the rest says that the part is all there is.

        Raises _Changed where the rest cannot be had, and the file may.
        """
        if getattr(error, "status_code", None) == 416:
            self.asking.answered()
            found = _UNSATISFIED.fullmatch(error.response.headers.get("content-range", ""))
            if found is not None and int(found[1]) == size:
                return True
        elif _may_pass(error) or hasattr(error, "status_code"):
            return False
        self._set_aside()
        raise _Changed("the server does not give the rest of the file")

    def _receive(self, response: Any, part: PartRecord | None) -> None:
        headers = response.headers
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "text/html":
            raise UnexpectedAnswer("a page of HTML in the place of the file")
        if response.status_code == 206 and part is not None:
            self._check_range(headers, part)
            mode = "ab"
        elif response.status_code == 200:
            self._set_aside()
            with disk(self.part):
                write_json(self.about, msgspec.to_builtins(self._described_by(headers)))
            mode = "wb"
        else:
            raise UnexpectedAnswer(f"status {response.status_code} for a file")
        with disk(self.part), self.part.open(mode) as file:
            got = self._size()
            for piece in _pieces(response):
                file.write(piece)
                file.flush()  # into the system's hands, for when this process is killed
                got += len(piece)
                if self._over(got):
                    break
            flush_to_disk(file)

    def _check_range(self, headers: Mapping[str, str], part: PartRecord) -> None:
        """Raise _Changed for a piece that does not continue the part."""
        found = _RANGE.fullmatch(headers.get("content-range", ""))
        etag = headers.get("etag", "")
        fits = (
            found is not None
            and int(found[1]) == self._size()
            and part.total in (None, int(found[3]))
            and headers.get("content-encoding", "identity").lower() == "identity"
            and (etag == part.validator or not part.validator.startswith('"'))
        )
        if not fits:
            self._set_aside()
            raise _Changed("the server sent another piece than the one that was asked for")

    def _described_by(self, headers: Mapping[str, str]) -> PartRecord:
        plain = headers.get("content-encoding", "identity").lower() == "identity"
        length = headers.get("content-length", "")
        total = int(length) if plain and re.fullmatch(r"[0-9]{1,18}", length) else None
        validator = _validator(headers) if plain else ""
        return PartRecord(id=self.identity, server=self.server, validator=validator, total=total)

    def _described(self) -> PartRecord | None:
        """What is known of the part on the disk, if it is of this file."""
        part = part_of(self.about)
        same = part is not None and (part.id, part.server) == (self.identity, self.server)
        return part if same else None

    def _set_aside(self) -> None:
        """Make room for a new beginning; the longer of what came before is kept."""
        with disk(self.part):
            self.about.unlink(missing_ok=True)
            size = self._size()
            if size and (not self.best.exists() or self.best.stat().st_size < size):
                self.part.replace(self.best)
            self.part.unlink(missing_ok=True)

    def _size(self) -> int:
        with disk(self.part):
            return self.part.stat().st_size if self.part.is_file() else 0

    def _complete(self) -> bool:
        """Whether all bytes that the server announced are here, though the stream broke."""
        part = self._described()
        size = self._size()
        return size > 0 and part is not None and part.total in (None, size) and size == self.listed

    def _over(self, size: int) -> bool:
        most = MOST_BYTES if self.listed is None else 2 * self.listed + MORE_THAN_LISTED
        return size > most

    def _arrived(self, ended: bool) -> Arrival:
        with disk(self.part):
            return Arrival(self._size(), store.sha256_of(self.part), ended)

    def _longest(self, ended: bool, why: str = "") -> Arrival:
        """The longer of the last attempt and the one before; the last where they are alike."""
        with disk(self.part):
            source = longest(self.path)
            assert source is not None  # noqa: S101  something came, or Trouble was raised
            if source == self.part:
                self.best.unlink(missing_ok=True)
            return Arrival(source.stat().st_size, store.sha256_of(source), ended, why)


def beside(path: Path, ending: str) -> Path:
    """A file of the same name with an ending: part, part.json, best, json."""
    return path.with_name(f"{path.name}.{ending}")


def longest(path: Path) -> Path | None:
    """What there is of a file that is not whole."""
    found = [p for ending in ("part", "best") if (p := beside(path, ending)).is_file()]
    return max(found, key=lambda p: p.stat().st_size, default=None)


def part_of(about: Path) -> PartRecord | None:
    """The description of a part; None where there is none that can be read."""
    try:
        return msgspec.json.decode(about.read_bytes(), type=PartRecord)
    except (OSError, msgspec.DecodeError):
        return None


def _may_pass(error: Exception) -> bool:
    """Whether the same request may well succeed a little later."""
    refused = isinstance(error, UnexpectedAnswer | DataprepError)
    return not refused and not isinstance(error.__cause__, DataprepError) and passing(error)


def _validator(headers: Mapping[str, str]) -> str:
    """What proves later that the file is still the same: a strong ETag, or a date that is old."""
    etag = headers.get("etag", "")
    if re.fullmatch(r'"[\x21\x23-\x7e]{1,200}"', etag):
        return etag
    modified, now = headers.get("last-modified", ""), headers.get("date", "")
    try:
        age = parsedate_to_datetime(now) - parsedate_to_datetime(modified)
        return modified if not etag and age.total_seconds() >= _STRONG_AFTER else ""
    except (TypeError, ValueError, IndexError, OverflowError):
        return ""


def _pieces(response: Any) -> Iterator[bytes]:
    """The bytes of a stream as they come; a connection that breaks is no error of the SDK's own."""
    encoding = response.headers.get("content-encoding", "identity").lower()
    if encoding not in ("identity", "gzip"):
        raise UnexpectedAnswer(f"a file in the encoding {words(encoding)}")
    raw = response.http_response
    try:
        yield from raw.iter_raw() if encoding == "identity" else raw.iter_bytes()
    except Exception as error:
        if type(error).__module__.partition(".")[0].startswith(("httpx", "httpcore")):
            raise _Cut(f"the stream broke: {words(str(error))}") from None
        raise
