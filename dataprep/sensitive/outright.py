"""The kinds of passwords that a place says outright, where plain words are one, too.

Groups without a width say how a value stands: `given` on its own, `line` as all of a line after
its name, `told` at the end of a sentence or between quotes in one, `clause` before the end of a
clause, `noun` the same in German. Every pattern looks a bounded way ahead.
"""

from __future__ import annotations

from dataclasses import replace

from dataprep.sensitive.assignments import password
from dataprep.sensitive.match import SensitiveKind, value
from dataprep.sensitive.names import MORE, SAID
from dataprep.sensitive.proofs import no_counting
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


def _told(pattern: str, words: str = "") -> SensitiveKind:
    kind = password(
        "password in a sentence",
        pattern,
        _by_words_alone,
        words=words or f"passw|passphrase|passcode|pw|{_PASSWORDS}",
        many="passwords in sentences",
    )
    return replace(kind, spoken=False)


def _number(pattern: str) -> SensitiveKind:
    return password(
        "PIN in a sentence",
        pattern,
        no_counting,
        words="pin |pin:|passcode|geheimzahl|door code|gate code|entry code|access code|alarm code"
        "|unlock code|safe code|türcode|zugangscode",
        many="PINs in sentences",
    )


_Q = "[\"'`]"
_GIVES = r"\s{0,24}(?:=>|:=|::|!?={1,3}|:)\s{0,24}(?:\(\s{0,24})?"
_WORDS = r"(?P<it>[^\s\"'`\\<>{}$](?:[^\n\"'`\\]|(?<=[^\W\d_])'(?=[^\W\d_])){4,98}+)"
_BARE = r"[^\s\"'`\\;&,<>(){}\[\]|]"
_START, _GOES_ON = r"[^\s\"'`\\#;|<>{}()\[\]$%&*!@,:=~/-]", r"[^\n\r\"'`\\#;|<>{}()\[\]$%,:=]"
_TO_ITS_END = r"(?=[ \t]{0,8}(?:[\r\n]|\Z| #))"

