"""Documents: .html, .pdf and .docx become text, with their headings as Markdown where known.

What these readers give is an extraction, so a place inside it has no line of the file.
"""

from __future__ import annotations

import io
import logging
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from dataprep import rules
from dataprep.example import Record
from dataprep.finding import Finding, Place, UsageError, extra_missing
from dataprep.sources.opening import opened, walk

SUFFIXES = frozenset({".html", ".htm", ".xhtml", ".pdf", ".docx"})
MAX_FILE = 256 * 1024 * 1024

MAX_HTML = 8 * 1024 * 1024
"""Bytes of a page: two seconds are spent on each million."""

MAX_XML = 32 * 1024 * 1024
"""Bytes that the XML of a Word document may unpack to, without its pictures."""

MAX_ELEMENTS = 500_000
"""Elements of a Word document: some three for each paragraph."""

MAX_SPAN = 63
"""Columns of a table in Word, at most."""

MAX_DRAWN = 16 * 1024 * 1024
"""Bytes that the pages of a PDF may unpack to, and ten times its size where that is more."""

EXTRACTED = "extracted text"

_OPERATOR = 8
"""Bytes of an operator of a PDF with its operands, about."""

_UNREADABLE = "J009"
_XML = (".xml", ".rels")
_OPEN_IT = "Open the file to see whether it is whole, and save it again."

Fields = dict[str, Any]


class _Unreadable(Exception):
    """A document that gives no text: why, and what to do."""

    def __init__(self, message: str, remedy: str = _OPEN_IT) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def read(path: Path, name: str) -> Iterator[Record | Finding]:
    """One record `{"text", "title", ...}` for the document, or for each one of the folder.

    `extraction` says how the text was found (HTML), `pages` and `empty_pages` count (PDF).
    Raises EnvironmentProblem when the extra `documents` is not installed.
    """
    for file, called in walk(path, name, SUFFIXES):
        yield _document(file, called)


def _document(path: Path, name: str) -> Record | Finding:
    with opened(path, name) as file:
        raw = file.read(MAX_FILE + 1)
    if len(raw) > MAX_FILE:
        raise UsageError(f"{name} is larger than 256 MB.", "Split it into several files.")
    try:
        fields = _extractor(path, raw)(raw)
        if not fields["text"].strip():
            raise _Unreadable("holds no text")
    except _Unreadable as error:
        return rules.found(_UNREADABLE, error.message, Place(file=name), remedy=error.remedy)
    return Record(Place(file=name, path=EXTRACTED), 0, fields)


def _extractor(path: Path, raw: bytes) -> Callable[[bytes], Fields]:
    """By the first bytes, then by the suffix: a PDF called .html is still a PDF."""
    suffix = path.suffix.lower()
    if not raw.strip():
        raise _Unreadable("is empty")
    if raw[:1024].lstrip().startswith(b"%PDF-") or suffix == ".pdf":
        return _pdf
    if raw.startswith(b"PK\x03\x04") or suffix == ".docx":
        return _docx
    return _html


def _quiet(library: str) -> None:
    """Findings speak for the document; the library's own log does not reach the terminal."""
    logger = logging.getLogger(library)
    if not any(isinstance(handler, logging.NullHandler) for handler in logger.handlers):
        logger.addHandler(logging.NullHandler())


def _html(raw: bytes) -> Fields:
    try:
        import trafilatura
    except ImportError:
        raise extra_missing("documents", "trafilatura") from None
    _quiet("trafilatura")
    if len(raw) > MAX_HTML:
        raise _Unreadable(
            f"has {len(raw):,} bytes, more than {MAX_HTML:,}", "Save its text as .txt, or split it."
        )
    if b"<html" not in raw[:4096].lower() and raw.lstrip().startswith(b"<"):
        raw = b"<html><body>" + raw + b"</body></html>"
    try:
        text = trafilatura.extract(raw, output_format="markdown", include_comments=False)
        metadata = trafilatura.extract_metadata(raw)
        how = "main text" if text else "whole page"
        text = text or trafilatura.html2txt(raw)
    except Exception as error:
        raise _Unreadable(f"cannot be read as HTML ({type(error).__name__})") from None
    if not text:
        raise _Unreadable("holds no text outside of scripts and menus")
    return {"text": text, "title": (metadata and metadata.title) or "", "extraction": how}


