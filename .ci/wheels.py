"""Builds the wheels that hold the compiled library, for every platform from this one.

python .ci/wheels.py [NAME ...]   into dist/; NAME is one of PLATFORMS in dataprep/scan/build.py

Each is looked at (its names, its RECORD, the library in it); the one that fits this machine is
also installed and tried. A line is printed for each.
"""

from __future__ import annotations

import importlib.util
import os
import re
import runpy
import subprocess
import sys
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_BUILD: dict[str, Any] = runpy.run_path(str(ROOT / "dataprep" / "scan" / "build.py"))
PLATFORMS: Mapping[str, Any] = _BUILD["PLATFORMS"]
_NO_ZIGLANG = "The wheels are compiled by ziglang, which is not installed: pip install ziglang"
_SYSTEM_LIBRARIES = {
    "manylinux": r"libc\.so\.6",
    "musllinux": r"libc\.so",
    "macosx": r"/usr/lib/libSystem\.B\.dylib|@rpath/_scan\.dylib",
    "win": r"KERNEL32\.dll|api-ms-win-crt-[a-z0-9-]+\.dll",
}
"""What a library may need, by the begin of the platform's name: every such system has it."""


def functions(header: str) -> set[str]:
    """What the library must offer, as scan.h declares it."""
    return set(re.findall(r"^SCAN_API [^(]*?\b(scan_\w+)\(", header, re.MULTILINE))


def contradictions(name: str, library: Any, wanted: set[str]) -> list[str]:
    """What in a library (`CompiledLibrary`) contradicts the platform of its wheel, in words."""
    platform = PLATFORMS[name]
    machine = platform.zig.split("-")[0]
    found = []
    if (library.system, library.machine) != (platform.system, machine):
        found.append(f"it is for {library.system} on {library.machine}")
    if missing := sorted(wanted - library.functions):
        found.append(f"it lacks {', '.join(missing)}")
    known = _SYSTEM_LIBRARIES[name.partition("_")[0]]
    if needs := [each for each in library.needs if not re.fullmatch(known, each)]:
        found.append(f"it needs {', '.join(needs)}")
    promised = re.match(r"(?:manylinux|macosx)_(\d+)_(\d+)_", name)
    if promised and not (0, 0) < library.oldest <= (int(promised[1]), int(promised[2])):
        found.append(f"it wants version {'.'.join(map(str, library.oldest))} of the system")
    if name == "macosx_11_0_arm64" and not library.signed:
        found.append("it has no signature")
    return found


def disagreements(wheel: Path, name: str) -> list[str]:
    """What is wrong with the wheel of a platform, in words: names, RECORD or library."""
    from packaging.tags import parse_tag
    from packaging.utils import parse_wheel_filename

    _, _, _, tags = parse_wheel_filename(wheel.name)
    promised = parse_tag(_BUILD["wheel_tag"](name))
    if tags != promised:
        return [f"its name says {_listed(tags)}, not {_listed(promised)}"]
    with zipfile.ZipFile(wheel) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
    about = "-".join(wheel.name.split("-")[:2]) + ".dist-info"
    said = files[f"{about}/WHEEL"].decode().splitlines()
    found = []
    if {line for line in said if line.startswith("Tag: ")} != {f"Tag: {tag}" for tag in tags}:
        found.append(f"its WHEEL does not say {_listed(tags)}")
    if "Root-Is-Purelib: false" not in said:
        found.append("its WHEEL calls it pure")
    found += unrecorded(files, f"{about}/RECORD")
    inside = [each for each in files if Path(each).stem == _BUILD["NAME"]]
    where = f"dataprep/scan/{_BUILD['library'](system=PLATFORMS[name].system).name}"
    if inside != [where]:
        return [*found, f"it holds {', '.join(inside) or 'no library'}, not {where}"]
    header = (ROOT / "dataprep" / "scan" / "source" / "scan.h").read_text("utf-8")
    library = runpy.run_path(str(ROOT / ".ci" / "libraries.py"))["read_library"](files[where])
    return found + [f"{where}: {e}" for e in contradictions(name, library, functions(header))]


def _listed(tags: Iterable[object]) -> str:
    return ", ".join(sorted(map(str, tags)))


def unrecorded(files: Mapping[str, bytes], record: str) -> list[str]:
    """What differs between the files of a wheel and its RECORD, in words."""
    lines = {}
    for line in files[record].decode().splitlines():
        path, digest, _ = line.rsplit(",", 2)
        lines[path.strip('"')] = digest
    found = [f"{each} is not in its RECORD" for each in sorted(files.keys() - lines.keys())]
    found += [f"{each} of its RECORD is missing" for each in sorted(lines.keys() - files.keys())]
    for each in sorted(files.keys() & lines.keys() - {record}):
        digest = urlsafe_b64encode(sha256(files[each]).digest()).rstrip(b"=").decode()
        if lines[each] != f"sha256={digest}":
            found.append(f"{each} is not what its RECORD says")
    return found


def fits_here(name: str) -> bool:
    """Whether pip would take a wheel of this platform on this machine."""
    from packaging.tags import sys_tags

    return any(each.platform == name for each in sys_tags())


def build(name: str, folder: Path) -> Path:
    """The wheel of a platform, new in a folder; a failure ends everything, with what was said."""
    variables = {k: v for k, v in os.environ.items() if k != "HATCH_BUILD_NO_HOOKS"}
    command = ("-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT))
    _run(*command, env={**variables, "DATAPREP_WHEEL": name})
    wheels = list(folder.glob(f"*-{_BUILD['wheel_tag'](name)}.whl"))
    if len(wheels) != 1:
        sys.exit(f"There are {len(wheels)} wheels for {name} in {folder}, where one was built.")
    return wheels[0]


def _run(*command: str, env: Mapping[str, str] | None = None) -> None:
    done = subprocess.run(
        [sys.executable, *command], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} left with {done.returncode}:\n{done.stdout}{done.stderr}")


def main(names: list[str], folder: Path = ROOT / "dist") -> None:
    """Build, look at and try the wheels of these platforms; of all where none is named."""
    if unknown := [name for name in names if name not in PLATFORMS]:
        sys.exit(f"No platform is called {', '.join(unknown)}. There are {', '.join(PLATFORMS)}.")
    if importlib.util.find_spec("ziglang") is None:
        sys.exit(_NO_ZIGLANG)
    for name in names or PLATFORMS:
        wheel = build(name, folder)
        _run("-m", "twine", "check", "--strict", str(wheel))
        if wrong := disagreements(wheel, name):
            sys.exit(f"{wheel.name}: " + "; ".join(wrong))
        end = "looked at, not tried: it is for another machine"
        if fits_here(name):
            _run(str(ROOT / ".ci" / "release.py"), "try", str(wheel))
            end = "tried"
        print(f"{wheel.name}  {wheel.stat().st_size / 1e6:.2f} MB  {end}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
