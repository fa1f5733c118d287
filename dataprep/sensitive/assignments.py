"""The kinds of secrets that only their neighbourhood tells: names of variables, addresses, headers.

Every pattern looks a bounded way ahead from a word that is rare, so that its time is linear.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from dataprep.sensitive.match import LONGEST, SensitiveKind, value
from dataprep.sensitive.proofs import (
    dense,
    mixed,
    named_key,
    no_word,
    password_like,
    random_looking,
    spoken_password,
    token_like,
)
from dataprep.sensitive.tokens import NO_WORD_AFTER


def _told(name: str, word: str, pattern: str) -> SensitiveKind:
    """A credential of an issuer whose name stands before it, with `=` or `:` between them."""
    before = (
        rf"(?<![A-Za-z])(?i:{word})(?a:[\w .-]){{0,40}}[\"'\\]{{0,3}}\s{{0,3}}(?:=>|[:=])\s{{0,3}}"
    )
    return SensitiveKind(
        code="P001",
        name=name,
        words=tuple(word.split("|")),
        pattern=rf"{before}[\"'\\`]{{0,3}}(?P<it>{pattern}){NO_WORD_AFTER}",
        proof=dense,
        at="words",
    )


def password(
    name: str, pattern: str, proof: Callable[[str], bool], *, words: str = "", many: str = ""
) -> SensitiveKind:
    """One that stands where its words begin; without words, after the name of a variable."""
    return SensitiveKind(
        code="P003",
        name=name,
        many=many,
        words=tuple(filter(None, words.split("|"))) or NAME_WORDS,
        pattern=pattern,
        proof=proof,
        at="words" if words else "names",
        spoken=name.endswith("in a sentence"),
    )


def _assigned(pattern: str, proof: Callable[[str], bool]) -> SensitiveKind:
    return password(
        "password or key in an assignment",
        pattern,
        proof,
        many="passwords or keys in assignments",
    )


_HEX_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"

TOLD = (
    _told("AWS secret access key", "aws", r"[A-Za-z0-9/+]{40}"),
    _told("Heroku key", "heroku", _HEX_UUID),
    _told("Label Studio token", "label_studio|label-studio|label studio", r"[0-9a-f]{40}"),
)

NAME_WORDS = ("pass", "pwd", "secret", "token", "cred", "key")
"""What stands in every name of a variable that tells a secret."""

_SAID = r"(?P<said>passw(?:or)?d|passwort|passphrase|passcode|pass|pwd)"
"""What names a password: words with a number may be one, too, if they are not spelled alone."""

_NO_ONES = (
    "public|primary|foreign|sort|cache|partition|object|group|index|search|lookup|unique|hash|row"
    "|idempotency|dedup|mon|tur|don|hot|range|routing|order|config|translation|message|dict"
)
_KEY = rf"(?:(?<![A-Za-z])(?!(?:{_NO_ONES})[_. -]?key)[a-z]{{2,16}})[_. -]?key"
"""A key by its name: no secret is the key of a row, a cache or a translation."""

_TOKEN = rf"secret|token|credentials?|creds|{_KEY}"
WORD = rf"{_SAID}|{_TOKEN}"
_ANY = WORD.replace("?P<said>", "?:")
_SAID_OPTION = WORD.replace("[_. -]", "[_-]")
MORE = (
    r"(?:[_-]?(?:\d{1,3}|key|base|value|string|data|b64|base64|prod|production|dev|test|staging|live|main"
    r"|root|db))?"
)
"""What may stand after the word of a name that still is one of a secret."""

_PAGES_AND_LOCKS = (
    r"[a-z-]{0,20}(?:next|starting|continuation|page|sync|lock|change|client|request|idempotency"
    r"|action|unit|update|export|import|upload|product|sequence|cursor|resume)-token"
)
VALUES = "value|text|val|content|input|data|string|secret_?value|default_?value|plaintext"
"""Keys under which an object holds the value of what another of its keys names."""

_PLAIN = r"[^\s\"'`\\]"
_LAST = r"[^\s\"'`\\;,]"
_BARE = r"[^\s\"'`\\;&,<>(){}\[\]|]"
_QUOTES = r"[\"'\\`]"
_GIVES = r"\s{0,24}(?:=>|:=|::|==?|:)\s{0,24}(?:\(\s{0,24})?"
_AS_BYTES = r"(?:[bBrRuU]{1,2}|\[\]byte\(|Buffer\.from\(|[\w.]{0,24}GetBytes\()?"
QUOTED = rf"(?={_QUOTES})"
_SETS = r"[ \t]{0,24}(?:=>|:=|[:=])[ \t]{0,24}"
_END = r"(?:[ \t]{0,20}(?:[\r\n]|\Z)|[ \t]{1,20}[#;])"
_ENDS = rf"(?=[;,]?{_END})"
_TO_ITS_END = rf"(?={_PLAIN[:-1]};]{{8,{LONGEST}}}+(?:{_PLAIN[:-1]};]|;?{_END}))"
"""A value of which nothing else follows on its line: in one pass, without going back."""

_IN_ADDRESS, _AT = r"[^\s:@/'\"]", r"(?=@[\w.-])"
_IN_XML, _CLOSED = r"[^\s\"'`\\<>]", r"(?=<\\?/)"
_TO_THE_END = r"\Z"
_ENDED = r"(?=[;&,\"'\\\s]|\Z)"
_WEB = "".join(rf"(?<!{scheme})" for scheme in ("http", "https", "ftp", "ftps", "git", "ssh"))

PASSWORDS = (
    password(
        "database address with a password",
        rf"(?<=[A-Za-z0-9]){_WEB}:\\?/\\?/[^\s:@/'\"]{{0,60}}:{value(_IN_ADDRESS, 3, _AT)}",
        random_looking,
        words=r"://|:\/\/",
        many="database addresses with a password",
    ),
    password(
        "web address with a password",
        rf"(?<=[A-Za-z])(?<!\d):\\?/\\?/[^\s:@/'\"]{{1,60}}:{value(_IN_ADDRESS, 6, _AT)}",
        random_looking,
        words=r"://|:\/\/",
        many="web addresses with a password",
    ),
    _assigned(  # "client_secret": "...", KEY = b"...", jwtKey := []byte("...")
        rf"(?i:{WORD})[A-Za-z_]{{0,12}}[\"'\\]{{0,3}}\]?{_GIVES}{_AS_BYTES}"
        rf"{_QUOTES}{{1,3}}{value(_PLAIN, 10, QUOTED)}",
        named_key,
    ),
    _assigned(  # db_password: '...', which may be short
        rf"(?i:{_SAID})[\"'\\]{{0,3}}\]?{_GIVES}"
        rf"{_QUOTES}{{1,3}}{value(_PLAIN, 8, QUOTED)}",
        password_like,
    ),
    _assigned(  # DB_PASSWORD=...
        r"(?P<said>PASS(?:WORD|WD|PHRASE|CODE)?|PWD)"
        r"(?:_?(?:\d{1,3}|PROD|DEV|TEST|STAGING|LIVE|MAIN|ROOT|DB))?[ \t]?[=:][ \t]?"
        rf"{value(_PLAIN, 5, _LAST)}",
        password_like,
    ),
    _assigned(  # STRIPE_API_KEY=..., SECRET_KEY: ...
        rf"(?:(?:(?!(?i:{_NO_ONES}))[A-Z]{{1,12}}_?)?KEY|SECRET|TOKEN|CREDENTIALS?|CREDS)"
        r"(?:_?(?:\d{1,3}|KEY|BASE|VALUE|PROD|DEV|TEST|STAGING|LIVE|MAIN))?[ \t]?[=:][ \t]?"
        rf"{value(_PLAIN, 7, _LAST)}",
        token_like,
    ),
    _assigned(  # password: ... at the end of its line
        rf"(?i:{_SAID}){MORE}{_SETS}{_TO_ITS_END}{value(_PLAIN, 7, _LAST + _ENDS)}",
        password_like,
    ),
    _assigned(  # api_key: ... at the end of its line
        rf"(?i:{_TOKEN}){MORE}{_SETS}{_TO_ITS_END}{value(_PLAIN, 9, _LAST + _ENDS)}",
        token_like,
    ),
    _assigned(  # <password>...</password>
        rf"(?i:{WORD})[A-Za-z0-9_.-]{{0,12}}(?:\s[^<>]{{0,80}})?>{value(_IN_XML, 8, _CLOSED)}",
        password_like,
    ),
    _assigned(  # key="Password" value="..."
        rf"(?i:{WORD}){MORE}{_QUOTES}{{1,3}}\s{{1,3}}value={_QUOTES}{{1,3}}{value(_PLAIN, 8)}",
        password_like,
    ),
    password(  # Server=...;Password=..., ?user=ada&password=...
        "password in a connection string",
        rf"(?i:{WORD})(?:\s?=\s?|%3[Dd]){value(_BARE, 8, _ENDED)}",
        password_like,
        many="passwords in connection strings",
    ),
    password(  # X-Api-Key: ...
        "authorization header",
        rf"(?i:{_TOKEN}){MORE}{_QUOTES}{{0,3}}\s?:\s?{_QUOTES}{{0,3}}"
        r"(?P<it>[A-Za-z0-9_+/.~:-]{16,200}=*)",
        token_like,
    ),
    password(  # the password is ...
        "password in a sentence",
        rf"(?i:{WORD})(?: (?:is|was|to|lautet|ist)(?: now)?:?|:) {_QUOTES}{{0,3}}"
        r"(?P<it>[^\s\"'`\\,;]{7,199}[^\s\"'`\\,;.:)])",
        token_like,
        many="passwords in sentences",
    ),
    _assigned(  # define('DB_PASSWORD', '...'), setPassword("..."), PASSWORD '...'
        rf"(?i:{_SAID}|{_TOKEN}){MORE}(?:{_QUOTES}{{1,3}}\s?,\s{{0,12}}|\(|\s{{1,3}})"
        rf"{_QUOTES}{{1,3}}{value(_PLAIN, 8, QUOTED)}",
        password_like,
    ),
    _assigned(  # password: &str = "...", ApiKey { get; set; } = "..."
        rf"(?i:{WORD}){MORE}(?:\s?:[^\n=:;\"'`]{{1,30}}|\s?\{{[^\n=:\"'`]{{1,30}}\}}\s?)=\s?"
        rf"{_QUOTES}{{1,3}}{value(_PLAIN, 8, QUOTED)}",
        password_like,
    ),
    _assigned(  # - name: DB_PASSWORD, and its value on the next line or under a later key
        rf"(?i:{WORD}){MORE}[\])]?{_QUOTES}{{0,3}}(?:,\s{{0,24}}|\s{{1,24}})"
        rf"(?:{_QUOTES}[\w-]{{1,20}}{_QUOTES}{{1,3}}\s?:\s?{_QUOTES}?[\w .-]{{0,40}}{_QUOTES}?"
        rf",\s{{0,24}}){{0,3}}{_QUOTES}{{0,3}}(?i:{VALUES}){_QUOTES}{{0,3}}\s?:\s?"
        rf"{_QUOTES}{{0,3}}{value(_PLAIN, 8)}",
        password_like,
    ),
    _assigned(  # **Password:** ..., &lt;password&gt;...
        rf"(?i:{WORD})(?:[*_`]{{1,3}}\s?:\s?|\s?:[*_]{{1,3}}\s?|&gt;)"
        r"[*_`]{0,3}(?P<it>[^\s\"'`\\|<>&]{8,200})",
        password_like,
    ),
    _assigned(  # | password | ... |
        rf"(?i:{WORD})[*_`]{{0,3}}\s{{0,24}}\|\s{{0,24}}[*_`]{{0,3}}(?P<it>[^\s\"'`\\|<>&]{{8,200}})",
        no_word,
    ),
    password(  # Use the password ...
        "password in a sentence",
        rf"(?i:passw(?:or)?d|passphrase|api key) {value(_PLAIN, 8)}",
        mixed,
        many="passwords in sentences",
    ),
    password(  # --password ..., --api-key=...
        "password in a command",
        rf"--(?i:(?!{_PAGES_AND_LOCKS})[a-z-]{{0,20}}?(?:{_SAID_OPTION})){MORE}[ =]{_QUOTES}{{0,3}}"
        rf"{value(_PLAIN, 8)}",
        password_like,
        words="--",
        many="passwords in commands",
    ),
    password(  # ENV AUTH_TOKEN ...
        "password or key in an assignment",
        rf"(?:ENV|ARG|setx|SetEnv) {{1,3}}(?i:[A-Z0-9_]{{0,60}}?(?:{WORD})){MORE}[ \t]{{1,3}}"
        rf"{value(_PLAIN, 8)}",
        password_like,
        words="ENV|ARG|setx|SetEnv",
        many="passwords or keys in assignments",
    ),
    password(  # curl -u ada:...
        "password in a command",
        rf"-u(?:ser)?[ =]{{1,2}}{_QUOTES}{{0,3}}[A-Za-z0-9_$.@-]{{1,80}}"
        rf":{_QUOTES}{{0,3}}(?P<said>){value(_PLAIN, 6)}",
        password_like,
        words="-u",
        many="passwords in commands",
    ),
    password(  # machine ... login ... password ...
        "password in a .netrc",
        r"login\s{1,9}\S{1,80}\s{1,9}password\s{1,9}(?P<it>[^\s\"'`\\]{6,200})",
        password_like,
        words="login",
        many="passwords in .netrc files",
    ),
    password(  # Authorization: Bearer ...
        "authorization header",
        r"(?i:bearer|authorization[\"'\\]{0,3}\s?[:=, ]\s?[\"'\\]{0,3}"
        r"(?:basic|token|digest|api-?key)) (?P<it>[A-Za-z0-9_+/.~-]{16,}=*)",
        dense,
        words="bearer|authorization",
    ),
    password(  # Authorization: ...
        "authorization header",
        r"(?i:authorization)[\"'\\]{0,3}\s?[:=]\s?[\"'\\]{0,3}(?P<it>[A-Za-z0-9_+/.~:-]{16,200}=*)",
        token_like,
        words="authorization",
    ),
)

_PASSES = ("com", "by", "over", "under", "sur", "tres", "high", "low", "band", "single", "multi")
"""What stands before `pass` in a word of another meaning."""

_NOBODYS_FRONT = (
    *("next", "page", "starting", "continuation", "sync", "lock", "change", "client", "request"),
    *("idempotency", "unit", "update", "export", "import", "action", "product", "sequence", "tik"),
    *("forward", "backward", "cursor", "resume", "upload", "pagination", "marker", "pad", "mask"),
)
"""What stands before `token` in names of what is nobody's secret: of pages, locks and requests."""

