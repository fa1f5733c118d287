"""Outputs, published whole or not at all: staging, manifest last, one atomic exchange.

A run writes into a hidden folder beside its output. Only when everything is written and synced
does that folder take the output's place, so a kill at any instant leaves the old or the new. Runs
of one output at once, in threads or processes, are each whole, and the last one stands.
"""

from __future__ import annotations

import ctypes
import errno
import glob
import hashlib
import io
import json
import os
import shlex
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from dataprep.durable import finished, sync
from dataprep.finding import DataprepError, EnvironmentProblem, UsageError
from dataprep.names import CARD
from dataprep.patterns import LatePattern
from dataprep.shell import command_line

if TYPE_CHECKING:
    import polars as pl

MANIFEST = "manifest.json"
_OF_GIT = (".git", ".gitattributes", ".gitignore", ".cache")
"""What git, the Hub and its downloads put beside the files of a data set."""

_SCHEMA = "urn:dataprep:schema:manifest:"
_PIECE = 1 << 20
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_PLACES = threading.Lock()
"""Held by the thread that makes or removes folders beside outputs, or exchanges them."""


@contextmanager
def staging(out: Path) -> Iterator[Path]:
    """A folder to write into, removed on any error; `publish` makes it the output.

    Raises UsageError when `out` holds something that no run of ours made.
    """
    with environment_errors(out):
        _refuse_foreign(out)
        place = out.resolve()
        above = [folder for folder in place.parents if not folder.exists()]
    folder = beside(place, "staging")
    try:
        with environment_errors(out):
            with _PLACES:
                place.parent.mkdir(parents=True, exist_ok=True)
                sweep(place)
                folder.mkdir()
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with _PLACES:
            for made in above:
                with suppress(OSError):  # it is not empty: there is an output, or a run of another
                    made.rmdir()


@contextmanager
def folders_above(out: Path) -> Iterator[None]:
    """The folders above an output, made where they are not there; left empty, they are removed.

    Raises UsageError for a file above it.
    """
    refuse_file(out, above=True)
    made = [folder for folder in out.absolute().parents if not folder.exists()]
    try:
        with environment_errors(out), _PLACES:
            out.parent.mkdir(parents=True, exist_ok=True)
        yield
    finally:
        with _PLACES:
            for folder in made:
                with suppress(OSError):  # something lies in it
                    folder.rmdir()


def publish(folder: Path, out: Path, manifest: dict[str, Any]) -> None:
    """Hash and sync what was staged, write the manifest last, and exchange the folders."""
    files = {
        str(path.relative_to(folder)): _describe(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    manifest = {**manifest, "files": files, "digest": digest_of(files)}
    path = folder / MANIFEST
    text = json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True)
    path.write_bytes(text.encode("utf-8", "replace"))
    for synced in [*(folder / name for name in files), path, *_folders(folder)]:
        sync(synced)
    _exchange(folder, out.resolve())
    try:
        sync(folder.parent)
    except OSError as error:
        raise EnvironmentProblem(
            f"{out} is written whole and in its place, but the disk did not confirm it:"
            f" {(error.strerror or str(error)).lower()}.",
            f"A crash of the machine could still undo it. See: {command_line('verify', out)}",
        ) from None


def digest_of(files: dict[str, dict[str, Any]]) -> str:
    """One sha256 over names and hashes: the identity of a dataset."""
    lines = "".join(f"{name} {files[name]['sha256']}\n" for name in sorted(files))
    return hashlib.sha256(lines.encode("utf-8", "backslashreplace")).hexdigest()


def read_manifest(out: Path, to: str = "openai-chat") -> dict[str, Any]:
    """The manifest of an output folder; raises UsageError where there is none of ours.

    `to` is the target that is looked for, to be named where `out` is a file that can be converted.
    Raises EnvironmentProblem for one that is there and cannot be read: nobody knows then whether
    the folder is an output.
    """
    path = out / MANIFEST
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        if not out.exists():
            raise UsageError(
                f"{out}: no such folder.",
                "Check the path, or make one with: dataprep convert ... -o FOLDER",
            ) from None
        raise UsageError(
            f"{out} is no output of dataprep: it has no {MANIFEST}.",
            "Make one with: dataprep convert ... -o FOLDER",
        ) from None
    except NotADirectoryError:
        raise UsageError(
            f"{out} is a file, and an output of dataprep is a folder.",
            f"Make one of it: {command_line('convert', out, to=to, out='out')}",
        ) from None
    except OSError as error:
        raise EnvironmentProblem(
            f"{path} cannot be read: {(error.strerror or str(error)).lower()}.",
            f"Nobody knows what {out} holds until it can be: check its permissions.",
        ) from None
    except (ValueError, RecursionError) as error:
        raise _damaged(path, str(error)) from None
    if not _is_manifest(manifest):
        if _claims_to_be_ours(manifest):
            raise _damaged(path, "it lacks what every manifest of dataprep has")
        raise UsageError(f"{path} is not a manifest of dataprep.", "Convert again.")
    known: dict[str, Any] = {"targets": {}, **manifest}
    return known


def _damaged(path: Path, why: str) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"{path} cannot be read: {why}.",
        "It is damaged, and nobody knows what the folder holds: restore it, or convert into another"
        " folder.",
    )


