"""Documents give their text, or a finding that names the file and what to do."""

import builtins
import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import pypdf
import pytest

from dataprep.example import Record
from dataprep.finding import EnvironmentProblem, Finding, UsageError
from dataprep.sources import documents

ARTICLE = (
    "<html><head><title>Moons</title></head><body><nav><a href='/'>Home</a></nav><article>"
    "<h1>Moons</h1><p>" + "A moon goes round a planet, and a planet round a star. " * 8 + "</p>"
    "<h2>Io</h2><p>" + "Io is a moon of Jupiter, and it has hundreds of volcanoes. " * 8 + "</p>"
    "</article><script>alert(1)</script></body></html>"
)


def pdf(*pages: str, title: str = "") -> bytes:
    """A PDF with one line of text a page, built by hand; a page without text for ''."""
    count = len(pages)
    kids = " ".join(f"{3 + 2 * n} 0 R" for n in range(count))
    objects = ["<</Type/Catalog/Pages 2 0 R>>", f"<</Type/Pages/Kids[{kids}]/Count {count}>>"]
    font = 3 + 2 * count
    for n, words in enumerate(pages):
        draw = f"BT /F1 12 Tf 72 700 Td ({words}) Tj ET" if words else ""
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {4 + 2 * n} 0 R"
            f"/Resources<</Font<</F1 {font} 0 R>>>>>>"
        )
        objects.append(f"<</Length {len(draw)}>>stream\n{draw}\nendstream")
    objects.append("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
    objects.append(f"<</Title({title})>>")
    made = "%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(made))
        made += f"{number} 0 obj{body}endobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    trailer = f"trailer<</Size {size}/Root 1 0 R/Info {size - 1} 0 R>>\n"
    return (
        f"{made}xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}startxref\n{len(made)}\n%%EOF"
    ).encode()


def read(tmp_path: Path, raw: bytes, name: str) -> Record | Finding:
    path = tmp_path / name
    path.write_bytes(raw)
    (item,) = list(documents.read(path, name))
    return item


def fields(item: Record | Finding) -> dict[str, Any]:
    assert isinstance(item, Record), item
    assert isinstance(item.value, dict)
    return item.value


def message(item: Record | Finding) -> str:
    assert isinstance(item, Finding), item
    return f"{item.place.file}: {item.message}"


def test_the_main_text_of_a_page_comes_with_its_headings_and_title(tmp_path: Path) -> None:
    item = read(tmp_path, ARTICLE.encode(), "moons.html")
    value = fields(item)
    assert value["title"] == "Moons"
    assert value["extraction"] == "main text"
    assert value["text"].startswith("# Moons\n\nA moon goes round a planet")
    assert "\n\n## Io\n\nIo is a moon" in value["text"]
    assert "Home" not in value["text"]
    assert "alert" not in value["text"]
    assert (item.place.line, item.place.path) == (None, "extracted text")


def test_a_page_without_a_main_text_gives_all_its_text_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import trafilatura

    monkeypatch.setattr(trafilatura, "extract", lambda *_, **__: None)
    value = fields(read(tmp_path, ARTICLE.encode(), "moons.html"))
    assert value["extraction"] == "whole page"
    assert "Home" in value["text"]


def test_a_fragment_of_html_is_read_as_the_body_of_a_page(tmp_path: Path) -> None:
    value = fields(read(tmp_path, b"<p>The whole text of a fragment.</p>", "a.html"))
    assert value["text"] == "The whole text of a fragment."


def test_a_page_without_text_is_found(tmp_path: Path) -> None:
    item = read(tmp_path, b"<html><body></body></html>", "a.html")
    assert message(item) == "a.html: holds no text outside of scripts and menus"


def test_the_pages_of_a_pdf_are_joined_and_counted(tmp_path: Path) -> None:
    raw = pdf("The first page.", "", "The third page.", title="On pages")
    assert fields(read(tmp_path, raw, "a.pdf")) == {
        "text": "The first page.\n\nThe third page.",
        "title": "On pages",
        "pages": 3,
        "empty_pages": [2],
    }


def test_a_pdf_under_another_suffix_is_read_as_pdf(tmp_path: Path) -> None:
    assert fields(read(tmp_path, pdf("Hello there."), "a.html"))["text"] == "Hello there."


def test_a_pdf_of_images_is_found_with_advice(tmp_path: Path) -> None:
    item = read(tmp_path, pdf("", ""), "scan.pdf")
    assert message(item) == "scan.pdf: holds no text on 2 page(s), images at most"
    assert isinstance(item, Finding)
    assert "OCR" in item.remedy


def test_an_encrypted_pdf_is_found_with_advice(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf("Secret.")))
    writer.encrypt("password", algorithm="RC4-128")
    made = io.BytesIO()
    writer.write(made)
    item = read(tmp_path, made.getvalue(), "a.pdf")
    assert message(item) == "a.pdf: is encrypted"
    assert isinstance(item, Finding)
    assert "password" in item.remedy


