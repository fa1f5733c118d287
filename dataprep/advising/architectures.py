"""The sizes of open models, from the dimensions that their own config.json give.

Sources: the config.json of google-t5/*, google/flan-t5-*, meta-llama/* and mistralai/*, as
published on the hub; licences as their model cards name them.
"""

from __future__ import annotations

from typing import Literal

import msgspec

DATED = "2026-11"


class Architecture(msgspec.Struct, frozen=True, kw_only=True):
    """One open model; `inner` is the width of the feed-forward layer, `gates` its matrices.

    `layers` are those of the decoder; of T5 the encoder has as many. `head` is heads x their
    width, `keys` the same of keys and values (LLaMA and Mistral have eight heads of these).
    `tied`: the output shares the embeddings.
    """

    name: str
    family: Literal["t5", "causal"]
    layers: int
    width: int
    inner: int
    gates: int
    heads: int
    head: int
    keys: int
    vocabulary: int
    tied: bool
    context: int
    licence: str

    @property
    def layer(self) -> int:
        """Parameters of a layer: attention and feed-forward (norms aside)."""
        return self._attention + self.gates * self.width * self.inner

    @property
    def _attention(self) -> int:
        return 2 * self.width * self.head + 2 * self.width * self.keys

    @property
    def embeddings(self) -> int:
        """Of the vocabulary, once or, with an output of its own, twice."""
        return self.vocabulary * self.width * (1 if self.tied else 2)

    @property
    def parameters(self) -> int:
        """All of them, with norms and, of T5, the two tables of 32 relative positions."""
        if self.family == "causal":
            return self.embeddings + self.layers * (self.layer + 2 * self.width) + self.width
        decoder = self.layers * (self.layer + self._attention + 3 * self.width)
        encoder = self.layers * (self.layer + 2 * self.width)
        return self.embeddings + encoder + decoder + 2 * self.width + 2 * 32 * self.heads

    @property
    def encoding(self) -> int:
        """Parameters that an input token passes."""
        if self.family == "causal":
            return self.layers * self.layer + self.vocabulary * self.width
        # Keys and values of what was read are made for each decoder layer.
        return self.layers * (self.layer + 2 * self.width * self.keys)

    @property
    def decoding(self) -> int:
        """Parameters that an answer token passes."""
        if self.family == "causal":
            return self.encoding
        crossing = 2 * self.width * self.head
        return self.layers * (self.layer + crossing) + self.vocabulary * self.width


def _t5(name: str, sizes: tuple[int, int, int, int, int], *, first: bool) -> Architecture:
    """T5 1.0 (`first`: two matrices, tied) or 1.1 and FLAN (three, not tied)."""
    layers, width, inner, heads, head = sizes
    return Architecture(
        name=name,
        family="t5",
        layers=layers,
        width=width,
        inner=inner,
        gates=2 if first else 3,
        heads=heads,
        head=head,
        keys=head,
        vocabulary=32_128,
        tied=first,
        context=512,
        licence="Apache-2.0",
    )


def _causal(
    name: str, sizes: tuple[int, int, int, int, int, int, int], *, tied: bool, licence: str
) -> Architecture:
    layers, width, inner, heads, head_width, vocabulary, context = sizes
    return Architecture(
        name=name,
        family="causal",
        layers=layers,
        width=width,
        inner=inner,
        gates=3,
        heads=heads,
        head=heads * head_width,
        keys=8 * head_width,
        vocabulary=vocabulary,
        tied=tied,
        context=context,
        licence=licence,
    )


_LLAMA_32, _LLAMA_31 = "Llama 3.2 Community License", "Llama 3.1 Community License"

ARCHITECTURES = (
    _t5("google-t5/t5-small", (6, 512, 2048, 8, 512), first=True),
    _t5("google-t5/t5-base", (12, 768, 3072, 12, 768), first=True),
    _t5("google/flan-t5-base", (12, 768, 2048, 12, 768), first=False),
    _t5("google/flan-t5-large", (24, 1024, 2816, 16, 1024), first=False),
    _t5("google/flan-t5-xl", (24, 2048, 5120, 32, 2048), first=False),
    _causal(
        "meta-llama/Llama-3.2-1B-Instruct",
        (16, 2048, 8192, 32, 64, 128_256, 131_072),
        tied=True,
        licence=_LLAMA_32,
    ),
    _causal(
        "meta-llama/Llama-3.2-3B-Instruct",
        (28, 3072, 8192, 24, 128, 128_256, 131_072),
        tied=True,
        licence=_LLAMA_32,
    ),
    _causal(
        "meta-llama/Llama-3.1-8B-Instruct",
        (32, 4096, 14_336, 32, 128, 128_256, 131_072),
        tied=False,
        licence=_LLAMA_31,
    ),
    _causal(
        "mistralai/Mistral-7B-Instruct-v0.3",
        (32, 4096, 14_336, 32, 128, 32_768, 32_768),
        tied=False,
        licence="Apache-2.0",
    ),
    _causal(
        "mistralai/Mistral-Nemo-Instruct-2407",
        (40, 5120, 14_336, 32, 128, 131_072, 131_072),
        tied=False,
        licence="Apache-2.0",
    ),
)
