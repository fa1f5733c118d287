"""The code in a template's braces: found also where a brace is never closed, in linear time."""

from time import process_time

import pytest

from dataprep.templates.code import codes, filters_and_tests, refusal


def test_code_behind_a_brace_that_is_never_closed_is_looked_at() -> None:
    assert list(codes("{{ a }} {% if it's {{ b|upper }} {# c")) == [
        " a ",
        " if it s ",
        " b|upper }} ",
        " c",
    ]
    assert set(filters_and_tests("{% raw %} isn't {{ b|upper")) == {("filter", "upper")}
    assert refusal("{{ 'a {% include b", 1_000) == "include reads another file, and there is none"


@pytest.mark.parametrize("opening", ["{{", "{%", "{#", "{% raw %}", "{{ '"])
def test_braces_that_are_never_closed_take_linear_time(opening: str) -> None:
    start = process_time()
    list(codes(opening * 100_000))
    assert process_time() - start < 2
