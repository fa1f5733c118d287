"""`python -m dataprep`, and the command `dataprep`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line. Whoever stops it while it is loaded is told that nothing was begun."""
    try:
        from dataprep.cli import main as run
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Nothing was begun.\n")
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
