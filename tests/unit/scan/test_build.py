"""The library is compiled where there is a compiler; what is no library of ours is not used."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from dataprep.scan import build, why_not
from dataprep.scan import library as door
from dataprep.scan.library import VERSION, opened

ROOT = Path(__file__).parents[3]

needs_compiler = pytest.mark.skipif(not build.compiler(), reason="there is no C compiler")


@needs_compiler
def test_the_sources_compile_without_a_warning_and_can_be_opened(tmp_path: Path) -> None:
    assert build.build(tmp_path) == ""
    assert [path.name for path in tmp_path.iterdir()] == [build.library(tmp_path).name]
    assert not isinstance(opened(build.library(tmp_path)), str)
    if gcc := shutil.which("gcc"):
        strict = ("-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wpedantic", "-Werror")
        command = [gcc, "-std=c11", "-O2", "-fsyntax-only", *strict, *map(str, build.sources())]
        assert subprocess.run(command, capture_output=True, text=True, check=False).stderr == ""


def test_without_a_compiler_nothing_is_made_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "compiler", list)
    assert build.build(tmp_path) == "there is no C compiler"
    assert list(tmp_path.iterdir()) == []


def test_a_compiler_that_fails_leaves_the_library_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build.library(tmp_path).write_bytes(b"older")
    fails = "import sys; print('no such option', file=sys.stderr); sys.exit(1)"
    monkeypatch.setattr(build, "compiler", lambda: [sys.executable, "-c", fails])
    assert build.build(tmp_path) == "the C compiler failed: no such option"
    assert build.library(tmp_path).read_bytes() == b"older"


def test_a_library_that_is_not_there_or_is_none_is_not_used(tmp_path: Path) -> None:
    assert opened(tmp_path / "none.so") == "not compiled"
    (tmp_path / "text.so").write_text("a text")
    assert opened(tmp_path / "text.so") == "cannot be loaded"


@needs_compiler
@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("int scan_version(void) { return 77; }", f"for version 77, where {VERSION} is needed"),
        (f"int scan_version(void) {{ return {VERSION}; }}", "cannot be loaded"),
        ("int another(void) { return 1; }", "cannot be loaded"),
    ],
)
def test_a_library_of_another_version_is_not_used(tmp_path: Path, code: str, said: str) -> None:
    (tmp_path / "other.c").write_text(code)
    made = tmp_path / "other.so"
    flags = ("-shared", "-fPIC", "-o", made, tmp_path / "other.c")
    subprocess.run([*build.compiler(), *map(str, flags)], check=True)
    found = opened(made)
    assert isinstance(found, str)
    assert found.endswith(said)


def test_a_variable_turns_the_library_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(door.SWITCH, "off")
    assert why_not() == "turned off by DATAPREP_SCAN"


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """hatch_build.py, beside a hatchling that has nothing but the class of hooks."""
    names = ("hatchling", "builders", "hooks", "plugin", "interface")
    for number in range(1, len(names) + 1):
        monkeypatch.setitem(sys.modules, ".".join(names[:number]), ModuleType(names[number - 1]))
    monkeypatch.setattr(sys.modules[".".join(names)], "BuildHookInterface", object, raising=False)
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None and spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


class Screen:
    """Where a build says what it has to say."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def display_warning(self, words: str) -> None:
        self.said.append(words)


