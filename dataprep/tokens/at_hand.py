"""Which counter there is for a model: of a tokenizer that the user names, or that lies here."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from dataprep import providers
from dataprep.finding import EnvironmentProblem, UsageError, extra_missing
from dataprep.names import utf8_path
from dataprep.panics import caught_panics
from dataprep.patterns import LatePattern
from dataprep.tokens import ranks
from dataprep.tokens.counting import Counter, estimator, on_all_cores
from dataprep.tokens.load import from_hub, is_local, local_path
from dataprep.tokens.mistral_files import is_tekken, read_tekken
from dataprep.tokens.mistral_format import MistralFormat

DEFAULT = "o200k_base"
"""The encoding of all models that OpenAI still trains."""

_BLANK = 300_000
"""tiktoken 0.14 dies (a panic) of a million blanks in a row: such texts are counted in slices."""

_RUN = LatePattern(r"\s+")
_MISTRAL = "mistral-common:"
_MISTRAL_VERSIONS = ("v1", "v2", "v3", "v7")
_PLACES = "a .tiktoken rank file, a tokenizer.json, a SentencePiece .model or a tekken.json"


def counter(model: str | None = None, tokenizer: str | None = None, base: Path = Path()) -> Counter:
    """The counter for a model (`openai:gpt-4o-mini`, a name, an encoding), exact if possible.

    `tokenizer` is what the user names: a file, a folder (relative to `base`), an encoding,
    `mistral-common:v3`, a hub name. Raises UsageError for one that is none, and
    EnvironmentProblem for one that is not on this machine. The network is used only for a hub
    name.
    """
    encoding = encoding_of_model(model)
    if tokenizer is None:
        return _by_itself(encoding, model)
    if tokenizer in ranks.RANKS:
        return _of_encoding(tokenizer)
    if tokenizer.startswith(_MISTRAL):
        return _mistral(tokenizer.removeprefix(_MISTRAL))
    if not is_local(tokenizer, base):
        return _of_json(_on_hub(tokenizer), tokenizer)
    return _of_path(local_path(tokenizer, base), tokenizer, encoding)


def encoding_of_model(model: str | None) -> str | None:
    """The name of a model's encoding by the table; o200k_base where no model is named."""
    if model is None or model in ranks.RANKS:
        return model or DEFAULT
    name, _, asked = model.partition(":")
    rows = providers.table().providers
    chosen = [row for row in rows if row.name == name] if name != "ft" else []
    for row in chosen or rows:
        if known := providers.model_of(row, asked if chosen else model):
            return known.encoding
    return None


def _by_itself(encoding: str | None, model: str | None) -> Counter:
    if encoding is None:
        return estimator("the encoding of the model is unknown")
    path = ranks.cached_file(encoding)
    if path is None:
        return estimator(f"no {encoding} rank file on this machine")
    try:
        return _of_ranks(path, encoding)
    except EnvironmentProblem:
        return estimator("tiktoken is not installed")


def _of_encoding(encoding: str) -> Counter:
    path = ranks.cached_file(encoding)
    if path is None:
        raise EnvironmentProblem(
            f"There is no {encoding} rank file on this machine.",
            "Name the file (--tokenizer PATH), or the folder in TIKTOKEN_CACHE_DIR.",
        )
    return _of_ranks(path, encoding)


def _of_ranks(path: Path, encoding: str) -> Counter:
    size = _in_slices(ranks.load(path, encoding).encode_ordinary)
    return Counter(f"tiktoken, {encoding}", on_all_cores(size))


def _in_slices(encode: Callable[[str], list[int]]) -> Callable[[str], int]:
    def size(text: str) -> int:
        if len(text) > _BLANK and any(m.end() - m.start() > _BLANK for m in _RUN.finditer(text)):
            return sum(len(encode(text[at : at + _BLANK])) for at in range(0, len(text), _BLANK))
        return len(encode(text))

    return size


def _of_path(path: Path, name: str, encoding: str | None) -> Counter:
    if path.is_dir():
        return _of_path(_in_folder(path, encoding), name, encoding)
    if is_tekken(path):
        return _of_pieces(MistralFormat(read_tekken(path), name).pieces, name)
    if path.suffix == ".json":
        return _of_json(path, name)
    if found := ranks.encoding_of(path):
        return _of_ranks(path, found)
    if ".model" in path.suffixes:
        return _of_sentencepiece(path, name)
    raise UsageError(
        f"{name} is not a rank file that tiktoken knows, nor another tokenizer.",
        f"Give {_PLACES}.",
    )


def _in_folder(folder: Path, encoding: str | None) -> Path:
    if found := ranks.file_in(folder, encoding):
        return found
    for place in (folder, folder / "tokenizer"):
        for pattern in ("tekken*.json", "tokenizer.json", "spiece.model", "*.model", "*.model.v*"):
            if files := sorted(place.glob(pattern)):
                return files[0]
    raise UsageError(f"{folder} holds no tokenizer.", f"It should hold {_PLACES}.")


def _of_sentencepiece(path: Path, name: str) -> Counter:
    from dataprep.tokens.tokenizer import _processor

    encode = _processor(path.read_bytes(), name).encode
    return Counter(
        f"SentencePiece, {name}", on_all_cores(lambda text: len(encode(text))), per_message=0
    )


def _of_json(path: Path, name: str) -> Counter:
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise extra_missing("train", "tokenizers") from None
    try:
        with utf8_path(path) as place, caught_panics():
            made: Any = Tokenizer.from_file(str(place))
    except Exception as error:  # the library raises no narrower class
        raise UsageError(f"{name} is not a tokenizer.json: {error}.", f"Give {_PLACES}.") from None
    made.encode_special_tokens = True  # so that `</s>` in a text stays text
    made.no_truncation()
    made.no_padding()

    def sizes(texts: Any) -> list[int]:
        return [len(e) for e in made.encode_batch_fast(list(texts), add_special_tokens=False)]

    return Counter(f"tokenizers, {name}", sizes, per_message=0)


def _on_hub(name: str) -> Path:
    path = from_hub(name, "tokenizer.json")
    if path is None:
        raise UsageError(f"{name} has no tokenizer.json.", f"Give {_PLACES}.")
    return path


def _mistral(version: str) -> Counter:
    """The counter of a version that mistral-common brings along."""
    if version not in _MISTRAL_VERSIONS:
        known = ", ".join(_MISTRAL_VERSIONS)
        raise UsageError(f"mistral-common has no tokenizer {version!r}.", f"There are: {known}.")
    try:
        mistral: Any = importlib.import_module("mistral_common.tokens.tokenizers.mistral")
    except ImportError:
        raise extra_missing("mistral", "mistral-common") from None
    return _of_pieces(
        getattr(mistral.MistralTokenizer, version)().instruct_tokenizer.tokenizer, version
    )


def _of_pieces(pieces: Any, name: str) -> Counter:
    size = _in_slices(partial(pieces.encode, bos=False, eos=False))
    return Counter(
        f"mistral-common, {name}", lambda texts: [size(text) for text in texts], per_message=0
    )
