"""Files as people bring them: the same rows come of each, and what is wrong is said once."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

import pytest

from tests.acceptance.conftest import Run

ROWS = [
    {"prompt": f"What is the capital of country {n}?", "completion": f"It is city {n}."}
    for n in range(12)
]


def table() -> str:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["", *ROWS[0]])
    writer.writerows([n, *row.values()] for n, row in enumerate(ROWS))
    return stream.getvalue()


FILES = {
    "list.json": json.dumps(ROWS, indent=1).encode(),
    "list.json.gz": gzip.compress(json.dumps(ROWS).encode()),
    "wrapped.json": json.dumps({"train": ROWS}).encode(),
    "by_key.json": json.dumps({str(n): row for n, row in enumerate(ROWS)}).encode(),
    "columns.json": json.dumps({k: [r[k] for r in ROWS] for k in ROWS[0]}).encode(),
    "indented.jsonl": "\n".join(json.dumps(row, indent=2) for row in ROWS).encode(),
    "python.jsonl": "\n".join(map(repr, ROWS)).encode(),
    "commas.jsonl": "".join(json.dumps(row) + ",\n" for row in ROWS).encode(),
    "list.jsonl": ("[\n" + ",\n".join(map(json.dumps, ROWS)) + "\n]\n").encode(),
    "wide.jsonl": "".join(json.dumps(row) + "\n" for row in ROWS).encode("utf-16"),
    "table.jsonl": table().encode(),
    "pandas.csv": table().encode(),
    "pandas.csv.gz": gzip.compress(table().encode()),
    "rows": "".join(json.dumps(row) + "\n" for row in ROWS).encode(),
}
CAUSES = {
    "indented.jsonl": "J013",
    "python.jsonl": "J014",
    "commas.jsonl": "J015",
    "list.jsonl": "J015",
    "wide.jsonl": "J002",
    "table.jsonl": "J017",
}


def written(folder: Path) -> list[tuple[str, str]]:
    """The pairs of all splits, sorted."""
    rows = [
        json.loads(line)
        for path in sorted((folder / "prompt-completion").glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    return sorted((row["prompt"], row["completion"].strip()) for row in rows)


@pytest.mark.parametrize("name", FILES)
def test_the_same_rows_come_of_every_file(dataprep: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(FILES[name])
    done = dataprep("convert", name, "--to", "prompt-completion", "-o", "out")
    assert done.returncode == 0, done.stderr
    assert written(tmp_path / "out") == sorted((r["prompt"], r["completion"]) for r in ROWS)
    if name in CAUSES:
        assert CAUSES[name] in done.stderr
    checked = dataprep("check", name)
    codes = {word for word in checked.stdout.split() if word[:1] == "J" and word[1:].isdigit()}
    assert codes == ({CAUSES[name]} if name in CAUSES else set())
    assert checked.returncode == (1 if name in CAUSES else 0), checked.stdout


@pytest.mark.parametrize("name", CAUSES)
def test_a_cause_is_mended_into_a_file_that_is_clean(
    dataprep: Run, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(FILES[name])
    done = dataprep("check", name, "--fix", "-o", "mended.jsonl")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = (tmp_path / "mended.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert [{key: row[key] for key in ROWS[0]} for row in rows] == ROWS
    assert dataprep("check", "mended.jsonl").returncode == 0


def test_how_the_rows_stand_is_said_by_both_commands(dataprep: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"version": "1", "train": ROWS}))
    words = "a.json: the rows under 'train' of one JSON object; left out: version"
    assert words in dataprep("check", "a.json").stdout
    done = dataprep("convert", "a.json", "--to", "prompt-completion", "-o", "out")
    assert words in done.stderr
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    assert words in manifest["notes"]


def test_rows_under_two_keys_are_refused_by_both_commands(dataprep: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"train": ROWS, "test": ROWS[:2]}))
    for done in (
        dataprep("check", "a.json"),
        dataprep("convert", "a.json", "--to", "prompt-completion", "-o", "out"),
    ):
        said = done.stdout + done.stderr
        assert done.returncode == 1
        assert "'train' (12) and 'test' (2)" in said
        assert "jq -c '.[\"train\"][]'" in said


def test_an_export_given_to_check_is_sent_to_convert(
    dataprep: Run, tmp_path: Path, export: Path
) -> None:
    done = dataprep("check", export)
    assert done.returncode == 1
    assert "the row is a task of Label Studio: dataprep convert reads those" in done.stdout


def test_the_bytes_are_the_same_with_any_number_of_workers(dataprep: Run, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"train": ROWS * 3}, indent=1))
    outs = []
    for workers in ("1", "2"):
        out = f"out{workers}"
        dataprep("convert", "a.json", "--to", "openai-chat", "-o", out, "--workers", workers)
        outs.append(
            {
                str(p.relative_to(tmp_path / out)): p.read_bytes()
                for p in sorted((tmp_path / out).rglob("*.jsonl"))
            }
        )
    assert outs[0] == outs[1]
    assert outs[0]
