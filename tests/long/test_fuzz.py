"""Coverage-guided fuzzing of every reader, with atheris where it can be had."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.building import NER, SENTIMENT, SUMMARY, TOPICS

pytestmark = pytest.mark.long
PROJECT = Path(__file__).parent.parent.parent
SECONDS = 30
LONGEST = 20_000
"""Bytes of an input; longer ones cost time and reach nothing new."""

RECIPE = "version: 1\nsources:\n  - path: export.json\ntargets: [openai-chat]\n"
TABLES = (b"question,answer\na,b\nc,d\n", b'text,label\n"a, b",x\n"c""d",y\n')


def seeds(ending: str) -> list[bytes]:
    """Good files of that ending."""
    match ending:
        case "jsonl":
            return [path.read_bytes()[:LONGEST] for path in _formats()]
        case "json":
            lists = [
                b"[" + b",".join(path.read_bytes().splitlines()[:3]) + b"]" for path in _formats()
            ]
            return [*lists, (PROJECT / "samples/ner/export.json").read_bytes()[:LONGEST]]
        case "xml":
            return [config.encode() for config in (NER, SENTIMENT, SUMMARY, TOPICS)]
        case "yaml":
            return [RECIPE.encode(), (PROJECT / "samples/dataprep.yaml").read_bytes()]
        case "csv" | "tsv":
            return [table if ending == "csv" else table.replace(b",", b"\t") for table in TABLES]
        case "jsonl.gz":
            return [gzip.compress(path.read_bytes()[:2000], mtime=0) for path in _formats()[:5]]
        case "html":
            return [b"<html><body><h1>A</h1><p>b <b>c</b></p><table><tr><td>d</td></tr></table>"]
        case _:
            return [b"# A\n\nOne.\n\n## B\n\nTwo three.\n", b"---\ntitle: a\n---\n# A\n\nb\n"]


def _formats() -> list[Path]:
    return sorted((PROJECT / "tests/formats").glob("*/good*.jsonl"))


@pytest.mark.skipif(find_spec("atheris") is None, reason="needs atheris (make test-long takes it)")
@pytest.mark.parametrize(
    "ending", ["jsonl", "json", "xml", "yaml", "csv", "tsv", "jsonl.gz", "html", "md"]
)
def test_no_input_ends_in_anything_but_words(tmp_path: Path, ending: str) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(seeds(ending)):
        for way in range(4):
            (corpus / f"{number}-{way}").write_bytes(bytes([way]) + seed)
    limits = [
        f"-max_total_time={SECONDS}",
        f"-max_len={LONGEST}",
        "-timeout=30",
        "-rss_limit_mb=2048",
    ]
    command = [sys.executable, "-m", "tests.faults.fuzz", ending, str(corpus), *limits]
    ended = subprocess.run(
        [*command, f"-artifact_prefix={tmp_path}/"],
        env={**os.environ, "PYTHONPATH": str(PROJECT), "XDG_STATE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    print(f"\n{ending}: {ended.stderr.splitlines()[-1]}")  # noqa: T201
