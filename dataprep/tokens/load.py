"""A tokenizer that the user names: a folder, a `.model`, a `tokenizer.json`, or a hub name."""

from __future__ import annotations

import re
import socket
import urllib.request
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from dataprep.finding import DataprepError, EnvironmentProblem, UsageError, extra_missing
from dataprep.tokens.rebuild import model_from_json
from dataprep.tokens.tokenizer import Tokenizer

FILES = ("spiece.model", "tokenizer.model", "sentencepiece.bpe.model", "tokenizer.json")
_HUB_NAME = re.compile(r"[\w][\w.-]*(/[\w][\w.-]*)?")
_WAIT = 5.0
_OFFLINE = "Check the network, or give a local folder that holds the files."


def load_tokenizer(spec: str, base: Path = Path()) -> Tokenizer:
    """The tokenizer of that name; paths are relative to `base`.

    The network is used only for a hub name that is not in the local cache. Raises UsageError
    for what is no T5 tokenizer, EnvironmentProblem for a hub that cannot be reached.
    """
    if is_local(spec, base):
        return _from_file(_file_in(local_path(spec, base)), spec)
    for file in (FILES[0], FILES[-1]):
        if (path := from_hub(spec, file)) is not None:
            return _from_file(path, spec)
    raise UsageError(f"{spec} has neither {FILES[0]} nor {FILES[-1]}.", "Name a T5 model.")


def local_path(spec: str, base: Path = Path()) -> Path:
    """The path that a name means: relative to `base`; `~` is the home folder where no file has
    that name.
    """
    path = base / spec
    if spec.startswith("~") and not path.exists():
        with suppress(RuntimeError):  # there is no such user
            return Path(spec).expanduser()
    return path


def is_local(spec: str, base: Path = Path()) -> bool:
    """Whether a name means a path here; raises UsageError when it can be neither path nor hub."""
    path = local_path(spec, base)
    if path.exists():
        return True
    looks_local = path.suffix in (".model", ".json") or spec.startswith((".", "/", "~"))
    if looks_local or not _HUB_NAME.fullmatch(spec):
        raise UsageError(
            f"{spec}: no such file or folder.", "Check the path, or name a model on the hub."
        )
    return False


def from_hub(name: str, file: str) -> Path | None:
    """A file of a repository on the hub, from the cache or by network; None where it has none."""
    try:
        from transformers.utils.hub import cached_file
    except ImportError:
        raise extra_missing("train", "transformers") from None
    if (known := in_cache(name, file)) is not None:
        return known
    _refuse_unreachable(name)
    try:
        found = cached_file(name, file, _raise_exceptions_for_missing_entries=False)
    except OSError as error:
        raise explain_hub(name, error) from None
    return Path(found) if found else None


def in_cache(name: str, file: str) -> Path | None:
    """A file of a repository on the hub, from the cache alone."""
    try:
        from transformers.utils.hub import cached_file
    except ImportError:
        raise extra_missing("train", "transformers") from None
    found = cached_file(
        name,
        file,
        local_files_only=True,
        _raise_exceptions_for_connection_errors=False,
        _raise_exceptions_for_gated_repo=False,
        _raise_exceptions_for_missing_entries=False,
    )
    return Path(found) if found else None


def explain_hub(name: str, error: Exception) -> DataprepError:
    """A failed download in our words: a name that is not there, or a hub that is not."""
    said = str(error)
    if "not a valid model identifier" in said or "gated repo" in said:
        return UsageError(
            f"The hub has no model {name!r} that you may read.",
            "Check the name; for a private one, log in with: hf auth login",
        )
    if "connect" in said or "offline" in said.lower():
        return EnvironmentProblem(f"The hub could not be reached for {name!r}.", _OFFLINE)
    return UsageError(f"{name}: {said.splitlines()[0]}", "Check the name or the folder.")


def _refuse_unreachable(name: str) -> None:
    """Raise at once where no connection is possible: the hub's client would retry for long."""
    from huggingface_hub import constants

    if urllib.request.getproxies():
        return
    address = urlsplit(constants.ENDPOINT)
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        socket.create_connection((address.hostname or "", port), timeout=_WAIT).close()
    except OSError:
        problem = f"The hub ({address.hostname}) could not be reached for {name!r}."
        raise EnvironmentProblem(problem, _OFFLINE) from None


def _file_in(path: Path) -> Path:
    if not path.is_dir():
        return path
    for folder in (path, path / "tokenizer"):
        for name in FILES:
            if (folder / name).is_file():
                return folder / name
    raise UsageError(f"{path} holds no tokenizer.", f"It should hold one of {', '.join(FILES)}.")


def _from_file(path: Path, name: str) -> Tokenizer:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}.", "Check the path.") from None
    if path.suffix == ".json":
        content = model_from_json(content, name)
    return Tokenizer(content, name=name, kind="given")
