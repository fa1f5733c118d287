"""A list or an object in the cell of a table is read as one, and is no answer as it stands."""

from typing import Any

import pytest

from dataprep.formats.literals import from_python


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("{'text': array(['a', \"b's\"], dtype=object)}", {"text": ["a", "b's"]}),
        (
            "{'text': array(['(a)'], dtype='<U3'), 'n': array([1, 2])}",
            {"text": ["(a)"], "n": [1, 2]},
        ),
        ("{'text': array([], dtype=object)}", {"text": []}),
        ("['a', None, True, 1.5]", ["a", None, True, 1.5]),
        ("['a' 'b']", None),
        ("['a'\n 'b']", None),
        ("['a', ..., 'b']", None),
        ("[np.int64(1)]", None),
    ],
)
def test_a_literal_of_python_is_read_with_the_arrays_of_numpy(written: str, value: Any) -> None:
    assert from_python(written) == value
