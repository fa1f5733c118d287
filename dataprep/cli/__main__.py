"""`python -m dataprep.cli`."""

from dataprep.__main__ import main

main()
