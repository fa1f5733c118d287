"""S002: an answer against the JSON Schema that the user gave for answers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from dataprep import jsonio
from dataprep.contracts import Contract
from dataprep.finding import Fault

MOST = 20
"""Violations that are reported for one row; the rest come when these are mended."""


def completion_faults(text: str, contract: Contract) -> Iterator[Fault]:
    """What is wrong with an answer that must be JSON and keep the contract."""
    try:
        value = jsonio.loads(text.encode())
    except jsonio.JsonError as error:
        where = f" (line {error.line}, column {error.column})" if error.line else ""
        yield Fault("S002", "", f"the completion is not JSON: {error.message}{where}")
        return
    yield from schema_faults("S002", value, contract, "the completion")


def schema_faults(code: str, value: Any, contract: Contract, name: str) -> Iterator[Fault]:
    """One fault for each violation, MOST at most; none for a value that keeps the contract."""
    if not contract.accepts(value):
        for path, message in islice(contract.violations(value), MOST):
            yield Fault(code, path, f"{path or name} {message}")
