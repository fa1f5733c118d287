"""How good answers are, by what the task is: pure functions over (expected, answered) lists.

sacrebleu's chrF and rouge-score's ROUGE-L are those libraries' own; the rest is counted here.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from dataprep.finding import extra_missing

Score = Callable[[Sequence[str], Sequence[str]], float]
Scores = dict[str, float]

LABELS = ("classification", "taxonomy", "rating", "number", "datetime")
_TAG = re.compile(r"</?([^<>/]+)>")
_ENTITY = re.compile(r"(?<!;);(?!;)\s*")


def exact_match(expected: Sequence[str], answered: Sequence[str]) -> float:
    """The share that is exactly right, white space at the ends aside; 0 where there are none."""
    pairs = list(zip(expected, answered, strict=True))
    return sum(e.strip() == a.strip() for e, a in pairs) / len(pairs) if pairs else 0.0


def macro_f1(expected: Sequence[str], answered: Sequence[str]) -> float:
    """F1 of each expected label, averaged without weights; answers beyond the labels are misses."""
    wanted, said = [e.strip() for e in expected], [a.strip() for a in answered]
    right = Counter(w for w, s in zip(wanted, said, strict=True) if w == s)
    asked, given = Counter(wanted), Counter(said)
    each = [2 * right[label] / (asked[label] + given[label]) for label in asked]
    return sum(each) / len(each) if each else 0.0


def span_f1(expected: Sequence[str], answered: Sequence[str]) -> float:
    """Micro F1 over (label, text), from lists, JSON or tags; 1 where there is nothing to find."""
    right = asked = given = 0
    for wanted, said in zip(expected, answered, strict=True):
        true, found = spans(wanted), spans(said)
        right += (true & found).total()
        asked += true.total()
        given += found.total()
    return 2 * right / (asked + given) if asked + given else 1.0


def spans(answer: str) -> Counter[tuple[str, str]]:
    """The (label, text) of an answer in any of the three forms; what cannot be read holds none."""
    answer = answer.strip()
    if answer.startswith("["):
        try:
            read = json.loads(answer)
            return Counter((str(s["label"]), str(s["text"])) for s in read)
        except (ValueError, TypeError, KeyError, RecursionError):
            return Counter()
    if "</" in answer:
        return _tagged(answer)
    if answer == "none":
        return Counter()
    pieces = (piece.partition(":") for piece in _ENTITY.split(answer))
    return Counter((_single(label), _single(text)) for label, colon, text in pieces if colon)


def _single(piece: str) -> str:
    """A piece of the plain list, whose separator stands doubled in a text."""
    return piece.strip().replace(";;", ";")


def _tagged(answer: str) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    open_: list[tuple[str, int]] = []
    text, at = "", 0
    for tag in _TAG.finditer(answer):
        text += answer[at : tag.start()]
        at = tag.end()
        if not tag[0].startswith("</"):
            open_.append((tag[1], len(text)))
        elif open_ and open_[-1][0] == tag[1]:
            label, start = open_.pop()
            found[label, text[start:].replace("&lt;", "<").replace("&amp;", "&")] += 1
    return found


def rouge_l(expected: Sequence[str], answered: Sequence[str]) -> float:
    """ROUGE-L F1, averaged, as Google's rouge-score counts it (no stemming)."""
    try:
        from rouge_score.rouge_scorer import RougeScorer  # type: ignore[import-untyped]
    except ImportError:
        raise extra_missing("train", "rouge-score") from None
    scorer = RougeScorer(["rougeL"])
    each = [
        scorer.score(wanted, said)["rougeL"].fmeasure
        for wanted, said in zip(expected, answered, strict=True)
    ]
    return float(sum(each) / len(each)) if each else 0.0


def chrf(expected: Sequence[str], answered: Sequence[str]) -> float:
    """chrF of the whole, 0 to 1, as sacrebleu counts it (6 characters, beta 2)."""
    try:
        from sacrebleu.metrics.chrf import CHRF
    except ImportError:
        raise extra_missing("train", "sacrebleu") from None
    if not expected:
        return 0.0
    return float(CHRF().corpus_score(list(answered), [list(expected)]).score) / 100


def metrics_for(shape: str) -> dict[str, Score]:
    """The metrics that fit a shape, exact match always first."""
    exact: dict[str, Score] = {"exact_match": exact_match}
    if shape in LABELS:
        return exact | {"accuracy": exact_match, "macro_f1": macro_f1}
    if shape == "spans":
        return exact | {"span_f1": span_f1}
    if shape == "structured":
        return exact | {"chrf": chrf}
    return exact | {"rouge_l": rouge_l, "chrf": chrf}


def scores(shape: str, expected: Sequence[str], answered: Sequence[str]) -> Scores:
    """Each metric that fits the shape, to four places."""
    return {name: round(score(expected, answered), 4) for name, score in metrics_for(shape).items()}


def by_slice(
    shape: str, expected: Sequence[str], answered: Sequence[str], slices: Sequence[str | None]
) -> dict[str, dict[str, Any]]:
    """The scores of each slice (a label, a source, a language), with how many it holds."""
    rows: dict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(slices):
        if name is not None:
            rows[name].append(number)
    return {
        name: {
            "examples": len(taken),
            **scores(shape, [expected[i] for i in taken], [answered[i] for i in taken]),
        }
        for name, taken in sorted(rows.items())
    }
