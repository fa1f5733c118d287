"""From annotations and raw text to a proven training set, for closed and open weights."""

from importlib.metadata import version

__version__ = version("dataprep")
