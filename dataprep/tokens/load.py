"""A tokenizer that the user names: a folder, a `.model`, a `tokenizer.json`, or a hub name."""

from __future__ import annotations

import socket
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dataprep import jsonio
from dataprep.finding import (
    DataprepError,
    EnvironmentProblem,
    UsageError,
    excerpt,
    extra_missing,
)
from dataprep.names import utf8_path
from dataprep.panics import caught_panics
from dataprep.patterns import LatePattern
from dataprep.tokens.byte_tokenizer import ByteTokenizer
from dataprep.tokens.gemma_tokenizer import GemmaTokenizer, is_gemma
from dataprep.tokens.loading import load_transformers
from dataprep.tokens.rebuild import model_from_json
from dataprep.tokens.text_tokenizer import TextTokenizer
from dataprep.tokens.tokenizer import Tokenizer

FILES = ("spiece.model", "tokenizer.model", "sentencepiece.bpe.model", "tokenizer.json")
CONFIG = "tokenizer_config.json"
_BYTES = "ByT5Tokenizer"
_HUB_NAME = LatePattern(r"[\w][\w.-]*(/[\w][\w.-]*)?")
_WAIT = 5.0
_OFFLINE = "Check the network, or give a local folder that holds the files."


def load_tokenizer(spec: str, base: Path = Path()) -> TextTokenizer:
    """The tokenizer of that name; paths are relative to `base`.

    The network is used only for a hub name that is not in the local cache. Raises UsageError
    for what is no T5 tokenizer, EnvironmentProblem for a hub that cannot be reached.
    """
    if is_local(spec, base):
        return _from_file(_file_in(local_path(spec, base)), spec)
    for file in (FILES[0], FILES[-1], CONFIG):
        if (path := from_hub(spec, file)) is not None:
            if file == FILES[-1]:
                from_hub(spec, CONFIG)  # it lies beside, and names the special tokens
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
        load_transformers()
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
        load_transformers()
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
        if _is_gemma(folder / FILES[-1]):
            return folder / FILES[-1]
        for name in (*FILES, CONFIG):
            if (folder / name).is_file():
                return folder / name
    raise UsageError(f"{path} holds no tokenizer.", f"It should hold one of {', '.join(FILES)}.")


def _is_gemma(path: Path) -> bool:
    """Whether it is a tokenizer.json of Gemma's; its .model would be read as one of T5."""
    try:
        return is_gemma(path.read_bytes())
    except OSError:
        return False


def _from_file(path: Path, name: str) -> TextTokenizer:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}.", "Check the path.") from None
    if path.name == CONFIG:
        return _bytes(content, name)
    if path.suffix == ".json" and is_gemma(content):
        return GemmaTokenizer(_backend(path, name), name)
    if path.suffix == ".json":
        content = model_from_json(content, name)
    return Tokenizer(content, name=name, kind="given")


def _bytes(config: bytes, name: str) -> ByteTokenizer:
    """ByT5's tokenizer, which has no file but this one."""
    try:
        kind = jsonio.loads(config)["tokenizer_class"]
    except (jsonio.JsonError, LookupError, TypeError):
        kind = None
    if kind != _BYTES:
        raise UsageError(
            f"{name} holds no tokenizer.", f"It should hold one of {', '.join(FILES)}."
        )
    return ByteTokenizer(name)


def _backend(path: Path, name: str) -> Any:
    """The tokenizer of transformers: by its folder where that names special tokens."""
    try:
        load_transformers()
        from transformers import AutoTokenizer, PreTrainedTokenizerFast
    except ImportError:
        raise extra_missing("train", "transformers") from None
    try:
        with caught_panics(), utf8_path(path.parent) as place:
            if (path.parent / CONFIG).is_file():
                return AutoTokenizer.from_pretrained(place, trust_remote_code=False)
            return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
                tokenizer_file=str(place / path.name),
                **{"pad_token": "<pad>", "eos_token": "<eos>"},
                **{"bos_token": "<bos>", "unk_token": "<unk>"},
            )
    except Exception as error:  # the library raises a bare Exception
        said = excerpt(str(error), 80)
        raise UsageError(f"{name} is no tokenizer.json: {said}.", "Give the model's own.") from None
