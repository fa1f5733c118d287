"""Rows that are known and not read here: by name, with what makes them readable.

Each is told by its keys, so that nobody trains on what another tool meant otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from dataprep.formats.flags import template_flag, variable
from dataprep.formats.format import Row
from dataprep.formats.meanings import folded, is_words
from dataprep.patterns import LatePattern


class Foreign(NamedTuple):
    """One kind of row: its name, how it is told, why it is not read, and what to do."""

    name: str
    recognise: Callable[[Row], bool]
    why: str
    remedy: str | Callable[[Row], str]

    def what_to_do(self, row: Row) -> str:
        """What to do about such a row."""
        return self.remedy if isinstance(self.remedy, str) else self.remedy(row)


def _has(*names: str) -> Callable[[Row], bool]:
    return lambda row: all(name in row for name in names)


def _is_task(row: Row) -> bool:
    results = row.get("annotations", row.get("completions"))
    of_tasks = isinstance(results, list) and all(
        isinstance(r, dict) and ("result" in r or "lead_time" in r) for r in results
    )
    return "data" in row and isinstance(row["data"], dict) and (of_tasks or "annotations" in row)


def _is_prodigy(row: Row) -> bool:
    answered = row.get("answer") in ("accept", "reject", "ignore")
    return answered or "_input_hash" in row or "_task_hash" in row


def _is_doccano(row: Row) -> bool:
    label = row.get("label", row.get("labels"))
    if not isinstance(row.get("text", row.get("data")), str):
        return False
    spans = (
        isinstance(label, list)
        and bool(label)
        and all(isinstance(x, list) and len(x) == 3 and isinstance(x[0], int) for x in label)
    )
    entities = row.get("entities")
    offsets = isinstance(entities, list) and any(
        isinstance(e, dict) and "start_offset" in e for e in entities
    )
    plain = isinstance(label, list) and all(isinstance(x, str) for x in label)
    alone = row.keys() - {"text", "data", "label", "labels"} <= _ASIDE
    return spans or offsets or (plain and alone)


_ASIDE = {"id", "Comments", "comments", "meta", "metadata"}


def _is_spans(row: Row) -> bool:
    spans = row.get("spans", row.get("entities"))
    return (
        isinstance(row.get("text"), str)
        and isinstance(spans, list)
        and any(isinstance(s, dict) and {"start", "end"} <= s.keys() for s in spans)
    )


def _is_argilla(row: Row) -> bool:
    return isinstance(row.get("fields"), dict) and ("responses" in row or "suggestions" in row)


def _is_stepwise(row: Row) -> bool:
    return isinstance(row.get("completions"), list) and isinstance(row.get("labels"), list)


_RATING = LatePattern(r"score|rating|rank|vote|reward|annotations|selected|preference")


def _is_rated(row: Row) -> bool:
    answers = row.get("completions", row.get("answers"))
    if not isinstance(answers, list) or not answers:
        return False
    return all(isinstance(a, dict) and any(map(_RATING.search, a)) for a in answers)


def _asks_often(row: Row) -> bool:
    questions, answers = row.get("questions"), row.get("answers")
    return isinstance(questions, list) and isinstance(answers, list | dict)


def _is_compared(row: Row) -> bool:
    pairs = (
        ("human_ref_A", "human_ref_B"),
        ("conversation_a", "conversation_b"),
        ("summaries", "choice"),
    )
    return any(one in row and other in row for one, other in pairs) or _has_two_answers(row)


_ONE_OF_TWO = LatePattern(r"(answer|response|solution|completion|output|model)([0-9a-z])")
_TWO = frozenset(map(frozenset, ("12", "01", "ab", "jk")))


def _has_two_answers(row: Row) -> bool:
    """Whether two columns, and no third, are the same but for a number or a letter."""
    found: dict[str, set[str]] = {}
    for name, value in row.items():
        match = _ONE_OF_TWO.fullmatch(folded(name))
        names_a_model = match is not None and match[1] == "model" and not is_words(value)
        if match and isinstance(value, str | list | dict) and not names_a_model:
            found.setdefault(match[1], set()).add(match[2])
    known = set(map(folded, row))
    return any(ends in _TWO and stem not in known for stem, ends in found.items())


_OF_A_TREE = ("parent_id", "message_tree_id")


def _is_translation(row: Row) -> bool:
    texts = row.get("translation")
    return isinstance(texts, dict) and all(isinstance(t, str | None) for t in texts.values())


def _direction(row: Row) -> str:
    """The flags that learn the second language of a row from the first."""
    own = variable("translation", row).removesuffix(" }}")
    languages = (*row["translation"], "en", "fr")[:2]
    parts = (f".{name}" if name.isidentifier() else f'["{name}"]' for name in languages)
    asked, answered = (f"{own}{part} }}}}" for part in parts)
    flags = f"{template_flag('prompt', asked)} {template_flag('completion', answered)}"
    return f"Say the direction, for example: {flags}."


FOREIGN = (
    Foreign(
        "a task of Label Studio",
        _is_task,
        "the row is a task of Label Studio: dataprep convert reads those",
        "Give it to convert with its --label-config.",
    ),
    Foreign(
        "Prodigy",
        _is_prodigy,
        "the row is an annotation of Prodigy: answer says accept, reject or ignore",
        "Give convert a file of such rows alone, or pass --format prodigy.",
    ),
    Foreign(
        "doccano",
        _is_doccano,
        "the row has a list of spans or of labels for its text, as doccano exports them",
        "Give convert a file of such rows alone, or pass --format doccano.",
    ),
    Foreign(
        "spans",
        _is_spans,
        "the row holds spans with offsets beside its text",
        "Give the spans as a Label Studio export.",
    ),
    Foreign(
        "Argilla",
        _is_argilla,
        "the row is a record of Argilla",
        "Give convert a file of such records alone, or pass --format argilla.",
    ),
    Foreign(
        "token ids",
        lambda row: any(isinstance(row.get(k), list) for k in ("input_ids", "token_ids")),
        "the row holds token ids, which no text can be made of without their tokenizer",
        "Convert the texts that they were made of.",
    ),
    Foreign(
        "Axolotl's segments",
        _has("segments"),
        "the row holds segments with the marks of a template in them",
        "Convert the conversations that they were made of.",
    ),
    Foreign(
        "Open Assistant's messages",
        lambda row: "message_id" in row and not row.keys().isdisjoint(_OF_A_TREE),
        "the row is one message of a tree, and its question stands in another row",
        "Join the paths of the tree into conversations first.",
    ),
    Foreign(
        "Claude's export",
        _has("chat_messages"),
        "the row is a conversation of Claude's export",
        "Write sender and text of its chat_messages as role and content under messages.",
    ),
    Foreign(
        "steps with verdicts",
        _is_stepwise,
        "the row holds steps with a verdict each, for a process reward model",
        "Keep the rows whose labels are all true, and join their steps into one completion.",
    ),
    Foreign(
        "rated answers",
        _is_rated,
        "the row holds several rated answers to one question",
        "Choose a better and a worse one, and write them as chosen and rejected.",
    ),
    Foreign(
        "questions beside their answers",
        _asks_often,
        "the row holds several questions in one list, and their answers in another",
        "Write a row for each question, with its answer and what it is asked of: question, answer, "
        "context.",
    ),
    Foreign(
        "compared answers",
        _is_compared,
        "the row holds two answers, and a column that says which is better",
        "Write the better one as chosen and the other as rejected.",
    ),
    Foreign(
        "a translation",
        _is_translation,
        "the row holds one text in several languages",
        _direction,
    ),
    Foreign(
        "tables of a chat app",
        lambda row: {"ts", "text"} <= row.keys() or {"guild", "messages"} <= row.keys(),
        "the row is a message of people to people: nothing says who answers",
        "Write the answers of one of them as assistant, under messages.",
    ),
)


def foreign(row: Row) -> Foreign | None:
    """The kind of a row that is known and not read; None for any other."""
    return next((kind for kind in FOREIGN if kind.recognise(row)), None)