def _pdf(raw: bytes) -> Fields:
    try:
        import pypdf
    except ImportError:
        raise extra_missing("documents", "pypdf") from None
    _quiet("pypdf")
    try:
        reader = pypdf.PdfReader(io.BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise _Unreadable("is encrypted", "Remove the password and save it again.")
        pages = _texts_of_pages(reader, max(MAX_DRAWN, 10 * len(raw)))
        title = (reader.metadata and reader.metadata.title) or ""
    except _Unreadable:
        raise
    except pypdf.errors.DependencyError:
        raise _Unreadable("is encrypted", "Remove the encryption and save it again.") from None
    except Exception as error:
        raise _Unreadable(f"cannot be read as PDF ({type(error).__name__})") from None
    if not any(pages):
        raise _Unreadable(
            f"holds no text on {len(pages)} page(s), images at most",
            "Run it through text recognition (OCR) first.",
        )
    text = _storable("\n\n".join(page for page in pages if page))
    empty = [number for number, page in enumerate(pages, 1) if not page]
    return {
        "text": text,
        "title": _storable(str(title)),
        "pages": len(pages),
        "empty_pages": empty,
    }


def _texts_of_pages(reader: Any, most: int) -> list[str]:
    """The text of each page; raises _Unreadable where they unpack to more than `most` bytes.

    What is drawn inside of a page, again and again, is counted by its operators.
    """
    texts, drawn = [], 0

    def count(operator: bytes, *_: Any) -> None:
        nonlocal drawn
        drawn += _OPERATOR if operator else 0
        if drawn > most:
            raise _Unreadable(f"unpacks to more than {most:,} bytes")

    for page in reader.pages:
        contents = page.get_contents()
        drawn += 0 if contents is None else len(contents.get_data())
        count(b"")
        texts.append(page.extract_text(visitor_operand_before=count).strip())
    return texts


def _storable(text: str) -> str:
    """pypdf may give half of a surrogate pair for a broken font map; no UTF-8 file can hold it."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _docx(raw: bytes) -> Fields:
    try:
        import docx
    except ImportError:
        raise extra_missing("documents", "python-docx") from None
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts_of = archive.infolist()
            if sum(part.file_size for part in parts_of) > MAX_FILE:
                raise _Unreadable("unpacks to more than 256 MB")
            if sum(p.file_size for p in parts_of if p.filename.endswith(_XML)) > MAX_XML:
                raise _Unreadable(f"unpacks to more than {MAX_XML:,} bytes of XML")
        document = docx.Document(io.BytesIO(raw))
        if sum(1 for _ in document.element.body.iter()) > MAX_ELEMENTS:
            raise _Unreadable(f"holds more than {MAX_ELEMENTS:,} paragraphs, cells and runs")
        blocks = list(document.iter_inner_content())
        styles = _styles(blocks)
        shift = 1 if "Title" in styles else 0
        parts = [_markdown(b, s, shift) for b, s in zip(blocks, styles, strict=True)]
        title = document.core_properties.title or _first_title(blocks, styles)
    except _Unreadable:
        raise
    except Exception as error:
        raise _Unreadable(f"cannot be read as a Word document ({type(error).__name__})") from None
    return {"text": "\n\n".join(part for part in parts if part.strip()), "title": title}


def _styles(blocks: list[Any]) -> list[str]:
    """The name of the style of each block, looked up once for each style."""
    known: dict[tuple[bool, Any], str] = {}
    found = []
    for block in blocks:
        table = hasattr(block, "rows")
        key = table, block._tbl.tblStyle_val if table else block._p.style
        if key not in known:
            known[key] = _style(block)
        found.append(known[key])
    return found


def _rows(table: Any) -> Iterator[list[str]]:
    """The texts of the cells of each row; a merged cell stands in each that it spans.

    python-docx looks for the cell above in all rows, for each cell.
    """
    from docx.table import _Cell

    above: dict[int, str] = {}
    for row in table._tbl.tr_lst:
        column = row.grid_before
        here: dict[int, str] = {}
        for cell in row.tc_lst:
            goes_on = cell.vMerge == "continue"
            text = above.get(column, "") if goes_on else _Cell(cell, table).text.strip()
            for _ in range(min(cell.grid_span, MAX_SPAN)):
                here[column] = text
                column += 1
        yield list(here.values())
        above = here


def _style(block: Any) -> str:
    return str(getattr(getattr(block, "style", None), "name", "") or "")


def _first_title(blocks: list[Any], styles: list[str]) -> str:
    return next((b.text.strip() for b, s in zip(blocks, styles, strict=True) if s == "Title"), "")


def _markdown(block: Any, style: str, shift: int) -> str:
    """A paragraph, a heading with its `#`, a list item, or a table with cells divided by `|`."""
    if hasattr(block, "rows"):
        return "\n".join(" | ".join(cells) for cells in _rows(block))
    text = str(block.text)
    if not text.strip():
        return ""
    if style == "Title":
        return f"# {text.strip()}"
    level = style.removeprefix("Heading ")
    if level != style and level.isdigit():
        return f"{'#' * min(int(level) + shift, 6)} {text.strip()}"
    return f"- {text}" if style.startswith("List") else text
