"""Names that tell a secret: of variables, of keys of objects, of columns, in several languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from dataprep.patterns import LatePattern

NAME_WORDS = (
    *("pass", "pwd", "secret", "token", "cred", "key", "pw", "psk", "psw"),
    *("kennwort", "contrase", "senha", "wachtwoord", "mot de", "mot_de", "mot-de", "motde", "mdp"),
    *("haslo", "hasło", "heslo", "lozinka", "salasana", "losenord", "lösenord", "adgangskode"),
    *("jelszo", "jelszó", "sifre", "şifre", "geslo", "clave", "parola"),
    *("パスワード", "密码", "密碼", "口令", "비밀번호", "пароль"),
)
"""What stands in every name of a variable that tells a secret."""

_WHOLE = ("psk", "psw", "mdp", "clave", "parola", "geslo", "sifre")
"""Those that are a part of other words, too."""

_ELSEWHERE = (
    "kennwort|contrase(?:ñ|n|nh)a|senha|wachtwoord|palavra[_ -]?passe|mot[_ -]?de[_ -]?passe"
    "|has[lł]o|heslo|lozinka|salasana|l[oö]senord|passord|adgangskode|jelsz[oó]|şifre"
    "|パスワード|密码|密碼|口令|비밀번호|пароль"
    "|(?<![A-Za-z])(?:mdp|clave(?! (?:prim|for[aá]|[uú]nic|p[uú]bl))|parola(?! chiave)|geslo|sifre"
    "|psk|psw)|(?<![\"'][a-z])(?<!get)pw(?![A-Za-z])|(?<=bind[._])credentials|(?<=security\\.)credentials"
    "|(?-i:(?<=[a-z])(?:Pw|PW|Psk))"
)
"""The words for a password in other languages, and the short ones."""

SAID = rf"(?P<said>passw(?:or)?d|passwort|passphrase|passcode|{_ELSEWHERE}|pass|pwd)"
"""What names a password: words with a number may be one, too, if they are not spelled alone."""

NO_ONES = (
    "public|primary|foreign|sort|cache|partition|object|group|index|search|lookup|unique|hash|row"
    "|idempotency|dedup|mon|tur|don|hot|range|routing|order|config|translation|message|dict"
)
_KEY = rf"(?:(?<![A-Za-z])(?!(?:{NO_ONES})[_. -]?key)[a-z]{{2,16}})[_. -]?key"
"""A key by its name: no secret is the key of a row, a cache or a translation."""

TOKEN = rf"secret|token|credentials?|creds|{_KEY}"
WORD = rf"{SAID}|{TOKEN}"
_ANY = WORD.replace("?P<said>", "?:")
SAID_OPTION = WORD.replace("[_. -]", "[_-]")
MORE = (
    r"(?:[_-]?(?:\d{1,3}|key|base|value|string|data|b64|base64|prod|production|dev|test|staging|live|main"
    r"|root|db|confirmation))?"
)
"""What may stand after the word of a name that still is one of a secret."""

_PASSES = ("com", "by", "over", "under", "sur", "tres", "high", "low", "band", "single", "multi")
"""What stands before `pass` in a word of another meaning."""

_NOBODYS_FRONT = (
    *("next", "page", "starting", "continuation", "sync", "lock", "change", "client", "request"),
    *("idempotency", "unit", "update", "export", "import", "action", "product", "sequence", "tik"),
    *("forward", "backward", "cursor", "resume", "upload", "pagination", "marker", "pad", "mask"),
)
"""What stands before `token` in names of what is nobody's secret: of pages, locks and requests."""

_SIGHT = LatePattern(
    r"(?i:pass(?:w(?:or)?d|phrase|code)?|pwd|secret|token|cred(?:ential)?s?|key"
    rf"|{_ELSEWHERE})[A-Za-z0-9_.-]{{0,12}}"
    r"(?:[\"'\\`]{0,4}\]?\s{0,24}(?:=>|:=|!=|[:=>])|[\"'\\]{0,3}\s{1,3}value=|\s[^<>=]{0,80}>"
    r"| (?:is|was|to|lautet|ist) |[\"'\\]{1,3}\s?,\s{0,12}[\"'\\]|\(?\s{0,3}[\"'\\`]|\s?\{|%3[Dd]"
    r"|[\"'`)\]}]{0,4}\s{0,8}(?:\|\||\?\?|\?:|or\s|\.[A-Za-z_]{2,24}\(|\{)|[\])]?[\"'\\]{1,3}\s?,|:?-"
    r"| --|&gt;|:?</\w|[*_]{2} "
    r"|[\"'\\]{0,3},?\s{1,24}[\"'\\]{0,3}value|[*_`]{0,3}\s{0,24}[:|]| [^\s=:]{8})"
)
"""What follows the word of a name before anything can be told."""

