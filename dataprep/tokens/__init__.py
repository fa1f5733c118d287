"""The one place that tokenises: what a model reads, and what it is to answer, in token ids."""

from dataprep.tokens.codec import Codec
from dataprep.tokens.learn import sample, train_tokenizer
from dataprep.tokens.load import explain_hub, is_local, load_tokenizer
from dataprep.tokens.render import Encoded, Fact, Pair, encode_pairs, judge, render_pair
from dataprep.tokens.save import save_tokenizer
from dataprep.tokens.tokenizer import Tokenizer

__all__ = [
    "Codec",
    "Encoded",
    "Fact",
    "Pair",
    "Tokenizer",
    "encode_pairs",
    "explain_hub",
    "is_local",
    "judge",
    "load_tokenizer",
    "render_pair",
    "sample",
    "save_tokenizer",
    "train_tokenizer",
]
