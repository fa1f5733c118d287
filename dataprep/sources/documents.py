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
EXTRACTED = "extracted text"

_UNREADABLE = "J009"
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
        pages = [page.extract_text().strip() for page in reader.pages]
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
            if sum(part.file_size for part in archive.infolist()) > MAX_FILE:
                raise _Unreadable("unpacks to more than 256 MB")
        document = docx.Document(io.BytesIO(raw))
        blocks = list(document.iter_inner_content())
        styles = [_style(block) for block in blocks]
        shift = 1 if "Title" in styles else 0
        parts = [_markdown(b, s, shift) for b, s in zip(blocks, styles, strict=True)]
        title = document.core_properties.title or _first_title(blocks, styles)
    except _Unreadable:
        raise
    except Exception as error:
        raise _Unreadable(f"cannot be read as a Word document ({type(error).__name__})") from None
    return {"text": "\n\n".join(part for part in parts if part.strip()), "title": title}


def _style(block: Any) -> str:
    return str(getattr(getattr(block, "style", None), "name", "") or "")


def _first_title(blocks: list[Any], styles: list[str]) -> str:
    return next((b.text.strip() for b, s in zip(blocks, styles, strict=True) if s == "Title"), "")


def _markdown(block: Any, style: str, shift: int) -> str:
    """A paragraph, a heading with its `#`, a list item, or a table with cells divided by `|`."""
    if hasattr(block, "rows"):
        rows = [[cell.text.strip() for cell in row.cells] for row in block.rows]
        return "\n".join(" | ".join(cells) for cells in rows)
    text = str(block.text)
    if not text.strip():
        return ""
    if style == "Title":
        return f"# {text.strip()}"
    level = style.removeprefix("Heading ")
    if level != style and level.isdigit():
        return f"{'#' * min(int(level) + shift, 6)} {text.strip()}"
    return f"- {text}" if style.startswith("List") else text
