"""The recipe: one YAML file that drives a run. Every field can be left out.

`schemas/recipe.schema.json` is made from these models (`python -m dataprep.recipe`), and a test
holds the two together.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from dataprep.recipe_words import NO_CONFIG, Format, OffsetCount

Way = Literal[
    "rows",
    "turns",
    "qa",
    "sections",
    "continuation",
    "denoising",
    "plain",
    "chunks",
    "pairs",
    "messages",
    "columns",
]
TaskKind = Literal[
    "classification",
    "spans",
    "generation",
    "taxonomy",
    "rating",
    "number",
    "datetime",
    "preference",
    "feedback",
    "chat",
    "structured",
]
SpansAs = Literal["json", "inline", "list"]
Unjudged = Literal["ask", "keep", "drop"]
Borders = Literal["exact", "trim", "punctuation", "overlap"]
Annotators = Literal[
    "majority",
    "first",
    "latest",
    "ground-truth-first",
    "all",
    "by-annotator",
    "dawid-skene",
    "mace",
]
Finite = Annotated[float, Field(allow_inf_nan=False)]
ESTIMATED = ("dawid-skene", "mace")
"""Policies by which annotators count as they are reliable."""


class _Model(BaseModel):
    """What is validated is built when it is first asked for: a check needs none of it."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)


def _one_character(value: Any) -> Any:
    """What divides cells: one character; a tab may be spelled out."""
    value = {"tab": "\t", "\\t": "\t"}.get(value, value) if isinstance(value, str) else value
    if isinstance(value, str) and (len(value) != 1 or value in '"\r\n'):
        raise ValueError(
            "a delimiter is one character, as ';' or '|', or tab, and no quote or line end"
        )
    return value


