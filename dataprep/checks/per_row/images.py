"""Family C, 3xx: pictures in a conversation. Rows here keep their format's schema.

Nothing here can be wrong with a row whose contents are all strings or null.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from dataprep.finding import Fault, excerpt
from dataprep.formats import Row
from dataprep.formats.chat import image_urls
from dataprep.patterns import LatePattern

MOST = 10
"""Pictures of one example (OpenAI's vision guide)."""

LARGEST = 10 * 1024 * 1024
"""Bytes of one picture; read as Together reads 10 MB, the larger of the two readings."""

_DATA = LatePattern(r"data:([\w.+/-]*)((?:;[\w.+=-]+)*),")
_HEAD = 16
"""Bytes of a picture that tell its type."""


def picture_faults(row: Row) -> Iterator[Fault]:
    """C302 to C307, for the pictures of a conversation."""
    pictures = image_urls(row["messages"])
    if len(pictures) > MOST:
        words = f"the row holds {len(pictures)} pictures, and an example may have {MOST}"
        yield Fault("C302", "messages", words)
    for path, url in pictures:
        yield from _picture(path, url)


def _picture(path: str, url: str) -> Iterator[Fault]:
    scheme = url[:8].lower()
    if scheme.startswith("https://"):
        return
    if scheme.startswith("http://"):
        yield Fault("C307", path, f"{path} is fetched over plain http")
    elif scheme.startswith("data:"):
        yield from _data(path, url)
    else:
        words = "is empty" if not url.strip() else f"is {excerpt(url)!r}, not a URL"
        yield Fault("C306", path, f"{path} {words}")


def _data(path: str, url: str) -> Iterator[Fault]:
    """C303 to C305, for a picture that stands in the row itself."""
    head = _DATA.match(url)
    if head is None or not head[2].endswith(";base64"):
        yield Fault("C304", path, f"{path} is not data:image/TYPE;base64,BYTES")
        return
    kind = head[1].lower()
    if kind not in ("image/jpeg", "image/png", "image/webp"):
        yield Fault("C303", path, f"{path} is of the type {excerpt(kind)!r}")
        return
    try:
        picture = base64.b64decode(url[head.end() :], validate=True)
    except (binascii.Error, ValueError):
        yield Fault("C304", path, f"{path} is not base64")
        return
    if len(picture) > LARGEST:
        words = f"{path} holds {len(picture):,} bytes, and {LARGEST:,} are allowed"
        yield Fault("C305", path, words)
    if (true := _kind(picture[:_HEAD])) != kind:
        yield Fault("C304", path, f"{path} is called {kind}, and its bytes are {true or 'neither'}")


def _kind(head: bytes) -> str:
    """The media type that the first bytes speak for; empty for another."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    return ""
