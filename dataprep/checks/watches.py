"""Who looks at all rows before it speaks: duplicates, near ones, balance, lengths, the upload."""

from __future__ import annotations

from dataprep.checks.balance import Balance
from dataprep.checks.context import Context, Watch
from dataprep.checks.copies import Rows
from dataprep.checks.echoes import Echoes
from dataprep.checks.lengths import Lengths
from dataprep.checks.near import Near


def watches(context: Context) -> list[Watch]:
    """Those of whom a rule is selected, and who have what they need."""
    made: list[Watch] = [Rows(), Echoes(context), Balance(context)]
    if context.evaluation:
        from dataprep.checks.evaluation import Evaluation

        made.append(Evaluation(context))
    if context.near_duplicates:
        made.append(Near(context))
    if context.count_tokens is not None:
        made.append(Lengths(context))
    if context.provider is not None:
        from dataprep.checks.platform import Platform

        made.append(Platform(context))
    return [watch for watch in made if context.selection.any_of(*watch.codes)]
