"""What annotators said: Label Studio's tasks, their labeling config, offsets and consensus."""

from dataprep.annotation import predicted
from dataprep.annotation.adjudication import adjudication_task, results_by_annotator
from dataprep.annotation.agreement import (
    Agreement,
    AgreementResult,
    Agreements,
    Measure,
    scale_of,
)
from dataprep.annotation.completion_schema import completion_schema
from dataprep.annotation.config_text import MESSAGES, SIDES, Asked, ControlKind, config_text
from dataprep.annotation.config_xml import INDEX
from dataprep.annotation.consensus import (
    Agreed,
    Answered,
    Merged,
    age_of,
    merge,
    merge_parts,
    votes,
)
from dataprep.annotation.data_fields import MISSING, value_at
from dataprep.annotation.inference import CONTROL_OF_TYPE, infer_config
from dataprep.annotation.labeling_config import (
    NESTED,
    PATH,
    Control,
    LabelingConfig,
    ObjectTag,
    parse_config,
    read_config,
)
from dataprep.annotation.offsets import (
    BadSpan,
    Offsets,
    Span,
    forget_text,
    in_words,
    resolve,
    vote,
)
from dataprep.annotation.task import Annotation, Of, Result, Task, decode_task, task_of
from dataprep.annotation.unique_ids import UniqueIds

__all__ = [
    "CONTROL_OF_TYPE",
    "INDEX",
    "MESSAGES",
    "MISSING",
    "NESTED",
    "PATH",
    "SIDES",
    "Agreed",
    "Agreement",
    "AgreementResult",
    "Agreements",
    "Annotation",
    "Answered",
    "Asked",
    "BadSpan",
    "Control",
    "ControlKind",
    "LabelingConfig",
    "Measure",
    "Merged",
    "ObjectTag",
    "Of",
    "Offsets",
    "Result",
    "Span",
    "Task",
    "UniqueIds",
    "adjudication_task",
    "age_of",
    "completion_schema",
    "config_text",
    "decode_task",
    "forget_text",
    "in_words",
    "infer_config",
    "merge",
    "merge_parts",
    "parse_config",
    "predicted",
    "read_config",
    "resolve",
    "results_by_annotator",
    "scale_of",
    "task_of",
    "value_at",
    "vote",
    "votes",
]
