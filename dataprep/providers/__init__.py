"""Who trains closed weights: limits, prices and dates from one dated table, `table.json`.

A user's own file of the same shape is laid over the table: only what differs stands in it.
"""

from dataprep.providers.dates import NOTICE_DAYS, age, days_left
from dataprep.providers.reader import ProviderModel, nearest_model, reader
from dataprep.providers.reading import (
    VARIABLE,
    model,
    model_of,
    own_table,
    provider,
    table,
    user_file,
)
from dataprep.providers.table import (
    Confidence,
    FactSource,
    Limits,
    Model,
    PlatformState,
    Price,
    Provider,
    Table,
)

__all__ = [
    "NOTICE_DAYS",
    "VARIABLE",
    "Confidence",
    "FactSource",
    "Limits",
    "Model",
    "PlatformState",
    "Price",
    "Provider",
    "ProviderModel",
    "Table",
    "age",
    "days_left",
    "model",
    "model_of",
    "nearest_model",
    "own_table",
    "provider",
    "reader",
    "table",
    "user_file",
]
