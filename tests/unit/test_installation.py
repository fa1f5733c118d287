"""What doctor tells of an environment: fake distributions in a folder on sys.path."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from dataprep import cli
from dataprep.installation import installation

FILES = {"dataprep/__init__.py": "ours = True\n", "trainers/__init__.py": ""}
METADATA = """\
Provides-Extra: train
Provides-Extra: excel
Provides-Extra: dev
Requires-Dist: needed>=2
Requires-Dist: fake-torch[cuda]>=2.5; extra == 'train'
Requires-Dist: fake-openpyxl>=3.1; extra == 'excel'
Requires-Dist: fake-ruff; extra == 'dev'
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of installed distributions, the first on sys.path."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    return folder


def install(
    site: Path,
    name: str,
    version: str,
    *,
    files: dict[str, str] | None = None,
    metadata: str = "",
    direct_url: object = None,
) -> Path:
    """Lay out a distribution as pip does: files, METADATA and RECORD with hashes."""
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{metadata}", "utf-8"
    )
    (info / "INSTALLER").write_text("pip\n", "utf-8")
    if direct_url is not None:
        (info / "direct_url.json").write_text(json.dumps(direct_url), "utf-8")
    lines = []
    for path, text in (files or {}).items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text, "utf-8")
        digest = urlsafe_b64encode(sha256(text.encode()).digest()).rstrip(b"=").decode()
        lines.append(f"{path},sha256={digest},{len(text)}\n")
    (info / "RECORD").write_text("".join(lines), "utf-8")
    return info


def install_ours(site: Path, **more: object) -> None:
    install(site, "dataprep-tune", "0.1.0", files=FILES, metadata=METADATA, **more)  # type: ignore[arg-type]
    install(site, "needed", "2.0")


def doctor(capsys: pytest.CaptureFixture[str], wanted: int) -> str:
    """What the command prints, and with which code it must leave."""
    assert cli.run(["doctor"]) == wanted
    said = capsys.readouterr()
    assert said.err == ""
    return said.out


def line(text: str, start: str) -> str:
    (found,) = [each for each in text.splitlines() if each.startswith(start)]
    return found