@pytest.mark.parametrize(
    ("raw", "name", "words"),
    [
        (b"%PDF-1.4\nnothing", "a.pdf", "cannot be read as PDF"),
        (b"no pdf at all", "a.pdf", "cannot be read as PDF"),
        (b"PK\x03\x04 cut off", "a.docx", "cannot be read as a Word document"),
        (b"no zip at all", "a.docx", "cannot be read as a Word document"),
        (b"", "a.pdf", "is empty"),
        (b"", "a.html", "is empty"),
        (b"", "a.docx", "is empty"),
    ],
)
def test_a_damaged_document_is_a_finding(tmp_path: Path, raw: bytes, name: str, words: str) -> None:
    assert message(read(tmp_path, raw, name)).startswith(f"{name}: {words}")


def test_a_pdf_cut_anywhere_never_ends_in_a_traceback(tmp_path: Path) -> None:
    whole = pdf("The first page.", "The second page.")
    for cut in range(10, len(whole), 90):
        item = read(tmp_path, whole[:cut], "a.pdf")
        assert isinstance(item, Record | Finding)


def test_the_headings_lists_and_tables_of_a_word_document_are_kept(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Handbook", 0)
    document.add_heading("Start", 1)
    document.add_paragraph("Read this first.")
    document.add_paragraph("one thing", style="List Bullet")
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "left", "right"
    document.add_heading("More", 2)
    document.add_paragraph("Then this.")
    document.core_properties.title = ""
    document.save(str(tmp_path / "a.docx"))
    (item,) = list(documents.read(tmp_path / "a.docx", "a.docx"))
    assert fields(item) == {
        "text": "# Handbook\n\n## Start\n\nRead this first.\n\n- one thing\n\nleft | right\n\n"
        "### More\n\nThen this.",
        "title": "Handbook",
    }


def test_a_word_document_that_unpacks_to_too_much_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MAX_FILE", 50_000)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 100_000)
    item = read(tmp_path, made.getvalue(), "a.docx")
    assert message(item) == "a.docx: unpacks to more than 256 MB"


def test_a_missing_library_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name in ("pypdf", "trafilatura", "docx"):
            raise ImportError(name)
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    for raw, name in ((pdf("x"), "a.pdf"), (b"<p>x</p>", "a.html"), (b"PK\x03\x04", "a.docx")):
        with pytest.raises(EnvironmentProblem, match=r"pip install 'dataprep-tune\[documents\]'"):
            read(tmp_path, raw, name)


def test_a_folder_of_documents_is_read_in_order_and_one_bad_one_hides_no_other(
    tmp_path: Path,
) -> None:
    (tmp_path / "b.pdf").write_bytes(b"broken")
    (tmp_path / "a.pdf").write_bytes(pdf("First."))
    (tmp_path / "c.html").write_text(ARTICLE, "utf-8")
    kinds = [type(item).__name__ for item in documents.read(tmp_path, "docs")]
    assert kinds == ["Record", "Finding", "Record"]


def test_a_folder_without_documents_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="docs holds no file to read"):
        list(documents.read(tmp_path, "docs"))
