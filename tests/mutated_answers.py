"""Exports of a project with controls of every kind, mutated: spans, ratings, texts, choices."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from tests.mutated_tasks import (
    MUTATIONS,
    RESPELLED,
    Json,
    Mutating,
    annotation,
    annotations_of,
    of_annotation,
    of_result,
    replaced,
    task,
)

CONFIG = """\
<View>
  <Text name="text" value="$text"/>
  <Labels name="span" toName="text">
    <Label value="PER"/><Label value="ORG"/><Label value="süß"/>
  </Labels>
  <Choices name="kind" toName="text" choice="single" required="true">
    <Choice value="plant"/><Choice value="food"/>
  </Choices>
  <Choices name="tags" toName="text" choice="multiple">
    <Choice value="z"/><Choice value="a"/><Choice value="é, è"/><Choice value="q"/>
  </Choices>
  <Rating name="stars" toName="text" maxRating="4"/>
  <Number name="count" toName="text" min="2"/>
  <TextArea name="note" toName="text"/>
</View>
"""
CONTROLS = ("span", "kind", "tags", "stars", "count", "note")
_PIECES = (
    *("Ada", "the", "a rind", "of", "fruit", "naïve", "e\u0301tude", "日本", "🙂", "👩\u200d🚀"),
    *("\r\n", "\t", "\\n", 'a "b"', "back\\slash", "\u00a0", "\u2028", "  ", "/x", "\x07", "ß"),
)
_NOTES = ("a note", 'with "quotes"\n', "🙂 \\ /", "é", " \t ", "none")


def _result(control: str, kind: str, value: Json) -> Json:
    return {"value": value, "id": "r", "from_name": control, "to_name": "text", "type": kind}


def _span(text: str, random_: random.Random) -> Json:
    start = random_.randrange(len(text) - 1)
    end = random_.randint(start + 1, min(len(text), start + 12))
    labels = random_.sample(("PER", "ORG", "süß"), random_.choice((1, 1, 1, 2)))
    return {"start": start, "end": end, "text": text[start:end], "labels": labels}


def _answers(text: str, random_: random.Random) -> list[Json]:
    """A result of some of the controls."""
    tags = random_.sample(("z", "a", "é, è", "q"), random_.choice((1, 1, 2, 3)))
    found = [
        _result("kind", "choices", {"choices": [random_.choice(("plant", "food"))]}),
        _result("tags", "choices", {"choices": tags}),
        _result("stars", "rating", {"rating": random_.randint(1, 4)}),
        _result("count", "number", {"number": random_.randint(2, 900)}),
        _result("note", "textarea", {"text": [random_.choice(_NOTES[:4])]}),
        *(
            _result("span", "labels", _span(text, random_))
            for _ in range(random_.choice((0, 1, 3)))
        ),
    ]
    if random_.random() < 0.3:
        del found[random_.randrange(1, len(found))]
    if random_.random() < 0.2:
        random_.shuffle(found)
    return found


def _plain(number: int, random_: random.Random) -> Json:
    text = "".join(random_.choices((*_PIECES, " ", " ", " "), k=random_.randint(4, 30)))
    text = f"{text} {number}"
    results = _answers(text, random_)
    people = random_.choice(((1,), (1,), (1,), (2, 1)))
    given = [
        annotation(number * 4 + n, who, [{**one} for one in results], random_)
        for n, who in enumerate(people)
    ]
    return task(number, given, text)


Change = Callable[[Json, str, random.Random], object]


def _of_span(change: Change) -> Callable[[Json, random.Random], None]:
    """A change of the value of one span."""

    def mutate(task_: Json, random_: random.Random) -> None:
        text = (task_.get("data") or {}).get("text") if isinstance(task_.get("data"), dict) else ""
        for one in annotations_of(task_):
            results = one.get("result")
            for result in results if isinstance(results, list) else ():
                value = result.get("value") if isinstance(result, dict) else None
                if _is_span(value) and isinstance(text, str):
                    result["value"] = changed = {**value}
                    change(changed, text, random_)
                    return

    return mutate


def _is_span(value: Any) -> bool:
    known = value if isinstance(value, dict) else {}
    kinds = [type(known.get(key)) for key in ("start", "end", "text", "labels")]
    return kinds == [int, int, str, list]


def _moved(value: Json, text: str, random_: random.Random) -> None:
    for key in random_.choice((("start",), ("end",), ("start", "end"))):
        value[key] += random_.choice((-1, 1))


def _in_utf16(value: Json, text: str, random_: random.Random) -> None:
    for key in ("start", "end"):
        value[key] = len(text[: value[key]].encode("utf-16-le", "surrogatepass")) // 2


def _broken_lines(value: Json, text: str, random_: random.Random) -> None:
    value["text"] = value["text"].replace("\r", "\\n").replace("\n", "\\n").replace("\t", " ")


def _blanks(value: Json, text: str, random_: random.Random) -> None:
    value["text"] = random_.choice((" ", "\u00a0", "\\n")) + value["text"].strip() + "  "


def _set(key: str, *values: Any) -> Change:
    def change(value: Json, text: str, random_: random.Random) -> None:
        value[key] = random_.choice(values)

    return change


def _without(key: str) -> Change:
    return lambda value, text, random_: value.pop(key, None)


def _wide(value: Json, text: str, random_: random.Random) -> None:
    value.update(start=0, end=len(text), text=text)


def _more(*results: Json) -> Callable[[Json, random.Random], None]:
    """Another result of an annotation, which may be one that is there."""

    def mutate(task_: Json, random_: random.Random) -> None:
        for one in annotations_of(task_):
            if isinstance(given := one.get("result"), list):
                there = [result for result in given if isinstance(result, dict)]
                given.append(dict(random_.choice((*results, *there))))

    return mutate


def _of_control(control: str, *values: Any) -> Callable[[Json, random.Random], None]:
    """Another value of the result of a control."""

    def mutate(task_: Json, random_: random.Random) -> None:
        for one in annotations_of(task_):
            results = one.get("result")
            for result in results if isinstance(results, list) else ():
                if isinstance(result, dict) and result.get("from_name") == control:
                    result["value"] = random_.choice(values)

    return mutate


_RELATION = {"type": "relation", "from_id": "r", "to_id": "s", "direction": "right"}
_OF_ANSWERS = (
    _of_span(_moved),
    _of_span(_in_utf16),
    _of_span(_broken_lines),
    _of_span(_blanks),
    _of_span(_wide),
    _of_span(_set("text", "", "other", None, 5)),
    _of_span(_set("start", -1, 0, 1.0, "0", None, 10**20, True)),
    _of_span(_set("end", 0, 1, 2.5, 10**9, None)),
    _of_span(_set("labels", [], ["nobody"], ["PER", "PER"], "PER", [["PER"]], None, ["PER", 5])),
    _of_span(_set("hypertextlabels", ["ORG"])),
    _of_span(_set("globalOffsets", {"start": 0, "end": 1})),
    _of_span(_without("text")),
    _of_span(_without("labels")),
    _of_span(_without("end")),
    _more(_RELATION, {**_RELATION, "labels": ["x"], "direction": "bi"}, {"type": "relation"}),
    _more(_result("span", "labels", {"start": 0, "end": 1, "text": "A", "labels": ["PER"]})),
    _more(_result("tags", "choices", {"choices": ["q"]})),
    _of_control("stars", {"rating": 0}, {"rating": 5}, {"rating": 2.5}, {"rating": "3"}, {}),
    _of_control("stars", {"rating": None}, {"rating": True}, {"rating": 10**17}, {"rating": 4}),
    _of_control("count", {"number": 1}, {"number": 2.0}, {"number": -3}, {"number": 10**19}),
    _of_control("note", {"text": []}, {"text": ["a", "b"]}, {"text": "a text"}, {"text": [5]}),
    _of_control("note", {"text": [" \u3000"]}, {"text": ""}, {"text": ["x", "x"]}, {"text": None}),
    _of_control("tags", {"choices": []}, {"choices": ["a", "a"]}, {"choices": ["a", "no"]}),
    _of_control("tags", {"choices": [["a"]]}, {"choices": "a"}, {"choices": ["q", "z"]}),
    _of_control("kind", {"choices": ["plant", "food"]}, {"choices": []}, {"choices": ["x"]}),
    of_result("meta", {"text": ["said"]}),
    of_result("score", 0.5, None),
    of_result("hidden", True),
    of_result("parentID", "r"),
    of_result("from_name", *CONTROLS, "nobody"),
    of_annotation("last_action", "curated"),
)
_SPELLED = (
    replaced('"labels"', '"lab\\u0065ls"', '"labels":["ORG"],"labels"'),
    replaced('"start"', '"st\\u0061rt"', '"start":0,"start"', '"start" '),
    replaced('"PER"', '"\\u0050ER"', '"P\\/ER"', '"\\ud83d"', "1e5", '"PER" , "ORG"'),
    replaced('"rating"', '"rating":3,"rating"', '"r\\u0061ting"'),
    replaced('["', '[ "', '["\\u00e9', '["\\u003c', '["\\ud83d\\ude00'),
)
PROJECT = Mutating(_plain, (*MUTATIONS, *_OF_ANSWERS, *_OF_ANSWERS), (*RESPELLED, *_SPELLED))
"""The tasks of CONFIG, whose controls are all answered, or nearly."""
