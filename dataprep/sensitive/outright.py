"""The kinds of passwords that a place says outright, where plain words are one, too.

Groups without a width say how a value stands: `given` on its own, `line` as all of a line after
its name, `told` at the end of a sentence or between quotes in one, `clause` before the end of a
clause, `noun` the same in German, `pair` after a user, `verse` as words within a sentence.
Every pattern looks a bounded way ahead.
"""

from __future__ import annotations

from dataclasses import replace

from dataprep.sensitive.assignments import password
from dataprep.sensitive.match import SensitiveKind, value
from dataprep.sensitive.names import MORE, SAID
from dataprep.sensitive.proofs import spoken_password
from dataprep.sensitive.sentences import PASSWORD_WORDS


def _by_words_alone(_: str) -> bool:
    """No proof but that words make it, or that a person chose it."""
    return False


def _set(pattern: str, words: str = "") -> SensitiveKind:
    return password(
        "password or key in an assignment",
        pattern,
        _by_words_alone,
        words=words,
        many="passwords or keys in assignments",
    )


def told(pattern: str, words: str = "") -> SensitiveKind:
    kind = password(
        "password in a sentence",
        pattern,
        _by_words_alone,
        words=words or f"passw|passphrase|passcode|pw|{PASSWORD_NAMES}",
        many="passwords in sentences",
    )
    return replace(kind, spoken=False)


_Q = "[\"'`]"
_GIVES = r"\s{0,24}(?:=>|:=|::|!?={1,3}|:)\s{0,24}(?:\(\s{0,24})?"
_MADE = r"[bBuUN@]|String::from\(|(?:\[\]byte|Buffer\.from|Some|new String|bytes|SecretStr)\("
"""What makes a value of a literal."""

_WORDS = r"(?P<it>[^\s\"'`\\<>{}$](?:[^\n\"'`\\]|(?<=[^\W\d_])'(?=[^\W\d_])){4,98}+)"
_BARE = r"[^\s\"'`\\;&,<>(){}\[\]|]"
_START, _GOES_ON = r"[^\s\"'`\\#;|<>{}()\[\]$%&*!@,:=~/-]", r"[^\n\r\"'`\\#;|<>{}()\[\]$%,:=]"
_TO_ITS_END = r"(?=[ \t]{0,8}(?:[\r\n]|\Z| #))"

