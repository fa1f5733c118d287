"""Settings in pyproject.toml: found, read strictly, and applied file by file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dataprep.finding import Place, Severity, UsageError
from dataprep.rules import found
from dataprep.settings import FileSettings, Settings, settings_for

WHOLE = """
[project]
name = "ours"

[tool.dataprep.check]
select = ["J", "S001", "D"]
ignore = ["D002"]
fail-on = "warning"
target = "together"

[tool.dataprep.check.per-file]
"data/old/*.jsonl" = { ignore = ["D"] }
"""


def read(text: str, folder: Path) -> Settings:
    (folder / "pyproject.toml").write_text(text, "utf-8")
    return settings_for([folder / "train.jsonl"])[0]


def test_every_setting_is_read(tmp_path: Path) -> None:
    assert read(WHOLE, tmp_path) == Settings(
        select=("J", "S001", "D"),
        ignore=("D002",),
        fail_on=Severity.WARNING,
        target="together",
        per_file={"data/old/*.jsonl": FileSettings(ignore=("D",))},
    )


def test_the_nearest_file_that_speaks_of_us_counts(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.dataprep.check]\nignore = ['D']", "utf-8")
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.other]\nx = 1", "utf-8")
    assert settings_for([inner / "t.jsonl"]) == (Settings(ignore=("D",)), tmp_path)
    (inner / "pyproject.toml").write_text("[tool.dataprep.check]\nignore = ['C']", "utf-8")
    assert settings_for([inner / "t.jsonl"]) == (Settings(ignore=("C",)), inner)
    both = [inner / "t.jsonl", tmp_path / "v.jsonl"]
    assert settings_for(both) == (Settings(ignore=("D",)), tmp_path)


def test_without_a_file_nothing_is_set(tmp_path: Path) -> None:
    assert settings_for([tmp_path / "t.jsonl"])[0] == Settings()


def test_another_tools_broken_file_is_not_our_affair(tmp_path: Path) -> None:
    assert read("[tool.other\n", tmp_path) == Settings()
    (tmp_path / "pyproject.toml").write_bytes(b"\xff\xfe\x00")
    assert settings_for([tmp_path / "t.jsonl"])[0] == Settings()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "[tool.dataprep.check]\nselct = ['J']",
            ":2: 'selct' is not a setting of [tool.dataprep.check]. Did you mean 'select'?",
        ),
        (
            "[tool.dataprep.chek]\nselect = ['J']",
            ":1: 'chek' is not a setting of [tool.dataprep]. Did you mean 'check'?",
        ),
        (
            "[tool.dataprep.check]\nper-file.'*.jsonl' = { ignored = ['J'] }",
            ":2: 'ignored' is not a setting of per-file.\"*.jsonl\". Did you mean 'ignore'?",
        ),
        ("[tool.dataprep.check]\n\nignore = ['C99']", ":3: There is no rule 'C99'. Did you mean"),
        (
            "[tool.dataprep.check]\nselect = 'J'",
            ":2: Expected `array`, got `str` - at `select`. Mend the value.",
        ),
        ("[tool.dataprep.check]\nfail-on = 'never'", ":2: Invalid enum value 'never'"),
        ("[tool.dataprep.check]\ntarget = 7", ":2: Expected `str | null`, got `int`"),
        ("[tool]\ndataprep = 7", "Expected `object`, got `int`"),
        ("[tool.dataprep.check\n", "is not TOML: Expected ']'"),
    ],
)
def test_what_may_not_be_said_is_refused_with_its_line(
    text: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError) as caught:
        read(text, tmp_path)
    assert f"pyproject.toml{said}" in str(caught.value) or said in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_a_glob_names_files_by_path_or_by_name(tmp_path: Path) -> None:
    settings = read(WHOLE, tmp_path)

    def kept(file: Path | str, code: str = "D001") -> bool:
        finding = found(code, "stands here", Place(file=str(file), line=1))
        return settings.keeps(finding, tmp_path)

    assert not kept(tmp_path / "data/old/a.jsonl")
    assert kept(tmp_path / "data/new/a.jsonl")
    assert kept(tmp_path / "data/old/a.jsonl", "C003")
    named = Settings(per_file={"a.jsonl": FileSettings(ignore=("C003",))})
    finding = found("C003", "is empty", Place(file=str(tmp_path / "x" / "a.jsonl"), line=1))
    assert not named.keeps(finding, tmp_path)


def test_a_relative_path_is_seen_from_the_folder_one_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = read(WHOLE, tmp_path)
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path / "data")
    finding = found("D001", "is the same", Place(file="old/a.jsonl", line=1))
    assert not settings.keeps(finding, tmp_path)


def test_the_settings_cost_no_pydantic() -> None:
    code = "import sys, dataprep.settings; sys.exit('pydantic' in sys.modules)"
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    assert subprocess.run([sys.executable, "-c", code], env=env, check=False).returncode == 0