_SIGHT = re.compile(
    r"(?i:pass(?:w(?:or)?d|phrase|code)?|pwd|secret|token|cred(?:ential)?s?|key)[A-Za-z0-9_.-]{0,12}"
    r"(?:[\"'\\`]{0,4}\]?\s{0,24}(?:=>|:=|[:=>])|[\"'\\]{1,3}\s{1,3}value=|\s[^<>=]{0,80}>"
    r"| (?:is|was|to|lautet|ist) |[\"'\\]{1,3}\s?,\s{0,12}[\"'\\]|\(?\s{0,3}[\"'\\`]|\s?\{|%3[Dd]"
    r"|[\"'`)\]}]{0,4}\s{0,8}(?:\|\||\?\?|\?:|or\s|\.[A-Za-z_]{2,24}\(|\{)|[\])]?[\"'\\]{1,3}\s?,|:?-"
    r"|&gt;|[\"'\\]{0,3},?\s{1,24}[\"'\\]{0,3}value|[*_`]{0,3}\s{0,24}[:|]| [^\s=:]{8})"
)
"""What follows the word of a name before anything can be told."""

_OTHER = re.compile(
    r"(?i)(?:key|cred(?:ential)?s?|secret)_?(?:id|arn)s?(?![a-z])|(?:secret|token)s?manager"
    r"|pass(?:age|ing|ive|port|es|enger|ion|able|band|through|thru)(?![a-z]*word)"
    r"|[a-z]{3,12}[A-Za-z0-9_.-]{0,10}?(?:_?file(?:_?name)?|[_-]?path|_?dir|[_-]?ur[li]|[_-]?name"
    r"|_?regex|_?pattern|_prefix|[_-]type|provider|_?arn|_?(?:hint|policy|label|length|strength"
    r"|placeholder|selector|encoder))(?![A-Za-z])"
)
"""Names that begin like one of a secret and tell another thing: passages, the file of a key."""

