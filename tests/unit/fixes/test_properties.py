"""Whatever the file: no finding is new, a second fix finds nothing, and clean lines stay."""

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataprep import checker, fixes

texts = st.sampled_from(["Hi", "Hello", "", " ", "CafÃ©", "ada@acme.io", "x" * 30, "Why?"])
weights = st.sampled_from([0, 1, 1.0, True, 0.5, "1"])
roles = st.sampled_from(["user", "assistant", "system", "developer", "tool", "human"])
messages = st.fixed_dictionaries(
    {"role": roles, "content": texts}, optional={"weight": weights, "date": texts}
)
chats = st.fixed_dictionaries(
    {"messages": st.lists(messages, max_size=4)}, optional={"source": texts}
)
pairs = st.fixed_dictionaries({"prompt": texts, "completion": texts})
preferences = st.fixed_dictionaries(
    {"input": st.fixed_dictionaries({"messages": st.lists(messages, max_size=2)})},
    optional={
        name: st.lists(messages, max_size=2)
        for name in ("preferred_completion", "non_preferred_completion", "preferred_output")
    },
)
odd = st.sampled_from([b"", b"[1]", b'{"a":', b'{"a":1,"a":2}', b"\xff", b"null"])


def encoded(row: Any) -> bytes:
    return json.dumps(row).encode()


lines = st.one_of(chats.map(encoded), chats.map(encoded), pairs.map(encoded), odd)
files = st.one_of(
    st.lists(lines, max_size=8),
    st.lists(chats.map(encoded), max_size=8),
    st.lists(preferences.map(encoded), max_size=5),
)
quick = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])


def codes(path: Path) -> Counter[str]:
    """What is found on lines; of the whole file more is known once its rows can be read."""
    found = checker.check([path])
    return Counter(finding.code for finding in found if finding.place.line is not None)


@given(files, st.booleans(), st.booleans())
@quick
def test_a_fix_shows_nothing_new_and_a_second_one_does_nothing(
    rows: list[bytes], unsafe: bool, mark: bool
) -> None:
    with tempfile.TemporaryDirectory() as name:
        path, out, again = (Path(name) / f"{n}.jsonl" for n in ("old", "new", "again"))
        path.write_bytes(b"\xef\xbb\xbf" * mark + b"\n".join(rows))
        made = fixes.fix(path, out, unsafe=unsafe)
        if made.out is None:
            return
        before, after = codes(path), codes(out)
        assert set(after) <= set(before)
        assert after <= made.after.rules
        assert sum(after.values()) <= sum(before.values())
        assert fixes.fix(out, again, unsafe=unsafe).out is None


@given(st.lists(lines, max_size=8))
@quick
def test_lines_without_a_finding_stay_in_their_order(rows: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as name:
        path, out = Path(name) / "old.jsonl", Path(name) / "new.jsonl"
        path.write_bytes(b"\n".join(rows))
        told = {finding.place.line for finding in checker.check([path])}
        if fixes.fix(path, out, unsafe=True).out is None:
            return
        left = out.read_bytes().split(b"\n")
        clean = [row for number, row in enumerate(rows, 1) if number not in told]
        iterator = iter(left)
        assert all(row in iterator for row in clean)


def test_a_row_of_another_format_is_mended_in_the_same_run(tmp_path: Path) -> None:
    rows = [
        {"messages": [{"role": "user", "content": ""}, {"role": "system", "content": ""}]},
        {"prompt": "Caf\u00c3\u00a9", "completion": "Hello"},
    ]
    path, out = tmp_path / "old.jsonl", tmp_path / "new.jsonl"
    path.write_bytes(b"\n".join(map(encoded, rows)))
    assert fixes.fix(path, out, unsafe=True).out == out
    assert json.loads(out.read_text("utf-8")) == {"prompt": "Caf\u00e9", "completion": "Hello"}
    assert fixes.fix(out, tmp_path / "again.jsonl", unsafe=True).out is None