def test_a_whole_environment_has_no_problems(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install_ours(site)
    install(
        site,
        "fake-torch",
        "2.6.0+cpu",
        metadata="Provides-Extra: cuda\nRequires-Dist: fake-cuda>1; extra == 'cuda'\n",
    )
    install(site, "fake-cuda", "12.0")
    install(site, "Fake_OpenPyXL", "3.1")
    said = doctor(capsys, 0)
    assert line(said, "train:") == "train: fake-torch 2.6.0+cpu, fake-cuda 12.0"
    assert line(said, "excel:") == "excel: fake-openpyxl 3.1"
    assert "installed by pip from a package index" in said
    assert said.endswith("No problems.\n")
    assert "Install it with" not in said
    assert "dev:" not in said


def test_the_engine_of_the_screens_is_named(
    site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    install_ours(site)
    monkeypatch.setattr("dataprep.checks.hyperscan_library.hyperscan_here", lambda: None)
    assert line(doctor(capsys, 0), "screens") == "screens   Polars, for files of many lines"


def test_a_missing_extra_comes_with_its_command_and_is_no_problem(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install_ours(site)
    said = doctor(capsys, 0)
    assert line(said, "train:") == (
        "train: missing fake-torch. Install it with: pip install 'dataprep-tune[train]'"
    )
    assert line(said, "All that is missing:") == (
        "All that is missing: pip install 'dataprep-tune[excel,train]'"
    )


def test_an_extra_that_takes_another_has_its_packages(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    metadata = (
        "Provides-Extra: train\nProvides-Extra: qlora\n"
        "Requires-Dist: fake-torch; extra == 'train'\n"
        "Requires-Dist: dataprep-tune[train]; extra == 'qlora'\n"
        "Requires-Dist: fake-bits; extra == 'qlora'\n"
    )
    install(site, "dataprep-tune", "0.1.0", files=FILES, metadata=metadata)
    install(site, "fake-bits", "1.0")
    assert line(doctor(capsys, 0), "qlora:") == (
        "qlora: fake-bits 1.0; missing fake-torch."
        " Install it with: pip install 'dataprep-tune[qlora]'"
    )


def test_an_extra_is_not_complete_with_an_old_package_or_without_what_it_brings(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install_ours(site)
    install(
        site,
        "fake-torch",
        "2.6.0",
        metadata="Provides-Extra: cuda\nRequires-Dist: fake-cuda; extra == 'cuda'\n",
    )
    install(site, "fake-openpyxl", "2.0")
    said = doctor(capsys, 0)
    assert line(said, "train:") == (
        "train: fake-torch 2.6.0; missing fake-cuda."
        " Install it with: pip install 'dataprep-tune[train]'"
    )
    assert line(said, "excel:") == (
        "excel: fake-openpyxl 2.0 (>=3.1 is needed)."
        " Install it with: pip install 'dataprep-tune[excel]'"
    )


def test_another_distribution_with_the_package_dataprep_is_named_with_what_to_do(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As once the project of that name is installed: it overwrites dataprep/__init__.py."""
    install_ours(site)
    theirs = {"dataprep/__init__.py": "theirs = True\n", "dataprep/eda/__init__.py": ""}
    install(site, "dataprep", "0.4.5", files=theirs)
    said = doctor(capsys, 4)
    assert (
        "Problem: dataprep 0.4.5, another distribution, owns 2 files of a package dataprep in"
        f" {site}: one hides or overwrites the other. Uninstall both with: pip uninstall dataprep"
        " dataprep-tune; then install one of the two with: pip install dataprep-tune." in said
    )
    assert (
        "Problem: dataprep/__init__.py of dataprep-tune 0.1.0 is changed. Do as said above." in said
    )
    assert "No problems." not in said


def test_a_package_trainers_of_others_is_told_too(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install_ours(site)
    install(site, "gym-trainers", "1.0", files={"trainers/gym.py": ""})
    assert (
        "Problem: gym-trainers 1.0, another distribution, owns 1 file of a package trainers"
        in doctor(capsys, 4)
    )


def test_another_distribution_without_a_list_of_files_is_known_by_its_top_level(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install_ours(site)
    info = install(site, "legacy", "1.0")
    (info / "RECORD").unlink()
    (info / "top_level.txt").write_text("dataprep\n", "utf-8")
    assert "legacy 1.0, another distribution, owns files of a package dataprep" in doctor(capsys, 4)


def test_files_that_went_with_the_other_project_are_missed(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As after `pip uninstall dataprep`, which takes the files that both have."""
    install_ours(site)
    (site / "dataprep" / "__init__.py").unlink()
    assert (
        "Problem: dataprep/__init__.py of dataprep-tune 0.1.0 is missing. Install it again:"
        " pip install --force-reinstall --no-deps dataprep-tune==0.1.0\n" in doctor(capsys, 4)
    )


def test_a_record_that_nobody_can_read_is_no_problem_of_ours(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install_ours(site)
    (record,) = site.glob("dataprep_tune-*/RECORD")
    record.write_text("dataprep/__init__.py,odd=abc,1\ntrainers/__init__.py,,\n", "utf-8")
    assert doctor(capsys, 0).endswith("No problems.\n")
    record.unlink()
    assert doctor(capsys, 0).endswith("No problems.\n")


@pytest.mark.parametrize(("there", "said"), [("1.9", "1.9 is installed"), (None, "none is inst")])
def test_a_base_requirement_that_is_not_met_is_a_problem(
    site: Path, capsys: pytest.CaptureFixture[str], there: str | None, said: str
) -> None:
    install(site, "dataprep-tune", "0.1.0", files=FILES, metadata=METADATA)
    if there:
        install(site, "needed", there)
    told = line(doctor(capsys, 4), "Problem:")
    assert told.startswith(f"Problem: dataprep needs needed>=2, and {said}")
    assert told.endswith("Install it with: pip install 'needed>=2'")


def test_half_a_distribution_counts_as_missing(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    install_ours(site)
    (site / "fake_torch-2.6.dist-info").mkdir()
    install(site, "fake-openpyxl", "not-a-version")
    said = doctor(capsys, 0)
    assert line(said, "train:").startswith("train: missing fake-torch. ")
    assert line(said, "excel:").startswith("excel: missing fake-openpyxl. ")


@pytest.mark.parametrize(
    ("direct_url", "origin"),
    [
        (
            {"url": "file:///home/a%20b/dataprep", "dir_info": {"editable": True}},
            "installed by pip, editable, from /home/a b/dataprep",
        ),
        (
            {"url": "file:///tmp/dataprep_tune-0.1.0.whl", "archive_info": {}},
            "installed by pip, from /tmp/dataprep_tune-0.1.0.whl",
        ),
        (
            {"url": "https://user:s3cret@example.org/team/dataprep.git?token=k3y#t0ken"},
            "installed by pip from example.org/team/dataprep.git",
        ),
        ("no object", "installed by pip from a package index"),
        ({"url": "https://[bad"}, "installed by pip from an address that cannot be read"),
        ({"url": "odd"}, "installed by pip from an address that cannot be read"),
    ],
)
def test_where_it_came_from_is_said_without_a_key(
    site: Path, direct_url: object, origin: str
) -> None:
    install_ours(site, direct_url=direct_url)
    assert installation().origin == origin


def test_code_that_runs_beside_the_installed_one_is_told_as_such(site: Path) -> None:
    """As from a checkout in PYTHONPATH: what is installed says nothing of it."""
    install(site, "dataprep-tune", "0.0.9", files={"dataprep/installation.py": "old = True\n"})
    assert installation().origin == (
        f"run from a folder of its source, while dataprep-tune 0.0.9 is installed in {site}"
    )


def test_a_folder_of_the_source_is_told_as_such_and_knows_the_extras(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dataprep.installation._own", lambda: None)
    found = installation()
    assert found.origin == "not installed: run from a folder of its source"
    assert {extra.name for extra in found.extras} == {
        *("train", "preference", "qlora", "mistral", "openai"),
        *("documents", "excel", "fast", "language", "spacy", "label-studio"),
    }
    wanted = {e.name: {(p.name, p.wanted) for p in e.packages} for e in found.extras}
    assert ("torch", ">=2.5") in wanted["train"]
    assert wanted["preference"] == {*wanted["train"], ("trl", ">=1.0")}


def run_with(modules: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """`python -m dataprep doctor` where these modules hide those that are installed."""
    for name, text in modules.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    root = Path(__file__).parents[2]
    paths = (folder, root, sysconfig.get_paths()["purelib"])
    code = f"import sys; sys.path[:0] = {list(map(str, paths))!r}\nfrom dataprep.cli import main\n"
    return subprocess.run(
        [sys.executable, "-c", code + "sys.argv[1:] = ['doctor']\nmain()"],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_torch_that_cannot_be_imported_is_a_problem(tmp_path: Path) -> None:
    broken = {"torch/__init__.py": "raise OSError('libcudart.so.12: cannot open /home/me')\n"}
    done = run_with(broken, tmp_path)
    assert done.returncode == 4, done.stderr
    assert line(done.stdout, "torch") == "torch     cannot be imported"
    assert (
        "Problem: torch is installed and cannot be imported (OSError). Install the build for this"
        " machine" in done.stdout
    )
    assert done.stderr == ""


def test_torch_is_told_in_a_line(tmp_path: Path) -> None:
    fake = """
__version__ = "2.9.0+cu128"
class version:
    cuda = "12.8"
class cuda:
    is_available = staticmethod(lambda: True)
    device_count = staticmethod(lambda: 2)
    get_device_name = staticmethod(lambda number=0: "NVIDIA H200")
    is_bf16_supported = staticmethod(lambda including_emulation: True)
"""
    done = run_with({"torch/__init__.py": fake}, tmp_path)
    assert done.returncode == 0, done.stderr
    assert line(done.stdout, "torch") == (
        "torch     2.9.0+cu128, CUDA 12.8: NVIDIA H200, NVIDIA H200, bf16"
    )
