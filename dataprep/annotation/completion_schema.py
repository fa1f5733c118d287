"""The JSON Schema of structured completions: one key a control, as the labeling config says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dataprep.annotation.config_xml import INDEX
from dataprep.annotation.labeling_config import Control, LabelingConfig

Schema = dict[str, Any]


def completion_schema(config: LabelingConfig, controls: Sequence[Control]) -> Schema:
    """The schema (draft 2020-12) of an object with the answers of these controls.

    A repeated control stands under each of its names, so it is a pattern. Spans are always
    there, as an empty list where nothing is marked; of the others the required ones are.
    """
    properties: Schema = {}
    patterns: Schema = {}
    for control in controls:
        known = _spans(config, control) if control.task == "spans" else value_schema(control)
        if control.pattern:
            patterns["^" + control.pattern.pattern.replace("(", "").replace(")", "") + "$"] = known
        else:
            properties[control.name] = known
    required = [
        c.name for c in controls if (c.required or c.task == "spans") and INDEX not in c.name
    ]
    schema: Schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One completion",
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
    return schema | ({"patternProperties": patterns} if patterns else {})


IN = "in"
"""The key of an entity that says in which of several texts it stands."""


def value_schema(control: Control) -> Schema:
    """The schema of what one control is answered, other than with spans."""
    one: Schema = {"type": "string"}
    if control.labels and control.task in ("classification", "taxonomy"):
        one["enum"] = list(control.labels)
    match control.task:
        case "classification":
            if control.multiple:
                return _list_of(one)
            return one if control.labels is not None else _one_or_more(one)
        case "taxonomy":
            return one if control.single else _list_of(one)
        case "generation":
            return one if control.single else _one_or_more(one)
        case "rating" | "number":
            least, most = control.bounds
            bounds = {"minimum": least, "maximum": most}
            return {"type": "number"} | {k: v for k, v in bounds.items() if v is not None}
    return one


def _spans(config: LabelingConfig, control: Control) -> Schema:
    label: Schema = {"type": "string"}
    if control.labels and control.task_labels is None:
        label["enum"] = list(control.labels)
    notes = {c.name: value_schema(c) for c in config.per_region(control) if c.task != "spans"}
    keys: Schema = {"text": {"type": "string"}, "label": label}
    if control.more_names:
        keys[IN] = {"type": "string", "enum": list(control.to_names)}
    entity = _object({**notes, **keys}, notes)
    entities = _list_of(entity)
    if config.relations is None:
        return entities
    kind: Schema = {"type": "string"}
    if config.relations:
        kind["enum"] = [*config.relations, "related"]
    ends: Schema = {"anyOf": [{"type": "string"}, entity]}
    triples = _list_of(_object({"head": ends, "type": kind, "tail": ends}, {}))
    return _object({"entities": entities, "relations": triples}, {})


def _object(properties: Schema, optional: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": [key for key in properties if key not in optional],
        "additionalProperties": False,
    }


def _list_of(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _one_or_more(one: Schema) -> Schema:
    return {"anyOf": [one, _list_of(one)]}
