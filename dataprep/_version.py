"""The version of the installed package, which outputs and caches name."""

from importlib.metadata import version

__version__ = version("dataprep")
