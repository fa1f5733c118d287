"""What people and programs make of a text in which a secret stands, and of which it can be read."""

from __future__ import annotations

import base64
import html
import json
import random
from collections.abc import Callable, Iterator
from urllib.parse import quote

from tests.unit.checks.issued import Issuer
from tests.unit.checks.told_forms import FORMS, made_up

Disguise = Callable[[str], str]

_AS_ASCII = str.maketrans("iIsSkK", "\u0131\u0130\u017f\u017f\u212a\u212a")
FAULTS = (
    *(
        "It is cafÃ© now.",
        "Ãœber alles",
        "Ð¿Ñ€Ð¸Ð²ÐµÑ‚",
        "Ok \ufffd then",
        "a\x0bb",
        "\u200b\u200b",
        "\u2800",
    ),
    *("As an AI language model, I cannot.", "I cannot assist with it.", "I’m sorry, but I can’t."),
    *("<div class='a'>x</div>", "x &nbsp; y", "Dear {{ name }},", "[INSERT NAME HERE]", "[NAME]"),
    *("Lorem ipsum dolor sit", "<|im_start|>user", "</s>", "[/INST]", "<<SYS>>", "<extra_id_0>"),
)
"""A text for each thing that rules on the quality of texts look for."""

PERSONS = ("Write to bob@acme-corp.org.", "Call +49 30 4567 8912 now", "Card 4012 8888 8888 1881 x")
PINS = (
    *(
        "The PIN is 8264.",
        "enter the door code 8264.",
        "Der Türcode lautet 8264",
        "user;pin\nada;8264",
    ),
    "<tr><th>user</th><th>pin</th></tr><tr><td>ada</td><td>8264</td></tr>",
    *("Hasła\n- ada: tr0ub4dor&3", "мой пароль: tr0ub4dor&3", "mật khẩu là tr0ub4dor&3"),
    *('{"login": ["ada", "tr0ub4dor&3"]}', '{"u": "ada", "p": "tr0ub4dor&3"}', '{"pin": "8264"}'),
)


def samples(seed: int) -> Iterator[str]:
    """Texts in which a rule finds something."""
    for number, (text, kind) in enumerate(FORMS):
        yield text.format(made_up(kind, seed + number))
    yield from (issued.text for issued in Issuer(seed).all())
    yield from (*PINS, *PERSONS, *FAULTS)


def _split(between: str) -> Disguise:
    """Something in the midst of a text, behind a letter or a digit."""

    def split(text: str) -> str:
        places = [at for at in range(1, len(text)) if text[at - 1 : at + 1].isalnum()]
        at = random.Random(text).choice(places or [len(text)])  # noqa: S311
        return text[:at] + between + text[at:]

    return split


def _listed(mark: str, call: str, size: int) -> Disguise:
    """A text as the literals of a list, of so many characters each."""

    def listed(text: str) -> str:
        pieces = (text[at : at + size] for at in range(0, len(text), size))
        return call.format(", ".join(f"{mark}{piece}{mark}" for piece in pieces))

    return listed


def _json(text: str) -> str:
    return json.dumps({"x": text})


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


_QUOTES = "\"'`"
_BETWEEN = ("\u200b", "\u00ad", "=\n", "\\\n", "`\n", "\n", "\n    ", "\r\n")
_OPERATORS = (" + ", " . ", " .. ", " & ", " || ", " << ", "\n", " \\\n  ", " & _\n", " + f")
DISGUISES: tuple[Disguise, ...] = (
    *(str, str.upper, str.title, str.swapcase, lambda text: text.translate(_AS_ASCII)),
    *(
        _json,
        lambda text: _json(_json(text)),
        lambda text: json.dumps({"x": text}, ensure_ascii=False),
    ),
    *(lambda text: f"See {json.dumps([text])}", lambda text: repr({"x": text})),
    *(lambda text: text.replace("/", "\\/"), html.escape, quote, lambda text: quote(quote(text))),
    lambda text: "".join(f"&#{ord(c)};" if c in "aeikps" else c for c in text),
    lambda text: "".join(f"\\x{ord(c):02x}" if c in "aeikps" else c for c in text),
    lambda text: "".join(f"\\u{ord(c):04X}" if c in "aeikpsп" else c for c in text),
    *(_base64, lambda text: _base64(f" {text}"), lambda text: _base64(f"a {text}")),
    lambda text: _json(_base64(f"~?~? {text}")).replace("/", "\\/"),
    *map(_split, _BETWEEN),
    *(_split(f"{mark}{operator}{mark}") for mark in _QUOTES for operator in _OPERATORS),
    *(_listed(mark, "[{}].join('')", 6) for mark in _QUOTES),
    *(_listed(mark, "''.join([{}])", 3) for mark in _QUOTES),
    *(_listed(mark, "CONCAT({})", 9) for mark in _QUOTES),
    *(lambda text: f"| a |\n|---|\n| {text} |", lambda text: f"<td>{text}</td>"),
    *(lambda text: f"```py\nx = '{text}'\n```", lambda text: text.replace(" ", "\u00a0")),
)
