"""Writes docs/rules/ from the catalogue: python docs/make_rules.py (a test holds them together)."""

from pathlib import Path

from dataprep.report import explain, explain_all
from dataprep.rules import CATALOGUE

FOLDER = Path(__file__).parent / "rules"


def pages() -> dict[str, str]:
    """File name and text of every page."""
    return {"README.md": explain_all()} | {f"{code}.md": explain(code) for code in CATALOGUE}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.md"):
        old.unlink()
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")
