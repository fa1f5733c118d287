"""The whole check on hostile files: only findings come out, each verdict pinned."""

import json
import os
import random
from pathlib import Path

import pytest

from dataprep import checker
from dataprep.checks import Context

CORPORA = Path(os.environ.get("DATAPREP_CORPORA", "/nonexistent"))
SUITE, NAUGHTY = CORPORA / "json-test-suite", CORPORA / "naughty-strings.json"
GOLDEN = Path(__file__).parents[2] / "golden" / "json_test_suite.json"
CONTEXT = Context(near_duplicates=False)


def verdict(path: Path, folder: Path) -> list[str]:
    """The codes that a check finds in a file of the suite, taken for JSONL."""
    copy = folder / f"{path.stem}.jsonl"
    copy.write_bytes(path.read_bytes())
    return sorted({finding.code for finding in checker.check([copy], context=CONTEXT)})


@pytest.mark.skipif(not SUITE.is_dir(), reason="needs $DATAPREP_CORPORA/json-test-suite")
def test_every_file_of_the_json_test_suite_has_its_pinned_codes(tmp_path: Path) -> None:
    found = {path.name: verdict(path, tmp_path) for path in sorted(SUITE.glob("*.json"))}
    assert len(found) == 318
    assert found == json.loads(GOLDEN.read_text("utf-8"))


FORMATS = {
    "openai-chat": '{"messages": [{"role": "user", "content": T}, '
    '{"role": "assistant", "content": T}]}',
    "prompt-completion": '{"prompt": T, "completion": T}',
    "preference": '{"input": {"messages": [{"role": "user", "content": T}]}, '
    '"preferred_output": [{"role": "assistant", "content": T}], '
    '"non_preferred_output": [{"role": "assistant", "content": T}]}',
    "trl-preference": '{"prompt": T, "chosen": T, "rejected": T}',
    "reinforcement": '{"messages": [{"role": "user", "content": T}], "item": T}',
    "sharegpt": '{"conversations": [{"from": "human", "value": T}, {"from": "gpt", "value": T}]}',
    "alpaca": '{"instruction": T, "input": T, "output": T}',
    "text": '{"text": T}',
}


@pytest.mark.skipif(not NAUGHTY.is_file(), reason="needs $DATAPREP_CORPORA/naughty-strings.json")
@pytest.mark.parametrize("name", FORMATS)
def test_naughty_strings_are_read_as_the_format_that_they_stand_in(
    tmp_path: Path, name: str
) -> None:
    texts = json.loads(NAUGHTY.read_text("utf-8"))
    rows = [FORMATS[name].replace("T", json.dumps(f"Hi {text}")) for text in texts]
    path = tmp_path / "n.jsonl"
    path.write_text("\n".join(rows), "utf-8")
    context = Context(near_duplicates=False)
    codes = {finding.code for finding in checker.check([path], context=context)}
    assert context.seen.formats == {str(path): name}
    assert context.seen.rows == len(texts) > 500
    assert codes.isdisjoint({"J001", "J002", "J003", "J004", "J007", "S001", "S003"})


@pytest.mark.parametrize("name", FORMATS)
def test_mutated_rows_of_every_format_end_in_findings(tmp_path: Path, name: str) -> None:
    dice = random.Random(name)  # noqa: S311
    row = FORMATS[name].replace("T", '"Caf\u00e9 \\"au\\" lait"').encode()
    pieces = [
        b'"',
        b"{",
        b"]",
        b"null",
        b"1e999",
        b"\xff",
        b"\x00",
        b"[]",
        b"{}",
        b"7",
        b"T",
        b"true",
    ]
    lines = [row]
    for _ in range(2_000):
        raw = bytearray(row)
        for _ in range(dice.randint(1, 3)):
            at = dice.randrange(len(raw))
            raw[at : at + dice.choice((0, 1, 5, 12))] = dice.choice(pieces)
        lines.append(bytes(raw))
    path = tmp_path / "m.jsonl"
    path.write_bytes(b"\n".join(lines))
    assert len({finding.code for finding in checker.check([path], name, CONTEXT)}) >= 4
