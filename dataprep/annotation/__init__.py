"""What annotators said: Label Studio's tasks, their labeling config, offsets and consensus."""

from dataprep.annotation import predicted
from dataprep.annotation.adjudication import (
    MARK,
    adjudication_task,
    names_of,
    results_by_annotator,
)
from dataprep.annotation.agreement import (
    Agreement,
    AgreementResult,
    Agreements,
    LabelAgreement,
    Measure,
    scale_of,
)
from dataprep.annotation.borders import BORDER_RULES, BorderRule, Placed, agreed_borders
from dataprep.annotation.completion_schema import completion_schema
from dataprep.annotation.config_of_results import config_of_results
from dataprep.annotation.config_text import (
    MESSAGES,
    SIDES,
    Asked,
    ControlKind,
    config_text,
    written_config,
)
from dataprep.annotation.config_xml import INDEX
from dataprep.annotation.consensus import (
    Agreed,
    Answered,
    Merged,
    age_of,
    enough,
    is_truth,
    merge,
    merge_parts,
    tied,
    votes,
)
from dataprep.annotation.counting import (
    UNIT_WORDS,
    CountedUnit,
    UnitVotes,
    in_code_points,
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
from dataprep.annotation.part_consensus import (
    OPEN_REASONS,
    UNITS,
    Decision,
    Fate,
    PartRole,
    PartUnit,
    decide,
    plain_role,
)
from dataprep.annotation.task import Annotation, Of, Result, Task, decode_task, presented, task_of
from dataprep.annotation.unique_ids import UniqueIds

__all__ = [
    "BORDER_RULES",
    "CONTROL_OF_TYPE",
    "INDEX",
    "MARK",
    "MESSAGES",
    "MISSING",
    "NESTED",
    "OPEN_REASONS",
    "PATH",
    "SIDES",
    "UNITS",
    "UNIT_WORDS",
    "Agreed",
    "Agreement",
    "AgreementResult",
    "Agreements",
    "Annotation",
    "Answered",
    "Asked",
    "BadSpan",
    "BorderRule",
    "Control",
    "ControlKind",
    "CountedUnit",
    "Decision",
    "Fate",
    "LabelAgreement",
    "LabelingConfig",
    "Measure",
    "Merged",
    "ObjectTag",
    "Of",
    "Offsets",
    "PartRole",
    "PartUnit",
    "Placed",
    "Result",
    "Span",
    "Task",
    "UniqueIds",
    "UnitVotes",
    "adjudication_task",
    "age_of",
    "agreed_borders",
    "completion_schema",
    "config_of_results",
    "config_text",
    "decide",
    "decode_task",
    "enough",
    "forget_text",
    "in_code_points",
    "in_words",
    "infer_config",
    "is_truth",
    "merge",
    "merge_parts",
    "names_of",
    "parse_config",
    "plain_role",
    "predicted",
    "presented",
    "read_config",
    "resolve",
    "results_by_annotator",
    "scale_of",
    "task_of",
    "tied",
    "value_at",
    "vote",
    "votes",
    "written_config",
]
