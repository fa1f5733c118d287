"""`dataprep check`, as a user types it: targets, outputs, mending, settings, tokens."""

from __future__ import annotations

import gzip
import json
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.acceptance.conftest import Run

GOOD = (
    '{"messages": [{"role": "user", "content": "Capital of %s?"},'
    ' {"role": "assistant", "content": "%s"}]}'
)
BROKEN = (
    '{"messages": [{"role": "user", "content": "Rain?"}, {"role": "assistant",'
    ' "content": "Yes", "weight": 1.0}]}'
)
CAPITALS = [("Kenya", "Nairobi"), ("Peru", "Lima"), ("Chad", "N'Djamena"), ("Oman", "Muscat")]


@pytest.fixture
def train(tmp_path: Path) -> Path:
    """Three good rows, one with a weight written 1.0, one blank line, and one copy."""
    rows = [GOOD % pair for pair in CAPITALS[:3]]
    file = tmp_path / "train.jsonl"
    file.write_text("\n".join([*rows, BROKEN, "", rows[0]]) + "\n", "utf-8")
    return file


def codes(said: str) -> list[str]:
    return [json.loads(line)["code"] for line in said.splitlines()]


def test_findings_name_file_line_and_rule_and_what_to_do(dataprep: Run, train: Path) -> None:
    done = dataprep("check", "train.jsonl")
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0] == "Read as openai-chat: train.jsonl"
    assert lines[1].startswith("train.jsonl:4: C010 ")
    assert "Fixable: 1 with --fix, " in lines[-1]


