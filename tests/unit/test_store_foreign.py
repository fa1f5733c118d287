"""Nothing that is not ours is ever replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataprep import store
from dataprep.finding import UsageError
from tests.publishing import names, publish, texts_of


def refused(out: Path) -> str:
    before = texts_of(out.parent)
    with pytest.raises(UsageError) as caught, store.staging(out):
        pass
    assert texts_of(out.parent) == before
    return str(caught.value)


def test_a_folder_with_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/thesis.tex").write_text("years of work")
    assert refused(tmp_path / "out") == (
        f"{tmp_path}/out holds something else, and would be replaced. Choose another folder."
    )


@pytest.mark.parametrize(
    "manifest",
    [
        '{"name": "My web app", "icons": []}',
        '{"files": ["a.js"], "digest": "x"}',
        '{"files": {"a.js": "sha"}, "digest": "x"}',
        "[]",
    ],
)
def test_a_folder_with_the_manifest_of_another_program_is_refused(
    tmp_path: Path, manifest: str
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/index.html").write_text("a web app")
    (tmp_path / "out/manifest.json").write_text(manifest)
    with pytest.raises(UsageError, match="holds something else"), store.staging(tmp_path / "out"):
        pass
    assert names(tmp_path / "out") == ["index.html", "manifest.json"]


@pytest.mark.parametrize("name", ["notes.txt", "t5/runs/model.bin", ".hidden"])
def test_an_output_into_which_someone_put_a_file_is_refused(tmp_path: Path, name: str) -> None:
    publish(tmp_path / "out", a="one")
    (tmp_path / "out" / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / "out" / name).write_text("my own")
    assert refused(tmp_path / "out") == (
        f"{tmp_path}/out holds {name}, which no run made, and it would be lost. "
        "Move it away, or choose another folder."
    )


def test_a_damaged_output_of_ours_may_be_replaced(tmp_path: Path) -> None:
    publish(tmp_path / "out", a="one", b="two")
    (tmp_path / "out/a").write_text("changed")
    (tmp_path / "out/b").unlink()
    publish(tmp_path / "out", a="new")
    assert texts_of(tmp_path / "out") == {"a": "new"}


def test_an_empty_folder_may_be_used(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    publish(tmp_path / "out", a="one")
    assert texts_of(tmp_path / "out") == {"a": "one"}


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    assert refused(tmp_path / "out").startswith(f"{tmp_path}/out is not a folder.")


def test_a_link_is_refused_wherever_it_leads(tmp_path: Path) -> None:
    publish(tmp_path / "real", a="one")
    for name, target in (("link", "real"), ("dangling", "nowhere")):
        (tmp_path / name).symlink_to(target)
        assert refused(tmp_path / name).startswith(f"{tmp_path}/{name} is a link to {target}, ")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_device_is_refused() -> None:
    with (
        pytest.raises(UsageError, match=r"^/dev/full is not a folder"),
        store.staging(Path("/dev/full")),
    ):
        pass
