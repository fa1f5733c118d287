"""Where an output or a recipe can lie: a folder that is not there is made, a file is in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataprep.cli import run
from dataprep.finding import UsageError
from dataprep.server import pull
from trainers.predict import predict

TABLE = "prompt,completion\n" + "".join(f"Who is {n}?,It is {n}.\n" for n in range(9))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    Path("data").mkdir()
    Path("data/rows.csv").write_text(TABLE)
    Path("afile").touch()
    Path("rows.jsonl").write_text('{"prompt": "Who? ", "completion": "Ann."}\n')


def said(*arguments: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = run(list(arguments))
    return code, "".join(capsys.readouterr())


def test_init_makes_the_folder_of_a_recipe_that_works() -> None:
    assert run(["init", "data/rows.csv", "-o", "new/one/dataprep.yaml"]) == 0
    assert run(["convert", "--recipe", "new/one/dataprep.yaml", "-o", "out", "-q"]) == 0


def test_init_leaves_no_folder_where_it_wrote_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    code, words = said("init", "nope.csv", "-o", "new/one/x.yaml", capsys=capsys)
    assert (code, words) == (2, "dataprep: nope.csv: no such file. Check the path.\n")
    assert not Path("new").exists()


def test_a_recipe_in_a_folder_behind_a_link_finds_its_source() -> None:
    Path("real/deep").mkdir(parents=True)
    Path("link").symlink_to("real/deep")
    assert run(["init", "data/rows.csv", "-o", "link/dataprep.yaml"]) == 0
    assert run(["convert", "--recipe", "link/dataprep.yaml", "-o", "out", "-q"]) == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("init", "data/rows.csv", "-o", "afile/x.yaml"),
        ("convert", "data/rows.csv", "--to", "alpaca", "-o", "afile/x"),
        ("check", "rows.jsonl", "--fix", "-o", "afile/x"),
        ("train", "llama", "data", "-o", "afile/x"),
    ],
)
def test_a_file_above_an_output_is_named(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    code, words = said(*arguments, capsys=capsys)
    assert code == 2
    assert f"afile is not a folder, and {arguments[-1]}" in words
    assert "would lie in it." in words


@pytest.mark.parametrize("out", ["afile", "afile/x"])
def test_predict_and_pull_refuse_a_file_before_anything_is_read_or_asked(out: str) -> None:
    with pytest.raises(UsageError, match="afile is not a folder"):
        predict(Path("no-run"), ["a text"], out=Path(out))
    with pytest.raises(UsageError, match="afile is not a folder"):
        pull(None, 1, Path(out))  # type: ignore[arg-type]


def test_an_output_that_is_a_link_to_a_folder_says_where_it_leads(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("real").mkdir()
    Path("link").symlink_to("real")
    code, words = said("convert", "data/rows.csv", "--to", "alpaca", "-o", "link", capsys=capsys)
    assert (code, words) == (
        2,
        "dataprep: link is a link to real, and an output takes the place of a folder."
        " Name the folder itself: -o real\n",
    )


@pytest.mark.parametrize(
    ("leads", "told"), [("nowhere", "nowhere, which is not there"), ("afile", "afile, a file")]
)
def test_a_link_to_no_folder_says_so(
    leads: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("link").symlink_to(leads)
    code, words = said("convert", "data/rows.csv", "--to", "alpaca", "-o", "link", capsys=capsys)
    assert code == 2
    assert f"link is a link to {told}." in words


def test_init_names_the_recipe_by_its_whole_path(capsys: pytest.CaptureFixture[str]) -> None:
    Path("odd.csv").write_text("zeta,eta\n" + "".join(f"it is {n},so {n}\n" for n in range(9)))
    code, words = said("init", "odd.csv", "-o", "new/dataprep.yaml", capsys=capsys)
    assert code == 0
    assert "; see new/dataprep.yaml\n" in words


@pytest.mark.parametrize("place", ["out/dataprep.yaml", "out/below/dataprep.yaml"])
def test_no_recipe_is_put_into_an_output(place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["convert", "data/rows.csv", "--to", "alpaca", "-o", "out", "-q"]) == 0
    code, words = said("init", "data/rows.csv", "-o", place, capsys=capsys)
    assert code == 2
    assert words == (
        "dataprep: out is an output of convert, which is replaced whole: a recipe in it would be in"
        " the way. Choose another place with -o.\n"
    )
    assert not Path(place).parent.joinpath("dataprep.yaml").exists()
    assert run(["convert", "data/rows.csv", "--to", "alpaca", "-o", "out", "-q"]) == 0


@pytest.mark.parametrize(
    ("source", "recipe"),
    [("data/rows.csv", "out/dataprep.yaml"), ("out/rows.csv", "dataprep.yaml")],
)
def test_the_next_command_of_init_works_where_recipe_or_source_lies_in_out(
    source: str, recipe: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(source).parent.mkdir(exist_ok=True)
    Path(source).write_text(TABLE)
    code, words = said("init", source, "-o", recipe, capsys=capsys)
    assert code == 0
    next_ = words.partition("Next: dataprep ")[2].split()
    assert next_ == ["convert", "--recipe", recipe, "-o", "converted/"]
    assert run([*next_, "-q"]) == 0


@pytest.mark.parametrize("typed", [".", "../data"])
def test_the_next_command_of_init_of_this_folder_writes_outside_of_it(
    typed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir("data")
    code, words = said("init", typed, capsys=capsys)
    assert code == 0
    next_ = words.partition("Next: dataprep ")[2].split()
    assert next_ == ["convert", "--recipe", "dataprep.yaml", "-o", "../out/"]
    assert run([*next_, "-q"]) == 0
