"""Which real tests share what is installed or built; and the wheel and sdist of this tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.real.environments import ROOT, environment, install, run

_SHARED = {
    "oracles": (
        *("test_annotation_oracles", "test_annotation_tools", "test_doccano", "test_oracles"),
        *("test_secret_scanner", "test_transformers_serve"),
    ),
    "aimock": ("test_openai", "test_roads"),
    "label studio": ("test_label_studio", "test_pushed_exports", "test_server"),
    "distribution": ("test_distribution", "test_first_hour"),
    "wheels": ("test_exact_tokens", "test_smollm2", "test_tokenizers"),
}
"""Files that install, build or start the same."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let `--dist loadgroup` run files at the same time that share nothing, and no others."""
    group_of = {file: group for group, files in _SHARED.items() for file in files}
    for item in items:
        group = group_of.get(item.path.stem, item.path.stem)
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with both files, of what stands in this tree now."""
    folder = tmp_path_factory.mktemp("dist")
    tools = environment(folder / "tools")
    install(tools, "build", "twine", "hatchling")
    source = folder / "source"
    names = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file() and not (ROOT / name).is_symlink():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    made = folder / "made"
    run(tools / "python", "-m", "build", "--no-isolation", "--outdir", made, cwd=source)
    run(tools / "python", "-m", "twine", "check", "--strict", *made.iterdir(), cwd=folder)
    return made


@pytest.fixture(scope="session")
def wheel(dist: Path) -> Path:
    (found,) = dist.glob("dataprep_tune-*.whl")
    return found