def built(hook: ModuleType, why: str, version: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What a build comes to, and what it said."""
    where = ROOT / "dataprep" / "scan" / "_scan.so"
    stands_in = SimpleNamespace(build=lambda: why, library=lambda: where)
    monkeypatch.setattr(hook, "_building", lambda: stands_in)
    data: dict[str, Any] = {"artifacts": [], "pure_python": True}
    one = compiling(hook)
    one.initialize(version, data)
    return data, one.app.said


def compiling(hook: ModuleType) -> Any:
    one = hook.CompileScan()
    one.target_name, one.app = "wheel", Screen()
    return one


class OtherBuild:
    """build.py, with a compiler that writes down for whom it was called; or says why it failed."""

    PLATFORMS = build.PLATFORMS
    library = staticmethod(build.library)
    wheel_tag = staticmethod(build.wheel_tag)

    def __init__(self, why: str = "") -> None:
        self.why = why

    def build(self, folder: Path, other: build.WheelPlatform) -> str:
        self.library(folder, other.system).write_text(other.zig)
        return self.why


def test_a_wheel_for_another_machine_leaves_the_library_of_this_one_alone(
    hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATAPREP_WHEEL", "macosx_11_0_arm64")
    monkeypatch.setattr(hook, "_building", OtherBuild)
    data: dict[str, Any] = {"artifacts": [], "force_include": {}, "pure_python": True}
    one = compiling(hook)
    one.initialize("standard", data)
    ((where, inside),) = data.pop("force_include").items()
    assert (Path(where).read_text(), inside) == ("aarch64-macos.11.0", "dataprep/scan/_scan.dylib")
    assert ROOT not in Path(where).parents
    assert data == {"artifacts": [], "pure_python": False, "tag": "py3-none-macosx_11_0_arm64"}
    one.finalize("standard", data, "")
    assert not Path(where).parent.exists()


def test_a_wheel_for_another_machine_is_never_pure_instead(
    hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATAPREP_WHEEL", "win_amd64")
    monkeypatch.setattr(hook, "_building", lambda: OtherBuild("ziglang is not installed"))
    wanted = "dataprep/scan cannot be compiled for win_amd64: ziglang is not installed"
    with pytest.raises(RuntimeError, match=wanted):
        compiling(hook).initialize("standard", {"force_include": {}})
    monkeypatch.setenv("DATAPREP_WHEEL", "amiga")
    with pytest.raises(ValueError, match="DATAPREP_WHEEL is amiga, none of manylinux_2_17_x86_64"):
        compiling(hook).initialize("standard", {"force_include": {}})


def test_another_machine_is_compiled_for_by_ziglang_alone(
    hook: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATAPREP_WHEEL", "win_amd64")
    assert hook.CompileScan().dependencies() == ["ziglang>=0.13"]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert build.build(tmp_path, build.PLATFORMS["win_amd64"]) == "ziglang is not installed"
    assert list(tmp_path.iterdir()) == []


def test_a_wheel_without_a_compiler_is_pure(
    hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, said = built(hook, "there is no C compiler", "standard", monkeypatch)
    assert data == {"artifacts": [], "pure_python": True}
    assert said == ["dataprep/scan is left out, so exports are read slower: there is no C compiler"]


def test_a_wheel_with_the_library_is_for_this_machine(
    hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook.sysconfig, "get_platform", lambda: "linux-x86_64")
    data, said = built(hook, "", "standard", monkeypatch)
    assert said == []
    assert data == {
        "artifacts": ["/dataprep/scan/_scan.so"],
        "pure_python": False,
        "tag": "py3-none-linux_x86_64",
    }


def test_an_editable_install_compiles_in_place_and_stays_what_it_is(
    hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, said = built(hook, "", "editable", monkeypatch)
    assert (data, said) == ({"artifacts": [], "pure_python": True}, [])


@pytest.mark.parametrize(
    ("command", "machine", "wanted"),
    [
        (["cc"], "x86_64", []),
        ([], "x86_64", ["ziglang>=0.13"]),
        ([], "arm64", ["ziglang>=0.13"]),
        ([], "alpha", []),
    ],
)
def test_a_compiler_is_asked_for_only_where_there_is_none_and_it_can_be_had(
    hook: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    command: list[str],
    machine: str,
    wanted: list[str],
) -> None:
    monkeypatch.setattr(hook, "_building", lambda: SimpleNamespace(compiler=lambda: command))
    monkeypatch.setattr(hook.platform, "machine", lambda: machine)
    assert hook.CompileScan().dependencies() == wanted
