"""Two small tokenizers: ours, and one with the normaliser and the gaps of T5's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataprep.tokens import Tokenizer, train_tokenizer
from tests.models import sentencepiece_model

TEXTS = [
    "The river rises in the hills and flows past the old town to the sea.",
    "A small bird with a red breast sings in the garden.",
    "She wrote the report in the morning and sent it in the afternoon.",
    "The town has two schools, a market and a station.",
    "Bread is made of flour, water and salt.\nIt is baked in an oven.",
    "How many people live there? About 12,000, said the mayor.",
] * 4


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    """As dataprep trains it."""
    return train_tokenizer(TEXTS, 400, tmp_path_factory.mktemp("trained"))


@pytest.fixture(scope="session")
def t5_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As T5's was trained: nmt_nfkc, no byte fallback, no braces."""
    path = tmp_path_factory.mktemp("t5") / "spiece.model"
    path.write_bytes(sentencepiece_model(TEXTS, 150))
    return path