OUTRIGHT = (
    replace(  # send("...")  # sudo password
        password(
            "password or key in an assignment",
            r"(?<=[\"'`(\[, =])[\"'`](?P<it>[^\s\"'`\\]{6,60})[\"'`][)\];, ]{0,4}[ \t]{1,8}"
            r"(?:#|//|--|/\*|<!--)[^\n]{0,60}?(?i:passw|passphrase|(?<![a-z])pw(?![a-z])|kennwort)(?P<near>)",
            spoken_password,
            words="passw|passphrase|pw|kennwort",
            many="passwords or keys in assignments",
        ),
        at="",
    ),
    _set(  # password = "...", "passphrase": "... ... ..."
        rf"(?i:{SAID}){MORE}[\"'\\]{{0,3}}\]?{_GIVES}(?:{_MADE})?(?P<quote>{_Q}){_WORDS}(?=(?P=quote))"
        "(?P<given>)"
    ),
    _set(  # variable "db_password" { default = "... ..." }
        rf"(?i:{SAID})[A-Za-z0-9_]{{0,12}}[\"'\\]{{0,3}}\s{{0,4}}[:=]?\s{{0,4}}\{{[^{{}}]{{0,300}}?"
        rf"\b(?:default|example|const|value)[\"']?\s{{0,8}}[:=]\s{{0,8}}"
        rf"(?P<quote>[\"']){_WORDS}(?=(?P=quote))(?P<given>)"
    ),
    _set(  # password: ... ... at the end of its line
        rf"(?i:{SAID}){MORE}(?P<line>:[ \t]{{0,24}}|[ \t]?=[ \t]?)"
        rf"(?P<it>{_START}{_GOES_ON}{{3,60}}(?<![ \t])){_TO_ITS_END}"
    ),
    _set(  # <password>... ...</password>
        rf"(?<=[<_.:A-Za-z-])(?i:{SAID}){MORE}>(?P<given>)"
        r"(?P<it>[^\s\"'`\\<>{}$][^\n\"`\\<>]{4,80}+)(?=<\\?/)"
    ),
    _set(  # key="Password" value="... ..."
        rf"(?i:{SAID}){MORE}[\"']?\s{{1,3}}value=(?P<quote>[\"']){_WORDS}(?=(?P=quote))(?P<given>)"
    ),
    _set(  # login("ada", "... ...")
        rf"(?<![A-Za-z])(?i:log_?in|sign_?in|authenticate)\(\s{{0,12}}{_Q}[\w.@-]{{1,60}}{_Q},\s{{0,12}}"
        rf"(?P<quote>{_Q})(?P<said>){_WORDS}(?=(?P=quote)\s?\))(?P<given>)",
        "login|log_in|signin|sign_in|authenticate",
    ),
    _set(  # redis.auth("...")
        r"(?<![A-Za-z])(?i:redis|client|conn(?:ection)?|cache|server|rcon|r)(?:\.|->)(?i:auth)\("
        rf"\s{{0,8}}(?P<quote>{_Q})(?P<said>){_WORDS}(?=(?P=quote)\s?\))(?P<given>)",
        "redis.|redis->|client.|client->|conn.|connection.|cache.|server.|rcon.|r.auth",
    ),
    _set(  # **Password:** ... at the end of its line
        rf"(?i:{SAID}){MORE}(?:[*_]{{1,3}}\s?:|\s?:[*_]{{1,3}})[ \t]{{1,4}}[*_`]{{0,3}}(?P<told>)"
        rf"(?P<it>{_START}{_GOES_ON}{{3,60}}(?<![ \t_`]))(?=[*_`]{{0,3}}[ \t]{{0,8}}(?:[\r\n]|\Z))"
    ),
    _set(  # Password: <b>...</b>
        rf"(?i:{SAID}){MORE}\s?[:=]\s{{0,4}}<\w{{1,12}}(?: [^<>]{{0,80}})?>(?P<told>)"
        r"(?P<it>[^\s\"'`\\<>{}$][^\n\"`\\<>]{4,60}+)(?=<\\?/)"
    ),
    _set(  # <dt>Password</dt><dd>...</dd>
        rf"(?i:{SAID}){MORE}:?</\w{{1,12}}>\s{{0,24}}<\w{{1,12}}(?: [^<>]{{0,80}})?>(?P<told>)"
        r"(?P<it>[^\s\"'`\\<>{}$][^\n\"`\\<>]{4,60}+)(?=<\\?/)"
    ),
    _set(  # {"u": "ada", "p": "... ..."}
        r"\"(?:u|usr|user|username|login)\"\s{0,4}:\s{0,4}\"[^\"\n]{1,60}\",\s{0,24}\"p\"\s{0,4}:\s{0,4}"
        rf"(?P<quote>\")(?P<said>){_WORDS}(?=\")(?P<given>)",
        '"u"|"usr"|"user"|"username"|"login"',
    ),
    _set(  # USER, PASSWORD = "ada", "... ..."
        rf"(?<=, )(?i:{SAID}) ?= ?{_Q}[\w.@-]{{1,60}}{_Q}, ?(?P<quote>{_Q}){_WORDS}(?=(?P=quote))"
        "(?P<given>)"
    ),
    _set(  # --passphrase ... -d file
        r"--(?i:[a-z-]{0,16}?(?:passw(?:or)?d|passphrase|pass)) (?P<said>)(?P<given>)"
        + value(_BARE, 5, r"(?= -{1,2}[A-Za-z]| \S{0,60}[./]\S)"),
        "--",
    ),
    _set(  # ?user=ada&password=..., PGPASSWORD=... psql
        rf"(?i:{SAID})(?<!\s(?i:pass))(?<!\A(?i:pass))=(?P<given>)"
        + value(_BARE, 5, r"(?=[\s&;\"']|\Z)")
    ),
)