OUTRIGHT = (
    _set(  # password = "...", "passphrase": "... ... ..."
        rf"(?i:{SAID}){MORE}[\"'\\]{{0,3}}\]?{_GIVES}(?:[bBuUN@]|String::from\()?(?P<quote>{_Q}){_WORDS}(?=(?P=quote))"
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

_PASSWORDS = "|".join(PASSWORD_WORDS[2:])
_NAMED = (
    rf"(?P<said>(?<![-\w])(?i:passw(?:or)?d|passphrase|passcode|pw|{_PASSWORDS})"
    r"|(?i:passwort|kennwort))(?:et|(?<=kode)n)?(?!\w)"
    r"(?! (?:chiave|for[aá]nea|primaria|[uú]nica|p[uú]blica))"
)
_MORE = r"(?: [\w'’@/.-]{1,24}){0,6}?"
_IS = (
    r" (?i:is|was|to|est|es|é|è|jest|är|er|becomes|remains|(?:would|will|happens to) be"
    r"|reste|sigue siendo|continua sendo|rimane|wordt|blijft)"
    r"(?: (?i:now|still|currently|always|simply|just|actually|nu|ahora|agora|maintenant|toujours"
    r"|siempre|sempre|adesso|ora))?:?"
)
_IST = (
    r" (?:ist|lautet|heißt|war|bleibt)"
    r"(?: (?:jetzt|nun|immer noch|noch immer|wieder|nach wie vor))?:?"
)
_WORD = r"(?P<it>[^\W\d_]{6,40})"
_ENDS_IN_VERB = (
    r"(?= (?:an|ein|eingetragen|eingegeben|vergeben|gewählt|gesetzt|benutzt|verwendet|hinterlegt)"
    r"[ ,.;!?\r\n])"
)
_JOINED = r"(?P<it>[^\W\d_][\w&!$.+#-]{4,40}(?<=\w))"
_CLAUSE = r"(?=!?[ \t]{0,2}(?:[,;!?)\r\n]|\.(?!\w)|\Z))"
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

_OF = (
    r"(?: (?:for|of|to|at|on|für|am|vom|im|zum|de|del|du|da|do|di|för|till|van|voor)"
    r"(?: [\w'’-]{1,20}){1,4})"
)
_PROPER = r"(?P<told>)(?P<it>(?:[^\W\d_a-z][^\W\d_A-Z]{2,20} ){1,3}[^\W\d_a-z][^\W\d_A-Z]{2,20})"
_PHRASE = (
    r"(?P<told>)(?P<it>[^\W\d_][^\n\r,:;.?!\"'`()<>{}=|]{5,60})"
    r"(?=[.!\"'`*]{0,2}[ \t]{0,4}(?:[\r\n]|\Z))"
)

IN_WORDS = (
    _told(rf"{_NAMED}{_MORE}{_IS} (?P<clause>){_JOINED}{_CLAUSE}"),  # the password is ...
    _told(rf"{_NAMED}['’]s (?P<clause>){_JOINED}{_CLAUSE}"),  # the password's ...
    _told(rf"{_NAMED}{_MORE}{_IST} (?P<noun>){_WORD}{_CLAUSE}"),  # das Passwort ist ...
    _told(rf"{_NAMED}(?:{_MORE}(?:{_IS}|{_IST}|\s?[:=]))? {_QUOTED}"),  # the password is "..."
    _told(rf"(?:{_BEFORE}){_NAMED} (?P<clause>){_JOINED}{_CLAUSE}"),  # with the password ...
    _told(
        rf"(?:(?<=mit )|(?<=als )){_NAMED} (?P<noun>){_WORD}{_ENDS_IN_VERB}"
    ),  # mit Passwort ... an
    _told(rf"(?:{_OWN}){_NAMED} (?P<noun>){_JOINED}{_CLAUSE}"),  # and the password ...
    _told(rf"(?:{_BEFORE}|{_OWN}){_NAMED} {_PROPER}{_CLAUSE}"),  # with the password ... ...
    _told(  # (user: ada, password: ...)
        rf"{_NAMED} ?: (?:(?P<clause>){_WORD}(?=\)|\.(?!\w)|\Z))",
    ),
    _told(rf"{_NAMED} ?: (?P<noun>){_WORD}(?=[,;)])"),
    _told(rf"{_NAMED}(?:{_OF} ?[:=]| ?:| ?->| ?→) {_PHRASE}"),  # wifi password: ... ...
    _told(  # password:, and on the next line ...
        rf"{_NAMED}(?:{_MORE}(?:{_IS}|{_IST})|\s?[:\uff1a])[|>]?-?[*_ \t]{{0,4}}\r?\n"
        rf"\s{{0,24}}[\"'`*]{{0,2}}{_PHRASE}"
    ),
    _told(  # credentials: root / ...
        r"(?<!\w)(?i:credentials|creds|zugangsdaten)(?P<said>)(?: [\w.-]{1,20}){0,4}?"
        r"(?:(?:\s?[:=]|\s?->|) [\w.@-]{1,40} ?[/:] ?| (?:are|sind) [\w.@-]{1,40} (?:and|und) )"
        rf"(?P<clause>){_JOINED}{_CLAUSE}",
        "credentials|creds|zugangsdaten",
    ),
    _told(  # the login ada:...
        r"(?<!\w)(?i:login|credentials|creds|zugang|konto|compte|cuenta)(?P<said>)"
        rf"(?: [\w.-]{{1,20}}){{0,2}}? [\w.@-]{{1,40}}[:/]{_JOINED}{_CLAUSE}",
        "login|credentials|creds|zugang|konto |compte |cuenta ",
    ),
    _told(  # signs in as ada / ...
        r"(?<!\w)(?i:(?:log|sign)s? in(?:to)?)(?P<said>)[^\n.]{0,40}?(?: as|:) [\w.@-]{1,40} ?/ ?"
        rf"{_JOINED}{_CLAUSE}",
        "log in|logs in|sign in|signs in",
    ),
    _told(  # das Passwort haben wir auf ... geändert
        rf"{_NAMED}{_MORE} auf (?P<noun>){_WORD}(?=!? (?:zurück)?(?:ge)?(?:änder|setz|stell))"
    ),
    _told(  # das Passwort? Es ist ...
        rf"{_NAMED}[^\n?.!]{{0,40}}[?!.,][ \n](?:[\w ]{{1,24}}[:>] ?)?(?i:it[’']s|it is|es ist"
        rf"|c['’]est|es lautet|ist immer noch|immer noch|still|è|é|es) (?P<clause>){_WORD}{_CLAUSE}"
    ),
    _told(rf"{_NAMED} as (?i:always|before|ever|usual|last time)[,:] (?P<clause>){_WORD}{_CLAUSE}"),
    _told(  # ada: password? bob: ...
        rf"(?:(?<=: )|(?<=\n)|(?<![^\n])|(?<=> )){_NAMED}{_OF}?? ?[?\uff1f]{{1,3}}[ \t]{{0,4}}\r?\n"
        rf"(?:[^\n:>]{{1,40}}[:>]|[>-]) ?{_PHRASE}"
    ),
    _number(r"(?<![-\w])PIN (?P<it>\d{4,8})(?=[.,;)]|\Z)"),  # operator PIN ...
    _number(  # the PIN is ...
        r"(?<![-\w])(?i:pin|passcode|geheimzahl|(?:door|gate|entry|access|alarm|unlock|safe) code"
        r"|(?:tür|zugangs)code)(?! ?code)(?: [\w'’-]{1,20}){0,5}?"
        r"(?: (?i:is|ist|lautet|est|es|è|é)(?: now| jetzt)?| ?:) [\"'`*]{0,2}"
        r"(?P<it>\d{4,8}|\d{3} \d{3})(?![\w%]|[.,:/-]\d)",
    ),
    replace(  # "..." as the password
        _told(
            rf"{_QUOTED}{_CLOSE} (?:als|as|comme|como|come|jako|som) (?:[a-z]{{1,6}} ){{0,2}}"
            rf"(?P<said>(?i:passw(?:or)?d|passphrase|{_PASSWORDS}))(?![\w-])"
        ),
        at="",
    ),
    replace(  # ... as the password
        _told(
            r"(?<![\w'-])(?<!\b[Aa] )(?<!\b[Aa]n )(?<!\b[Tt]he )(?<!\b[Yy]our )(?<!\bmy )"
            rf"(?<!\bany )(?<!\bof )(?P<clause>){_WORD} (?:as|comme|como|come|jako|som)"
            r" (?:(?:the|my|your|our|his|her|its|their|mon|mi|su) )?"
            rf"(?P<said>(?i:passw(?:or)?d|passphrase|{_PASSWORDS}))(?![\w-]| [a-z]{{4,}})"
        ),
        at="",
    ),
    replace(  # immer noch ... als Passwort
        _told(
            r"(?<!\w)(?:[Ii]mmer noch|[Nn]och immer|[Ww]eiterhin|[Jj]etzt|[Nn]immt?|[Nn]ehmen"
            rf"|[Ww]ieder) (?P<noun>){_WORD} als (?:das |mein |dein |unser )?"
            r"(?P<said>Passwort|Kennwort)(?!\w)"
        ),
        at="",
    ),
)

ASKED = (
    _told(  # what is the password? ada: ...
        r"(?<!\w)(?i:what|which|wie|welche[sr]?|was|quel|cu[aá]l|qual|wat|vad|hva|may i have"
        r"|can i have|could you|tell me|send me|give me|remind me|please|est quoi)"
        r"(?![^\n?]{0,80} mean)[^\n?]{0,40}?"
        rf"{_NAMED}[^\n?]{{0,40}}[?\uff1f.:]{{0,3}}[ \t]{{0,4}}\r?\n(?:[^\n:>]{{1,40}}[:>]|[>-]) ?"
        rf"(?:(?i:it[’']s|it is|es ist|das ist|c['’]est|still|immer noch) )?{_PHRASE}",
        "what|which|wie |welche|was |quel|cuál|cual|qual|wat |vad |hva "
        "|may i |can i |could you|tell me|send me|give me"
        "|remind me|please|est quoi",
    ),
    _told(  # user: ada, and on the next line password: ... ...
        r"(?<![-\w])(?i:user(?:name| ?id)?|login|account|benutzer(?:name)?|nutzer|usr)\s?[:=] ?"
        r"[^\s:]{1,60}[ \t]{0,4}\r?\n[\s*-]{0,8}(?P<said>(?i:passw(?:or)?d|pass|pwd|pw|passphrase"
        rf"|{_PASSWORDS}))\s?[:=] (?P<given>){_PHRASE}",
        "user|login|account|benutzer|nutzer|usr",
    ),
    _told(  # user ada, pass ...
        r"(?<![-\w])(?i:user(?:name)?|usr|login|account|benutzer(?:name)?|utilisateur|identifiant"
        r"|usuario|usuário|utente|gebruiker|użytkownik|användare|bruker)"
        r"\s?[:=]? ?[\"'`*]{0,3}[\w.@\\-]{1,60}"
        r"[\"'`*]{0,3}(?: ?[,;/|]| and| und| et| y| e| en| og| och|)"
        rf" (?i:passw(?:or)?d|pass|pwd|pw|passphrase|{_PASSWORDS})(?P<said>)\s?[:=]? "
        rf"(?P<pair>){_JOINED}{_CLAUSE}",
        "user|usr|login|account|benutzer|utilisateur|identifiant|usuario|usuário|utente|gebruiker"
        "|użytkownik|användare|bruker",
    ),
)
"""Those that begin with a common word and have one of a password after it."""
