"""What a dataset costs to train: tokens by split, epochs, dollars, and what would be cut off."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from dataprep.finding import Place
from dataprep.patterns import LatePattern
from dataprep.providers import ProviderModel
from dataprep.tokens.counting import Count, Counter

HELD = 20
"""Examples over the limit that are kept to be shown; of the others only the number is."""

_HELD_OUT = LatePattern(r"(^|[-_])(valid|val|validation|test|dev|eval|evaluation)([-_]|$)")


class Over:
    """One example over the limit: where it stands, and what of its last answer is cut."""

    __slots__ = ("cut", "of", "place", "tokens")

    def __init__(self, place: Place, tokens: int, cut: int, of: int) -> None:
        self.place = place
        self.tokens = tokens
        self.cut = cut
        self.of = of


@dataclass(slots=True)
class SplitTokens:
    """The tokens of one split; a length of 4 bytes is kept of each example."""

    lengths: array[int] = field(default_factory=lambda: array("I"))
    least: int = 0
    whole: bool = True

    @property
    def examples(self) -> int:
        """How many examples."""
        return len(self.lengths)

    @property
    def tokens(self) -> int:
        """All tokens of the split."""
        return sum(self.lengths)

    @property
    def longest(self) -> int:
        """Tokens of the longest example."""
        return max(self.lengths, default=0)

    def quantile(self, share: float) -> int:
        """The length that this share of the examples does not exceed."""
        lengths = sorted(self.lengths)
        return lengths[min(len(lengths) - 1, int(share * len(lengths)))] if lengths else 0


@dataclass(slots=True)
class TokenAccount:
    """The account of a dataset. `limit` is in tokens of one example; None where it is unknown.

    `epochs` are those that the user asks for; 0 for what the platform would choose.
    """

    counter: Counter
    limit: int | None = None
    reader: ProviderModel | None = None
    asked_epochs: int = 0
    splits: dict[str, SplitTokens] = field(default_factory=dict)
    over: list[Over] = field(default_factory=list)
    over_limit: int = 0

    def add(self, part: str, count: Count) -> None:
        """Count one example of a split."""
        split = self.splits.setdefault(part, SplitTokens())
        split.lengths.append(count.tokens)
        split.least += count.least
        split.whole = split.whole and count.whole

    def add_over(self, place: Place, tokens: int, cut: int, of: int) -> None:
        """Note an example over the limit."""
        self.over_limit += 1
        if len(self.over) < HELD:
            self.over.append(Over(place, tokens, cut, of))

    @property
    def trained(self) -> dict[str, SplitTokens]:
        """The splits that are trained on; the others are not billed."""
        trained = {name: s for name, s in self.splits.items() if not held_out(name)}
        return trained or self.splits

    @property
    def tokens(self) -> int:
        """Tokens of one epoch."""
        return sum(split.tokens for split in self.trained.values())

    @property
    def examples(self) -> int:
        """Examples that are trained on."""
        return sum(split.examples for split in self.trained.values())

    @property
    def whole(self) -> bool:
        """Whether nothing with an undocumented cost was counted."""
        return all(split.whole for split in self.trained.values())

    @property
    def epochs(self) -> int:
        """What was asked for, else what the platform chooses."""
        return self.asked_epochs or usual_epochs(self.examples)

    @property
    def dollars(self) -> float | None:
        """Tokens x epochs x price, in US dollars; None where the price is unknown."""
        price = self.reader.model.price if self.reader and self.reader.model else None
        return dollars(self.tokens, self.epochs, price.training_usd_per_million if price else None)


def held_out(part: str) -> bool:
    """Whether a split or file holds what is not trained on, by its name."""
    stem = part.rsplit("/", 1)[-1].split(".", 1)[0].lower()
    return _HELD_OUT.search(stem) is not None


def usual_epochs(examples: int) -> int:
    """What the platform chooses: 3, raised for fewer than 34 examples, lowered beyond 8,333.

    OpenAI cookbook, Chat_finetuning_data_prep: between 100 and 25,000 examples seen, 1 to 25
    epochs.
    """
    if examples * 3 < 100:
        return min(25, 100 // max(examples, 1))
    if examples * 3 > 25_000:
        return max(1, 25_000 // examples)
    return 3


def dollars(tokens: int, epochs: int, per_million: float | None) -> float | None:
    """tokens x epochs x price; None where the price is unknown. Validation is not billed."""
    return None if per_million is None else tokens * epochs * per_million / 1_000_000