PASSWORD_NAMES = "|".join(PASSWORD_WORDS[2:])
NAMED = (
    rf"(?P<said>(?<![-\w])(?i:passw(?:or)?d|passphrase|passcode|pw|{PASSWORD_NAMES})"
    r"|(?i:passwort|kennwort))(?:et|(?<=kode)n)?(?!\w)"
    r"(?! (?:chiave|for[aá]nea|primaria|[uú]nica|p[uú]blica))"
)
MORE_WORDS = r"(?: [\w'’@/.-]{1,24}){0,6}?"
_IS = (
    r" (?i:is|was|are|to|defaults to|is set to|est|es|é|è|jest|är|er|becomes|remains|(?:would"
    r"|will|happens to) be"
    r"|reste|sigue siendo|continua sendo|rimane|wordt|blijft)"
    r"(?: (?i:now|still|currently|always|simply|just|actually|both|nu|ahora|agora|maintenant"
    r"|toujours"
    r"|siempre|sempre|adesso|ora))?:?"
)
_IST = (
    r" (?:ist|lautet|heißt|war|bleibt)"
    r"(?: (?:jetzt|nun|immer noch|noch immer|wieder|nach wie vor))?:?"
)
WORD = r"(?P<it>[^\W\d_]{6,40})"
_ENDS_IN_VERB = (
    r"(?= (?:an|ein|eingetragen|eingegeben|vergeben|gewählt|gesetzt|benutzt|verwendet|hinterlegt)"
    r"[ ,.;!?\r\n])"
)
JOINED = r"(?P<it>[^\W\d_][\w&!$.+#-]{4,40}(?<=\w))"
CLAUSE = (
    r"(?=!?[ \t]{0,2}(?:[,;!?)|\"\r\n]|\.(?!\w)|\Z)"
    r"|!? (?:as (?:ever|always|usual|before)|for now|by the way|btw|please|but|if|in case"
    r"|[–—(]|[:;]-?[()DP]"
    r"|with|met|mit|avec"
    r"|and (?:don['’]t|please|never|do not))(?!\w))"
)
"""Where a clause ends, or goes on with what is no part of a name for something."""

_OPEN = "(?:«[ \u00a0\u202f]|[\"'`“„«‘「])"
_CLOSE = "(?:[ \u00a0\u202f]»|[\"'`”“»’」])"
_MARKS = "\"'`“”„«»‘’「」\\\\<>"
_QUOTED = (
    rf"{_OPEN}(?P<told>)(?P<it>[^\s{_MARKS}][^\n{_MARKS}]{{5,60}}(?<![ \u00a0\u202f]))(?={_CLOSE})"
)
_BEFORE = "|".join(
    rf"(?<={word})"
    for word in (
        *("[Ww]ith ", "[Ww]ith the ", "and ", "mit ", "mit dem ", "und ", "con ", "con la ", "et "),
        *("con el ", "[Aa]vec ", "[Aa]vec le ", "med ", "met ", ", ", ": ", r"\(", "/ ", "[Uu]se "),
        *("certificate ", "archive ", "admin ", "root ", "exit ", "zip ", "guest ", "wifi "),
        *("default ", "[Uu]sing ", "[Uu]sing the ", "[Tt]ry ", "as "),
    )
)
_OWN = "|".join(
    rf"(?<={word})"
    for word in (
        *(
            "the ",
            "dem ",
            "das ",
            "la ",
            "le ",
            "el ",
            "il ",
            "its ",
            "his ",
            "her ",
            "our ",
            "my ",
        ),
    )
)
"""Before a password whose value follows, and before one of which other things are said as often."""

OF = (
    r"(?: (?:for|of|to|at|on|für|am|vom|im|zum|de|del|du|da|do|di|för|till|van|voor)"
    r"(?: [\w'’-]{1,20}){1,4})"
)
_PROPER = r"(?P<told>)(?P<it>(?:[^\W\d_a-z][^\W\d_A-Z]{2,20} ){1,3}[^\W\d_a-z][^\W\d_A-Z]{2,20})"
SPEAKER = r"(?:\[[^\]\n]{1,30}\] ?)?(?:[^\n:>]{1,40}[:>]|[>-]) ?"
"""Who gives an answer, and when: `[10:03] uwe:`."""

PHRASE = (
    r"(?P<told>)(?P<it>[^\W\d_][^\n\r,:;.?!\"'`()<>{}=|]{5,60})"
    r"(?=[.!\"'`*]{0,2}[ \t]{0,4}(?:[\r\n]|\Z))"
)