def _claims_to_be_ours(manifest: Any) -> bool:
    """Whether it says what it is, as those of web pages do not."""
    schema = manifest.get("schema") if isinstance(manifest, dict) else None
    return isinstance(schema, str) and schema.startswith(_SCHEMA)


class _RecordedFile(msgspec.Struct):
    sha256: str


class _RecordedTokenizer(msgspec.Struct):
    sha256: str | None = None
    vocabulary: int | None = None


class _RecordedTarget(msgspec.Struct):
    splits: dict[str, Any] | None = None
    tokenizer: _RecordedTokenizer | None = None
    max_input: int | None = None
    max_target: int | None = None
    codec: dict[str, Any] | None = None


class _AskedTarget(msgspec.Struct):
    name: str
    system: str | None = None


class _RecordedRecipe(msgspec.Struct):
    targets: list[_AskedTarget | str] = []


class _Manifest(msgspec.Struct):
    """What every reader relies on; what else stands there is as it may be."""

    digest: str
    files: dict[str, _RecordedFile]
    targets: dict[str, _RecordedTarget] = {}
    agreement: list[dict[str, Any]] = []
    recipe: _RecordedRecipe = msgspec.field(default_factory=_RecordedRecipe)


def _is_manifest(value: Any) -> bool:
    """Whether it is of our making; web pages have a manifest.json too."""
    try:
        msgspec.convert(value, _Manifest)
    except (msgspec.ValidationError, UnicodeEncodeError):  # or half a character in a name
        return False
    return True


def verify(out: Path, *, below: str = "") -> list[str]:
    """What differs between the manifest and the files: one sentence each, none when whole.

    The card, which people edit, and what git keeps beside the files are no data: see `beside_data`.
    With `below` (`t5/`) only of the files whose names begin so.
    """
    manifest = read_manifest(out)
    recorded = {name: of for name, of in manifest["files"].items() if name.startswith(below)}
    recorded.pop(CARD, None)
    found = {name for name in _files(out) if name.startswith(below) and not _is_beside(name)}
    problems = [f"{name} is missing." for name in sorted(recorded.keys() - found)]
    problems += [f"{name} was not made by this run." for name in sorted(found - recorded.keys())]
    with environment_errors(out):
        changed = [
            name
            for name in sorted(found & recorded.keys())
            if sha256_of(out / name) != recorded[name]["sha256"]
        ]
    if digest_of(manifest["files"]) != manifest["digest"]:
        changed.append(MANIFEST)
    return problems + [f"{name} was changed after it was written." for name in changed]


def beside_data(out: Path) -> list[str]:
    """What may differ in an output that is whole, one sentence each: its card, what git keeps."""
    found = _files(out)
    notes = []
    if card_was_edited(out):
        notes.append(f"{CARD} was edited, as a card may be; the data are verified without it.")
    elif CARD in read_manifest(out)["files"].keys() - found:
        notes.append(f"{CARD} is not there any more; the data are verified without it.")
    if kept := sorted({Path(name).parts[0] for name in found if _is_beside(name)} - {CARD}):
        notes.append(f"{', '.join(kept)}: of git or the Hub, and no part of the data.")
    return notes


