"""The kinds of passwords that somebody gives who was asked, and that follow a user's name.

They begin with a common word and have one of a password after it. The line of an answer begins
with who gives it, as in a protocol; an answer in a message of its own is read as if it did.
"""

from __future__ import annotations

from dataprep.patterns import LatePattern
from dataprep.sensitive.outright import (
    CLAUSE,
    JOINED,
    NAMED,
    PASSWORD_NAMES,
    PHRASE,
    SPEAKER,
    told,
)

_IT_IS = (
    r"(?<!\w)(?i:it[’']s|it is|it was|that[’']s|that is|this is|es ist|das ist|sie lautet|es lautet"
    r"|c['’]est|still|immer noch|het is|dat is|det är|det er|é|è|es|to|это)"
)
_OF_ANOTHER = (
    r"(?! (?:manager|polic|hash|reset|field|length|strength|generat|protect|rule|requirement|format"
    r"|crack|hint|prompt|storage|safe|vault|list|attack|database|option|check|valid))"
)
"""What follows the word where something else is asked for than a password."""

_NO_KIND = (
    r"(?![^\n?]{0,60} (?i:rhym|synonym|word for|anagram|opposite|mean|translat))"
    r"(?![^\n?]{0,60} (?:an?|any|some|eine?|une?|una?|uma?|good|strong|secure)(?: [\w-]{1,16}){0,2}"
    r" (?i:passw|passphr|passcode|kennwort))"
)
"""Where the question is what a password is, or what makes a good one."""

_WHAT = (
    r"(?<!\w)(?i:what|which|wie|welche[sr]?|was|quel|cu[aá]l|qual|wat|vad|hva|jak|jakie|may i have"
    r"|can i have|could you|can you|do you|tell me|send me|give me|remind me|please|i need"
    r"|est quoi)"
    rf"{_NO_KIND}(?![^\n?]{{0,80}} mean)[^\n?]{{0,40}}?"
)
_ASKING = (
    "what|which|wie |welche|was |quel|cuál|cual|qual|wat |vad |hva |jak|may i |can i |could you"
    "|can you|do you|tell me|send me|give me|remind me|please|i need|est quoi"
)
_TO_THE_ANSWER = rf"[^\n?]{{0,40}}[?\uff1f.:]{{0,3}}[ \t]{{0,4}}\r?\n{SPEAKER}"
_SURE = (
    r"(?:(?i:sure|yes|yeah|yep|ok|okay|klar|ja|s[ií]|oui|tak|of course|here|use|try|enter|nimm"
    r"|probier)[,:!.]? ){0,2}"
)

_ANY = r"(?P<it>[^\W_][\w&!$@.+#-]{4,40}(?<=[\w!]))"

