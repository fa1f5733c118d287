"""Documents of a few kilobytes that unpack to gigabytes, or ask for a billion of something."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path
from time import process_time

import docx
import openpyxl
import pytest

from dataprep.example import Record
from dataprep.finding import Finding, UsageError
from dataprep.sources import documents, excel

SECONDS = 20.0

W = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
PARAGRAPH = b"<w:p><w:r><w:t>Nairobi is in Kenya.</w:t></w:r></w:p>"
S = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
HEADER = b'<row r="1"><c t="inlineStr"><is><t>prompt</t></is></c></row>'
DRAWN = b"BT /F1 12 Tf 72 700 Td (word word) Tj ET\n"


def with_part(whole: bytes, name: str, part: bytes) -> bytes:
    """The zip archive with another content of one of its files."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(whole)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for each in old.namelist():
            new.writestr(each, part if each == name else old.read(each))
    return made.getvalue()


def word(body: bytes) -> bytes:
    empty = io.BytesIO()
    docx.Document().save(empty)
    text = b"<w:document %b><w:body>%b</w:body></w:document>" % (W, body)
    return with_part(empty.getvalue(), "word/document.xml", text)


def workbook(rows: bytes) -> bytes:
    empty = io.BytesIO()
    openpyxl.Workbook().save(empty)
    text = b"<worksheet %b><sheetData>%b%b</sheetData></worksheet>" % (S, HEADER, rows)
    return with_part(empty.getvalue(), "xl/worksheets/sheet1.xml", text)


def stream(data: bytes, keys: bytes = b"") -> bytes:
    packed = zlib.compress(data, 9)
    head = b"<< /Length %d /Filter /FlateDecode %b >>" % (len(packed), keys)
    return b"%b\nstream\n%b\nendstream" % (head, packed)


def pdf(contents: bytes, pages: int = 1, form: bytes = b"") -> bytes:
    """A PDF whose pages all show the same; `form` may be drawn as /X0."""
    resources = b"/Resources << /Font << /F1 3 0 R >> /XObject << /X0 5 0 R >> >>"
    kids = b" ".join(b"%d 0 R" % (6 + n) for n in range(pages))
    shown = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R %b >>" % resources
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, pages),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        stream(contents),
        stream(form, b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] %b" % resources),
        *[shown] * pages,
    ]
    made, offsets = b"%PDF-1.7\n", b""
    for number, each in enumerate(objects, 1):
        offsets += b"%010d 00000 n \n" % len(made)
        made += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, offsets)
    end = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF"
    return made + table + end % (len(objects) + 1, len(made))


def read(folder: Path, name: str, whole: bytes) -> Record | Finding:
    path = folder / name
    path.write_bytes(whole)
    start = process_time()
    (item,) = documents.read(path, name)
    assert process_time() - start < SECONDS
    return item


@pytest.mark.parametrize(
    ("name", "whole", "words"),
    [
        (
            "a.docx",
            word(PARAGRAPH * 700_000),
            "unpacks to more than 33,554,432 bytes of XML",
        ),
        (
            "b.docx",
            word(b"<w:p/>" * 600_000),
            "holds more than 500,000 paragraphs, cells and runs",
        ),
        ("a.pdf", pdf(b"BT /F1 9 Tf (a) Tj ET" + b" " * 90_000_000), "cannot be read as PDF"),
        ("b.pdf", pdf(b" " * 20_000_000), "unpacks to more than 16,777,216 bytes"),
        ("c.pdf", pdf(b" " * 200_000, 100), "unpacks to more than 16,777,216 bytes"),
        ("a.html", b"<p>word word</p>" * 600_000, "has 9,600,000 bytes, more than 8,388,608"),
    ],
    ids=["docx", "docx-elements", "pdf-library", "pdf-stream", "pdf-pages", "html"],
)
def test_a_document_that_unpacks_to_too_much_is_refused_in_words(
    name: str, whole: bytes, words: str, tmp_path: Path
) -> None:
    item = read(tmp_path, name, whole)
    assert isinstance(item, Finding)
    assert item.message.startswith(words)


def test_a_form_that_a_page_draws_again_and_again_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MAX_DRAWN", 100_000)
    item = read(tmp_path, "a.pdf", pdf(b"/X0 Do " * 1_000, form=DRAWN * 100))
    assert isinstance(item, Finding)
    assert item.message == "unpacks to more than 100,000 bytes"


def test_the_cells_of_a_merged_column_are_read_in_time_that_grows_with_their_number(
    tmp_path: Path,
) -> None:
    begun = b'<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>'
    first = b"<w:tr><w:tc>%b<w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc></w:tr>" % begun
    rest = b"<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc></w:tr>" * 4_000
    item = read(tmp_path, "a.docx", word(b"<w:tbl><w:tblPr/>%b%b</w:tbl>" % (first, rest)))
    assert isinstance(item, Record)
    assert item.value["text"] == "\n".join(["a"] * 4_001)


def test_a_cell_spans_no_more_columns_than_word_has(tmp_path: Path) -> None:
    cell = b'<w:tr><w:tc><w:tcPr><w:gridSpan w:val="100000000"/></w:tcPr>%b</w:tc></w:tr>'
    item = read(tmp_path, "a.docx", word(b"<w:tbl><w:tblPr/>%b</w:tbl>" % cell % PARAGRAPH))
    assert isinstance(item, Record)
    assert item.value["text"].count("Nairobi") == 63


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (b'<row r="999999999"><c><v>1</v></c></row>', "more than 1,048,576 rows"),
        (b'<row><c r="XFD1"><v>1</v></c></row>' * 4_000, "more than 50,000,000 cells"),
    ],
    ids=["rows", "cells"],
)
def test_a_sheet_of_too_many_empty_cells_is_refused_in_words(
    rows: bytes, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook(rows))
    start = process_time()
    with pytest.raises(UsageError, match=words):
        list(excel.rows(path, "a.xlsx"))
    assert process_time() - start < SECONDS


def test_a_cell_of_40_megabytes_is_refused_in_words(tmp_path: Path) -> None:
    text = b'<row><c t="inlineStr"><is><t>%b</t></is></c></row>' % (b"word " * 8_000_000)
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook(text))
    start = process_time()
    (item,) = excel.rows(path, "a.xlsx")
    assert process_time() - start < SECONDS
    assert isinstance(item, Finding)
    assert item.message.startswith("is 40,000,0")