def test_a_fix_is_offered_for_files_that_it_takes(dataprep: Run, tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("prompt,completion\na,\n")
    done = dataprep("check", "rows.csv")
    assert done.returncode == 1
    assert "C003" in done.stdout
    assert "Fixable" not in done.stdout
    assert dataprep("check", "rows.csv", "--fix=all").returncode == 2


def test_a_folder_is_refused_by_a_fix_whatever_its_name(dataprep: Run, train: Path) -> None:
    for folder in (".", train.parent):
        done = dataprep("check", "--fix=safe", folder)
        assert done.returncode == 2, done.stderr
        assert "is a folder, and a fix mends one file of JSONL." in done.stderr


def test_fix_writes_a_new_file_and_leaves_the_old_one(dataprep: Run, train: Path) -> None:
    before = train.read_bytes()
    done = dataprep("check", "train.jsonl", "--fix", "--ignore", "J005,D")
    assert done.returncode == 0, done.stderr
    assert train.read_bytes() == before
    made = train.with_name("train.fixed.jsonl").read_text("utf-8")
    assert made == before.decode().replace('"weight": 1.0', '"weight": 1')
    again = dataprep("check", "train.jsonl", "--fix")
    assert again.returncode == 2
    assert "train.fixed.jsonl exists" in again.stderr


def test_diff_shows_the_change_and_writes_nothing(dataprep: Run, train: Path) -> None:
    done = dataprep("check", "train.jsonl", "--fix=all", "--diff")
    assert done.returncode == 0
    assert '-{"messages": [{"role": "user", "content": "Rain?"}' in done.stdout
    assert '"weight": 1}]}' in done.stdout
    assert [p.name for p in train.parent.iterdir()] == ["train.jsonl"]


def test_a_secret_is_in_no_output_and_gone_from_the_mended_copy(
    dataprep: Run, tmp_path: Path
) -> None:
    secret = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0dF3hJ6"
    row = GOOD % ("Kenya", f"My token is {secret}")
    (tmp_path / "a.jsonl").write_text(row + "\n", "utf-8")
    for format_ in ("text", "json", "jsonl", "sarif", "github", "junit"):
        done = dataprep("check", "a.jsonl", "--output-format", format_)
        assert done.returncode == 1
        assert "P00" in done.stdout
        assert secret[:12] not in done.stdout + done.stderr
    done = dataprep("check", "a.jsonl", "--fix=all", "-o", "b.jsonl")
    assert secret[4:12] not in (tmp_path / "b.jsonl").read_text() + done.stdout + done.stderr


def test_programs_get_sarif_junit_and_json_lines(dataprep: Run, train: Path) -> None:
    sarif = json.loads(dataprep("check", "train.jsonl", "--output-format", "sarif").stdout)
    assert sarif["version"] == "2.1.0"
    assert {r["ruleId"] for r in sarif["runs"][0]["results"]} == {"C010", "D001", "J005"}
    junit = ElementTree.fromstring(  # noqa: S314  our own output
        dataprep("check", "train.jsonl", "--output-format", "junit").stdout
    )
    assert junit.find(".//failure") is not None
    lines = dataprep("check", "train.jsonl", "--output-format", "jsonl").stdout
    assert sorted(codes(lines)) == ["C010", "D001", "J005"]


def test_a_provider_and_its_model_bring_their_own_rules(dataprep: Run, train: Path) -> None:
    asked = ("--target", "openai:gpt-4o-mini", "--output-format", "jsonl")
    assert "U002" in codes(dataprep("check", "train.jsonl", *asked).stdout)
    done = dataprep("check", "train.jsonl", "--target", "openai:gpt-4o-minj")
    assert done.returncode == 2
    assert "gpt-4o-mini" in done.stderr
    done = dataprep("check", "train.jsonl", "--target", "opnai")
    assert "Did you mean 'openai'?" in done.stderr


def test_azure_wants_a_byte_order_mark_and_others_do_not(dataprep: Run, tmp_path: Path) -> None:
    rows = "\n".join(GOOD % pair for pair in CAPITALS * 3) + "\n"
    (tmp_path / "bom.jsonl").write_text("\ufeff" + rows, "utf-8")
    plain = dataprep("check", "bom.jsonl", "--output-format", "jsonl", "--ignore", "D,B,U")
    assert codes(plain.stdout) == ["J006"]
    azure = ("--target", "azure:gpt-4o-mini", "--ignore", "D,B", "--output-format", "jsonl")
    assert "J006" not in codes(dataprep("check", "bom.jsonl", *azure).stdout)
    (tmp_path / "none.jsonl").write_text(rows, "utf-8")
    assert "U006" in codes(dataprep("check", "none.jsonl", *azure).stdout)


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_standard_input_has_no_name_that_a_provider_could_refuse(
    dataprep: Run, tmp_path: Path, name: str
) -> None:
    rows = [GOOD % (f"{place} {n}", city) for n in range(3) for place, city in CAPITALS]
    (tmp_path / "rows.jsonl").write_text("\n".join(rows) + "\n")
    asked = ("--target", "openai:gpt-4o-mini", "--output-format", "jsonl", "--select", "U")
    with subprocess.Popen(["cat", tmp_path / "rows.jsonl"], stdout=subprocess.PIPE) as cat:
        piped = dataprep("check", name, *asked, stdin=cat.stdout)
    with (tmp_path / "rows.jsonl").open("rb") as file:
        redirected = dataprep("check", name, *asked, stdin=file)
    for done in (piped, redirected):
        assert (done.returncode, done.stderr) == (0, "")
        assert not {"U001", "U015"} & {*codes(done.stdout)}


def test_a_packed_file_is_refused_whatever_its_name_says(dataprep: Run, tmp_path: Path) -> None:
    rows = [GOOD % (f"{place} {n}", city) for n in range(3) for place, city in CAPITALS]
    (tmp_path / "rows.jsonl").write_bytes(gzip.compress("\n".join(rows).encode()))
    done = dataprep("check", "rows.jsonl", "--target", "openai", "-q", "--select", "U015")
    assert done.returncode == 1
    assert done.stdout == (
        "rows.jsonl: U015 the file is packed by gzip, and OpenAI reads plain text."
        " Unpack it: gzip -dc IN > OUT.\n"
    )


def test_settings_stand_in_pyproject_and_flags_above_them(dataprep: Run, train: Path) -> None:
    train.with_name("pyproject.toml").write_text(
        '[tool.dataprep.check]\nignore = ["J005"]\nfail-on = "warning"\n'
        'per-file."train.jsonl" = { ignore = ["C010"] }\n'
    )
    done = dataprep("check", "train.jsonl", "--output-format", "jsonl")
    assert (done.returncode, codes(done.stdout)) == (1, ["D001"])
    done = dataprep("check", "train.jsonl", "--fail-on", "error", "--output-format", "jsonl")
    assert (done.returncode, codes(done.stdout)) == (0, ["D001"])


def test_tokens_are_counted_with_their_cost_and_called_an_estimate(
    dataprep: Run, train: Path
) -> None:
    done = dataprep("check", "train.jsonl", "--target", "openai:gpt-4o-mini", "--tokens")
    assert "counted with estimate" in done.stdout
    assert "cost: about" in done.stdout


def test_leaks_against_an_evaluation_file_are_found(dataprep: Run, train: Path) -> None:
    held = train.with_name("eval.jsonl")
    held.write_text(GOOD % ("Peru", "Lima") + "\n", "utf-8")
    done = dataprep("check", "train.jsonl", "--evaluation", held, "--output-format", "jsonl")
    assert "D005" in codes(done.stdout)


def test_providers_are_printed_with_their_age_and_overridden_by_a_file(
    dataprep: Run, tmp_path: Path
) -> None:
    done = dataprep("providers")
    assert "The table is dated 2026-11" in done.stdout
    table = json.loads(dataprep("providers", "openai", "--json").stdout)
    assert table
    (tmp_path / "own.json").write_text('{"providers": [{"name": "openai", "limit": 3}]}')
    done = dataprep("check", "own.json", "--target", "openai", "--providers", "own.json")
    assert done.returncode == 2
    assert "limit" in done.stderr


def test_an_option_that_makes_no_sense_is_refused(dataprep: Run, train: Path) -> None:
    assert "Add --fix" in dataprep("check", "train.jsonl", "-o", "x.jsonl").stderr
    two = dataprep("check", "train.jsonl", "train.jsonl", "--fix", "-o", "x.jsonl")
    assert "--output names one file" in two.stderr