IN_WORDS = (
    told(rf"{NAMED}{MORE_WORDS}{_IS} (?P<clause>){JOINED}{CLAUSE}"),  # the password is ...
    told(rf"{NAMED}['’]s (?P<clause>){JOINED}{CLAUSE}"),  # the password's ...
    told(rf"{NAMED}{MORE_WORDS}{_IST} (?P<noun>){WORD}{CLAUSE}"),  # das Passwort ist ...
    told(rf"{NAMED}(?:{MORE_WORDS}(?:{_IS}|{_IST}|\s?[:=]))? {_QUOTED}"),  # the password is "..."
    told(rf"(?:{_BEFORE}){NAMED} (?P<clause>){JOINED}{CLAUSE}"),  # with the password ...
    told(rf"(?:(?<=mit )|(?<=als )){NAMED} (?P<noun>){WORD}{_ENDS_IN_VERB}"),  # mit Passwort ... an
    told(rf"(?:{_OWN}){NAMED} (?P<noun>){JOINED}{CLAUSE}"),  # and the password ...
    told(rf"(?:{_BEFORE}|{_OWN}){NAMED} {_PROPER}{CLAUSE}"),  # with the password ... ...
    told(  # (user: ada, password: ...)
        rf"{NAMED} ?: (?:(?P<clause>){JOINED}(?=!?(?: ?[)|]|\.(?!\w)|\Z)))",
    ),
    told(rf"{NAMED} ?: (?P<noun>){WORD}(?=[,;)])"),
    told(rf"{NAMED}(?:{OF} ?[:=]| ?:| ?->| ?→) {PHRASE}"),  # wifi password: ... ...
    told(  # password:, and on the next line ...
        rf"{NAMED}(?:{MORE_WORDS}(?:{_IS}|{_IST})|\s?[:\uff1a])[|>]?-?[*_ \t]{{0,4}}\r?\n"
        rf"\s{{0,24}}[\"'`*]{{0,2}}{PHRASE}"
    ),
    told(  # credentials: root / ...
        r"(?<!\w)(?i:credentials|creds|zugangsdaten)(?P<said>)(?: [\w.-]{1,20}){0,4}?"
        r"(?:(?:\s?[:=]|\s?->|) [\w.@-]{1,40} ?[/:] ?| (?:are|sind) [\w.@-]{1,40} (?:and|und) )"
        rf"(?P<pair>){JOINED}{CLAUSE}",
        "credentials|creds|zugangsdaten",
    ),
    told(  # the login ada:...
        r"(?<!\w)(?i:login|credentials|creds|zugang|konto|compte|cuenta)(?P<said>)"
        rf"(?: [\w.-]{{1,20}}){{0,2}}? [\w.@-]{{1,40}}[:/]{JOINED}{CLAUSE}",
        "login|credentials|creds|zugang|konto |compte |cuenta ",
    ),
    told(  # signs in as ada / ...
        r"(?<!\w)(?i:(?:log|sign)s? in(?:to)?)(?P<said>)[^\n.]{0,40}?(?: as|:) [\w.@-]{1,40} ?/ ?"
        rf"{JOINED}{CLAUSE}",
        "log in|logs in|sign in|signs in",
    ),
    told(  # das Passwort haben wir auf ... geändert
        rf"{NAMED}{MORE_WORDS} auf (?P<noun>){WORD}(?=!? (?:zurück)?(?:ge)?(?:änder|setz|stell))"
    ),
    told(  # das Passwort? Es ist ...
        rf"{NAMED}[^\n?.!]{{0,40}}[?!.,][ \n](?:[\w ]{{1,24}}[:>] ?)?(?i:it[’']s|it is|es ist"
        rf"|c['’]est|es lautet|ist immer noch|immer noch|still|è|é|es) (?P<clause>){JOINED}{CLAUSE}"
    ),
    told(rf"{NAMED} as (?i:always|before|ever|usual|last time)[,:] (?P<clause>){WORD}{CLAUSE}"),
    told(  # ada: password? bob: ...
        rf"(?:(?<=: )|(?<=\n)|(?<![^\n])|(?<=> )){NAMED}{OF}?? ?[?\uff1f]{{1,3}}[ \t]{{0,4}}\r?\n"
        rf"{SPEAKER}{PHRASE}"
    ),
    replace(  # "..." as the password
        told(
            rf"{_QUOTED}{_CLOSE} (?:als|as|comme|como|come|jako|som) (?:[a-z]{{1,6}} ){{0,2}}"
            rf"(?P<said>(?i:passw(?:or)?d|passphrase|{PASSWORD_NAMES}))(?![\w-])"
        ),
        at="",
    ),
    replace(  # ... as the password
        told(
            r"(?<![\w'-])(?<!\b[Aa] )(?<!\b[Aa]n )(?<!\b[Tt]he )(?<!\b[Yy]our )(?<!\bmy )"
            rf"(?<!\bany )(?<!\bof )(?P<clause>){WORD} (?:as|comme|como|come|jako|som)"
            r" (?:(?:the|my|your|our|his|her|its|their|mon|mi|su) )?"
            rf"(?P<said>(?i:passw(?:or)?d|passphrase|{PASSWORD_NAMES}))(?![\w-]| [a-z]{{4,}})"
        ),
        at="",
    ),
    replace(  # immer noch ... als Passwort
        told(
            r"(?<!\w)(?:[Ii]mmer noch|[Nn]och immer|[Ww]eiterhin|[Jj]etzt|[Nn]immt?|[Nn]ehmen"
            rf"|[Ww]ieder) (?P<noun>){WORD} als (?:das |mein |dein |unser )?"
            r"(?P<said>Passwort|Kennwort)(?!\w)"
        ),
        at="",
    ),
)
