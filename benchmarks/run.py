"""The tables of `make bench`: `python benchmarks/run.py [TABLE] [flags of the table]`.

Without the name of a table all are made, with their defaults. A table is a module here with
`add_options(parser)` and `main(options)`.
"""

from __future__ import annotations

import argparse
import importlib
import sys

TABLES = (
    "conversion",
    "rows",
    "checking",
    "near",
    "annotators",
    "splits",
    "counting",
    "templates",
    "tokenising",
    "training",
    "targets",
    "jobs",
    "quality",
    "secrets_found",
    "growth",
    "start_up",
)


def main() -> None:
    """Make the named table, or all."""
    asked, flags = TABLES, sys.argv[1:]
    if flags and not flags[0].startswith("-"):
        asked, flags = (flags[0],), flags[1:]
    if unknown := set(asked) - set(TABLES):
        raise SystemExit(f"There is no table {', '.join(unknown)}; there are: {', '.join(TABLES)}")
    for name in asked:
        table = importlib.import_module(name)
        parser = argparse.ArgumentParser(prog=f"run.py {name}", description=table.__doc__)
        table.add_options(parser)
        table.main(parser.parse_args(flags))


if __name__ == "__main__":
    main()
