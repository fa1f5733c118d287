"""The version, which outputs and caches name, and what the distribution is called on an index."""

__version__ = "0.1.0"

DISTRIBUTION = "dataprep-tune"
"""What pip installs. `dataprep` on PyPI is another project, with a package of the same name."""