def card_was_edited(out: Path) -> bool:
    """Whether the card of an output is another than its run wrote. Raises as `read_manifest`."""
    recorded = read_manifest(out)["files"].get(CARD, {"sha256": ""})
    with environment_errors(out):
        return (out / CARD).is_file() and sha256_of(out / CARD) != recorded["sha256"]


def _is_beside(name: str) -> bool:
    return name == CARD or Path(name).parts[0] in _OF_GIT


def _files(out: Path) -> set[str]:
    """All that lies below an output, but for folders and its manifest."""
    below = (p for p in out.rglob("*") if p.is_symlink() or not p.is_dir())
    return {str(p.relative_to(out)) for p in below if p != out / MANIFEST}


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Write a small frame; by way of memory, so that a full disk is an OSError as elsewhere."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="lz4", statistics=False)
    path.write_bytes(buffer.getbuffer())


def append_files(pieces: Path, to: Path) -> None:
    """Put each file of a folder at the end of the file of that name in another."""
    if not pieces.is_dir():
        return
    to.mkdir(exist_ok=True)
    for piece in sorted(pieces.iterdir()):
        with piece.open("rb") as source, (to / piece.name).open("ab") as target:
            shutil.copyfileobj(source, target, _PIECE)


def sha256_of(path: Path) -> str:
    """The sha256 of a file's bytes, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def environment_errors(where: Path) -> Iterator[None]:
    """Turn errors of disk and permission into messages with exit code 4.

    A file in the place of a folder is a UsageError.
    """
    try:
        yield
    except OSError as error:
        raise _explained(error, where) from error
    except DataprepError:
        raise
    except Exception as error:
        # Polars, tokenizers and safetensors wrap what the system said, each in an error of its
        # own, and give its number in words.
        number = _OS_ERROR.search(str(error))
        if number is None:
            raise
        raise _explained(OSError(int(number[1]), os.strerror(int(number[1]))), where) from error


_OS_ERROR = LatePattern(r"\(os error (\d{1,5})\)")


def _explained(error: OSError, where: Path) -> DataprepError:
    path = finished(error.filename or where)
    path = str(where) if Path(path) == where.resolve() else path
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return EnvironmentProblem(f"No space left on the disk that holds {where}.", _FREE)
        case errno.EFBIG:
            return EnvironmentProblem(f"A file below {where} grew past the allowed size.", _FREE)
        case errno.EACCES | errno.EPERM | errno.EROFS:
            remedy = "Check its permissions, or name another place with -o."
            return EnvironmentProblem(f"No permission for {path}.", remedy)
        case errno.EEXIST | errno.ENOTDIR if blocked := _blocked(where):
            return blocked
        case _:
            why = error.strerror or str(error) or "the system gives no reason"
            return EnvironmentProblem(f"{path}: {why}.", "Nothing was written.")


_FREE = "Free some space, or name another place with -o; nothing was left behind."


def refuse_file(out: Path, *, above: bool = False) -> None:
    """Raise UsageError for an output folder in whose place, or above which, there is a file.

    With `above`, for an output file that would lie in one.
    """
    if blocked := _blocked(out, above=above):
        raise blocked


def _blocked(out: Path, *, above: bool = False) -> UsageError | None:
    """Why there can be no folder: what stands in its place, or above it, is none.

    With `above`, `out` is to be a file, and only what is above it matters.
    """
    for place in out.parents if above else (out, *out.parents):
        is_there = os.path.lexists(place)  # first: another run may make the folder meanwhile
        if place.is_dir():
            return None
        if is_there:
            what = f"{place} {_link(place)}" if place.is_symlink() else f"{place} is not a folder"
            below = "" if place == out else f", and {out} would lie in it"
            return UsageError(f"{what}{below}.", "Choose a folder that does not exist yet.")
    return None


def _from_here(path: Path) -> Path:
    """A path as somebody who stands here would write it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _link(link: Path) -> str:
    """Where a link leads, in words."""
    end = "" if link.is_dir() else ", a file" if link.exists() else ", which is not there"
    return f"is a link to {link.readlink()}{end}"


