"""The kinds of passwords that a clause gives: after a verb, beside a user, at its beginning."""

from __future__ import annotations

from dataprep.sensitive.outright import (
    CLAUSE,
    JOINED,
    MORE_WORDS,
    NAMED,
    PHRASE,
    told,
)

_CAMEL = (
    r"(?P<it>[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]{2,20}(?:[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ]{2,20}){1,3}+)(?![\w@/-]|[.:]\w)"
)
_VERSE = (
    r"(?P<verse>)(?P<it>[^\W\d_]{3,16}(?: [^\W\d_]{2,16}){1,5}?(?: \d{1,4})?)"
    r"(?=[,;.!]?(?:[ ](?:and|but|so|und|aber|et|mais|y|pero)[ ]|[ ]?(?:[\r\n]|\Z))|[,;])"
)
"""Words in the midst of a sentence."""

_DIGIT = r"(?=[^\s\d]{1,40}\d)"
_USUALLY = (
    r"(?i:normally|usually|currently|by default|presently|at the moment|for now|e\.g\.|derzeit"
    r"|zurzeit|aktuell|momentan|meist|normalerweise|standardmäßig|actuellement|par défaut"
    r"|normalement|actualmente|por defecto|normalmente|attualmente|di solito|domyślnie|standaard)"
)
_TYPE = (
    r"(?i:enter|type|use|try|answer|give|say|send|gib|gebt|geben Sie|nimm|saisissez|entrez|tapez"
    r"|utilisez|introduce|escribe|usa|use|digite|inserisci|digita|wpisz|gebruik|typ)"
)
_ACCOUNTS = "admin|administrator|root|guest|postgres|sysadmin|superuser|operator|gast|invitado"

CLAUSES = (
    told(rf"{NAMED} (?P<clause>){_CAMEL}"),  # das Passwort ... wird
    told(  # Şifre ..., at the beginning of a clause
        rf"(?<![\w'’] ){NAMED} {_DIGIT}{JOINED}(?=!?(?:[,;)\r\n]|\.(?!\w)|\Z))"
    ),
    told(
        rf"{NAMED}{MORE_WORDS} (?:is|was)(?: now| still)? {_VERSE}"
    ),  # my passphrase is ... ... and
    told(  # the admin password, normally ...
        rf"{NAMED}(?: [\w'’-]{{1,24}}){{0,5}}?(?:,| ?\(|:| [—–-])? ?\(?{_USUALLY}"
        rf"(?: is| ist| est| es| é| è|:)? (?P<clause>){JOINED}{CLAUSE}"
    ),
    told(  # if it asks for the password, answer ...
        rf"{NAMED}(?: [\w'’-]{{1,20}}){{0,6}}?[,:]?(?: then)? {_TYPE}"
        rf"(?: (?:in|ein|just|simply|einfach))? (?P<clause>){JOINED}{CLAUSE}"
    ),
    told(  # set my password to ...
        rf"(?:(?<=my )|(?<=our )|(?<=their )|(?<=the )){NAMED}(?: (?:for|of) [\w@.-]{{1,40}})? to"
        rf" (?P<clause>){JOINED}{CLAUSE}"
    ),
    told(  # zip password = ..., in a sentence
        rf"(?<=[a-z] ){NAMED} = (?P<clause>){JOINED}(?=!?(?:\)|\.(?!\w)))"
    ),
    told(  # Zugang: ada / ...
        r"(?<!\w)(?i:login|credentials|creds|zugang|zugangsdaten|accès|acceso|accesso"
        r"|wlan)(?P<said>)[:=]"
        rf" (?:[a-z]|(?<=(?i:wlan). )[A-Z])[\w.@-]{{1,39}} ?/ ?(?P<clause>){JOINED}{CLAUSE}",
        "login|credentials|creds|zugang|accès|acceso|accesso|wlan",
    ),
    told(rf"{NAMED} \([^()\n]{{1,40}}\) ?[:=] {PHRASE}"),  # password (admin): ...
    told(  # user/pass is ada/...
        r"(?<!\w)(?i:user(?:name)?|login) ?/ ?(?i:pass(?:word)?|pw|pwd)(?P<said>)(?: is| are|:| =) "
        rf"[\w.@-]{{1,40}} ?/ ?(?P<pair>){JOINED}{CLAUSE}",
        "user|login",
    ),
    told(  # I'm ada, pass ...
        rf"(?:(?<=, )|(?<=; )|(?<=/ )|(?<=\()|(?<=and ))(?i:pass|pwd"
        rf"|pw)(?P<said>):? {_DIGIT}{JOINED}{CLAUSE}",
        "pass |pwd |pw |pass:|pwd:|pw:",
    ),
    told(  # auth: basic, ada / ...
        r"(?<!\w)(?i:auth(?:entication|entifizierung)?|anmeldung|sign-?in)(?P<said>)"
        r"(?:[:,]| with| as| is)?(?: [\w.-]{1,16}){0,3}[:,]? [\w.@-]{2,40} ?/ ?"
        rf"(?P<clause>){JOINED}{CLAUSE}",
        "auth|anmeldung|sign-in|signin",
    ),
    told(  # signs in with ada@acme.io and ...
        r"(?<!\w)(?i:(?:logs?|signs?|logged|signed)[ -]?in(?:to)?|authenticates?|connects?|mounts?)"
        r"[^\n.]{0,40}? (?i:with|using|as|avec|mit|con) [\"'`]?[\w.@+\\-]{2,60}[\"'`]?"
        r" (?:and|with|et|und|y|e|/) (?P<near>)"
        rf"[\"'`]?{_DIGIT}{JOINED}[\"'`]?{CLAUSE}",
        "log in|logs in|logged in|login|sign in|signs in|signed in|authenticate|connect|mount",
    ),
    told(  # it unlocks with ...
        rf"(?<!\w)(?i:unlock(?:s|ed)?|opens?) (?:it )?with (?P<near>){_DIGIT}{JOINED}{CLAUSE}",
        "unlock|open with|opens with",
    ),
    told(  # root / ..., admin:...
        rf"(?<![\w/.:@-])(?i:{_ACCOUNTS}) ?[/:] ?(?P<near>){_DIGIT}{JOINED}(?![\w/.:@-])",
        _ACCOUNTS,
    ),
)
