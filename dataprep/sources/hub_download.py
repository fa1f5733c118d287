"""A data set of the Hugging Face Hub by its address: its files, downloaded to the cache of the Hub.

Nothing is contacted but for an address that was typed, and then the Hub alone (`HF_ENDPOINT`),
by its own client, with the token that it knows. Only files that can be read are fetched, of one
subset where the card tells of several.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from glob import escape
from importlib import import_module
from pathlib import Path
from typing import Any

from dataprep.finding import (
    DataprepError,
    EnvironmentProblem,
    NothingToDo,
    UsageError,
    excerpt,
    extra_missing,
)
from dataprep.names import CARD
from dataprep.patterns import LatePattern
from dataprep.sources.dataset_card import subsets_in_card
from dataprep.sources.folders import DESCRIBING, STATE
from dataprep.sources.hub_folder import chosen_subset, split_in

MOST = 64_000_000_000
"""Bytes that are downloaded at most."""

_SECONDS = 20.0
_NAME = r"[\w.-]+/[\w.-]+"
_ADDRESS = LatePattern(
    rf"hf:/{{1,2}}datasets/(?P<name>{_NAME})"
    r"(?:@(?P<revision>refs/(?:convert|pr)/[\w.-]+|[\w.-]+))?(?:/(?P<inside>[^/].*)?)?"
)
_ANY = LatePattern(r"hf:/{1,2}")
_PAGE = LatePattern(rf"https?:/{{1,2}}huggingface\.co/datasets/({_NAME})(?:/.*)?")


@dataclass(frozen=True, slots=True)
class HubAddress:
    """A data set of the Hub, a revision of it, and a file or folder inside, where one is named."""

    name: str
    revision: str | None = None
    inside: str = ""

    def __str__(self) -> str:
        revision = f"@{self.revision}" if self.revision else ""
        return f"hf://datasets/{self.name}{revision}" + (f"/{self.inside}" if self.inside else "")


def is_hub_address(path: str) -> bool:
    """Whether a path is an address of the Hub; a path object has lost one of its slashes."""
    return _ANY.match(path) is not None


def as_typed(path: str) -> str:
    """A path; an address of the Hub with both of its slashes."""
    return _ANY.sub("hf://", path, count=1) if is_hub_address(path) else path


def hub_address(path: str) -> HubAddress:
    """The data set behind an address. Raises UsageError for one that names none."""
    match = _ADDRESS.fullmatch(path)
    inside = (match["inside"] or "").strip("/") if match else ""
    if match is None or ".." in (*inside.split("/"), *match["name"].split("/")):
        raise UsageError(
            f"{excerpt(path, 100)} names no data set of the Hugging Face Hub.",
            "Write hf://datasets/OWNER/NAME, with @REVISION or /FILE behind it where needed.",
        )
    return HubAddress(match["name"], match["revision"], inside)


def hub_hint(path: str) -> str:
    """What to type for a data set of the Hub, where a path that is not there may mean one."""
    page = _PAGE.fullmatch(path)
    name = page[1] if page else path if re.fullmatch(_NAME, path) else None
    if name is None or name.startswith("."):
        return ""
    return f" For the data set of that name on the Hugging Face Hub: hf://datasets/{name}"


def downloaded(typed: str, subset: str | None, is_read: Callable[[str], bool]) -> tuple[Path, str]:
    """The folder, or file, of a data set on this machine, and how it came here, in words.

    `is_read` tells names of files that can be read. Raises UsageError for a data set, revision or
    subset that is not there, NothingToDo where no file can be read, EnvironmentProblem where the
    Hub cannot be reached and there is no copy here.
    """
    from dataprep.network import hidden_hub_bars, keep_hub_token

    address = hub_address(typed)
    keep_hub_token()
    try:
        hub: Any = import_module("huggingface_hub")
        errors: Any = import_module("huggingface_hub.errors")
    except ImportError:
        raise extra_missing("train", "huggingface_hub") from None
    with hidden_hub_bars():
        folder, words = _fetched(hub, errors, address, subset, is_read)
    return folder / address.inside if address.inside else folder, words


def _fetched(
    hub: Any,
    errors: Any,
    address: HubAddress,
    subset: str | None,
    is_read: Callable[[str], bool],
) -> tuple[Path, str]:
    """The folder of a data set in the cache, and how it came there."""
    try:
        info = hub.HfApi().dataset_info(
            address.name, revision=address.revision, files_metadata=True, timeout=_SECONDS
        )
        names = _wanted(hub, address, info, subset, is_read)
        folder = _snapshot(hub, address, [escape(name) for name in names])
        words = f"revision {folder.name[:12]}"
    except DataprepError:
        raise
    except (errors.HTTPError, ConnectionError, OSError, ValueError) as error:
        problem = _explained(error, errors, address)
        if not isinstance(problem, EnvironmentProblem):
            raise problem from None
        folder = _copy_here(hub, address, problem)
        words = f"the Hub was not reached, so a copy of before is read: {folder.name[:12]}"
    return folder, words


def _snapshot(hub: Any, address: HubAddress, names: list[str]) -> Path:
    """The files in the cache, which notes the revision by its name for when there is no network."""
    given = {"repo_type": "dataset", "revision": address.revision, "allow_patterns": names}
    return Path(hub.snapshot_download(address.name, **given))


def _copy_here(hub: Any, address: HubAddress, problem: EnvironmentProblem) -> Path:
    """What an earlier download left; raises the problem where it left nothing whole."""
    given = {"repo_type": "dataset", "revision": address.revision, "local_files_only": True}
    try:
        return Path(hub.snapshot_download(address.name, **given))
    except (OSError, ValueError):
        raise problem from None


def _wanted(
    hub: Any,
    address: HubAddress,
    info: Any,
    subset: str | None,
    is_read: Callable[[str], bool],
) -> list[str]:
    """The files to download: those of the subset that can be read, and what tells of them."""
    sizes = {one.rfilename: one.size or 0 for one in info.siblings or ()}
    own = [name for name in sizes if _is_inside(name, address.inside) and not _is_hidden(name)]
    about = [name for name in own if Path(name).name in (CARD, STATE, *DESCRIBING)]
    rows = [name for name in own if name not in about and is_read(name)]
    if not address.inside and CARD in sizes:
        given = {"repo_type": "dataset", "revision": info.sha}
        card = Path(hub.hf_hub_download(address.name, CARD, **given)).read_text("utf-8", "replace")
        chosen = chosen_subset(subsets_in_card(card), str(address), subset)
        if chosen is not None and chosen.patterns:
            rows = [name for name in rows if split_in(chosen, name) is not None]
    if not rows:
        raise NothingToDo(
            f"{address} holds no file that is read.",
            f"The Hub keeps many data sets as Parquet too: hf://datasets/{address.name}"
            "@refs/convert/parquet",
        )
    if (size := sum(sizes[name] for name in rows)) > MOST:
        raise UsageError(
            f"{address} holds {size / 1e9:,.0f} GB, and {MOST / 1e9:,.0f} are read at most.",
            f"Name a file or a folder of it: {address}/{rows[0]}",
        )
    return [*about, *rows]


def _is_inside(name: str, inside: str) -> bool:
    return not inside or name == inside or name.startswith(f"{inside}/")


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or not part for part in name.split("/"))


def _explained(error: Exception, errors: Any, address: HubAddress) -> DataprepError:
    """What the client of the Hub said, in our words: never its own, which may hold addresses."""
    if isinstance(error, errors.HFValidationError):
        said = f"{excerpt(address.name, 100)!r} is no name that the Hub allows."
        return UsageError(said, "Check its spelling.")
    if isinstance(error, errors.RevisionNotFoundError):
        said = f"{excerpt(address.name, 100)} has no revision {excerpt(str(address.revision))!r}."
        return UsageError(said, "Name a branch, a tag or a commit of it.")
    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(error, errors.RepositoryNotFoundError) or status in (401, 403):
        return UsageError(
            f"The Hub has no data set {excerpt(address.name, 100)!r} that you may read.",
            "Check the name; for a private or gated one, log in with: hf auth login",
        )
    if status is not None:
        said = f"The Hub answered {status} for {address}."
        return EnvironmentProblem(said, "Try again later, or give a local folder.")
    if isinstance(error, OSError) and error.errno is not None and error.filename is not None:
        words = (error.strerror or str(error)).lower()
        return EnvironmentProblem(f"{address} could not be kept here: {words}.", "Check the disk.")
    return EnvironmentProblem(
        f"The Hub could not be reached for {address}.",
        "Check the network, or give a local folder that holds the files.",
    )
