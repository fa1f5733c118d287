"""Wheels for three systems, built by `.ci/wheels.py`; auditwheel and LIEF judge them."""

from __future__ import annotations

import json
import platform
import runpy
import zipfile
from pathlib import Path

import pytest

from tests.real.environments import ROOT, copy_source, environment, install, run

pytestmark = pytest.mark.real

HERE = f"manylinux_2_17_{platform.machine()}"
BUILT = (HERE, "macosx_11_0_arm64", "win_amd64")

LIEF_SAYS = """
import json, sys, lief
found = {}
for path in sys.argv[1:]:
    library = lief.parse(path)
    names = {str(one.name).removeprefix("_") for one in library.exported_functions}
    names = sorted(name for name in names if name.startswith("scan_"))
    needs = [str(getattr(one, "name", one)) for one in library.libraries]
    found[path] = [type(library).__module__.split(".")[-1], names, needs]
print(json.dumps(found))
"""
"""Prints for each library its format, what it offers of ours and what it needs."""


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs that build wheels, and those that judge them."""
    programs = environment(tmp_path_factory.mktemp("wheel-tools"))
    pinned = ("-c", ROOT / "constraints.txt", "hatchling", "ziglang")
    install(programs, *pinned, "build", "twine", "auditwheel", "lief")
    return programs


@pytest.fixture(scope="module")
def printed(tools: Path, source: Path) -> list[str]:
    """What the build of the wheels prints, line by line."""
    return run(tools / "python", ".ci/wheels.py", *BUILT, cwd=source).splitlines()


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_source(tmp_path_factory.mktemp("wheels") / "source")


def wheel_of(source: Path, name: str) -> Path:
    (found,) = (source / "dist").glob(f"*{name}.whl")
    return found


def library_of(wheel: Path) -> tuple[str, bytes]:
    """The name and the bytes of the library in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if "/_scan." in each)
        return Path(name).name, archive.read(name)


def test_a_line_a_wheel_says_whether_it_was_tried(printed: list[str], source: Path) -> None:
    elsewhere = "looked at, not tried: it is for another machine"
    ends = {line.split("  ")[0]: line.split("  ")[2] for line in printed}
    assert ends == {
        wheel_of(source, HERE).name: "tried",
        wheel_of(source, "macosx_11_0_arm64").name: elsewhere,
        wheel_of(source, "win_amd64").name: elsewhere,
    }
    assert list((source / "dataprep" / "scan").glob("_scan.*")) == []


@pytest.mark.usefixtures("printed")
def test_a_wheel_whose_library_is_not_used_does_not_pass(
    tools: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATAPREP_SCAN", "off")
    run(tools / "python", ".ci/release.py", "try", wheel_of(source, HERE), cwd=source, wanted=1)


@pytest.mark.usefixtures("printed")
def test_auditwheel_finds_the_linux_wheel_true_to_its_name(tools: Path, source: Path) -> None:
    said = run(tools / "auditwheel", "show", wheel_of(source, HERE), cwd=source)
    assert f'platform tag: "{HERE}"' in " ".join(said.split())


@pytest.mark.usefixtures("printed")
def test_pip_takes_the_wheel_by_the_older_name_of_its_platform(
    tools: Path, source: Path, tmp_path: Path
) -> None:
    offline = ("--no-index", "--no-deps", "--only-binary", ":all:", "--find-links", source / "dist")
    older = f"manylinux2014_{platform.machine()}"
    command = ("-m", "pip", "download", "--platform", older, "--dest", tmp_path, *offline)
    run(tools / "python", *command, "dataprep-tune", cwd=source)
    assert [each.name for each in tmp_path.iterdir()] == [wheel_of(source, HERE).name]


@pytest.mark.usefixtures("printed")
def test_lief_reads_the_same_from_the_libraries(tools: Path, source: Path, tmp_path: Path) -> None:
    read = runpy.run_path(str(ROOT / ".ci" / "libraries.py"))["read_library"]
    ours, formats = {}, {"Linux": "ELF", "Darwin": "MachO", "Windows": "PE"}
    for wheel in (wheel_of(source, name) for name in BUILT):
        name, data = library_of(wheel)
        (tmp_path / name).write_bytes(data)
        seen = read(data)
        functions = sorted(each for each in seen.functions if each.startswith("scan_"))
        ours[str(tmp_path / name)] = [formats[seen.system], functions, list(seen.needs)]
    assert json.loads(run(tools / "python", "-c", LIEF_SAYS, *ours, cwd=tmp_path)) == ours


@pytest.mark.usefixtures("printed")
def test_another_folder_and_an_empty_cache_give_the_same_bytes(
    tools: Path, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZIG_GLOBAL_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("ZIG_LOCAL_CACHE_DIR", str(tmp_path / "cache"))
    name = "macosx_11_0_arm64"
    again = copy_source(tmp_path / "elsewhere")
    run(tools / "python", ".ci/wheels.py", name, cwd=again)
    assert wheel_of(again, name).read_bytes() == wheel_of(source, name).read_bytes()
    assert str(source).encode() not in library_of(wheel_of(source, name))[1]
