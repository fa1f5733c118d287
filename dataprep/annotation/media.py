"""Pictures, recordings and videos: told by what a result is, and by the address of a file."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dataprep.patterns import LatePattern

_ENDINGS = {
    "picture": "apng avif bmp dcm gif heic jfif jpeg jpg png svg tif tiff webp",
    "recording": "aac aiff amr flac m4a mp3 oga ogg opus wav wma",
    "video": "avi m4v mkv mov mp4 mpeg mpg ogv webm wmv",
    "PDF": "pdf",
}
_KIND_OF_ENDING = {end: kind for kind, ends in _ENDINGS.items() for end in ends.split()}
_KIND_OF_TAG = {
    "Image": "picture",
    "Audio": "recording",
    "AudioPlus": "recording",
    "Video": "video",
    "Pdf": "PDF",
    "TimeSeries": "time series",
    "TimeSeriesChannel": "time series",
}
_TAG_OF_KIND = {"picture": "Image", "recording": "Audio", "video": "Video", "PDF": "Pdf"}
_SHAPES = ("rectangle", "polygon", "ellipse", "keypoint", "brush", "bitmask", "vector", "cuboid")
_KIND_OF_TYPE = {
    **{shape + labels: "picture" for shape in _SHAPES for labels in ("", "labels")},
    "magicwand": "picture",
    "videorectangle": "video",
    "timelinelabels": "video",
    "timeserieslabels": "time series",
}
_PLURALS = {
    "picture": "pictures",
    "recording": "recordings",
    "video": "videos",
    "PDF": "PDFs",
    "time series": "time series",
}
_ENDING = LatePattern(r"\.([a-z0-9]{2,4})(?:[?#]\S*)?$", re.IGNORECASE)
_INLINE = LatePattern(r"data:(image|audio|video)/", re.IGNORECASE)
_OF_INLINE = {"image": "picture", "audio": "recording", "video": "video"}

NOT_LEARNED = (
    "Only text is learned: of a project about pictures, recordings or videos no example is made."
)
"""What is not possible, for whoever brings such a project."""
POSSIBLE = (
    "A control about a text of the same tasks can be named with `control` in the recipe, and rows"
    " of chat that show their pictures (image_url) are read as they are."
)
"""What is possible with such a project."""


def media_kind(text: str) -> str:
    """Which medium a text is the address of: picture, recording, video or PDF; empty for none."""
    if inline := _INLINE.match(text[:16]):
        return _OF_INLINE[inline[1].lower()]
    ending = _ENDING.search(text.strip()[-200:])
    return _KIND_OF_ENDING.get(ending[1].lower(), "") if ending else ""


def tag_of_media(kind: str) -> str:
    """The object tag that shows a medium."""
    return _TAG_OF_KIND[kind]


def medium_of_tag(tag: str) -> str:
    """The medium that an object tag shows; empty for a text or a list."""
    return _KIND_OF_TAG.get(tag, "")


def media_of_types(types: Iterable[str]) -> str:
    """The media that results of those types are about, in words; empty for none that is known."""
    kinds = dict.fromkeys(_KIND_OF_TYPE[t] for t in types if t in _KIND_OF_TYPE)
    return " and ".join(_PLURALS[kind] for kind in kinds)


def in_plural(kind: str) -> str:
    """A medium in the plural."""
    return _PLURALS[kind]