def _refuse_foreign(out: Path) -> None:
    if out.is_dir() and out.is_symlink():
        raise UsageError(
            f"{out} {_link(out)}, and an output takes the place of a folder.",
            f"Name the folder itself: -o {shlex.quote(str(_from_here(out.resolve())))}",
        )
    refuse_file(out)
    if Path.cwd().is_relative_to(out.resolve()):
        raise UsageError(
            f"{out} is the folder you stand in, or one above it, and would be replaced.",
            "Choose a folder below it, for example: -o out",
        )
    if not (out.is_dir() and any(out.iterdir())):
        return
    try:
        recorded = read_manifest(out)["files"]
    except UsageError:
        raise UsageError(
            f"{out} holds something else, and would be replaced.",
            "Choose another folder.",
        ) from None
    if others := sorted(_files(out) - recorded.keys()):
        raise UsageError(
            f"{out} holds {others[0]}, which no run made, and it would be lost.",
            "Move it away, or choose another folder.",
        )


def beside(out: Path, kind: str) -> Path:
    """A hidden folder of this thread beside an output: `staging`, or `old` while exchanging."""
    return out.with_name(f".{out.name}.{kind}-{os.getpid()}-{threading.get_ident()}")


def sweep(out: Path) -> list[Path]:
    """Remove what runs that were killed left behind, and put back an output taken away.

    What a process or a thread that lives has made is left alone. Gives what could not be removed.
    """
    left = []
    for orphan in out.parent.glob(f".{glob.escape(out.name)}.*-*"):
        kind, _, owner = orphan.name.removeprefix(f".{out.name}.").partition("-")
        process, _, thread = owner.partition("-")
        ours = process.isdecimal() and (not thread or thread.isdecimal())
        if kind not in ("staging", "old") or not ours or _alive(int(process), int(thread or 0)):
            continue
        if kind == "old" and not out.exists():
            orphan.rename(out)
        else:
            shutil.rmtree(orphan, ignore_errors=True)
            left += [orphan] if orphan.exists() else []
    return left


def _alive(process: int, thread: int) -> bool:
    """Whether another process has that number, or another thread of this one."""
    if process == os.getpid():
        return thread != threading.get_ident() and thread in sys._current_frames()
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _describe(path: Path) -> dict[str, Any]:
    return {"sha256": sha256_of(path), "bytes": path.stat().st_size}


def _folders(folder: Path) -> list[Path]:
    return [*(p for p in folder.rglob("*") if p.is_dir()), folder]


def _exchange(folder: Path, out: Path) -> None:
    """Put `folder` in the place of `out`; the old output, if any, ends in `folder`."""
    with _PLACES:
        _put(folder, out)


def _put(folder: Path, out: Path) -> None:
    if not out.exists():
        try:
            folder.rename(out)
        except OSError as error:  # another process has published meanwhile
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        else:
            return
    swap = _atomic_swap()
    if swap is None or swap(folder, out) != 0:
        # No atomic exchange here: two renames, with the old output kept until the new one stands.
        old = beside(out, "old")
        out.rename(old)
        try:
            folder.rename(out)
        except BaseException:
            old.rename(out)
            raise
        shutil.rmtree(old, ignore_errors=True)


def _atomic_swap() -> Callable[[Path, Path], int] | None:
    """renameat2(RENAME_EXCHANGE) on Linux, renamex_np(RENAME_SWAP) on macOS."""
    if os.name != "posix":
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "linux" and hasattr(libc, "renameat2"):
        return lambda a, b: int(
            libc.renameat2(_AT_FDCWD, os.fsencode(a), _AT_FDCWD, os.fsencode(b), _RENAME_EXCHANGE)
        )
    if sys.platform == "darwin" and hasattr(libc, "renamex_np"):
        return lambda a, b: int(libc.renamex_np(os.fsencode(a), os.fsencode(b), _RENAME_EXCHANGE))
    return None
