"""Running text is read exactly, file by file, in one order."""

from pathlib import Path

import pytest

from dataprep.example import Record
from dataprep.finding import Finding, UsageError
from dataprep.sources import opening, text


def test_a_file_is_one_record_with_its_line_ends_as_found(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("Grüße,\r\nAda 😀\n".encode())
    (record,) = list(text.read(path, "notes/a.txt"))
    assert isinstance(record, Record)
    assert record.value == {"text": "Grüße,\r\nAda 😀\n"}
    assert (record.place.file, record.place.line, record.offset) == ("notes/a.txt", None, 0)


def test_a_folder_is_walked_sorted_without_hidden_files_and_other_kinds(tmp_path: Path) -> None:
    for name in ("b.md", "a/z.txt", "a/b/c.TXT", ".hidden.txt", ".git/x.txt", "data.csv", "B.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("text", "utf-8")
    named = [item.place.file for item in text.read(tmp_path, "docs")]
    assert named == ["docs/B.txt", "docs/a/b/c.TXT", "docs/a/z.txt", "docs/b.md"]
    _, others = opening.listed(tmp_path, text.SUFFIXES)
    assert [p.name for p in others] == ["data.csv"]


def test_a_link_to_a_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("text", "utf-8")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert len(list(text.read(tmp_path, "docs"))) == 1


def test_a_folder_without_text_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="docs holds no file to read"):
        list(text.read(tmp_path, "docs"))


def test_bytes_that_are_not_utf_8_are_found_with_line_and_column(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"fine\nna\xefve\n")
    (tmp_path / "b.txt").write_bytes(b"fine")
    bad, good = list(text.read(tmp_path, "docs"))
    assert isinstance(bad, Finding)
    assert (bad.code, bad.place.file, bad.place.line, bad.place.column) == (
        "J002", "docs/a.txt", 2, 3,
    )  # fmt: skip
    assert isinstance(good, Record)


def test_a_byte_order_mark_is_a_warning_and_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfHello")
    mark, record = list(text.read(tmp_path / "a.txt", "a.txt"))
    assert isinstance(mark, Finding)
    assert mark.code == "J006"
    assert isinstance(record, Record)
    assert record.value == {"text": "Hello"}


@pytest.mark.parametrize("raw", [b"", b" \r\n\n"])
def test_a_file_without_text_is_found_empty(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(raw)
    (finding,) = list(text.read(tmp_path / "a.txt", "a.txt"))
    assert isinstance(finding, Finding)
    assert finding.code == "J009"


def test_utf_16_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("Hello".encode("utf-16"))
    (finding,) = list(text.read(tmp_path / "a.txt", "a.txt"))
    assert isinstance(finding, Finding)
    assert finding.code == "J002"


def test_a_file_beyond_the_limit_is_a_usage_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text, "MAX_FILE", 10)
    (tmp_path / "a.txt").write_bytes(b"x" * 11)
    with pytest.raises(UsageError, match="Split it"):
        list(text.read(tmp_path / "a.txt", "a.txt"))


def test_a_file_name_that_is_not_utf_8_can_still_be_printed(tmp_path: Path) -> None:
    try:
        (tmp_path / "caf\udce9.txt").write_bytes(b"text")
    except OSError:
        pytest.skip("this file system refuses names that are not UTF-8")
    (record,) = list(text.read(tmp_path, "docs"))
    assert record.place.file == "docs/caf\\xe9.txt"
