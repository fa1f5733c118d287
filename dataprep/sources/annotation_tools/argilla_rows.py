"""Records of Argilla in every form that it has exported: fields, answers by user, suggestions.

Shapes as in argilla 2.8.0 and argilla-v1 1.29.1 (Apache-2.0).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from dataprep import jsonio
from dataprep.jsonio import Json

ArgillaForm = Literal["2.x records", "2.x columns", "1.x feedback", "1.x records"]

SUBMITTED, DISCARDED, DRAFT, MISSING = "submitted", "discarded", "draft", "missing"
STATUSES = (SUBMITTED, DISCARDED, DRAFT, MISSING)
_OLD_STATUSES = ("Validated", "Default", "Discarded", "Edited")
_ANSWERS, _GUESS = ".responses", ".suggestion"
_OLD_GUESS, _ABOUT_GUESS = "-suggestion", "-suggestion-metadata"
_ANSWERED = {"user_id", "value"}
_STATED = {*_ANSWERED, "status"}
_OWN = frozenset(("id", "external_id", "_server_id", "status", "vectors", "metadata"))
_OF_OLD = frozenset(
    (
        *("text", "inputs", "tokens", "prediction", "prediction_agent", "annotation"),
        *("annotation_agent", "multi_label", "explanation", "metrics", "event_timestamp"),
        *("search_keywords", "status", "id", "metadata", "vectors"),
    )
)
OLD_QUESTION = "annotation"
"""What the one question of an old record is called."""


class GivenAnswer(NamedTuple):
    """One answer: of whom, to which question, and whether it was submitted."""

    user: str
    status: str
    question: str
    value: Any


class Suggested(NamedTuple):
    """What a model suggests as the answer to a question."""

    question: str
    value: Any
    score: Any
    agent: str


@dataclass(slots=True)
class ArgillaRecord:
    """One record; `told` says that the answers say whether they were submitted.

    `kind` is what an old record asks: labels of the text, spans, or a text.
    """

    key: Any
    fields: Json
    rest: Json = field(default_factory=dict)
    given: list[GivenAnswer] = field(default_factory=list)
    suggested: list[Suggested] = field(default_factory=list)
    told: bool = True
    kind: str = ""


class NoRecord(ValueError):
    """A row that no known Argilla writes; the message says what is wrong."""


def form_of(row: Json) -> ArgillaForm | None:
    """The form of a record; None for what is none."""
    if isinstance(row.get("fields"), dict) and ("responses" in row or "suggestions" in row):
        return "2.x records"
    if any(
        key.endswith(_ANSWERS) and f"{key}.users" in row and f"{key}.status" in row for key in row
    ):
        return "2.x columns"
    if any(_is_feedback(key, row) for key in row):
        return "1.x feedback"
    old = row.get("status") in _OLD_STATUSES and ("annotation" in row or "prediction" in row)
    return "1.x records" if old and ("text" in row or "inputs" in row) else None


def _is_feedback(key: str, row: Json) -> bool:
    value = row[key]
    if f"{key}{_OLD_GUESS}" in row and f"{key}{_ABOUT_GUESS}" in row:
        return True
    if isinstance(value, dict):
        return value.keys() == _STATED and all(isinstance(v, list) for v in value.values())
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(one, dict) and _ANSWERED <= one.keys() <= _STATED for one in value)
    )


def record_of(row: Json, form: ArgillaForm) -> ArgillaRecord:
    """The record in a row; raises NoRecord."""
    match form:
        case "2.x records":
            return _nested(row)
        case "2.x columns":
            return _flat(row)
        case "1.x feedback":
            return _feedback(row)
    return _old(row)


def _nested(row: Json) -> ArgillaRecord:
    made = ArgillaRecord(row.get("id"), row["fields"], _metadata(row.get("metadata")), told=False)
    answers = row.get("responses") or {}
    if not isinstance(answers, dict):
        raise NoRecord("its responses are no object")
    for question, many in answers.items():
        for one in _objects(many, f"responses.{question}"):
            status = one.get("status")
            made.told = made.told or isinstance(status, str)
            value = _rowwise(one.get("value"))
            made.given.append(GivenAnswer(_user(one), _status(status), question, value))
    guesses = row.get("suggestions") or {}
    if not isinstance(guesses, dict):
        raise NoRecord("its suggestions are no object")
    for question, one in guesses.items():
        if isinstance(one, dict):
            made.suggested.append(_suggested(question, one))
    made.told = made.told or not made.given
    return made


def _flat(row: Json) -> ArgillaRecord:
    questions = [key.removesuffix(_ANSWERS) for key in row if key.endswith(_ANSWERS)]
    guessed = [key.removesuffix(_GUESS) for key in row if key.endswith(_GUESS)]
    used = {f"{q}{_ANSWERS}{end}" for q in questions for end in ("", ".users", ".status")}
    used |= {f"{q}{_GUESS}{end}" for q in guessed for end in ("", ".score", ".agent")}
    made = ArgillaRecord(row.get("id"), {k: v for k, v in row.items() if k not in used | _OWN})
    made.rest = _metadata(row.get("metadata"))
    for question in questions:
        key = f"{question}{_ANSWERS}"
        lists = [row.get(f"{key}{end}") or [] for end in ("", ".users", ".status")]
        if not all(isinstance(one, list) for one in lists) or len({len(o) for o in lists}) > 1:
            raise NoRecord(f"the answers, users and statuses of {question!r} are not equally many")
        for value, user, status in zip(*lists, strict=True):
            made.given.append(GivenAnswer(_name(user), _status(status), question, _rowwise(value)))
    for question in guessed:
        if row.get(f"{question}{_GUESS}") is not None:
            parts = {end: row.get(f"{question}{_GUESS}.{end}") for end in ("score", "agent")}
            value = row[f"{question}{_GUESS}"]
            made.suggested.append(_suggested(question, {"value": value, **parts}))
    return made


def _feedback(row: Json) -> ArgillaRecord:
    questions = {key.removesuffix(_OLD_GUESS) for key in row if key.endswith(_OLD_GUESS)}
    questions |= {key for key in row if _is_feedback(key, row)}
    ends = ("", _OLD_GUESS, _ABOUT_GUESS)
    used = {f"{question}{end}" for question in questions for end in ends}
    key = row.get("external_id", row.get("id"))
    made = ArgillaRecord(key, {k: v for k, v in row.items() if k not in used | _OWN})
    made.rest = _metadata(row.get("metadata"))
    for question in (key for key in row if key in questions):
        for one in _answers(row[question], question):
            status = _status(one.get("status"))
            made.given.append(GivenAnswer(_user(one), status, question, _rowwise(one.get("value"))))
        if (guess := row.get(f"{question}{_OLD_GUESS}")) is not None:
            about = row.get(f"{question}{_ABOUT_GUESS}")
            known = about if isinstance(about, dict) else {}
            made.suggested.append(_suggested(question, {**known, "value": guess}))
    return made


def _answers(given: Any, question: str) -> list[Json]:
    """Answers as rows; before August 2023 they were columns."""
    if not isinstance(given, dict):
        return _objects(given, question)
    columns = [given.get(key) or [] for key in ("user_id", "value", "status")]
    if not all(isinstance(one, list) for one in columns) or len({len(c) for c in columns}) > 1:
        raise NoRecord(f"the users, values and statuses of {question!r} are not equally many")
    pairs = zip(*columns, strict=True)
    return [{"user_id": user, "value": value, "status": status} for user, value, status in pairs]


def _old(row: Json) -> ArgillaRecord:
    """A record of one question; its annotation is of whoever saved last."""
    inputs = row.get("inputs")
    fields = inputs if isinstance(inputs, dict) else {"text": inputs or row.get("text")}
    made = ArgillaRecord(row.get("id"), dict(fields), _metadata(row.get("metadata")))
    made.rest |= {key: value for key, value in row.items() if key not in _OF_OLD}
    labelled = "multi_label" in row or "inputs" in row
    made.kind = "spans" if "tokens" in row else "classification" if labelled else "generation"
    if row.get("annotation") is not None:
        status = DISCARDED if row.get("status") == "Discarded" else SUBMITTED
        value = _spans(row["annotation"]) if "tokens" in row else row["annotation"]
        made.given.append(
            GivenAnswer(_name(row.get("annotation_agent")), status, OLD_QUESTION, value)
        )
    elif row.get("status") == "Discarded":
        made.given.append(
            GivenAnswer(_name(row.get("annotation_agent")), DISCARDED, OLD_QUESTION, None)
        )
    guess = row.get("prediction")
    if guess:
        agent = {"agent": row.get("prediction_agent")}
        best = _spans(guess) if "tokens" in row else _best(guess)
        made.suggested.append(_suggested(OLD_QUESTION, {"value": best, **agent}))
    return made


def _rowwise(value: Any) -> Any:
    """Spans and ranks as objects in a list; `datasets` may write them as lists in an object."""
    if not isinstance(value, dict) or not value or not ({"start", "rank"} & value.keys()):
        return value
    columns = list(value.values())
    if not all(isinstance(c, list) for c in columns) or len({len(c) for c in columns}) > 1:
        return value
    return [dict(zip(value, row, strict=True)) for row in zip(*columns, strict=True)]


def _spans(given: Any) -> Any:
    """Spans as objects; the Python client writes label, start and end in a row."""
    if not isinstance(given, list):
        return given
    keys = ("label", "start", "end", "score")
    return [dict(zip(keys, one, strict=False)) if isinstance(one, list) else one for one in given]


def _best(given: Any) -> Any:
    """The most probable of the predictions of an old record."""
    many = given if isinstance(given, list) else [given]
    first = many[0] if many else None
    if isinstance(first, dict):
        return first.get("label", first.get("text"))
    return first[0] if isinstance(first, list) and first else first


def _objects(given: Any, what: str) -> list[Json]:
    many = given if isinstance(given, list) else [] if given is None else [given]
    if not all(isinstance(one, dict) for one in many):
        raise NoRecord(f"its {what!r} holds what is no answer")
    return many


def _suggested(question: str, one: Mapping[str, Any]) -> Suggested:
    return Suggested(
        question, _rowwise(one.get("value")), one.get("score"), _name(one.get("agent"))
    )


def _user(one: Mapping[str, Any]) -> str:
    return _name(one.get("user_id"))


def _name(given: Any) -> str:
    return given.strip() if isinstance(given, str) else ""


def _status(given: Any) -> str:
    """A status; what is none, or was not told, counts as submitted."""
    if given is None:
        return SUBMITTED
    if given not in STATUSES:
        raise NoRecord(f"an answer has the status {given!s:.20}, which is not known")
    return str(given)


def _metadata(given: Any) -> Json:
    """Metadata, which 1.x writes as the text of an object."""
    if isinstance(given, str):
        try:
            given = jsonio.loads(given.encode())
        except (jsonio.JsonError, UnicodeEncodeError):
            return {"metadata": given}
    return dict(given) if isinstance(given, dict) else {}


def texts_of(fields: Json) -> Iterator[tuple[str, str]]:
    """The fields that are text; a conversation as its turns, a line each."""
    for name, value in fields.items():
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, list) and value and all(map(_is_turn, value)):
            yield name, "\n".join(f"{turn['role']}: {turn['content']}" for turn in value)


def _is_turn(one: Any) -> bool:
    return isinstance(one, dict) and isinstance(one.get("role"), str) and "content" in one
