"""There is one way to a terminal, dataprep/report/terminal.py, and nothing on it is obeyed."""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.progress import Progress, TextColumn
from rich.rule import Rule
from rich.table import Table

from dataprep import report

ROOT = Path(__file__).parents[3]
MODULES = [p for room in ("dataprep", "trainers") for p in sorted((ROOT / room).rglob("*.py"))]
DOOR = ROOT / "dataprep/report/terminal.py"
STREAMS = {"stdout", "stderr", "__stdout__", "__stderr__"}
OWN = {
    "dataprep/recipe.py": "write",  # python -m dataprep.recipe, which makes a schema of our own
    "trainers/card.py": "print",  # in the text of a card
    "dataprep/cli/front_page.py": "Console",  # the page of all commands, in words of our own
    "dataprep/__main__.py": "write",  # words of our own, before anything else is loaded
}
MARKER = "[bold red]x[/]\x1b[2J\x9b31m\x7f\u202eevil\u2066\ufeff\U000e0041\r\x08end"
OBEYED = "\x1b\x9b\x7f\u202e\u2066\ufeff\U000e0041\r\x08"


def other_ways(path: Path) -> Iterator[str]:
    """Calls that reach a terminal by another way, with their lines."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
        bare = isinstance(called, ast.Name) and name in ("print", "Console", "get_console")
        on_stream = (
            isinstance(called, ast.Attribute)
            and name in ("write", "writelines")
            and isinstance(called.value, ast.Attribute)
            and called.value.attr in STREAMS
        )
        marked = name == "TextColumn" and not any(
            k.arg == "markup" and isinstance(k.value, ast.Constant) and k.value.value is False
            for k in node.keywords
        )
        fixed = marked and "{" not in ast.unparse(node)
        from_markup = name in ("from_markup", "render_markup", "basicConfig", "StreamHandler")
        if bare or on_stream or (marked and not fixed) or from_markup:
            yield f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)[:60]}"


def test_nothing_is_printed_by_another_way() -> None:
    assert len(MODULES) > 300
    found = [
        line
        for path in MODULES
        if path != DOOR and str(path.relative_to(ROOT)) not in OWN
        for line in other_ways(path)
    ]
    # Percentages of a bar are numbers of our own.
    assert [line for line in found if "task.percentage" not in line] == []


@pytest.mark.parametrize("call", ["print('x')", "Console()", "sys.stdout.write('x')"])
def test_another_way_would_be_seen(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path)
    (tmp_path / "module.py").write_text(f"import sys\n{call}\n")
    assert len(list(other_ways(tmp_path / "module.py"))) == 1


def printed(*objects: object) -> str:
    stream = io.StringIO()
    report.console(stream).print(*objects)
    return stream.getvalue()


def table() -> Table:
    made = Table(MARKER)
    made.add_row(MARKER)
    return made


@pytest.mark.parametrize("shown", [MARKER, Rule(MARKER), table()], ids=["text", "rule", "table"])
def test_a_console_obeys_nothing_in_what_it_prints(shown: object) -> None:
    said = printed(shown)
    assert "[bold red]x[/]" in said
    assert not set(OBEYED) & set(said)


def test_a_bar_obeys_nothing_in_its_words() -> None:
    stream = io.StringIO()
    column = TextColumn("{task.description}", markup=False)
    with Progress(column, console=report.console(stream)) as bar:
        bar.add_task(report.printable(MARKER))
    assert "[bold red]x[/]" in stream.getvalue()
    assert not set(OBEYED) & set(stream.getvalue())


def test_a_text_is_one_line_however_many_it_holds() -> None:
    assert printed("out\nerror: all is lost") == "out\N{REPLACEMENT CHARACTER}error: all is lost\n"


def test_json_on_a_terminal_is_the_same_json(capsys: pytest.CaptureFixture[str]) -> None:
    import json

    stream = io.StringIO()
    report.write(json.dumps({"name": MARKER}, ensure_ascii=False) + "\n", stream)
    assert not set(OBEYED) & set(stream.getvalue())
    assert json.loads(stream.getvalue()) == {"name": MARKER}
