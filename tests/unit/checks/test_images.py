"""Pictures in a conversation."""

import base64
from typing import Any

import pytest

from dataprep.checks.per_row.images import LARGEST, picture_faults
from tests.unit.checks.rows import assistant, chat, user

PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)
JPEG = b"\xff\xd8\xff\xe0" + bytes(8)
WEBP = b"RIFF" + bytes(4) + b"WEBP" + bytes(4)


def data(picture: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(picture).decode()}"


def see(*urls: str) -> dict[str, Any]:
    parts = [{"type": "image_url", "image_url": {"url": url}} for url in urls]
    text = {"type": "text", "text": "What is this?"}
    return chat(user([text, *parts]), assistant("A dot."))


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/a.png",
        "HTTPS://example.com/a.png",
        data(PNG),
        data(JPEG, "image/jpeg"),
        data(WEBP, "image/webp"),
        data(PNG, "IMAGE/PNG"),
        data(PNG + bytes(LARGEST - len(PNG))),
    ],
)
def test_a_sound_picture_has_no_fault(url: str) -> None:
    assert list(picture_faults(see(url))) == []


@pytest.mark.parametrize(
    ("url", "code", "words"),
    [
        (data(b"GIF89a", "image/gif"), "C303", "is of the type 'image/gif'"),
        (data(PNG, ""), "C303", "is of the type ''"),
        ("data:image/png;base64,***", "C304", "is not base64"),
        ("data:image/png,abc", "C304", "is not data:image/TYPE;base64,BYTES"),
        ("data:nonsense", "C304", "is not data:image/TYPE;base64,BYTES"),
        (data(JPEG), "C304", "is called image/png, and its bytes are image/jpeg"),
        (data(b""), "C304", "is called image/png, and its bytes are neither"),
        (
            data(PNG + bytes(LARGEST - len(PNG) + 1)),
            "C305",
            "holds 10,485,761 bytes, and 10,485,760 are allowed",
        ),
        ("/home/ada/cat.png", "C306", "is '/home/ada/cat.png', not a URL"),
        ("C:\\cat.png", "C306", "is 'C:\\\\cat.png', not a URL"),
        ("file:///cat.png", "C306", "is 'file:///cat.png', not a URL"),
        ("", "C306", "is empty"),
        ("http://example.com/a.png", "C307", "is fetched over plain http"),
    ],
)
def test_each_fault_of_a_picture_is_found(url: str, code: str, words: str) -> None:
    path = "messages[0].content[1].image_url.url"
    (fault,) = picture_faults(see(url))
    assert fault[:3] == (code, path, f"{path} {words}")


def test_pictures_are_counted_over_the_whole_row() -> None:
    row = see(*["https://example.com/a.png"] * 6)
    row["messages"] *= 2
    (fault,) = picture_faults(row)
    assert fault.code == "C302"
    assert "12 pictures" in fault.message
    assert list(picture_faults(see(*["https://example.com/a.png"] * 10))) == []