class Source(_Model):
    """One input and how it becomes examples."""

    path: str = Field(description="A file, or a folder of files, relative to the recipe.")
    format: Format | None = Field(
        default=None, description="By default told from name and content."
    )
    delimiter: Annotated[str, BeforeValidator(_one_character)] | None = Field(
        default=None,
        description="csv: what divides the cells, as ; or | or tab. By default told from the file.",
    )
    subset: str | None = Field(
        default=None, description="Of a data set of the Hugging Face Hub: which of its configs."
    )
    label_config: str | None = Field(
        default=None,
        description="The config.xml of the project; `none` reads none that stands beside it.",
    )
    task: TaskKind | None = Field(default=None, description="What the annotations mean.")
    control: str | None = Field(
        default=None, description="The control that is learned, by its name."
    )
    text: str | None = Field(
        default=None, description="The data field, or column, that holds the text."
    )
    good: list[str] = Field(
        default_factory=list, description="feedback: the choices that approve an answer."
    )
    bad: list[str] = Field(
        default_factory=list,
        description="feedback: the choices that do not; of two choices the other one.",
    )
    good_from: Finite | None = Field(
        default=None, description="feedback: the least rating that approves an answer."
    )
    bad_to: Finite | None = Field(
        default=None,
        description="feedback: the greatest rating that does not; by default all below good_from.",
    )
    of: Literal["annotations", "predictions", "drafts"] = Field(
        default="annotations", alias="from", description="Whose results are learned from."
    )
    annotators: Annotators = Field(
        default="majority", description="How several annotators become one."
    )
    settled: str | None = Field(
        default=None,
        description="What an adjudicator settled: an export, or the folder of a pull.",
    )
    agreement: Annotated[float, Field(ge=0.5, le=1)] = Field(
        default=0.5,
        description="majority: more than this share must agree, 1 means all; dawid-skene, mace: an"
        " answer must be more probable.",
    )
    borders: Borders = Field(
        default="trim",
        description="majority: how the borders of spans are compared; trim: without blanks.",
    )
    offsets: OffsetCount = Field(
        default="auto", description="How spans are counted; auto: as their quoted texts say."
    )
    tag_names: list[str] = Field(
        default_factory=list,
        description="token-rows: what the tags are called whose numbers the rows have, from 0 on.",
    )
    spans_as: SpansAs = Field(default="json", description="How spans are written as a completion.")
    empty: Literal["drop", "negative"] = Field(
        default="drop",
        description="A submitted annotation without results: no example, or 'nothing'.",
    )
    skipped: Literal["drop", "keep"] = Field(
        default="drop", description="A skipped annotation: no example, or read like the others."
    )
    unlabelled: Literal["drop"] = Field(
        default="drop", description="A task without annotations: no example, and never 'nothing'."
    )
    way: Way | None = Field(default=None, description="How raw text becomes examples.")
    share: Annotated[float, Field(gt=0, lt=1)] = Field(
        default=0.5, description="continuation: the share of the text that is the prompt."
    )
    noise: Annotated[float, Field(gt=0, lt=1)] = Field(
        default=0.15, description="denoising: the share of the words that is masked."
    )
    chunk: Annotated[int, Field(ge=50)] = Field(
        default=1200, description="chunks, plain and continuation: at most this many characters."
    )
    prompt: str | None = Field(default=None, description="Template of the prompt.")
    completion: str | None = Field(default=None, description="Template of the completion.")
    system: str | None = Field(default=None, description="Template of the system message (chat).")
    approved: str | None = Field(
        default=None,
        description="Template that says true where the answer was approved: '{{ rating >= 4 }}'.",
    )
    unjudged: Unjudged = Field(
        default="ask", description="Answers that nobody judged, where others are: learned, or not."
    )
    label: str | None = Field(default=None, description="The column that is the stratum.")
    group: str | None = Field(
        default=None, description="The data field whose rows stay on one side."
    )
    strata: str | None = Field(
        default=None, description="The field whose values are the strata, in the label's place."
    )
    split_by: str | None = Field(
        default=None,
        description="The column that says train, validation or test; `file`: the files' names do.",
    )
    carry: list[str] = Field(
        default_factory=list, description="Columns that are kept with the examples, as metadata."
    )
    leave_out: list[str] = Field(
        default_factory=list, description="Columns that are left out, and counted."
    )
    mix: Annotated[float, Field(gt=0, lt=1)] | None = Field(
        default=None,
        description="The share of all examples that come of it: the others are left out. Sources"
        " without a share have the rest.",
    )

    @property
    def config_path(self) -> str | None:
        """The labeling config that is read, relative to the recipe; `none` names no file."""
        return None if self.label_config == NO_CONFIG else self.label_config

    @model_validator(mode="after")
    def _at_odds(self) -> Source:
        if both := sorted({*self.carry} & {*self.leave_out}):
            raise ValueError(
                f"carry and leave_out both name {both[0]!r}; name it in one of the two"
            )
        if both := sorted({*self.good} & {*self.bad}):
            raise ValueError(f"good and bad both name {both[0]!r}; name it in one of the two")
        good, bad = self.good_from, self.bad_to
        if good is not None and bad is not None and bad >= good:
            raise ValueError(f"bad_to ({bad:g}) is not below good_from ({good:g})")
        return self

    def with_path(self, path: str) -> Source:
        """The source at another path."""
        return self.model_copy(update={"path": path})

    @classmethod
    def at(cls, path: Path | str) -> Source:
        """The source that a path is, with nothing said of it: there is nothing to validate."""
        return cls.model_construct(path=str(path))


class Splits(_Model):
    """Shares of the examples; they are held in expectation, by hash."""

    train: Annotated[float, Field(gt=0, le=1)] = 0.8
    validation: Annotated[float, Field(ge=0, lt=1)] = 0.1
    test: Annotated[float, Field(ge=0, lt=1)] = 0.1
    near_duplicates: bool | Literal["whole"] = Field(
        default=True,
        description="Near copies stand in one split, compared without the words of templates;"
        " whole: with them; off: each where its hash says.",
    )
    from_: str | None = Field(
        default=None,
        alias="from",
        description="A folder of an earlier output, whose rows keep their splits; none: no folder.",
    )

    @model_validator(mode="after")
    def _sum_to_one(self) -> Splits:
        if abs(self.train + self.validation + self.test - 1) > 1e-9:
            raise ValueError("train, validation and test must sum to 1")
        return self


