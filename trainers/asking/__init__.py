"""The held-out questions of a dataset, put to endpoints and to runs of this machine, compared."""

from trainers.asking.evaluation import Evaluation, evaluate

__all__ = ["Evaluation", "evaluate"]
