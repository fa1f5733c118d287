"""What is installed: this distribution, its extras, and whose the files of its packages are."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

from dataprep._version import DISTRIBUTION

PACKAGES = ("dataprep", "trainers")
"""What the distribution puts beside the packages of others."""
HIDDEN = ("dev",)
"""Extras for those who change the code."""


@dataclass(frozen=True, slots=True)
class RequiredPackage:
    """A distribution that is required: its version here, None where it is missing."""

    name: str
    wanted: str
    version: str | None
    fits: bool


@dataclass(frozen=True, slots=True)
class Extra:
    """An extra with all that it brings."""

    name: str
    packages: tuple[RequiredPackage, ...]

    @property
    def complete(self) -> bool:
        """Whether every package is there in a version that fits."""
        return all(package.fits for package in self.packages)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is broken in an environment, and what to do about it."""

    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Installation:
    """The installed distribution; `origin` says where it came from, in words."""

    folder: Path
    origin: str
    extras: tuple[Extra, ...]
    problems: tuple[Problem, ...]


def installation() -> Installation:
    """What importlib.metadata and the RECORD files on sys.path tell; nothing is imported."""
    ours = _own()
    declared = _expanded(_declared(ours))
    extras = tuple(
        Extra(name, tuple(_packages(required)))
        for name, required in sorted(declared.items())
        if name and name not in HIDDEN
    )
    others = list(_other_owners())
    problems = [*others, *_missing(declared.get("", []))]
    if ours is not None:
        problems += _damage(ours, mixed=bool(others))
    folder = Path(__file__).parent
    return Installation(folder, _origin(ours), extras, tuple(problems))


def _own() -> metadata.Distribution | None:
    try:
        return metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return None


def _declared(ours: metadata.Distribution | None) -> dict[str, list[Requirement]]:
    """The requirements of each extra; those of all stand under the empty name."""
    if ours is None:
        return _of_source()
    declared: dict[str, list[Requirement]] = {"": []}
    declared |= {extra: [] for extra in ours.metadata.get_all("Provides-Extra") or []}
    for requirement in _requirements(ours):
        marker = requirement.marker
        always = marker is None or marker.evaluate({"extra": ""})
        takers = [""] if always else [e for e in declared if _asks(requirement, e)]
        for extra in takers:
            declared[extra].append(requirement)
    return declared


def _expanded(declared: dict[str, list[Requirement]]) -> dict[str, list[Requirement]]:
    """The same with what an extra takes from another, as dataprep-tune[train], in full."""
    return {
        extra: [
            each
            for requirement in required
            for each in (
                [of for taken in sorted(requirement.extras) for of in declared.get(taken, [])]
                if _plain(requirement.name) == DISTRIBUTION
                else [requirement]
            )
        ]
        for extra, required in declared.items()
    }


