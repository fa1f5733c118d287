"""The kinds of secrets that only their neighbourhood tells: names of variables, addresses, headers.

Every pattern looks a bounded way ahead from a word that is rare, so that its time is linear.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dataprep.sensitive.match import LONGEST, SensitiveKind, value
from dataprep.sensitive.names import MORE, NAME_WORDS, NO_ONES, SAID, SAID_OPTION, TOKEN, WORD
from dataprep.sensitive.proofs import (
    dense,
    mixed,
    named_key,
    no_counting,
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

_PAGES_AND_LOCKS = (
    r"[a-z-]{0,20}(?:next|starting|continuation|page|sync|lock|change|client|request|idempotency"
    r"|action|unit|update|export|import|upload|product|sequence|cursor|resume)-token"
)
VALUES = (
    "(?:parameter_?)?value|text|val|content|input|data|string|secret_?value|default_?value"
    "|plaintext"
)
"""Keys under which an object holds the value of what another of its keys names."""

_PLAIN = r"[^\s\"'`\\]"
_LAST = r"[^\s\"'`\\;,]"
_BARE = r"[^\s\"'`\\;&,<>(){}\[\]|]"
_QUOTES = r"[\"'\\`]"
_GIVES = r"\s{0,24}(?:=>|:=|::|==?|:)\s{0,24}(?:\(\s{0,24})?"
_AS_BYTES = (
    r"(?:[bBrRuUN]{1,2}|\[\]byte\(|Buffer\.from\(|Some\("
    r"|[\w.]{0,24}(?:GetBytes|(?i:hex|unhexlify))\()?"
)
QUOTED = rf"(?={_QUOTES})"
_NO_VERB = r"(?<!\W(?i:pass))(?<!\A(?i:pass))"
"""Where `pass` is no word of a sentence: `Pass 'auto' to let it choose`."""

_SETS = r"[ \t]{0,24}(?:=>|:=|[:=])[ \t]{0,24}"
_ENDS = r"(?=[;,]?[ \t]{0,20}(?:[\r\n]|\Z|[#;]))"
_TO_ITS_END = (
    rf"(?={_PLAIN[:-1]};]{{8,{LONGEST}}}+(?:{_PLAIN[:-1]};]|;?[ \t]{{0,20}}(?:[\r\n]|\Z|[#;])))"
)
"""A value of which nothing else follows on its line: in one pass, without going back."""

_ON_LINE = rf"(?:{_PLAIN[:-1]};]|;(?![\w ]{{1,30}}=))"
"""What such a value is made of; where another name and its value follow, it ends."""

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
        rf"(?i:{SAID})[\"'\\]{{0,3}}\]?{_GIVES}[bBuUN]?"
        rf"{_QUOTES}{{1,3}}{value(_PLAIN, 8, QUOTED)}",
        password_like,
    ),
    _assigned(  # password.value === '...'
        rf"(?i:{SAID})[\"'\\]{{0,3}}\]?(?:\.(?:value|text|val\(\)))?\s?={{2,3}}\s?"
        rf"{_QUOTES}{{1,3}}{value(_PLAIN, 8, QUOTED)}",
        password_like,
    ),
    _assigned(  # DB_PASSWORD=...
        r"(?P<said>PASS(?:WORD|WD|PHRASE|CODE)?|PWD|(?<![A-Z])(?:PW|PSK))"
        r"(?:_?(?:\d{1,3}|PROD|DEV|TEST|STAGING|LIVE|MAIN|ROOT|DB))?[ \t]?[=:][ \t]?"
        rf"{value(_PLAIN, 5, _LAST)}",
        password_like,
    ),
    _assigned(  # STRIPE_API_KEY=..., SECRET_KEY: ...
        rf"(?:(?:(?!(?i:{NO_ONES}))[A-Z]{{1,12}}_?)?KEY|SECRET|TOKEN|CREDENTIALS?|CREDS)"
        r"(?:_?(?:\d{1,3}|KEY|BASE|VALUE|PROD|DEV|TEST|STAGING|LIVE|MAIN))?[ \t]?[=:][ \t]?"
        rf"{value(_PLAIN, 7, _LAST)}",
        token_like,
    ),
    _assigned(  # password: ... at the end of its line
        rf"(?i:{SAID}){MORE}{_SETS}{_TO_ITS_END}{value(_ON_LINE, 7, _LAST + _ENDS)}",
        password_like,
    ),
    _assigned(  # api_key: ... at the end of its line
        rf"(?i:{TOKEN}){MORE}{_SETS}{_TO_ITS_END}{value(_ON_LINE, 9, _LAST + _ENDS)}",
        token_like,
    ),
    _assigned(  # <password>...</password>
        rf"(?i:{WORD})[A-Za-z0-9_.-]{{0,12}}[\"']?(?:\s[^<>]{{0,80}})?>"
        rf"{value(_IN_XML, 8, _CLOSED)}",
        password_like,
    ),
    _assigned(  # <td>Password</td><td>...</td>, <key>Password</key> <string>...</string>
        rf"(?i:{WORD}){MORE}:?(?:</\w{{1,12}}>\s{{0,24}}|[\"'][^<>]{{0,40}}>)"
        rf"<\w{{1,12}}(?: [^<>]{{0,80}})?>{value(_IN_XML, 8, _CLOSED)}",
        no_word,
    ),
    _assigned(  # --name db-password --value ...
        rf"(?i:{WORD}){MORE}[\"']?(?: --[a-z-]{{2,20}} [^\s-]\S{{0,60}}){{0,3}}"
        rf" --(?:value|secret-string|secret-value|body|data)[ =][\"']?{value(_PLAIN, 8)}",
        password_like,
    ),
    _assigned(  # **Pass** ...
        rf"(?i:{WORD})[*_]{{1,2}}[ \t]{{1,3}}`?(?P<it>[^\s\"'`\\|<>&]{{8,200}})",
        no_word,
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
        rf"(?i:{TOKEN}){MORE}{_QUOTES}{{0,3}}\s?:\s?{_QUOTES}{{0,3}}"
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
        rf"(?i:{SAID}|{TOKEN}){MORE}(?:[\])]{{0,2}}{_QUOTES}{{1,3}}\s?[,;]\s{{0,12}}|\(|{_NO_VERB}\s{{1,3}})"
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
        rf"--(?i:(?!{_PAGES_AND_LOCKS})[a-z-]{{0,20}}?(?:{SAID_OPTION})){MORE}[ =]{_QUOTES}{{0,3}}"
        rf"{value(_PLAIN, 8)}",
        password_like,
        words="--",
        many="passwords in commands",
    ),
    password(  # ENV AUTH_TOKEN ...
        "password or key in an assignment",
        rf"(?:ENV|ARG|setx|SetEnv) {{1,3}}(?i:[A-Z0-9_]{{0,60}}?(?:{WORD})){MORE}[ \t]{{1,3}}"
        rf"(?P<given>){value(_PLAIN, 8)}",
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
        r"login\s{1,9}\S{1,80}\s{1,9}password\s{1,9}(?P<said>)(?P<given>)(?P<it>[^\s\"'`\\]{6,200})",
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

NAMED_IN_FULL = replace(
    NAMED,
    pattern=r"\A(?P<said>)(?P<given>)(?P<it>[^\s<>{}$][^\n<>{}]{4,80})\Z",
    proof=lambda _: False,
)
"""The same where words alone make it, which may have blanks between them."""

NAMED_PIN = replace(NAMED, pattern=r"\A(?P<it>\d{4,8})\Z", proof=no_counting)
"""Digits that a key such as `passcode` tells."""

_DEFAULTS_TO = (
    r"(?i:\b(?:defaults?|default value|set|pass|use|try|value|example|e\.g\.|such as|like))"
    rf"(?: (?:is|to|with|value|the|now|always|for us)){{0,3}}[:=,]? {_QUOTES}{{0,3}}"
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

NAMED_PASSWORD_IN_WORDS = replace(
    NAMED_IN_WORDS, pattern=rf"{_DEFAULTS_TO}(?P<said>)(?P<clause>)", proof=spoken_password
)
"""The same of one whose name is that of a password."""

NAMED_BESIDE = replace(
    NAMED_IN_WORDS,
    pattern=rf"(?<![^\s\"'(`])(?P<near>)(?P<it>[^\s\"'`\\,;()]{{8,{LONGEST}}}+)",
    proof=lambda _: False,
)
"""One that stands anywhere in the description of a password: words with a number that are none of
the field."""

NAMED_LOGIN = replace(
    NAMED,
    pattern=r"\A(?:[\w.@-]{1,60}:|(?i:admin|root|guest|user|sa|postgres)/)(?P<said>)"
    rf"{value(_PLAIN, 6, _TO_THE_END)}",
)
"""A name and a password in one value."""

IN_A_TABLE = SensitiveKind(
    code="P003",
    name="password in a table",
    many="passwords in a table",
    pattern=r"(?!)",
)
"""One that only the head of its column tells."""
