"""How alike two texts are, 0 to 1, by the metrics of a text_similarity grader that run locally.

BLEU is sacrebleu's of one sentence, GLEU NLTK's over words, ROUGE Google's F measure.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

Similarity = Callable[[str, str], float]
"""An answer and its reference."""


def fuzzy_match(said: str, wanted: str) -> float:
    """Twice the longest common subsequence over both lengths, as rapidfuzz's fuzz.ratio / 100."""
    if not said and not wanted:
        return 1.0
    return 2 * _common(said, wanted) / (len(said) + len(wanted))


def _common(one: str, other: str) -> int:
    """The characters of the longest common subsequence, by Hyyrö's bit-parallel algorithm, 2004."""
    at: dict[str, int] = {}
    for place, character in enumerate(one):
        at[character] = at.get(character, 0) | 1 << place
    row = mask = (1 << len(one)) - 1
    for character in other:
        matches = row & at.get(character, 0)
        row = (row + matches | row - matches) & mask
    return len(one) - row.bit_count()


def _bleu(said: str, wanted: str) -> float:
    import sacrebleu

    return float(sacrebleu.sentence_bleu(said, [wanted]).score) / 100


def _gleu(said: str, wanted: str) -> float:
    from nltk.translate.gleu_score import sentence_gleu  # type: ignore[import-untyped]

    words = said.split()
    return float(sentence_gleu([wanted.split()], words)) if words else 0.0


def _rouge(name: str, said: str, wanted: str) -> float:
    from rouge_score.rouge_scorer import RougeScorer  # type: ignore[import-untyped]

    return float(RougeScorer([name]).score(wanted, said)[name].fmeasure)


METRICS: dict[str, Similarity] = {
    "fuzzy_match": fuzzy_match,
    "bleu": _bleu,
    "gleu": _gleu,
    **{f"rouge_{n}": partial(_rouge, f"rouge{n}") for n in range(1, 6)},
    "rouge_l": partial(_rouge, "rougeL"),
}