ASKED = (
    told(  # what is the password? ada: ...
        rf"{_WHAT}{NAMED}{_OF_ANOTHER}{_TO_THE_ANSWER}{_SURE}(?:{_IT_IS} )?{PHRASE}",
        _ASKING,
    ),
    told(  # enter your password: ...
        r"(?<!\w)(?i:enter|type|provide|input|insert|gib|geben|introduce|entrez|saisissez|inserisci|digite"
        rf"|wpisz)(?: [\w'’]{{1,12}}){{0,3}}? {NAMED}{_OF_ANOTHER}"
        rf"(?: to \w{{1,12}})?[.:?]{{0,3}}[ \t]{{0,4}}\r?\n"
        rf"{SPEAKER}(?P<pair>){_ANY}(?=[.!]?[ \t]{{0,4}}(?:[\r\n]|\Z))",
        "enter|type|provide|input|insert|gib |geben|introduce|entrez|saisissez|inserisci|digite"
        "|wpisz",
    ),
    told(  # what is the password? ada: ..., with a capital
        rf"{_WHAT}{NAMED}{_OF_ANOTHER}{_TO_THE_ANSWER}{_SURE}(?P<clause>)[\"'`“*]{{0,2}}"
        rf"(?:(?=[^\s\d]{{0,40}}\d)|(?=[a-z]{{8,40}}[^\w'’-])){_ANY}[\"'`”*]{{0,2}}{CLAUSE}",
        _ASKING,
    ),
    told(  # user: ada, and on the next line password: ... ...
        r"(?<![-\w])(?i:user(?:name| ?id)?|login|account|benutzer(?:name)?|nutzer|usr)\s?[:=] ?"
        r"[^\s:]{1,60}[ \t]{0,4}\r?\n[\s*-]{0,8}(?P<said>(?i:passw(?:or)?d|pass|pwd|pw|passphrase"
        rf"|{PASSWORD_NAMES}))\s?[:=] (?P<given>){PHRASE}",
        "user|login|account|benutzer|nutzer|usr",
    ),
    told(  # a form: User, ada, Password, ..., each on its line
        r"(?<![-\w])(?i:user(?:name)?|login|e-?mail|account"
        r"|benutzer(?:name)?)[ \t]{0,4}:?[ \t]{0,4}\r?\n"
        r"[^\s\n][^\n]{0,60}\r?\n\s{0,8}(?P<said>(?i:passw(?:or)?d|pass|pwd|pw|passphrase"
        rf"|{PASSWORD_NAMES})):?[ \t]{{0,4}}\r?\n\s{{0,4}}(?P<pair>){_ANY}(?=[ \t]{{0,4}}"
        rf"(?:[\r\n]|\Z))",
        "user|login|email|e-mail|account|benutzer",
    ),
    told(  # pw? ada: ...
        r"(?<![^\n])(?i:pass|pwd|pw|psw)(?P<said>) ?[?\uff1f]{1,3}[ \t]{0,4}\r?\n"
        rf"{SPEAKER}{PHRASE}",
        "pass?|pwd?|pw?|psw?|pass ?|pw ?",
    ),
    told(  # and the password? ada: ...
        r"(?:(?<=and the )|(?<=and your )|(?<=and my )|(?<=und das )|(?<=et le )|(?<=y la )"
        r"|(?<=e la ))"
        rf"{NAMED} ?[?\uff1f]{{1,3}}[ \t]{{0,4}}\r?\n{SPEAKER}{PHRASE}",
    ),
    told(  # user ada, pass ...
        r"(?<![-\w])(?i:user(?:name)?|usr|login|account|benutzer(?:name)?|utilisateur|identifiant"
        r"|usuario|usuário|utente|gebruiker|użytkownik|användare|bruker)"
        r"\s?[:=]? ?[\"'`*]{0,3}[\w.@\\-]{1,60}"
        r"[\"'`*]{0,3}(?: ?[,;/|]| and| und| et| y| e| en| og| och|)"
        rf" (?i:passw(?:or)?d|pass|pwd|pw|passphrase|{PASSWORD_NAMES})(?P<said>)\s?[:=]? "
        rf"(?P<pair>){JOINED}{CLAUSE}",
        "user|usr|login|account|benutzer|utilisateur|identifiant|usuario|usuário|utente|gebruiker"
        "|użytkownik|användare|bruker",
    ),
)
"""Those that begin with a common word and have one of a password after it."""

ANSWERED = (
    told(  # lost the password again ... ada: it is ...
        rf"(?<!\w)(?i:lost|forgot(?:ten)?|forget|remember|need)(?: [\w'’-]{{1,20}}){{0,4}}? {NAMED}"
        rf"{_OF_ANOTHER}[^\n?]{{0,40}}\r?\n{SPEAKER}{_IT_IS}:? (?P<clause>){_ANY}{CLAUSE}",
        "lost|forgot|forget|remember|need",
    ),
    told(  # do you know the password? ada: yes, it is ...
        rf"{NAMED}{_OF_ANOTHER}[^\n?]{{0,60}}[?\uff1f]{{1,3}}[ \t]{{0,4}}\r?\n{SPEAKER}"
        rf"[^\n]{{0,60}}?{_IT_IS}:? (?P<clause>)[\"'`“*]{{0,2}}{_ANY}[\"'`”*]{{0,2}}{CLAUSE}"
    ),
)

_ASKED_FOR = LatePattern(
    rf"(?i:passw|passphr|passcode|(?<![a-z])(?:pass|pw|pin)(?![a-z])|{PASSWORD_NAMES}"
    r"|(?:door|gate|entry|access|alarm|unlock|safe) code|(?:tür|zugangs)code)"
)
_STEMS = ("pass", "pw", "pin", " code", "türcode", "zugangscode", *PASSWORD_NAMES.split("|"))
"""Of which one stands in every question for a password, in lower case."""

_BEFORE = 10
"""More than the letters before the first stem in any of these questions."""

_ENDS = LatePattern(r"[.!?\uff1f\n](?=\s|\Z)")
_MOST = 400
"""Characters at the end of a message in which a question is looked for."""


def question_in(message: str) -> str:
    """The last sentence of a message that speaks of a password, or nothing."""
    tail = message[-_MOST:]
    lower = tail.lower()
    if not any(word in lower for word in _STEMS):
        return ""
    first = min(at for word in _STEMS if (at := lower.find(word)) >= 0)
    begin = max(0, first - _BEFORE) if len(lower) == len(tail) else 0
    places = [found.start() for found in _ASKED_FOR.finditer(tail, begin)]
    if not places:
        return ""
    start = max((end.end() for end in _ENDS.finditer(tail, 0, places[-1])), default=0)
    end = _ENDS.search(tail, places[-1])
    return tail[start : end.end() if end else len(tail)].strip()
