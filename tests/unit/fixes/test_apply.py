"""A mended copy of a file: whole or not at all, in its own style, never worse than before."""

import gzip
import io
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from dataprep import checker, fixes
from dataprep.checks import Context, Selection
from dataprep.finding import EnvironmentProblem, UsageError

USER, ASSISTANT = {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}
MARK = b"\xef\xbb\xbf"


def chat(question: str, weight: Any = None, role: str = "user") -> dict[str, Any]:
    answer = {**ASSISTANT, "weight": weight} if weight is not None else ASSISTANT
    return {"messages": [{"role": role, "content": question}, answer]}


def line(row: Any, end: bytes = b"\n") -> bytes:
    return json.dumps(row).encode() + end


def file(folder: Path, *lines: bytes, name: str = "t.jsonl") -> Path:
    path = folder / name
    path.write_bytes(b"".join(lines))
    return path


def fixed(
    folder: Path,
    *lines: bytes,
    unsafe: bool = False,
    target: str | None = None,
    **settings: Any,
) -> bytes | None:
    out = folder / "out.jsonl"
    path = file(folder, *lines)
    made = fixes.fix(path, out, unsafe=unsafe, target=target, context=Context(**settings))
    assert path.read_bytes() == b"".join(lines)
    return None if made.out is None else out.read_bytes()


def test_untouched_lines_stay_byte_for_byte(tmp_path: Path) -> None:
    odd = b'{ "messages":[{"role":"user","content":"\\u0041"},' + line(ASSISTANT, b"]}  \r\n")
    broken = b'{"messages": [\n'
    last = line(chat("Last?"), b"")
    after = fixed(tmp_path, MARK + odd, broken, line(chat("One?", 1.0)), last)
    assert after == odd + broken + line(chat("One?", 1)) + last


def test_a_file_without_anything_to_mend_is_not_written(tmp_path: Path) -> None:
    assert fixed(tmp_path, line(chat("One?")), line(chat("Two?", 0.5))) is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["t.jsonl"]


def test_safe_fixes_alone_are_made_unless_all_are_asked_for(tmp_path: Path) -> None:
    lines = [line(chat("One?", 1.0)), line(chat("One?", 1))]
    assert fixed(tmp_path, *lines, line({**chat("Two?"), "x": 1})) is not None
    (tmp_path / "out.jsonl").unlink()
    extra = line({**chat("Two?"), "x": 1})
    assert fixed(tmp_path, extra, target="openai") is None
    assert fixed(tmp_path, extra, unsafe=True, target="openai") == line(chat("Two?"))


def test_several_fixes_meet_in_one_row(tmp_path: Path) -> None:
    row = chat("One?", 1.0)
    row["messages"].insert(0, {"role": "developer", "content": "Be brief.", "date": "today"})
    row["messages"] += [{**USER, "weight": 0}, ASSISTANT]
    row["source"] = "atlas"
    wanted = chat("One?", 1)
    wanted["messages"].insert(0, {"role": "system", "content": "Be brief."})
    wanted["messages"] += [USER, ASSISTANT]
    assert fixed(tmp_path, line(row), unsafe=True, target="openai") == line(wanted)


def test_a_fix_that_breaks_another_rule_is_taken_back_and_said(tmp_path: Path) -> None:
    # As a string the arguments are read, and break what the tool declares (C102).
    function = {"name": "rain", "description": "Rain?", "parameters": {"type": "object"}}
    function["parameters"] |= {"properties": {"city": {"type": "string"}}}  # type: ignore[operator]
    call = {"id": "a", "type": "function", "function": {"name": "rain", "arguments": {"city": 7}}}
    row = chat("Rain?")
    row["messages"][1:1] = [
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "a", "content": "no"},
    ]
    row["tools"] = [{"type": "function", "function": function}]
    path = file(tmp_path, line(row))
    made = fixes.fix(path, tmp_path / "out.jsonl")
    before = set(made.before.rules)
    assert "C103" in before
    assert set(made.after.rules) <= before
    if "C102" not in before:
        assert made.left == {"C103": 1}