_OTHER = LatePattern(
    r"(?i)(?:key|cred(?:ential)?s?|secret)_?(?:id|arn)s?(?![a-z])|(?:secret|token)s?manager"
    r"|pass(?:age|ing|ive|port|es|enger|ion|able|band|through|thru)(?![a-z]*word)"
    r"|[a-z]{3,12}[A-Za-z0-9_.-]{0,10}?(?:_?file(?:_?name)?|[_-]?path|_?dir|[_-]?ur[li]|[_-]?name"
    r"|_?regex|_?pattern|_prefix|[_-]type|provider|_?arn|_?(?:hint|policy|label|length|strength"
    r"|placeholder|selector|encoder))(?![A-Za-z])"
)
"""Names that begin like one of a secret and tell another thing: passages, the file of a key."""

_FRONT = LatePattern(rf"(?i:{_KEY})\Z")
_LOUD = LatePattern(r"[A-Z]{1,12}_?KEY\Z")
_FRONT_LENGTH = 18


def names_in(
    text: str, words: Iterable[str], places: Callable[[str], Iterable[int]]
) -> Iterator[int]:
    """Where names begin that may tell a secret, of the places of words that stand in a text."""
    for word in words:
        for at in places(word):
            if word in _WHOLE and text[at - 1 : at].islower() and text[at].islower():
                continue
            if _SIGHT.match(text, at) is None or _OTHER.match(text, at):
                continue
            if word in ("pass", "token", "secret") and _is_nobodys(text, word, at):
                continue
            if word != "key":
                yield at
            elif front := _front(text, at + 3):
                yield front.start()


def _is_nobodys(text: str, word: str, at: int) -> bool:
    """Whether it is a compass, a pass of a compiler, the token of a page, or a part of a name."""
    before = text[max(0, at - 16) : at].lower()
    if word == "pass":
        return (before.rstrip("-_").endswith(_PASSES) and text[at + 4 : at + 5] not in "wWpP") or (
            before.endswith(" ") and text.startswith((" is ", " was ", " to "), at + 4)
        )
    if word == "secret":
        return before.endswith("::") or (before.endswith(":") and text[at + 6 : at + 7] == ":")
    return before.rstrip("_-. ").endswith(_NOBODYS_FRONT) or before.endswith("badge.svg?")


def _front(text: str, end: int) -> re.Match[str] | None:
    """The name that ends with the word `key`: not every key is a secret."""
    start = max(0, end - 3 - _FRONT_LENGTH)
    return _LOUD.search(text, start, end) or _FRONT.search(text, start, end)


_NAME = LatePattern(
    rf"(?i:(?:[^\n]{{0,60}}[^A-Za-z\n])?(?:{_ANY}){MORE})\Z|(?i:[a-z]{{0,20}}(?:{_ANY}))\Z"
    r"|[A-Z][A-Z0-9_]{0,60}_KEY\Z"
)
_NOBODYS = LatePattern(
    r"(?i)public|max|num|count|pad|eos|bos|unk|mask|sep|next|page|csrf|special"
    r"|(?:starting|continuation|sync|lock|change|client|request|idempotency|unit|update|export|import"
    r"|action|product|sequence|forward|backward|cursor|resume|upload|tik)[_ -]?token"
)


DESCRIBED = " (described)"
"""After the name of a parameter: what it is called in a text that tells of it."""

_PLURALS = ("passwords", "secrets", "keys")
_PASSWORD = LatePattern(rf"(?i)pass|pwd|(?:wi-?fi|wlan|wpa2?)[_ -]?key|{_ELSEWHERE}")


REMEMBERED = 16_384
"""Names of which it is kept what they tell: more than the 10,000 keys that a row may have.

With fewer, the names of a row would be searched anew when they are asked again.
"""


@lru_cache(maxsize=REMEMBERED)
def names_secret(name: str) -> bool:
    """Whether the name of a key says that its value is a secret: db_password, apiKey."""
    name = name.removesuffix(DESCRIBED)
    one = name.removesuffix("s") if name.lower().endswith(_PLURALS) else name
    if one.isascii() and not any(map(one.lower().__contains__, NAME_WORDS)):
        return False
    return _NAME.match(one) is not None and not _NOBODYS.search(one)


def names_password(name: str) -> bool:
    """Whether the name of a secret says that it is a password."""
    return _PASSWORD.search(name) is not None