def _of_source() -> dict[str, list[Requirement]]:
    """The same by the pyproject.toml beside a package that nobody installed."""
    try:
        text = (Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8")
        project = tomllib.loads(text)["project"]
    except (OSError, ValueError, KeyError):
        return {}
    if project.get("name") != DISTRIBUTION:
        return {}
    listed = {"": project["dependencies"], **project["optional-dependencies"]}
    return {extra: [Requirement(each) for each in lines] for extra, lines in listed.items()}


def _requirements(distribution: metadata.Distribution) -> Iterator[Requirement]:
    for line in distribution.requires or []:
        try:
            yield Requirement(line)
        except InvalidRequirement:  # as old distributions wrote them
            continue


def _asks(requirement: Requirement, extra: str) -> bool:
    """Whether an extra asks for it here."""
    return requirement.marker is not None and requirement.marker.evaluate({"extra": extra})


def _packages(required: list[Requirement]) -> Iterator[RequiredPackage]:
    """Each requirement as it is met here, with what its own extras bring."""
    for requirement in required:
        wanted, version = requirement.specifier, _version(requirement.name)
        fits = version is not None and wanted.contains(version, prereleases=True)
        shown = None if version is None else str(version)
        yield RequiredPackage(requirement.name, str(wanted), shown, fits)
        if version is not None and requirement.extras:
            yield from _packages(_brought(requirement))


def _version(name: str) -> Version | None:
    """The installed version; None also for what half an uninstallation has left."""
    try:
        return Version(metadata.version(name))
    except (metadata.PackageNotFoundError, KeyError, TypeError, InvalidVersion):
        return None


def _brought(requirement: Requirement) -> list[Requirement]:
    """What the extras in its brackets bring, as sentencepiece for mistral-common[sentencepiece]."""
    return [
        each
        for each in _requirements(metadata.distribution(requirement.name))
        if any(_asks(each, extra) for extra in requirement.extras) and not _asks(each, "")
    ]


def _missing(required: list[Requirement]) -> Iterator[Problem]:
    """What the package cannot be without."""
    for package in _packages(required):
        if not package.fits:
            there = f"{package.version} is" if package.version else "none is"
            yield Problem(
                f"dataprep needs {package.name}{package.wanted}, and {there} installed.",
                f"Install it with: pip install '{package.name}{package.wanted}'",
            )


def _other_owners() -> Iterator[Problem]:
    """Other distributions with modules in our packages: each overwrites files of the other."""
    owners = metadata.packages_distributions()
    for package in PACKAGES:
        for name in sorted({each for each in owners.get(package, []) if each}):
            if _plain(name) != DISTRIBUTION:
                yield _shared(package, metadata.distribution(name))


def _shared(package: str, other: metadata.Distribution) -> Problem:
    name = other.metadata["Name"]
    files = [file for file in other.files or [] if file.parts[:1] == (package,)]
    counted = "1 file" if len(files) == 1 else f"{len(files):,} files" if files else "files"
    return Problem(
        f"{name} {other.version}, another distribution, owns {counted} of a package {package}"
        f" in {other.locate_file('')}: one hides or overwrites the other.",
        f"Uninstall both with: pip uninstall {name} {DISTRIBUTION}; then install one of the two"
        f" with: pip install {DISTRIBUTION}. Where both are needed, give each an environment.",
    )


def _damage(ours: metadata.Distribution, *, mixed: bool) -> Iterator[Problem]:
    """Files of ours that are not as they were installed, by the hashes in RECORD."""
    missing, changed = [], []
    for file in ours.files or []:
        if file.parts[:1] not in [(name,) for name in PACKAGES] or file.hash is None:
            continue
        if file.hash.mode not in hashlib.algorithms_guaranteed:
            continue
        try:
            content = Path(str(file.locate())).read_bytes()
        except OSError:
            missing.append(str(file))
            continue
        digest = urlsafe_b64encode(hashlib.new(file.hash.mode, content).digest())
        if digest.rstrip(b"=").decode() != file.hash.value:
            changed.append(str(file))
    again = (
        "Do as said above."
        if mixed
        else f"Install it again: pip install --force-reinstall --no-deps"
        f" {DISTRIBUTION}=={ours.version}"
    )
    for names, what in ((missing, "missing"), (changed, "changed")):
        if names:
            more = f" and {len(names) - 1:,} more" if names[1:] else ""
            verb = "are" if names[1:] else "is"
            yield Problem(
                f"{names[0]}{more} of {DISTRIBUTION} {ours.version} {verb} {what}.", again
            )


def _origin(ours: metadata.Distribution | None) -> str:
    """Where the distribution came from, without a word of what an address may hold as a key."""
    if ours is None:
        return "not installed: run from a folder of its source"
    copies = [f for f in ours.files or [] if f.parts == ("dataprep", Path(__file__).name)]
    if copies and Path(str(copies[0].locate())).resolve() != Path(__file__).resolve():
        there = f"{DISTRIBUTION} {ours.version} is installed in {ours.locate_file('')}"
        return f"run from a folder of its source, while {there}"
    installer = (ours.read_text("INSTALLER") or "").strip()
    by = f" by {installer}" if re.fullmatch(r"[\w.-]+", installer) else ""
    direct = _direct_url(ours)
    url = direct.get("url")
    if not isinstance(url, str):
        return f"installed{by} from a package index"
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme == "file":
        editable = isinstance(info := direct.get("dir_info"), dict) and info.get("editable")
        how = "editable, from" if editable else "from"
        return f"installed{by}, {how} {unquote(parts.path)}"
    address = (
        f"{parts.hostname}{parts.path}" if parts.hostname else "an address that cannot be read"
    )
    return f"installed{by} from {address}"


def _direct_url(ours: metadata.Distribution) -> dict[str, Any]:
    """What PEP 610 keeps of an install from a folder, a file or an address; else nothing."""
    try:
        kept = json.loads(ours.read_text("direct_url.json") or "{}")
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}


def _plain(name: str) -> str:
    """The normalised name of a distribution (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