_FRONT = re.compile(rf"(?i:{_KEY})\Z")
_LOUD = re.compile(r"[A-Z]{1,12}_?KEY\Z")
_FRONT_LENGTH = 18


def names_in(text: str, places: Callable[[str], Iterable[int]]) -> Iterator[int]:
    """Where names begin that may tell a secret, of the places where a word stands in a text."""
    for word in NAME_WORDS:
        for at in places(word):
            if _SIGHT.match(text, at) is None or _OTHER.match(text, at):
                continue
            if word in ("pass", "token", "secret") and _is_nobodys(text, word, at):
                continue
            if word != "key":
                yield at
            elif front := _front(text, at + 3):
                yield front.start()


def _is_nobodys(text: str, word: str, at: int) -> bool:
    """Whether it is a compass, the token of a page or a badge, or a part of a name with colons."""
    before = text[max(0, at - 16) : at].lower()
    if word == "pass":
        return before.rstrip("-_").endswith(_PASSES) and text[at + 4 : at + 5] not in "wWpP"
    if word == "secret":
        return before.endswith("::") or (before.endswith(":") and text[at + 6 : at + 7] == ":")
    return before.rstrip("_-. ").endswith(_NOBODYS_FRONT) or before.endswith("badge.svg?")


def _front(text: str, end: int) -> re.Match[str] | None:
    """The name that ends with the word `key`: not every key is a secret."""
    start = max(0, end - 3 - _FRONT_LENGTH)
    return _LOUD.search(text, start, end) or _FRONT.search(text, start, end)


