"""Who trains closed weights: limits, prices and dates from one dated table, `table.json`.

A user's own file of the same shape is laid over the table: only what differs stands in it.
"""

from dataprep.providers.dates import NOTICE_DAYS, age, days_left
from dataprep.providers.reader import Reader, nearest_model, reader
from dataprep.providers.reading import VARIABLE, model, model_of, provider, table, user_file
from dataprep.providers.table import (
    Confidence,
    Limits,
    Model,
    Platform,
    Price,
    Provider,
    Source,
    Table,
)

__all__ = [
    "NOTICE_DAYS",
    "VARIABLE",
    "Confidence",
    "Limits",
    "Model",
    "Platform",
    "Price",
    "Provider",
    "Reader",
    "Source",
    "Table",
    "age",
    "days_left",
    "model",
    "model_of",
    "nearest_model",
    "provider",
    "reader",
    "table",
    "user_file",
]
