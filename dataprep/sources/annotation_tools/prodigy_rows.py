"""The rows of Prodigy's `db-out`: which question each answers, and what it says.

Shapes as in explosion/prodigy-recipes, explosion/projects (MIT) and Prodigy's documentation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal
from urllib.parse import unquote

from dataprep.finding import excerpt
from dataprep.formats.sides import by_name
from dataprep.jsonio import Json
from dataprep.patterns import LatePattern
from dataprep.sources.annotation_tools.building import ANSWERS as ANSWERS_GIVEN
from dataprep.sources.annotation_tools.building import CLASSES, SPANS

AskedKind = Literal["class", "marks", "span", "compared", "review", "unseen", "unknown"]
"""What a row answers.

`class` is one label, yes or no; `marks` all that a manual view or a choice asks; `span` one span,
yes or no; `compared` two texts; `unseen` is about pictures and sound.
"""

ANSWERS = ("accept", "reject", "ignore")
_HASHES = ("_input_hash", "_task_hash")
_MEDIA = ("image", "audio", "video")
_MANUAL = ("ner_manual", "spans_manual", "relations", "blocks", "choice", "text_input")
_MARKING = ("ner_manual", "spans_manual", "relations")
_BINARY = ("ner", "spans", "classification")
_OWN = frozenset(
    (
        *("text", "label", "spans", "relations", "tokens", "options", "accept", "answer", "html"),
        *("user_input", "field_id", "field_label", "field_rows", "field_placeholder", "config"),
        *("versions", "sessions", "view_id", "default", "input", "reject", "mapping", "id"),
        *("priority", "score", "rank", "style", "path", "arcs", "text_hash", "field_autofocus"),
    )
)
_ABOUT_TEXT = ("label", "spans", "relations", "tokens", "options", "accept", "user_input")
"""What a row holds that asks something about a text."""
_SESSION = LatePattern(r"\d{4}-\d\d-\d\d[_T ]\d\d[-:]\d\d[-:]\d\d")


def looks_like_prodigy(row: Json) -> bool:
    """Whether a row is one of Prodigy's: it has its hashes, or an answer to a question."""
    if any(key in row for key in _HASHES):
        return True
    return "answer" in row and bool(answer_of(row)) and question_of(row) != "unknown"


def question_of(row: Json) -> AskedKind:
    """What a row answers."""
    is_media = _is_media(row) and not isinstance(row.get("text"), str)
    if isinstance(row.get("versions"), list) and not is_media:
        return "review"
    if isinstance(row.get("accept"), dict) and isinstance(row.get("reject"), dict):
        return "compared"
    if not isinstance(row.get("text"), str):
        return "unseen" if is_media else "unknown"
    if any(isinstance(row.get(key), list) for key in ("accept", "relations")):
        return "marks"
    if label_asked(row) is not None:
        return "class"
    if isinstance(row.get("spans"), list):
        return "span" if _is_binary(row) else "marks"
    if isinstance(row.get(written_key(row)), str) or row.get("_view_id") in _MANUAL:
        return "marks"
    return "unknown"


def lacks_text(row: Json) -> bool:
    """Whether a row that asks about a text has none, or something else in its place.

    Pictures and sound are no such rows, nor is one that was judged as a whole and says no more.
    """
    if isinstance(row.get("text"), str) or question_of(row) not in ("unknown", "review"):
        return False
    about = any(isinstance(row.get(key), str | list) for key in _ABOUT_TEXT)
    return "text" in row or about or row.get("_view_id") in _MANUAL


def is_judged(row: Json) -> bool:
    """Whether a row was accepted, rejected or ignored as a whole, and nothing else was asked."""
    return row.get("answer") in ANSWERS and question_of(row) == "unknown"


def as_choice(row: Json) -> Json:
    """A row that was judged as a whole, as a choice between accept and reject about its text.

    Without a text of that name it is the answer by the names of the keys; the row as it is where
    they tell none.
    """
    rest = rest_of(row)
    text = row.get("text")
    if not isinstance(text, str):
        sides = by_name(tuple(key for key, value in rest.items() if isinstance(value, str)), None)
        if sides is None:
            return row
        text = rest.pop(sides.answered)
    own = {key: value for key, value in row.items() if key.startswith("_")}
    ignored = row["answer"] == "ignore"
    answer = "ignore" if ignored else "accept"
    chosen_ = [] if ignored else [row["answer"]]
    return {**rest, **own, "text": text, "accept": chosen_, "answer": answer}


def label_asked(row: Json) -> str | None:
    """The one label that a row asks yes or no about; None where it asks something else.

    Spans beside a label are what a pattern has found.
    """
    marked = any(isinstance(row.get(key), list) for key in ("accept", "relations"))
    label = row.get("label")
    return label if isinstance(label, str) and not marked else None


