"""Addresses of the web and of stores of objects in the place of a file: nothing is fetched."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from dataprep.finding import UsageError, excerpt
from dataprep.patterns import LatePattern

_ADDRESS = LatePattern(
    r"(?P<scheme>https?|ftps?|sftp|s3a?|gs|gcs|az|abfss?|wasbs?|r2|file):/{1,3}(?P<rest>[^/].*)",
    re.IGNORECASE | re.DOTALL,
)
_CLIENTS = {"s3": "aws s3 cp", "gs": "gcloud storage cp", "http": "curl -LO", "https": "curl -LO"}
"""Programs that download, by the scheme of an address."""


def is_address(typed: str) -> bool:
    """Whether a text is the address of a file elsewhere; a path object has lost a slash of it."""
    return _ADDRESS.fullmatch(typed) is not None


def refuse_address(typed: str, *, output: bool = False) -> None:
    """Raise UsageError for an address in the place of a file or folder of this machine.

    What stands behind a question mark, which may be a key, is not shown.
    """
    if (match := _ADDRESS.fullmatch(typed)) is None:
        return
    scheme = match["scheme"].lower()
    if scheme == "file":
        raise UsageError(
            f"{excerpt(typed, 200)} is an address, and paths are read.",
            f"Write the path alone: {shlex.quote('/' + match['rest'])}",
        )
    address, asks, _ = f"{scheme}://{match['rest']}".partition("?")
    address = re.sub(r"//[^/@]*@", "//", address)
    if output:
        words = f"{excerpt(address, 200)} is an address, and outputs are written to this machine."
        raise UsageError(words, "Name a folder here, and copy it there afterwards.")
    name = Path(address).name or "the file"
    remedy = f"Download it, and name the file: {excerpt(name)}"
    if (client := _CLIENTS.get(scheme)) and not asks and len(address) <= 200:
        here = " ." if "cp" in client else ""
        remedy = f"Download it first: {client} {shlex.quote(address)}{here}"
    raise UsageError(
        f"{excerpt(address, 200)} is an address, and nothing is fetched: files of this machine are"
        " read.",
        remedy,
    )
