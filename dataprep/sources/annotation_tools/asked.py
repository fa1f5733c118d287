"""Which questions annotators of one text were asked, where they were not all asked the same."""

from __future__ import annotations

from collections.abc import Sequence

from dataprep.jsonio import Json

ASKED = "asked"
"""Where an annotation says what its annotator was asked: choices by control, null for all."""


def asked_together(annotations: Sequence[Json]) -> list[Json]:
    """The annotations, those of one annotator about different controls as one.

    Where all were asked the same, none says what: silence is an answer then.
    """
    joined: list[Json] = []
    for one in annotations:
        mine = next((other for other in joined if _adds_to(one, other)), None)
        if mine is None:
            joined.append(dict(one))
            continue
        mine["result"] = [*mine["result"], *one["result"]]
        mine[ASKED] = {**mine[ASKED], **one[ASKED]}
        times = [each["created_at"] for each in (mine, one) if "created_at" in each]
        if times:
            mine["created_at"] = max(times)
    answers = [one for one in joined if not one.get("was_cancelled")]
    if all(one.get(ASKED) == answers[0].get(ASKED) for one in answers):
        return [{key: value for key, value in one.items() if key != ASKED} for one in joined]
    return joined


def _adds_to(one: Json, other: Json) -> bool:
    """Whether two annotations are of one annotator, and about different controls."""
    who = one.get("completed_by")
    if not who or who != other.get("completed_by") or ASKED not in one or ASKED not in other:
        return False
    return not set(one[ASKED]) & set(other[ASKED])