def test_a_safe_fix_is_made_though_a_warning_shows_once_the_row_can_be_read(
    tmp_path: Path,
) -> None:
    # The answer repeats the tool's result (C505), which nobody could see before.
    call = {"id": "a", "type": "function", "function": {"name": "f", "arguments": {"q": "x"}}}
    row = {
        "messages": [
            USER,
            {"role": "assistant", "tool_calls": [call], "content": ""},
            {"role": "tool", "tool_call_id": "a", "content": "William Shakespeare."},
            {"role": "assistant", "content": "William Shakespeare."},
        ]
    }
    after = fixed(tmp_path, line(row))
    assert after is not None
    mended = json.loads(after)["messages"][1]["tool_calls"][0]["function"]["arguments"]
    assert mended == '{"q": "x"}'


def test_a_safe_fix_is_made_where_two_rows_are_the_same_after_it(tmp_path: Path) -> None:
    rows = [chat("One?", 1.0), chat("Two?", 1.0)]
    rows[0]["messages"][0]["role"] = "developer"
    twin = chat("One?", 1)
    twin["messages"][0]["role"] = "system"
    rows[0]["messages"].insert(1, USER)
    twin["messages"].insert(1, USER)
    after = fixed(tmp_path, line(rows[0]), line(twin), line(rows[1]))
    assert after == line(twin) + line(twin) + line(chat("Two?", 1))


def test_copies_that_are_only_seen_after_a_fix_are_removed_with_all(tmp_path: Path) -> None:
    rows = [{**chat("One?"), "source": "a"}, {**chat("One?"), "source": "b"}, chat("Two?")]
    after = fixed(tmp_path, *map(line, rows), unsafe=True, target="openai")
    assert after == line(chat("One?")) + line(chat("Two?"))


def test_rows_that_are_copies_only_once_they_are_masked_are_counted(tmp_path: Path) -> None:
    mails = [chat(f"Who has the address ada{n}@example{n}.com?") for n in range(3)]
    path = file(tmp_path, *map(line, [*mails, chat("One?"), chat("One?")]))
    made = fixes.fix(path, tmp_path / "out.jsonl", unsafe=True)
    assert (made.removed, made.copies_made, made.mended) == (3, 2, {"D001": 1, "P101": 3})
    kept = Selection(ignore=["D001"])
    made = fixes.fix(path, tmp_path / "all.jsonl", unsafe=True, context=Context(selection=kept))
    assert (made.removed, made.copies_made, made.mended) == (0, 0, {"P101": 3})


def test_a_file_is_never_emptied(tmp_path: Path) -> None:
    empty = {"messages": [USER, {"role": "assistant", "content": ""}]}
    assert fixed(tmp_path, line(empty), unsafe=True) is None
    assert fixed(tmp_path, line(empty), line(chat("One?")), unsafe=True) == line(chat("One?"))


def test_the_rules_that_were_not_selected_are_not_mended(tmp_path: Path) -> None:
    lines = [MARK + line(chat("One?", 1.0))]
    after = fixed(tmp_path, *lines, selection=Selection(["C010"]))
    assert after == MARK + line(chat("One?", 1))


