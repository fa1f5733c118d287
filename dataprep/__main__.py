"""`python -m dataprep`, and the command `dataprep`."""

from __future__ import annotations

import gc
import sys

_COLLECTED_AFTER = 200_000
"""Objects that are made before garbage is looked for: what a command loads stays, and to look
among it again and again takes a tenth of a short command."""


def main() -> None:
    """Run the command line. Whoever stops it while it is loaded is told that nothing was begun."""
    gc.set_threshold(_COLLECTED_AFTER)
    try:
        from dataprep.cli.front_page import shown

        if (code := shown(sys.argv[1:])) is not None:
            sys.exit(code)
        from dataprep.cli.application import main as run
    except KeyboardInterrupt:
        sys.stderr.write("Stopped. Nothing was begun.\n")
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
