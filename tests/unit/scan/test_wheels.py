"""The wheels for other platforms: what each must be, and what is said of one that is not."""

from __future__ import annotations

import re
import runpy
import zipfile
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from dataprep.scan import build
from dataprep.scan import library as door
from tests.unit.scan.compiled_files import elf, macho, pe

ROOT = Path(__file__).parents[3]
WHEELS: dict[str, Any] = runpy.run_path(str(ROOT / ".ci" / "wheels.py"))
LIBRARIES: dict[str, Any] = runpy.run_path(str(ROOT / ".ci" / "libraries.py"))
SCAN_ONE = frozenset({"scan_one"})
X86_64, ARM64 = 0x01000007, 0x0100000C
"""The machines of Mach-O."""


def test_the_platforms_are_these_and_each_has_its_name_of_a_library() -> None:
    names = {
        name: (one.zig, build.library(Path(), one.system).name)
        for name, one in build.PLATFORMS.items()
    }
    assert names == {
        "manylinux_2_17_x86_64": ("x86_64-linux-gnu.2.17", "_scan.so"),
        "manylinux_2_17_aarch64": ("aarch64-linux-gnu.2.17", "_scan.so"),
        "musllinux_1_2_x86_64": ("x86_64-linux-musl", "_scan.so"),
        "musllinux_1_2_aarch64": ("aarch64-linux-musl", "_scan.so"),
        "macosx_11_0_x86_64": ("x86_64-macos.11.0", "_scan.dylib"),
        "macosx_11_0_arm64": ("aarch64-macos.11.0", "_scan.dylib"),
        "win_amd64": ("x86_64-windows-gnu", "_scan.dll"),
        "win_arm64": ("aarch64-windows-gnu", "_scan.dll"),
    }


def test_a_linux_wheel_has_the_older_name_too_and_the_others_one_name() -> None:
    assert build.wheel_tag("win_amd64") == "py3-none-win_amd64"
    assert (
        build.wheel_tag("manylinux_2_17_x86_64")
        == "py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64"
    )


def test_what_a_library_must_offer_is_what_python_asks_of_it() -> None:
    header = (ROOT / "dataprep" / "scan" / "source" / "scan.h").read_text("utf-8")
    assert WHEELS["functions"](header) == {"scan_version", *door._FUNCTIONS}


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (elf(62), ("Linux", "x86_64", SCAN_ONE, ("libc.so.6",), (2, 14), False)),
        (elf(183), ("Linux", "aarch64", SCAN_ONE, ("libc.so.6",), (2, 14), False)),
        (
            macho(X86_64),
            ("Darwin", "x86_64", SCAN_ONE, ("/usr/lib/libSystem.B.dylib",), (11, 0), True),
        ),
        (
            macho(ARM64),
            ("Darwin", "aarch64", SCAN_ONE, ("/usr/lib/libSystem.B.dylib",), (11, 0), True),
        ),
        (pe(0x8664), ("Windows", "x86_64", SCAN_ONE, ("KERNEL32.dll",), (0, 0), False)),
        (pe(0xAA64), ("Windows", "aarch64", SCAN_ONE, ("KERNEL32.dll",), (0, 0), False)),
    ],
)
def test_a_library_is_read_from_its_bytes(data: bytes, wanted: tuple[Any, ...]) -> None:
    assert tuple(LIBRARIES["read_library"](data)) == wanted


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a text", "no library of Linux, macOS or Windows with 64 bits"),
        (elf(62, kind=2), "an ELF file, and no shared library"),
        (macho(ARM64, kind=2), "a Mach-O file, and no shared library"),
        (pe(0x8664, traits=0x22), "a program of Windows, and no library"),
        (elf(40), "a library that cannot be read: KeyError(40)"),
        (elf(62)[:-100], "a library that cannot be read"),
        (macho(ARM64)[:60], "a library that cannot be read"),
        (pe(0x8664)[:300], "a library that cannot be read"),
    ],
)
def test_what_is_no_library_is_refused_in_words(data: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        LIBRARIES["read_library"](data)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("manylinux_2_17_x86_64", elf(62)),
        ("manylinux_2_17_aarch64", elf(183)),
        ("macosx_11_0_x86_64", macho(X86_64)),
        ("macosx_11_0_arm64", macho(ARM64)),
        ("win_amd64", pe(0x8664)),
        ("win_arm64", pe(0xAA64)),
    ],
)
def test_a_library_for_its_platform_contradicts_nothing(name: str, data: bytes) -> None:
    library = LIBRARIES["read_library"](data)
    assert WHEELS["contradictions"](name, library, {"scan_one"}) == []


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("manylinux_2_17_x86_64", {"machine": "aarch64"}, "it is for Linux on aarch64"),
        ("manylinux_2_17_x86_64", {"system": "Darwin"}, "it is for Darwin on x86_64"),
        ("manylinux_2_17_x86_64", {"functions": frozenset()}, "it lacks scan_one"),
        ("manylinux_2_17_x86_64", {"needs": ("libm.so.6",)}, "it needs libm.so.6"),
        ("manylinux_2_17_x86_64", {"oldest": (2, 28)}, "it wants version 2.28 of the system"),
        ("manylinux_2_17_x86_64", {"oldest": (0, 0)}, "it wants version 0.0 of the system"),
        ("musllinux_1_2_x86_64", {}, "it needs libc.so.6"),
    ],
)
def test_what_contradicts_the_platform_is_said(
    name: str, change: dict[str, Any], said: str
) -> None:
    library = LIBRARIES["read_library"](elf(62))._replace(**change)
    assert WHEELS["contradictions"](name, library, {"scan_one"}) == [said]