_ELSEWHERE = "mot[_ -]de[_ -]passe|kennwort|contrase(?:ñ|n|nh)a|senha|wachtwoord|palavra[_ -]passe"
_NAME = re.compile(
    rf"(?i:(?:[^\n]{{0,60}}[^A-Za-z\n])?(?:{_ANY}|pw){MORE})\Z|(?i:[a-z]{{0,20}}(?:{_ANY}))\Z"
    rf"|[A-Z][A-Z0-9_]{{0,60}}_KEY\Z|(?i:(?:[^\n]{{0,60}}[^A-Za-z\n])?(?:{_ELSEWHERE}))\Z"
)
_NOBODYS = re.compile(
    r"(?i)public|max|num|count|pad|eos|bos|unk|mask|sep|next|page|csrf|special"
    r"|(?:starting|continuation|sync|lock|change|client|request|idempotency|unit|update|export|import"
    r"|action|product|sequence|forward|backward|cursor|resume|upload|tik)[_ -]?token"
)


_PLURALS = ("passwords", "secrets", "keys")
_PASSWORD = re.compile(rf"(?i)pass|pwd|\bpw\b|_pw\b|{_ELSEWHERE}")


@lru_cache(maxsize=4096)
def names_secret(name: str) -> bool:
    """Whether the name of a key says that its value is a secret: db_password, apiKey."""
    one = name.removesuffix("s") if name.lower().endswith(_PLURALS) else name
    return _NAME.match(one) is not None and not _NOBODYS.search(one)


