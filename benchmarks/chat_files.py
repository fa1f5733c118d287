"""Chat files that `dataprep check` is measured with: clean ones, and what people's files hold."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Row = dict[str, Any]

_WORDS = """
the of and to in is that it for was on are as with his they at be this from have or by one had
not but what all were when we there can an your which their said if do will each about how up
out them then she many some so these would other into has more her two like him see time could
no make than first been its who now people my made over did down only way find use may water
long little very after words called just where most know get through back much before go good
new write our used me man too any day same right look think also around another came come work
three word must because does part even place well such here take why things help put years
different away again off went old number great tell men say small every found still between
name should Mr home big give air line set own under read last never us left end along while
might next sound below saw something thought both few those always looked show large often
together asked house don't world going want school important until form food keep children
""".split()  # noqa: SIM905
_RARE = ("café", "naïve", "“quoted”", "it’s", 'said "yes"', "\n", "\n\n", "2026", "42 %", "e.g.")
ENGLISH = (*_WORDS * 20, *_RARE)
CHINESE = tuple(
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然"
    "没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二"
    "理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信"
    "北少关并内加化由却代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提"
    "感金何更反合放做系计或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让"
    "认算论百吃义科怎元社术结六功指思非流每青管夫连远资队跟带花快条院变联言权往展该领传近留红治决周保达办运武半候七必城父强步"
    "完革深区即求品士转量空甚众技轻程告江语英基派满式李息写呢识极令黄德收脸钱党倒未持取设始版双历越史商千片容研像找友孩站广改"
    "议形委早房音火际则首单据导影失拿网香似斯专石若兵弟谁校读志飞观争究包组造落视济喜离虽坏兴您"
)
HINTS = ("on 2024-05-17", "<code>", "I forgot my password again")
"""What a screen stops, and no rule objects to."""


def talk(dice: random.Random, words: tuple[str, ...], blank: str = " ") -> Row:
    """A row of 2 to 8 messages and 200 to 3,000 bytes."""
    turns = dice.randint(1, 4)
    each = max(4, (int(dice.uniform(200, 3000)) - 110 * turns) // (11 * turns))
    first = {"role": "system", "content": "You answer in short."}
    said = [first] * (dice.randint(0, 1) if turns < 4 else 0)
    for _ in range(turns):
        for role, share in (("user", 0.5), ("assistant", 1.5)):
            number = max(3, int(dice.gauss(each, each / 4) * share))
            said.append({"role": role, "content": blank.join(dice.choices(words, k=number))})
    return {"messages": said}


def _line(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False)


def _clean(dice: random.Random) -> str:
    return _line(talk(dice, ENGLISH))


def _hinted(dice: random.Random) -> str:
    row = talk(dice, ENGLISH)
    return _line(row if dice.randrange(3) else within(row, f" {dice.choice(HINTS)} ", dice))


def _chinese(dice: random.Random) -> str:
    return _line(talk(dice, CHINESE, ""))


def _escaped(dice: random.Random) -> str:
    return json.dumps(talk(dice, CHINESE, ""))


def _with_tools(dice: random.Random) -> str:
    row = talk(dice, ENGLISH)
    asked = json.dumps({"city": dice.choice(_WORDS), "days": dice.randint(1, 7)})
    call = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": asked}}
    row["messages"][-1:-1] = [
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": "It rains."},
    ]
    return _line({**row, "tools": [_TOOL]})


_TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of some days in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
            "required": ["city"],
        },
    },
}


def within(row: Row, piece: str, dice: random.Random) -> Row:
    """The row with something in the midst of one of its texts."""
    message = dice.choice(row["messages"])
    text = message["content"]
    at = max(0, text.find(" ", dice.randrange(len(text))))
    messages = [
        {**m, "content": f"{text[:at]}{piece}{text[at:]}"} if m is message else m
        for m in row["messages"]
    ]
    return {**row, "messages": messages}


_PIECES = (
    " write to bob.smith@acme-corp.example.com ",
    " +49 30 4567 8912 ",
    " 4111 1111 1111 1111 ",
    " ghp_Zx8Kq2Lm9Pw4Rt6Yv1Bn3Cd5Fg7Hj0Ks2Mn4 ",
    " my password is hunter2secret9x ",
    " <div>x</div> ",
    " {{ name }} ",
    " <|im_start|> ",
    " caf\u00c3\u00a9 ",
    "\u200b",
)


def _without(row: Row) -> Row:
    return {"messages": row["messages"][:-1]}


def _last(row: Row, **changes: Any) -> Row:
    *before, last = row["messages"]
    return {**row, "messages": [*before, {**last, **changes}]}


_FAULTS: tuple[Callable[[Row], Row], ...] = (
    _without,
    lambda row: _last(row, content=""),
    lambda row: _last(row, content="As an AI language model, I cannot help with that."),
    lambda row: _last(row, weight=2),
    lambda row: _last(row, role="bot"),
    lambda row: _last(row, content=None),
    lambda row: {**row, "source": "a list"},
)


def _faulty(dice: random.Random) -> str:
    """One row in twenty with a fault: in a text, in the shape, or in the JSON."""
    row = talk(dice, ENGLISH)
    if dice.randrange(20):
        return _line(row)
    kind = dice.randrange(len(_PIECES) + len(_FAULTS) + 1)
    if kind < len(_PIECES):
        return _line(within(row, _PIECES[kind], dice))
    if kind < len(_PIECES) + len(_FAULTS):
        return _line(_FAULTS[kind - len(_PIECES)](row))
    return _line(row)[:-1]


def _with_keys(dice: random.Random) -> str:
    """A row with what tools write beside its messages."""
    beside = {"id": f"row-{dice.randrange(10**9)}", "source": dice.choice(_WORDS)}
    return _line({**beside, **talk(dice, ENGLISH)})


_SHAREGPT = {"system": "system", "user": "human", "assistant": "gpt"}


def _sharegpt(dice: random.Random) -> str:
    messages = talk(dice, ENGLISH)["messages"]
    said = [{"from": _SHAREGPT[m["role"]], "value": m["content"]} for m in messages]
    return _line({"conversations": said})


KINDS: dict[str, Callable[[random.Random], str]] = {
    "clean": _clean,
    "hints": _hinted,
    "Chinese": _chinese,
    "escaped": _escaped,
    "tools": _with_tools,
    "faults": _faulty,
    "keys": _with_keys,
    "ShareGPT": _sharegpt,
}
"""What a line of each kind of file is."""


def write(path: Path, kind: str, size: int, seed: int = 1) -> int:
    """A file of a kind of about `size` bytes; how many rows it has."""
    written = rows = 0
    with path.open("w", encoding="utf-8") as file:
        for line in _lines(kind, seed):
            file.write(line + "\n")
            written += len(line.encode()) + 1
            rows += 1
            if written >= size:
                break
    return rows


def _lines(kind: str, seed: int) -> Iterator[str]:
    dice = random.Random(seed)
    while True:
        yield KINDS[kind](dice)
