"""`dataprep explain`."""

import io

import pytest
from rich.console import Console

from dataprep.finding import UsageError
from dataprep.report import console, explain, explain_all, print_markdown
from dataprep.rules import CATALOGUE

J006 = """# J006 byte-order-mark

The data must not begin with a byte order mark.

**Why it matters.** Azure asks for one, OpenAI's reader has refused the first line because of one.

**What to do.** Save the file as UTF-8 without a byte order mark.

- severity: warning
- judges: the file as a whole
- targets: all
- known from: OkGoDoIt/OpenAI-API-dotnet #59; Azure's documents ask for it \
(observed when run, 2026-11)
- fix: remove-byte-order-mark, safe: `dataprep check FILE --fix` writes a mended file

## Bad

```json
\\ufeff{"prompt": "Capital of Kenya?", "completion": "Nairobi"}
```

## Good

```json
{"prompt": "Capital of Kenya?", "completion": "Nairobi"}
```
"""


def test_a_rule_is_explained_on_one_page() -> None:
    assert explain("J006") == J006
    assert explain("j006") == J006


def test_the_providers_message_is_named() -> None:
    line = "prevents the provider's message: “Unexpected file format, expected either"
    assert line in explain("S003")


def test_a_fix_that_may_change_what_is_learned_says_so() -> None:
    line = "- fix: remove-duplicates, may change what is learned: `dataprep check FILE --fix=all`"
    assert line in explain("D001").splitlines()


@pytest.mark.parametrize(
    ("code", "remedy"),
    [("J06", "Did you mean J006?"), ("nonsense", "See them all: dataprep explain --all")],
)
def test_an_unknown_code_is_refused_with_the_nearest(code: str, remedy: str) -> None:
    with pytest.raises(UsageError) as caught:
        explain(code)
    assert caught.value.remedy == remedy


def test_the_index_has_a_line_for_every_rule() -> None:
    lines = explain_all().splitlines()
    for rule in CATALOGUE.values():
        assert sum(line.startswith(f"| [{rule.code}]({rule.code}.md) |") for line in lines) == 1


@pytest.mark.parametrize("code", list(CATALOGUE))
def test_a_pipe_gets_the_markdown_and_a_terminal_gets_it_rendered(code: str) -> None:
    stream = io.StringIO()
    print_markdown(explain(code), console(stream))
    assert stream.getvalue() == explain(code)
    screen = io.StringIO()
    print_markdown(explain(code), Console(file=screen, force_terminal=True, width=80))
    assert "```" not in screen.getvalue()
    assert code in screen.getvalue()
