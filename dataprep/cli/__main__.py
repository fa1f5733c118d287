"""`python -m dataprep.cli`."""

from dataprep.cli import main

main()
