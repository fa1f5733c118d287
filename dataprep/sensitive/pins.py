"""Numbers that open a door, a safe, a telephone or a net, told by the words for them.

Every pattern begins with one of its words and looks a bounded way ahead.
"""

from __future__ import annotations

from dataclasses import replace

from dataprep.patterns import LatePattern
from dataprep.sensitive.assignments import password
from dataprep.sensitive.match import SensitiveKind
from dataprep.sensitive.proofs import no_counting

_OPENED = "door|gate|entry|access|alarm|unlock|safe|security|garage|lock|keypad|vault|burglar alarm"
_IN_FRENCH = "code (?:de la porte|du portail|d['’]entrée|d['’]accès|de l['’]alarme|du coffre|pin)"
_IN_SPANISH = (
    "c[oó]digo (?:de la (?:puerta|alarma)|del? (?:port[aã]o|cofre|alarme?|porta|caja fuerte)"
    "|da porta"
    "|do (?:cofre|port[aã]o|alarme)|de (?:acceso|acesso|entrada)|pin)"
)
_OTHERS = (
    "codice (?:della porta|del cancello|della cassaforte|di accesso|dell['’]allarme|pin)"
    "|kod (?:do (?:drzwi|domofonu|sejfu|bramy|alarmu)|pin)"
    "|(?:tür|zugangs|tor|tresor|alarm|haustür)code|toegangscode|deurcode|dörrkod|portkod"
)
_CODE_FOR = (
    r"code (?:for|of|to|on) (?:(?:the|my|our|your|his|her) )?(?:[\w'’-]{1,16} ){0,2}?"
    r"(?:door|gate|alarm|safe|garage|lock|locker|padlock|keypad|lockbox|shed|house|building)"
)
_NAME = (
    rf"(?<![-\w])(?i:pin|passcode|geheimzahl|(?:{_OPENED}) (?:code|pin)|{_IN_FRENCH}"
    rf"|{_IN_SPANISH}"
    rf"|{_OTHERS})(?! ?code)(?![\w-])"
)
_WORDS = "|".join(
    (
        *("code for ", "code of ", "code to ", "code on "),
        *("pin ", "pin:", "pin?", "pin,", "pin.", "passcode", "geheimzahl", "code pin"),
        *(f"{thing} code" for thing in _OPENED.split("|")),
        *("code de l", "code du ", "code d'", "code d’", "código d", "codigo d", "código pin"),
        *("codice d", "kod do ", "kod pin", "türcode", "zugangscode", "torcode", "tresorcode"),
        *("alarmcode", "toegangscode", "deurcode", "dörrkod", "portkod"),
    )
)
_IT = r"(?P<it>\d{4,8}|\d{3} \d{3})(?![\w%]|[.,:/-]\d)"
_IS = (
    r"(?:,? (?i:is|was|ist|lautet|est|es|é|è|to|jest|är|er)(?: now| still| jetzt| immer noch)?:?"
    r"| ?[:=])"
)
_BEFORE = "|".join(
    rf"(?i:(?<={word} ))"
    for word in (
        *("the", "my", "our", "your", "his", "her", "their", "master", "admin", "default", "user"),
        *("operator", "card", "sim", "phone", "with", "enter", "use", "mit", "die", "meine", "mon"),
    )
)
"""Before the word where a number follows at once."""

_WIFI_KEY = (
    r"(?i:(?:fritz|speedport|wi-?fi|wlan|router|wpa)[^|\n]{0,80}\|?[^|\n]{0,40}\|?\s{0,4}\|?\s{0,8}"
    r"(?:key|schlüssel|netzwerkschlüssel|psk|clé|clave|chiave|wachtwoord|kennwort|passwort|password)"
    r"[ \t]{0,8}[:|=]?[ \t]{0,8}(?:is |ist |lautet )?)(?P<it>\d{4}(?:[ -]\d{4}){3,4})(?![\d-])"
)
"""The key of a router: four or five groups of digits."""


def _number(pattern: str, words: str = _WORDS) -> SensitiveKind:
    return password(
        "PIN in a sentence", pattern, no_counting, words=words, many="PINs in sentences"
    )


PINS = (
    _number(  # installer code ...
        rf"(?i:{_OPENED}|installer|service|master|admin|engineer) code {_IT}(?=[.,;)]|\Z)",
        "|".join(
            f"{thing} code" for thing in (*_OPENED.split("|"), "installer", "service", "master")
        )
        + "|admin code|engineer code",
    ),
    _number(r"(?<![-\w])PIN (?P<it>\d{4,8})(?=[.,;)]|\Z)"),  # operator PIN ...
    _number(rf"{_NAME}(?: [\w'’-]{{1,20}}){{0,5}}?{_IS} [\"'`*]{{0,2}}{_IT}"),  # the PIN is ...
    _number(  # if it asks for a PIN, use ...
        rf"{_NAME}(?: [\w'’-]{{1,20}}){{0,3}}?,?(?: then)? (?i:use|enter|type|try|dial|press"
        rf"|punch in"
        r"|gib|nimm|tippe|wähle|tapez|composez|introduce|marca|digite|digita|wpisz|toets)"
        rf"(?: (?:in|the number))? [\"'`*]{{0,2}}{_IT}"
    ),
    _number(rf"(?:{_BEFORE})(?i:pin|passcode|(?:{_OPENED}) code) {_IT}"),  # with the master pin ...
    _number(
        rf"(?<![-\w])(?i:{_CODE_FOR}){_IS} [\"'`*]{{0,2}}{_IT}"
    ),  # the code for the door is ...
    _number(  # unlocks it with the code ...
        r"(?<!\w)(?i:unlocks?|locks?|opens?|arms?|disarms?)(?: [\w'’-]{1,20}){1,5}? (?i:with"
        r"|using|by)"
        rf" (?i:the )?(?i:code|pin) {_IT}",
        "unlock|lock|opens |open |arms |arm the|disarm",
    ),
    _number(_WIFI_KEY, "fritz|speedport|wifi|wi-fi|wlan|router|wpa"),
    _number(  # PIN? ada: ...
        rf"{_NAME}[^\n?]{{0,40}}[?\uff1f:.]{{1,3}}[ \t]{{0,4}}\r?\n"
        rf"(?:\[[^\]\n]{{1,30}}\] ?)?(?:[^\n:>]{{1,40}}[:>]"
        rf"|[>-]) ?(?:[^\W\d_]{{1,12}}[,:]? ){{0,5}}{_IT}"
    ),
)

DESCRIBED_PIN = replace(  # the passcode of the room, ...
    _number(
        r"(?<![\w.,:/-])(?P<it>\d{4,8})(?![\w%]|[.,:/-]\d| (?i:digits|characters|numbers|ziffern))"
    ),
    at="",
)
"""A number in the description of a parameter that is one."""

_NAMES = LatePattern(
    r"(?i)(?:\A|[_ -]|(?-i:(?<=[a-z])(?=[PC])))(?:pin|passcode)\Z"
    rf"|(?:\A|[_ -])(?:{_OPENED})[_ -]?code\Z|\A(?:{_OPENED}|zugangs|tür|tresor)code\Z"
)


def names_pin(name: str) -> bool:
    """Whether the name of a key says that its value is a number that opens something."""
    return _NAMES.search(name) is not None
