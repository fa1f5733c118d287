"""What annotators said: Label Studio's tasks, their labeling config, offsets and consensus."""

from dataprep.annotation.consensus import Agreed, Answered, Merged, merge, merge_parts
from dataprep.annotation.labeling_config import (
    Control,
    LabelingConfig,
    ObjectTag,
    infer_config,
    parse_config,
    read_config,
)
from dataprep.annotation.offsets import BadSpan, Span, resolve
from dataprep.annotation.task import Annotation, Result, Task, decode_task

__all__ = [
    "Agreed",
    "Annotation",
    "Answered",
    "BadSpan",
    "Control",
    "LabelingConfig",
    "Merged",
    "ObjectTag",
    "Result",
    "Span",
    "Task",
    "decode_task",
    "infer_config",
    "merge",
    "merge_parts",
    "parse_config",
    "read_config",
    "resolve",
]