def controls_asked(row: Json) -> Json | None:
    """The controls that a row asks about, each with its choices, or None for all of them.

    None where the row does not tell: several blocks may have stayed empty.
    """
    view = row.get("_view_id")
    if view == "blocks" or question_of(row) not in ("class", "marks"):
        return None
    if (label := label_asked(row)) is not None:
        return {CLASSES: [label]}
    asked: Json = {}
    if view in _MARKING or any(isinstance(row.get(key), list) for key in ("spans", "relations")):
        asked[SPANS] = None
    if view == "choice" or isinstance(row.get("accept"), list):
        asked[CLASSES] = None
    if view == "text_input" or isinstance(row.get(written_key(row)), str):
        asked[ANSWERS_GIVEN] = None
    return asked or None


def _is_media(row: Json) -> bool:
    """Whether a row shows a picture, sound or HTML."""
    return any(isinstance(row.get(key), str) for key in (*_MEDIA, "html"))


def _is_binary(row: Json) -> bool:
    """Whether the spans of a row are one question about one of them, and no complete markup."""
    spans = objects(row, "spans")
    if row.get("_is_binary") is not None:
        return row["_is_binary"] is True
    if (view := row.get("_view_id")) in (*_MANUAL, *_BINARY):
        return view in _BINARY
    if any("answer" in span for span in spans):
        return True
    return "tokens" not in row and any({"score", "rank", "pattern"} & span.keys() for span in spans)


def annotator_of(row: Json) -> str:
    """Who answered; empty where the id is only the time at which a server started."""
    for key in ("_annotator_id", "_session_id"):
        who = row.get(key)
        if isinstance(who, str) and who.strip():
            named = unquote(who).strip()
            return "" if _SESSION.search(named) else named
    return ""


def answer_of(row: Json) -> str:
    """accept, reject or ignore; where no row has an answer, all were accepted."""
    given = row.get("answer", "accept")
    return given if isinstance(given, str) and given in ANSWERS else ""


def rest_of(row: Json) -> Json:
    """What stands beside the text and what was asked of it."""
    return {k: v for k, v in row.items() if k not in _OWN and not k.startswith("_")}


def written_key(row: Json) -> str:
    """The key of a text that was typed in."""
    field = row.get("field_id")
    return field if isinstance(field, str) and field in row else "user_input"


def chosen(row: Json) -> list[str]:
    """The options that were chosen: their ids where those are words, else their texts."""
    texts: dict[Any, str] = {}
    for option in objects(row, "options"):
        if isinstance(option.get("id"), str | int):
            texts[option["id"]] = str(option.get("text", option["id"]))
    given = row.get("accept")
    return [
        one if isinstance(one, str) else texts.get(one, str(one))
        for one in (given if isinstance(given, list) else ())
        if isinstance(one, str | int)
    ]


def quote_of(row: Json, span: Json) -> str | None:
    """The text of a span: its own, else that of its tokens; None where neither says it."""
    if isinstance(span.get("text"), str):
        return str(span["text"])
    first, last, tokens = span.get("token_start"), span.get("token_end"), row.get("tokens")
    if type(first) is not int or type(last) is not int or not isinstance(tokens, list):
        return None
    own = tokens[first : last + 1] if 0 <= first <= last < len(tokens) else []
    if not own or not all(isinstance(t, dict) and isinstance(t.get("text"), str) for t in own):
        return None
    if not all(isinstance(t.get("ws"), bool) for t in own[:-1]):
        return own[0]["text"] if len(own) == 1 else None
    return "".join(t["text"] + (" " if t["ws"] else "") for t in own[:-1]) + str(own[-1]["text"])


def spans_of(row: Json) -> Iterator[Json]:
    """The spans of a row that nobody rejected."""
    for span in objects(row, "spans"):
        if span.get("answer", "accept") == "accept":
            yield span


def objects(row: Json, key: str) -> list[Json]:
    """The objects of a list in a row."""
    given = row.get(key)
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


def malformed(row: Json) -> str:
    """What of a row no Prodigy writes, in words; empty for nothing."""
    for key in ("spans", "relations", "options", "tokens", "versions"):
        given = row.get(key)
        if given is not None and not isinstance(given, list):
            return f"its {key!r} is no list"
        if given and len(objects(row, key)) < len(given):
            return f"its {key!r} holds what is no object"
    accepted = row.get("accept")
    if isinstance(accepted, list) and not all(isinstance(one, str | int) for one in accepted):
        return "its 'accept' holds what is no option"
    known = {str(option["id"]) for option in objects(row, "options") if "id" in option}
    if isinstance(accepted, list) and known:
        other = next((one for one in accepted if str(one) not in known), None)
        if other is not None:
            return f"its 'accept' holds {excerpt(str(other))!r}, which is none of its options"
    return ""