def test_a_library_that_macos_on_arm64_would_not_open_or_names_its_builder_is_told() -> None:
    library = LIBRARIES["read_library"](macho(ARM64))
    wrong = library._replace(signed=False, needs=("/home/me/_scan.dylib",), oldest=(13, 0))
    assert WHEELS["contradictions"]("macosx_11_0_arm64", wrong, {"scan_one"}) == [
        "it needs /home/me/_scan.dylib",
        "it wants version 13.0 of the system",
        "it has no signature",
    ]


def wheel_with(folder: Path, platform_name: str, tag: str, library: str, data: bytes) -> Path:
    """A wheel by hand, whose RECORD holds."""
    wheel = folder / f"dataprep_tune-1.0-py3-none-{platform_name}.whl"
    about = "dataprep_tune-1.0.dist-info"
    said = f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: {tag}\n".encode()
    files = {f"dataprep/scan/{library}": data, f"{about}/WHEEL": said}
    record = ""
    for path, content in files.items():
        digest = urlsafe_b64encode(sha256(content).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(content)}\n"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
        archive.writestr(f"{about}/RECORD", record + f"{about}/RECORD,,\n")
    return wheel


def test_a_wheel_with_another_tag_inside_or_another_library_is_told(tmp_path: Path) -> None:
    wheel = wheel_with(tmp_path, "win_amd64", "py3-none-any", "_scan.so", elf(62))
    assert WHEELS["disagreements"](wheel, "win_amd64") == [
        "its WHEEL does not say py3-none-win_amd64",
        "it holds dataprep/scan/_scan.so, not dataprep/scan/_scan.dll",
    ]
    assert WHEELS["disagreements"](wheel, "win_arm64") == [
        "its name says py3-none-win_amd64, not py3-none-win_arm64"
    ]


def test_a_wheel_whose_library_lacks_functions_is_told(tmp_path: Path) -> None:
    wheel = wheel_with(tmp_path, "win_amd64", "py3-none-win_amd64", "_scan.dll", pe(0x8664))
    (said,) = WHEELS["disagreements"](wheel, "win_amd64")
    assert said.startswith("dataprep/scan/_scan.dll: it lacks scan_capitals, scan_free, ")


def test_what_a_record_does_not_hold_is_told() -> None:
    files = {
        "a.py": b"changed",
        "new.py": b"",
        "RECORD": b"a.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n"
        b"gone.py,,\nRECORD,,\n",
    }
    assert WHEELS["unrecorded"](files, "RECORD") == [
        "new.py is not in its RECORD",
        "gone.py of its RECORD is missing",
        "a.py is not what its RECORD says",
    ]


def test_without_ziglang_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(SystemExit) as ended:
        WHEELS["main"]([])
    assert ended.value.code == (
        "The wheels are compiled by ziglang, which is not installed: pip install ziglang"
    )


def test_a_platform_that_is_not_known_is_refused_with_those_that_are() -> None:
    with pytest.raises(SystemExit, match=r"No platform is called linux\. There are manylinux_2"):
        WHEELS["main"](["linux"])