def names_password(name: str) -> bool:
    """Whether the name of a secret says that it is a password."""
    return _PASSWORD.search(name) is not None


NAMED = SensitiveKind(
    code="P003",
    name="password or key under its name",
    many="passwords or keys under their names",
    pattern=rf"\A{value(_PLAIN, 8, _TO_THE_END)}",
    proof=password_like,
)
"""A value that only the key of its object tells."""

NAMED_PASSWORD = replace(NAMED, pattern=rf"\A(?P<said>){value(_PLAIN, 8, _TO_THE_END)}")
"""The same of a key that names a password: words with a number may be one."""

_DEFAULTS_TO = (
    r"(?i:\b(?:defaults?|default value|set|pass|use|try|value|example|e\.g\.|such as|like))"
    rf"(?: (?:is|to|with|value|the|now|for us)){{0,3}}[:=,]? {_QUOTES}{{0,3}}"
    r"(?P<it>[^\s\"'`\\,;]{8,200})"
)
NAMED_IN_WORDS = SensitiveKind(
    code="P003",
    name="password or key under its name",
    many="passwords or keys under their names",
    pattern=_DEFAULTS_TO,
    proof=spoken_password,
    spoken=True,
)
"""One that the description of a parameter tells, whose name is one of a secret."""

IN_A_TABLE = SensitiveKind(
    code="P003",
    name="password in a table",
    many="passwords in a table",
    pattern=r"(?!)",
)
"""One that only the head of its column tells."""
