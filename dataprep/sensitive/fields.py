"""What a value of an object is called: by its key, by its parameter, by another key beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dataprep.sensitive.names import DESCRIBED, names_secret
from dataprep.sensitive.pins import names_pin
from dataprep.sensitive.replies import question_in


def named(holder: dict[str, Any], name: str = "") -> Iterator[tuple[str, Any, str]]:
    """The keys and the values of an object that has a name itself, each with what it is called.

    A default and an example of a parameter are told by the name of the parameter, and the value
    of a field by what another key of the field says: {"label": "Password", "value": "..."}.
    """
    field = _field(holder)
    question = _asked_in(holder)
    for key, inside in holder.items():
        if field and key in _VALUES:
            yield key, inside, field
        elif question and key in _ANSWERS:
            yield key, inside, ANSWER_TO + question
        elif key == "p" and not _USERS.isdisjoint(holder):
            yield key, inside, "password"
        elif names_pin(key) and not _ADDRESS.isdisjoint(map(str.lower, holder)):
            yield key, inside, ""
        else:
            yield key, inside, _called(key, name)


def items_named(values: list[Any], name: str = "") -> Iterator[tuple[int, Any, str]]:
    """The places and the values of a list that has a name itself, each with what it is called.

    A message is called by the question of the one before it, if that asks for a password, and the
    second of two texts under a key such as `login` is a password.
    """
    if len(values) == 2 and name.lower() in _LOGINS and _is_login(*values):
        yield from ((0, values[0], ""), (1, values[1], "password"))
        return
    question = name if name.startswith(ANSWER_TO) else ""
    for number, inside in enumerate(values):
        message = isinstance(inside, dict)
        yield number, inside, question if question and message else name
        said = _said(inside) if message else ""
        question = ANSWER_TO + asked if said and (asked := question_in(said)) else ""


def answer_name(message: str) -> str:
    """What the text after a message is called: by its question for a password; nothing else."""
    question = question_in(message)
    return ANSWER_TO + question if question else ""


def _called(key: str, name: str) -> str:
    """What the value of a key is called in an object that has a name itself."""
    if name.startswith(ANSWER_TO) and key in _SAID:
        return name
    if key in _DESCRIBES and name:
        return name.removesuffix(DESCRIBED) + DESCRIBED
    return name if key in _OF_A_PARAMETER or _is_own_value(key) else key


def _is_own_value(key: str) -> bool:
    """Whether it is a keyword of somebody's own for a value of the parameter: x-example."""
    return key.startswith("x-") and key.endswith(("value", "example", "default"))


def _asked_in(holder: dict[str, Any]) -> str:
    """The question for a password that one key of an object asks and another one answers."""
    if _ANSWERS.isdisjoint(holder):
        return ""
    asked = next((holder[key] for key in _QUESTIONS if key in holder), "")
    if isinstance(asked, list) and asked and isinstance(asked[-1], dict):
        asked = _said(asked[-1])
    return question_in(asked) if isinstance(asked, str) else ""


def _said(message: dict[str, Any]) -> str:
    """The text of a message, or of the last of its parts."""
    said = next((message[key] for key in _SAID if key in message), "")
    while isinstance(said, list | dict) and said:
        said = said[-1] if isinstance(said, list) else said.get("text", "")
    return said if isinstance(said, str) else ""


def _is_login(user: Any, word: Any) -> bool:
    """Whether two values are a user and a password rather than two choices."""
    if not isinstance(user, str) or not isinstance(word, str):
        return False
    return user.lower() in _ACCOUNTS or any(c.isdigit() or c in "@._!#$" for c in word)


def _field(holder: dict[str, Any]) -> str:
    """What the object says that its value is, if that is a secret."""
    for key in _TELLING:
        said = holder.get(key)
        if isinstance(said, str) and len(said) <= _LONGEST_NAME:
            told = said.rstrip("])\"'*: ")
            if names_secret(told):
                return told
    return ""


ANSWER_TO = "answer to: "
"""Before the question that a text answers, in place of a name."""

_SAID = ("content", "value", "text", "parts")
"""Keys of messages under which their text stands."""

_QUESTIONS = ("prompt", "instruction", "question", "input", "query")
_ANSWERS = frozenset(("completion", "output", "answer", "response", "chosen", "rejected"))
_USERS = frozenset(("u", "user", "usr", "username", "login", "email"))
"""Keys beside which `p` is the password."""

_ADDRESS = frozenset(("city", "state", "address", "district", "street", "country"))
"""Keys beside which `pin` is the code of a post office."""

PAIR_WORDS = ('p"', 'p\\"', "login", "auth", "cred", "pin", "code")
"""Of which one stands in JSON where two keys, or two values, tell a password."""

_LOGINS = frozenset(
    ("login", "logins", "credentials", "creds", "auth", "basic_auth", "basicauth", "http_auth")
)
_ACCOUNTS = frozenset(
    ("admin", "administrator", "root", "user", "guest", "sa", "pi", "test", "demo", "backup", "ops")
)
_LONGEST_NAME = 80
_TELLING = (
    "name",
    "label",
    "key",
    "field",
    "id",
    "selector",
    "title",
    "type",
    "format",
    "element",
    "ParameterKey",
    "parameterName",
    "variable",
)
_VALUES = frozenset(
    (
        *("value", "text", "val", "content", "input", "data", "string", "default", "plaintext"),
        *("defaultValue", "default_value", "stringValue", "secretString", "SecretString"),
        *(
            "ParameterValue",
            "parameterValue",
            "Value",
            "Text",
            "example",
            "examples",
            "enum",
            "const",
        ),
    )
)
_DESCRIBES = ("description", "title")
"""Those that tell of the parameter in words."""

_OF_A_PARAMETER = frozenset(
    (
        *("default", "example", "examples", "const", "enum", "value"),
        *("oneOf", "anyOf", "description", "title"),
    )
)
"""Keys of a JSON Schema whose values are values of the parameter, or tell of them."""
