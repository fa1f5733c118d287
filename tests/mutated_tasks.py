"""Exports of one choice a task, mutated: what a compiled reader must leave to the object path.

A mutation of the value keeps JSON whole; one of the text may make it strange, or no JSON.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

CONFIG = """\
<View>
  <Text name="text" value="$text"/>
  <Choices name="kind" toName="text" choice="single">
    <Choice value="plant"/><Choice value="food"/><Choice value="süß &amp; sauer"/>
    <Choice value="a&quot;b"/>
  </Choices>
  <Choices name="other" toName="text"><Choice value="x"/></Choices>
</View>
"""
LABELS = ("plant", "food", "süß & sauer", 'a"b')
_TEXTS = (
    "a rind of fruit",
    "日本語のテキスト",
    'quotes " and \\ and / and \t and \x07 and \x7f',
    "🙂 é \u2028 \u00a0",
    "  \n ",
    "\u3000\u2003",
    "\x1f \x0b",
    "https://example.org/a.png",
    "/data/upload/1.txt",
    "http://a b",
    "a/b",
    "",
    "x" * 300,
)
_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -0.0, 1.0, 1.5, -2.25, 0.5, 0.05, 1e22, 12345678901234567890, 10**30),
    *(123456789012345678, -7, 0.1, 100.0, 1234567.125, 3.14159265358979, 1e-7, 5e-324),
    *("", "text", 'a "b"', "é\u2028/", [], [1], {"b": 1, "a": 2}, {"a": {"c": [None]}}),
)
Json = dict[str, Any]
Mutation = Callable[[Json, random.Random], None]
Respelling = Callable[[str, random.Random], str]


class Mutating(NamedTuple):
    """How the tasks of a project are made, and in which ways they are made strange."""

    plain: Callable[[int, random.Random], Json]
    mutations: Sequence[Mutation]
    respelled: Sequence[Respelling]


def tasks(seed: int, count: int, project: Mutating | None = None) -> list[str]:
    """The texts of so many tasks, about half of them mutated; by default of one choice each."""
    random_ = random.Random(seed)  # noqa: S311  to be the same again
    return [_task(number, random_, project or ONE_CHOICE) for number in range(count)]


def export(seed: int, count: int, project: Mutating | None = None) -> bytes:
    """A list of tasks between which borders are found: those that are no JSON are left out."""
    random_ = random.Random(seed)  # noqa: S311  to be the same again
    opens, between, closes = (random_.choice(o) for o in _AROUND)
    whole = [raw for raw in map(_encoded, tasks(seed, count, project)) if _is_json(raw)]
    first = _encoded(json.dumps((project or ONE_CHOICE).plain(count, random_)))
    return opens + between.join([first, *whole]) + closes


_AROUND = ((b"[", b"[\n", b" [ "), (b",", b",\n", b" , ", b",\r\n\t"), (b"]", b"]\n", b" ] "))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _is_json(raw: bytes) -> bool:
    try:
        msgspec.json.decode(raw, type=msgspec.Raw)
    except msgspec.DecodeError:
        return False
    return True


def _task(number: int, random_: random.Random, project: Mutating) -> str:
    value = project.plain(number, random_)
    if random_.random() < 0.4:
        for _ in range(random_.choice((1, 1, 2))):
            random_.choice(project.mutations)(value, random_)
    tight = random_.choice(((", ", ": "), (",", ":"), (" ,\t", " :\n")))
    text = json.dumps(value, ensure_ascii=random_.random() < 0.5, separators=tight)
    return random_.choice(project.respelled)(text, random_) if random_.random() < 0.15 else text


def _plain(number: int, random_: random.Random) -> Json:
    label = random_.choice(LABELS[:2])
    people = random_.choice(((1,), (1,), (1, 2), (3, 2, 1)))
    given = [
        annotation(number * 4 + n, who, [_result(label)], random_) for n, who in enumerate(people)
    ]
    return task(number, given, f"{random_.choice(_TEXTS[:4])} {number}")


def task(number: int, given: list[Json], text: str) -> Json:
    """A task with its annotations."""
    return {
        "id": number,
        "annotations": given,
        "drafts": [],
        "predictions": [],
        "data": {"text": text, "lemma": "peel", "z": number},
        "meta": {},
        "created_at": "2026-11-22T17:13:54.961002Z",
        "updated_at": "2026-11-22T17:13:54.961002Z",
        "inner_id": number,
        "total_annotations": len(given),
        "comment_authors": [],
    }


def annotation(number: int, who: int, result: list[Json], random_: random.Random) -> Json:
    """What somebody submitted."""
    return {
        "id": number,
        "completed_by": who,
        "result": result,
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": f"2026-11-22T17:{random_.randrange(60):02}:54.961002Z",
        "lead_time": round(random_.random() * 60, 3),
        "prediction": {},
        "unique_id": f"u-{number}",
        "last_action": None,
        "task": number,
    }


def _result(label: str, control: str = "kind") -> Json:
    value = {"choices": [label]}
    return {"id": "r", "from_name": control, "to_name": "text", "type": "choices", "value": value}


def _of_task(key: str, *values: Any) -> Mutation:
    return lambda task, random_: task.__setitem__(key, random_.choice(values))


def _of_data(key: str, *values: Any) -> Mutation:
    def mutate(task: Json, random_: random.Random) -> None:
        if isinstance(task.get("data"), dict):
            task["data"][key] = random_.choice(values)

    return mutate


def of_annotation(key: str, *values: Any) -> Mutation:
    """Another value of a member of some annotation."""

    def mutate(task: Json, random_: random.Random) -> None:
        if isinstance(task.get("annotations"), list) and task["annotations"]:
            one = random_.choice(task["annotations"])
            if isinstance(one, dict):
                one[key] = random_.choice(values)

    return mutate


def of_result(key: str, *values: Any) -> Mutation:
    """Another value of a member of some result."""

    def mutate(task: Json, random_: random.Random) -> None:
        for one in annotations_of(task):
            if isinstance(one.get("result"), list) and one["result"]:
                result = random_.choice(one["result"])
                if isinstance(result, dict):
                    result[key] = random_.choice(values)

    return mutate


def annotations_of(task: Json) -> Iterator[Json]:
    """Those of a task that are objects."""
    given = task.get("annotations")
    yield from (one for one in (given if isinstance(given, list) else ()) if isinstance(one, dict))


def _without(task: Json, random_: random.Random) -> None:
    places = [task, *annotations_of(task)]
    if isinstance(task.get("data"), dict):
        places.append(task["data"])
    place = random_.choice(places)
    if place:
        del place[random_.choice([*place])]


def _shuffled(task: Json, random_: random.Random) -> None:
    for place in (task, *annotations_of(task)):
        keys = [*place.items()]
        random_.shuffle(keys)
        place.clear()
        place.update(keys)


def _again(task: Json, random_: random.Random) -> None:
    """Another result, of the same control or of another."""
    for one in annotations_of(task):
        if isinstance(one.get("result"), list):
            control = random_.choice(("kind", "other", "nobody"))
            one["result"].append(_result(random_.choice(("x", *LABELS)), control))


def _twin(task: Json, random_: random.Random) -> None:
    if isinstance(task.get("annotations"), list) and task["annotations"]:
        task["annotations"].append(json.loads(json.dumps(random_.choice(task["annotations"]))))


_WHO = (None, 7, -5, 0, "", "ann", 'a"b', "é", {"id": 4, "email": "a@b.c"}, {"email": "a"}, 1.5)
MUTATIONS: tuple[Mutation, ...] = (
    _without,
    _shuffled,
    _again,
    _twin,
    _of_task("id", "s1", None, -1, 1.5, 10**17, 10**30, True),
    _of_task("extra", 1),
    _of_task("annotations", [], None, [None], "x"),
    _of_task("data", {}, None, [], {"text": "t"}),
    _of_task("meta", {"a": [{"b": {"a": 1}}]}, [[]], 1e300, "a\\/b"),
    _of_data("text", *_TEXTS, None, 5, ["a"]),
    *(_of_data(key, *_VALUES) for key in ("answer", "label", "labels", "ä", "a b", "", "Z")),
    of_annotation("was_cancelled", True, None, 1),
    of_annotation("ground_truth", True, None, "x"),
    of_annotation("completed_by", *_WHO),
    of_annotation("created_at", 1_700_000_000, None, "", "2025", "é", 1.5),
    of_annotation("unique_id", None, "", "é", "a", "aa", 'q"', 5),
    of_annotation("id", "x", 1.5, None, 10**30),
    of_annotation("lead_time", 1, None, 1e300, "1", True),
    of_annotation("last_action", "curated", "imported", 5),
    of_annotation("asked", {}, {"kind": None}),
    of_annotation("result", [], None, [None], [[_result("plant")]], [{}]),
    of_result("value", {"choices": ["nobody"]}, {"choices": []}, {"choices": ["food", "plant"]}),
    of_result("value", {"choices": ["food"]}, {"choices": LABELS[2:3]}, {"choices": LABELS[3:]}),
    of_result("value", {"choices": [["food"]]}, {"choices": "food"}, {}, None, [], {"x": 1}),
    of_result("value", {"a": {"choices": []}, "choices": ["food"], "b": [1]}),
    of_result("from_name", "nobody", "other", None, 5, "", "kınd"),
    of_result("to_name", "image", None, "text", ""),
    of_result("type", "labels", None, 'a"'),
    of_result("id", 5, 1.5, None),
    of_result("meta", {"text": ["x"]}, None),
)


def replaced(old: str, *new: str) -> Respelling:
    """Another spelling of what stands first in a text."""
    return lambda text, random_: text.replace(old, random_.choice(new), 1)


def _torn(text: str, random_: random.Random) -> str:
    at = random_.randrange(len(text))
    return (
        text[:at]
        + random_.choice(("", '"', "\\", "}", "]", ",", "\x00", "\ud800", "0"))
        + (text[at + random_.randrange(2) :])
    )


RESPELLED: tuple[Respelling, ...] = (
    replaced('"kind"', '"k\\u0069nd"', '"ki\\nnd"'),
    replaced('"choices"', '"ch\\u006fices"', '"choices":[],"choices"'),
    replaced('"text"', '"te\\u0078t"', '"text": "x", "text"', '"text" '),
    replaced('"food"', '"\\u0066ood"', '"f\\/ood"', '"\\ud83d\\ude00"', '"\\ud83d"', '"\\udc00"'),
    replaced('"peel"', '"\\ud83d"', '"\\ud83d\\ude00\\/"', "1e5", "1E400", "-0", "-", "01", "1."),
    replaced('"lemma"', '"lemma": 1, "lemma"', '"z": 1, "lemma"'),
    replaced('"peel"', '"p\ud800l"', "0.00001", "0.000123", "0.0625"),
    replaced("{}", '{"a": 1, "a": 2}', '{"a": {"b": 1, "c": [], "b": 2}}', '"\udfff"'),
    replaced("[]", "[1e400]", "[-1E999, 2]", "[1e5]", '["\ud800"]'),
    replaced('"peel"', "NaN", "tru", "nullx", "0.10", "1.0", "-0.0", "9" * 400, "1.50", "2.5"),
    replaced('"meta"', '"meta": {"a": 1, "a": 2}, "m"', '"id": 5, "meta"', '"m\\u0065ta"'),
    replaced("{}", "[" * 70 + "]" * 70, "[" * 50 + "]" * 50, '{"a":' * 63 + "1" + "}" * 63),
    replaced("{}", "[" * 300 + "]" * 300, '{"a": "\\u0022"}', '{"\\u0022": 1}', "{,}", "[1,]"),
    _torn,
)

ONE_CHOICE = Mutating(_plain, MUTATIONS, RESPELLED)
"""The tasks of CONFIG, whose control `kind` is answered."""