def test_a_compressed_file_stays_compressed(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl.gz"
    path.write_bytes(gzip.compress(line(chat("One?", 1.0)) * 1))
    out = tmp_path / "out.jsonl.gz"
    fixes.fix(path, out)
    assert gzip.decompress(out.read_bytes()) == line(chat("One?", 1))


def test_no_file_is_written_over(tmp_path: Path) -> None:
    path, out = file(tmp_path, line(chat("One?", 1.0))), file(tmp_path, b"kept", name="out.jsonl")
    for taken in (out, path):
        with pytest.raises(UsageError, match="exists"):
            fixes.fix(path, taken)
    assert out.read_bytes() == b"kept"


def test_where_nothing_can_be_written_nothing_is_left(tmp_path: Path) -> None:
    path = file(tmp_path, line(chat("One?", 1.0)))
    with pytest.raises(UsageError, match="nowhere: no such folder"):
        fixes.fix(path, tmp_path / "nowhere" / "out.jsonl")
    for other in (tmp_path, file(tmp_path, b"[]", name="t.json")):
        with pytest.raises(UsageError, match="can be mended"):
            fixes.fix(other, tmp_path / "out.jsonl")
    with pytest.raises(UsageError, match=r"none\.jsonl: no such file"):
        fixes.fix(tmp_path / "none.jsonl", tmp_path / "out.jsonl")
    (tmp_path / "t.json").unlink()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["t.jsonl"]


def test_an_error_in_the_middle_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(tmp_path, line(chat("One?", 1.0)))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(EnvironmentProblem, match="No space left"):
        fixes.fix(path, tmp_path / "out.jsonl")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["t.jsonl"]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("train.jsonl", "train.fixed.jsonl"),
        ("train.jsonl.gz", "train.fixed.jsonl.gz"),
        ("train", "train.fixed"),
        ("v1.2.jsonl", "v1.2.fixed.jsonl"),
    ],
)
def test_the_new_file_has_a_name_beside_the_old(name: str, wanted: str) -> None:
    assert fixes.default_out(Path("data") / name) == Path("data") / wanted


def test_the_result_counts_what_is_mended_and_what_is_left(tmp_path: Path) -> None:
    lines = [MARK + line(chat("One?", 1.0)), line(chat("Two?", 0.5)), b"\n"]
    made = fixes.fix(file(tmp_path, *lines), tmp_path / "out.jsonl")
    assert made.mended == {"J006": 1, "C010": 1}
    assert made.left == {"C010": 1}
    assert (made.changed, made.removed) == (1, 0)


def test_a_provider_has_its_own_rules_and_fixes(tmp_path: Path) -> None:
    row = chat("One?")
    row["messages"].insert(0, USER)
    path, out = file(tmp_path, line(row)), tmp_path / "out.jsonl"
    assert fixes.fix(path, out, unsafe=True).out is None
    assert fixes.fix(path, out, unsafe=True, target="together").mended == {"C013": 1}
    assert json.loads(out.read_bytes())["messages"][0]["content"] == "Hi\n\nOne?"


def preview(path: Path, **settings: Any) -> str:
    stream = io.StringIO()
    fixes.preview(path, stream, **settings)
    return stream.getvalue()


def test_the_diff_is_what_the_fix_does(tmp_path: Path) -> None:
    lines = [MARK + line(chat("One?", 1.0)), line(chat("Two?")), line(chat("Two?")), b"{"]
    path = file(tmp_path, *lines)
    shown = preview(path, unsafe=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["t.jsonl"]
    out = tmp_path / "out.jsonl"
    fixes.fix(path, out, unsafe=True)
    subprocess.run(["patch", "--binary", "--quiet", str(path)], input=shown.encode(), check=True)
    assert path.read_bytes() == out.read_bytes()


def test_the_diff_shows_no_secret(tmp_path: Path) -> None:
    secret = "AKIA" + "Q3EGRIZ7XMPL5TKW"
    rows = [chat(f"Is it {secret}?", 1.0), {**chat("a"), f"{secret}": "x"}]
    shown = preview(file(tmp_path, *map(line, rows)), unsafe=True)
    assert "@@" in shown
    assert secret not in shown


def test_nothing_to_mend_is_an_empty_diff(tmp_path: Path) -> None:
    assert preview(file(tmp_path, line(chat("One?")))) == ""


def test_what_is_checked_is_what_was_written(tmp_path: Path) -> None:
    path = file(tmp_path, line(chat("One?", 1.0)), line(chat("Two?", 0.5)))
    out = tmp_path / "out.jsonl"
    made = fixes.fix(path, out)
    codes = [finding.code for finding in checker.check([out])]
    assert made.after.rules == {code: codes.count(code) for code in codes}
    files = {finding.place.file for held in made.after.first.values() for finding in held}
    assert files == {str(out)}
