"""Who looks at all rows before it speaks: duplicates, near ones, balance, lengths, the upload."""

from __future__ import annotations

from dataprep.checks.context import Context, Watch
from dataprep.checks.per_file.balance import Balance
from dataprep.checks.per_file.echoed_prompts import Echoes
from dataprep.checks.per_file.lengths import LengthWatch
from dataprep.checks.per_file.near_duplicates import Near
from dataprep.checks.per_file.row_hashes import RowHashes


def watches(context: Context) -> list[Watch]:
    """Those of whom a rule is selected, and who have what they need; who counts always does."""
    made: list[Watch] = [RowHashes(), Echoes(context), Balance(context)]
    if context.evaluation:
        from dataprep.checks.per_file.contamination import EvaluationPrompts

        made.append(EvaluationPrompts(context))
    if context.near_duplicates:
        made.append(Near(context))
    if context.provider is not None:
        from dataprep.checks.per_file.upload import UploadWatch

        made.append(UploadWatch(context))
    made = [watch for watch in made if context.selection.any_of(*watch.codes)]
    return made if context.account is None else [*made, LengthWatch(context)]