TOKENISED = ("t5", "causal")
"""Targets that need a tokenizer."""


def _day(value: Any) -> Any:
    """A day as text; YAML reads one as a date."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, str):
        datetime.date.fromisoformat(value)
    return value


class Target(_Model):
    """One thing to write. A name of our own table, or a new JSONL target with its schema."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    system: str | None = Field(default=None, description="System message for every example (chat).")
    tokenizer: str | None = Field(
        default=None,
        description="Hub name, folder, .model, tokenizer.json or tekken.json; trained if left out.",
    )
    vocabulary: Annotated[int, Field(ge=100, le=65536)] = Field(
        default=4000, description="Size of a trained vocabulary, in pieces."
    )
    max_input: Annotated[int, Field(ge=8)] | None = Field(
        default=None, description="T5: tokens of an input, at most; by default 2048."
    )
    max_target: Annotated[int, Field(ge=2)] | None = Field(
        default=None,
        description="T5: tokens of a target, at most; by default its longest, up to 2048.",
    )
    max_length: Annotated[int, Field(ge=8)] = Field(
        default=2048, description="causal: tokens of a conversation, at most."
    )
    chat_template: str | None = Field(
        default=None, description="causal: a Jinja file in place of the tokenizer's own template."
    )
    date: Annotated[str, BeforeValidator(_day)] | None = Field(
        default=None,
        description="causal: the day that a chat template writes which asks for it; by default"
        " that of the output that is replaced, or today's.",
    )
    codec: Literal["auto", "always", "never"] = Field(
        default="auto",
        description="T5: spell characters that the vocabulary lacks, where an answer holds some.",
    )
    json_schema: str | None = Field(
        default=None, alias="schema", description="New JSONL target: JSON Schema of a row."
    )
    fields: dict[str, Any] | None = Field(
        default=None, description="New JSONL target: the row, with templates for values."
    )
    sample: str | None = Field(
        default=None, description="New JSONL target: a file with rows as wanted."
    )


class PerFile(_Model):
    """What holds for the files of one glob."""

    ignore: list[str] = Field(default_factory=list, description="Not these codes or families.")


class Checks(_Model):
    """Which rules count."""

    select: list[str] = Field(default_factory=list, description="Only these codes or families.")
    ignore: list[str] = Field(default_factory=list, description="Not these codes or families.")
    per_file: dict[str, PerFile] = Field(
        default_factory=dict, description="Settings for some files, by a glob: data/old/*.json."
    )
    completion_schema: str | None = Field(
        default=None, description="JSON Schema that every completion, read as JSON, must match."
    )


class Recipe(_Model):
    """What drives a run."""

    version: Literal[1] = 1
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 0
    sources: list[Source] = Field(default_factory=list)
    splits: Splits = Field(default_factory=Splits)
    at_most: Annotated[int, Field(ge=1)] | None = Field(
        default=None,
        description="Examples of one label, at most; of one answer, where they have no label.",
    )
    targets: list[Target | str] = Field(default_factory=list)
    checks: Checks = Field(default_factory=Checks)

    @property
    def mixes(self) -> bool:
        """Whether it says how many examples go on, of a source or of a label."""
        return self.at_most is not None or any(s.mix is not None for s in self.sources)

    @property
    def wanted(self) -> list[Target]:
        """The targets, those given by name alone with their defaults.

        Such a name is not validated: whoever looks it up in the table says which is meant.
        """
        named = Target.model_construct
        return [named(name=t) if isinstance(t, str) else t for t in self.targets]


if __name__ == "__main__":
    import json
    import sys

    schema = {"$id": "urn:dataprep:schema:recipe:1", **Recipe.model_json_schema()}
    sys.stdout.write(json.dumps(schema, indent=2, ensure_ascii=False) + "\n")
