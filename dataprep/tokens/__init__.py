"""The one place that tokenises: what a model reads, and what it is to answer, in token ids."""

from dataprep.tokens.account import (
    Over,
    SplitTokens,
    TokenAccount,
    dollars,
    held_out,
    usual_epochs,
)
from dataprep.tokens.at_hand import counter, encoding_of_model
from dataprep.tokens.chat import ChatTokenizer, Tokenised
from dataprep.tokens.chat_load import (
    AnyChatTokenizer,
    load_chat_tokenizer,
    save_chat_tokenizer,
    train_chat_tokenizer,
)
from dataprep.tokens.codec import Codec
from dataprep.tokens.columns import lists
from dataprep.tokens.counting import Count, CountedTexts, Counter, estimator
from dataprep.tokens.estimate import ESTIMATE_ERROR, estimate
from dataprep.tokens.labels import IGNORED
from dataprep.tokens.learn import sample, train_tokenizer
from dataprep.tokens.load import explain_hub, is_local, load_tokenizer
from dataprep.tokens.messages import REASONING, TemplateError
from dataprep.tokens.mistral import MistralChatTokenizer
from dataprep.tokens.render import (
    Encoded,
    Fact,
    Pair,
    Shown,
    complaints,
    encode_pairs,
    judge,
    render_batch,
    render_pair,
)
from dataprep.tokens.save import save_tokenizer
from dataprep.tokens.text_tokenizer import TextTokenizer
from dataprep.tokens.tokenizer import Tokenizer

__all__ = [
    "ESTIMATE_ERROR",
    "IGNORED",
    "REASONING",
    "AnyChatTokenizer",
    "ChatTokenizer",
    "Codec",
    "Count",
    "CountedTexts",
    "Counter",
    "Encoded",
    "Fact",
    "MistralChatTokenizer",
    "Over",
    "Pair",
    "Shown",
    "SplitTokens",
    "TemplateError",
    "TextTokenizer",
    "TokenAccount",
    "Tokenised",
    "Tokenizer",
    "complaints",
    "counter",
    "dollars",
    "encode_pairs",
    "encoding_of_model",
    "estimate",
    "estimator",
    "explain_hub",
    "held_out",
    "is_local",
    "judge",
    "lists",
    "load_chat_tokenizer",
    "load_tokenizer",
    "render_batch",
    "render_pair",
    "sample",
    "save_chat_tokenizer",
    "save_tokenizer",
    "train_chat_tokenizer",
    "train_tokenizer",
    "usual_epochs",
]
