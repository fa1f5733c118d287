"""The kinds of passwords and keys that a sentence tells, in English and in other languages.

Every pattern begins with one of its words and looks a bounded way ahead.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dataprep.sensitive.assignments import password
from dataprep.sensitive.match import SensitiveKind, value
from dataprep.sensitive.names import NO_ONES
from dataprep.sensitive.proofs import dense, no_identifier, password_like, sealed, spoken_password

_QUOTES = r"[\"'\\`*“”‘’«»<(]"
_OTHERS = r"\s\"'`\\“”‘’«»<>\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff00-\uff1f"
_WORTH, _LAST = rf"[^{_OTHERS}]", rf"[^{_OTHERS},;:.!?)*]"
"""What a value in a sentence is made of and what it ends with; marks of other scripts end it."""

_KEYS = (
    "api key|api-key|api_key|apikey|access key|access-key|private key|license key|signing key"
    "|secret key|encryption key|master key|account key|auth key|authkey|service key|admin key"
    "|deploy key|subscription key|app key|application key|client key|server key|project key"
)
_STARTS = f"passw|passphrase|passcode|secret|token|credential|creds|{_KEYS}"
_NOUNS = rf"passwords?|passwd|passphrase|passcode|secrets?|tokens?|credentials?|creds|{_KEYS}"
_MORE = r"(?:[ ,]{1,2}\(?[^\W_][\w'’/&-]{0,24}(?:[.@][\w-]{1,24}){0,4}\)?){1,12}?"
"""Words between the name and its value, within a sentence."""

_VERBS = "is|was|are|were|be|to|as|now|reads|equals|ist|lautet|es|est|é|è|jest|är"
_IS = rf"(?:,? (?:{_VERBS})(?: now| currently| still)?:?|\s?[:=]|\s?->|\s?→)"

_TO = (
    "(?:to|auf|a|en|par|por|para|na|naar|till)"
    r"(?: (?:the|our|its|their|a|das|le|la|el|il|o))?"
    r"(?: (?i:standard|default|initial|usual|temporary|old|new|factory|following)"
    r"(?: (?:one|value|password))?,?)?"
)
"""Before what a password is set to."""

_PASSWORDS = (
    "kennwort|passwort|contraseña|contrasena|clave|mot de passe|mdp|senha|palavra-passe"
    "|wachtwoord|lösenord|passord|adgangskode|salasana|hasło|haslo|heslo|jelszó|parola|şifre|lozinka"
    "|kata sandi|mật khẩu|пароль|парола|лозинка|geslo|slaptažodis|parool|paroli|fjalëkalimi|zaporka"
    "|contrasenya|contrasinal|wagwoord|lykilorð|pasahitza|nenosiri|kata laluan|κωδικός|رمز عبور"
    "|密码|密碼|口令|パスワード|비밀번호|암호|รหัสผ่าน|पासवर्ड|كلمة المرور|كلمة السر|סיסמה"
)
PASSWORD_WORDS = ("pass", "pw", *_PASSWORDS.split("|"))
"""What stands in every text that tells a password by its word."""

_OTHER_KEYS = (
    "schlüssel|llave|clé|jeton|chiave|chave|sleutel|nyckel|nøkkel|avain|klucz|klíč|kulcs|anahtar"
    "|ключ|токен|секрет|密钥|密鑰|金鑰|秘钥|令牌|トークン|キー|シークレット|토큰"
    "|מפתח|مفتاح|chìa khóa|kunci"
)
_SAYS = (
    r"(?! (?:chiave|for[aá]nea|primaria|[uú]nica|p[uú]blica))[\"'`* )]{0,3}(?:"
    r"(?:[ ][^\s\"'`\\,;:=]{1,24}){0,8}?"
    r" (?:ist|war|lautet|es|era|foi|était"
    r"|c['’]est|est|é|è|jest|było|je|bylo|är|var|er|on|oli|is|adalah|itu|yaitu|là|është|yra"
    r"|е|είναι|ni|هي|هو|היא|הוא|คือ)"
    r"|(?: [^\s\"'`\\,;:=]{1,24}){0,6}?\s?[:=\uff1a\u662f\uff1d]| [—-]"
    r"|は|が|는|은|가|이)[\"'`*«「 ]{0,4}"
)


_ALONE = r"(?=[\"'`*_]{0,3}[ \t]{0,8}(?:[\r\n]|\Z))"
"""What follows a value that stands alone on its line."""

_CASE = r"[^\W\d_]{0,4}"
"""The ending of a noun: lösenordet, şifresi."""

_OWN = r"(?:(?:the|my|our|your|its|his|her|their|a|this) )?(?:[\w/-]{1,20} ){0,3}?"
_FOR = (
    r"(?:as|is|was|for|being|becomes|(?:which|that|this|it) (?:is|was)|that[’']s|(?:work|serve)s as"
    r"|(?:when (?:prompted|asked) for|at) )"
)
_TOLD_AFTER = (
    r",?(?: (?:was|is|gets|got|been|not|refused|rejected|accepted|allowed|used|taken"
    r"|valid|invalid|strong|enough|good|fine|okay|weak|too|short|long|safe"
    r"|secure|still|also|now|again|currently)){0,3}"
    rf" {_FOR} {_OWN}(?:passw(?:or)?d|passphrase|passcode|(?:api|access|secret|auth) ?(?:key|token)"
    r"|secret|token)(?![\w-]| (?:hash|field|manager|polic|prompt|type|count|limit|class))"
    r"|(?: is| \(?(?:that[’']s|this is|it[’']s))?,? \(?(?:the |my )?(?:new )?passw(?:or)?d\)"
    r"|,? (?:als|ist|como|es|comme|est|come|jako|som|é|è|sebagai|olarak) (?:\w{1,12} ){0,2}?"
    r"(?:passwor[td]|kennwort|contraseña|clave|senha|mot de passe|hasło|heslo|lösenord|wachtwoord)"
)
"""What follows a value whose name stands after it: `... as the password`."""


def _said(pattern: str, proof: Callable[[str], bool], words: str) -> SensitiveKind:
    return password(
        "password in a sentence", pattern, proof, words=words, many="passwords in sentences"
    )


def _numbered(secret: str) -> bool:
    """Like a password, with a digit among its letters."""
    return any(map(str.isdigit, secret)) and password_like(secret)


FROM_AFAR = (
    _said(  # I changed it from ... to something better, and the old password
        r"(?<![-\w])(?i:chang(?:e|ed|ing)|reset|switched|rotated?"
        r"|updated?)(?: [\w'’-]{1,20}){1,5}? from "
        rf"{_QUOTES}{{0,3}}"
        + value(_WORTH, 5, rf"(?=[{_OTHERS}]{{1,4}}to [^\n]{{0,120}}(?i:passw|kennwort))")
        + "(?P<said>)",
        spoken_password,
        "chang|reset |switched |rotate|update",
    ),
    _said(  # I keep typing ..., and it says that the password is wrong
        r"(?<![-\w])(?i:typ(?:e|es|ed|ing)|enter(?:s|ed|ing)?|tried|trying|us(?:e|es|ed|ing)) "
        rf"{_QUOTES}{{0,3}}"
        + value(_WORTH, 7, r"(?=[ ,;:.][^\n]{0,80}(?i:passw|kennwort))")
        + "(?P<near>)",
        spoken_password,
        "type|typing|enter|tried |trying |use|using ",
    ),
    _said(  # with the password ..., avec le mot de passe ...
        r"(?<![-\w])(?i:with|using|use|via|avec|mit|con|com|met|med|utilisez|verwende|usa|benutze)"
        r"(?: (?:the|a|our|my|this|le|la|dem|das|der|a|het|de|il))?(?: [\w'’-]{1,20}){0,2}?"
        rf" (?i:passw(?:or)?d|passphrase|passcode|pass|pw|{_PASSWORDS})(?P<said>):? "
        rf"{_QUOTES}{{0,3}}" + value(_WORTH, 7, _LAST),
        spoken_password,
        "with |using |use |via |avec |mit |con |com |met |med |utilisez |verwende |usa |benutze ",
    ),
    _said(  # the wifi pass at the cabin is ...
        r"(?<![-\w])(?i:my|our|your|his|her|their|wi-?fi|wlan|admin|root|login|guest|door|gate)"
        r" (?i:new |old )?(?i:pass|passkey|pwd|pw)"
        rf"(?P<said>)(?: [\w'’-]{{1,24}}){{0,6}}? (?:is|was|be)(?: now| still)?:? {_QUOTES}{{0,3}}"
        + value(_WORTH, 7, _LAST),
        spoken_password,
        "my |our |your |his |her |their |wifi |wi-fi |wlan |admin |root |login |guest |door |gate ",
    ),
    _said(  # login ada, mdp ...
        r"(?<![-\w])(?i:user(?:name)?|login|account|benutzer(?:name)?|utilisateur|identifiant|usuario"
        r"|usuário|utilizador|utente|gebruiker|użytkownik|uživatel|användare|bruker|kullanıcı)"
        r"(?: (?:is|ist|est|es|é|è|name|heißt))?\s?[:=]? ?[\"'`*]{0,3}[\w.@\\-]{1,60}[\"'`*]{0,3}"
        r"(?: ?[,;/|]| and| und| et| y| e| i| en| og| och| with| mit| avec| con| com){1,2}"
        r"(?: (?:the|das|le|la|el|a|het))? ?"
        rf"(?i:passw(?:or)?d|pass|pwd|pw|passphrase|{_PASSWORDS})(?P<said>)\s?[:=]? "
        rf"{_QUOTES}{{0,3}}" + value(_WORTH, 7, _LAST),
        spoken_password,
        "user|login|account|benutzer|utilisateur|identifiant|usuario|usuário|utilizador|utente"
        "|gebruiker|użytkownik|uživatel|användare|bruker|kullanıcı",
    ),
    _said(  # set the password to ...
        r"(?<![-\w])(?i:set|change[ds]?|reset|updated?|rotated?|setze?|ändere|cambi[aéoó]|cambiar"
        r"|mets|changez|alterei|altere|mudei|imposta|zmień|zmieniłem|zmeňte|wijzig)"
        rf"(?: [\w'’-]{{1,20}}){{0,4}}? (?i:passw(?:or)?d|passphrase|passcode|{_PASSWORDS})"
        rf"(?P<said>)(?: [\w'’.@-]{{1,24}}){{0,6}}? (?:back )?{_TO} {_QUOTES}{{0,3}}"
        + value(_WORTH, 7, _LAST),
        spoken_password,
        "set |change|reset |update|rotate|setz|ändere|cambi|mets |alter|mudei|imposta|zmie|zmeňte"
        "|wijzig",
    ),
)
"""Those that begin with a word of many texts, and have one of a password after it."""

_CODES = (
    r"(?:wi-?fi|wlan|access|door|gate|entry|unlock|zugangs|tür|tresor)[ -]?(?:code|key|kode"
    r"|schlüssel)|code (?:wi-?fi|d['’]accès|du portail|de la porte)"
    r"|c[oó]digo (?:de|del?) (?:acc?es[so]o|wi-?fi)"
    r"|codice (?:di accesso|wi-?fi)"
)
"""What opens a net or a door."""

SENTENCES = (
    _said(  # the token for the site that they gave me is ...
        rf"(?<!-)(?i:{_NOUNS})(?:{_MORE}{_IS}| (?:as|reads|equals)) ?{_QUOTES}{{0,3}}"
        + value(_WORTH, 7, _LAST),
        spoken_password,
        _STARTS,
    ),
    _said(  # sign in with the token ...
        rf"(?:(?<!-)|(?<=(?i:auth-)))(?i:{_NOUNS})"
        r"(?:['’]s)?(?: now| still| currently|,? use|,? try)? "
        rf"{_QUOTES}{{0,3}}{value(_WORTH, 9, _LAST)}",
        spoken_password,
        _STARTS,
    ),
    _said(  # as root, pass ...
        rf"(?<![\w.-])(?i:pass|pwd|pw)(?: is|:)? {_QUOTES}{{0,3}}{value(_WORTH, 9, _LAST)}",
        spoken_password,
        "pass |pwd |pw ",
    ),
    _said(  # credentials for the server: ada / ...
        r"(?i:credentials|creds|login|zugangsdaten|identifiants|credenciales)(?P<said>)"
        r"(?: [\w.-]{1,20}){0,6}"
        rf"(?:(?:\s?[:=]|\s?->| are| is) [^\s:/]{{1,60}}(?: ?/ ?| )| [\w.@-]{{1,60}} ?/ ?)"
        rf"{_QUOTES}{{0,3}}{value(_WORTH, 5, _LAST)}",
        spoken_password,
        "credentials|creds|login|zugangsdaten|identifiants|credenciales",
    ),
    replace(  # sign in with ... as the password
        _said(
            rf"(?<![^\s\"'`(*“‘«:])(?P<it>[^{_OTHERS},;()*]{{8,200}}+)[\"'`*”’»]{{0,3}}(?i:{_TOLD_AFTER})(?P<said>)",
            spoken_password,
            "passw|passphrase|passcode|secret|token|api key|access key|kennwort|contraseña|clave"
            "|senha|mot de passe|hasło|heslo|lösenord|wachtwoord",
        ),
        at="",
        spoken=False,
    ),
    _said(
        rf"(?i:{_PASSWORDS})(?P<said>){_CASE}{_SAYS}{value(_WORTH, 7, _LAST)}",
        password_like,
        _PASSWORDS,
    ),
    _said(rf"(?i:{_OTHER_KEYS}){_SAYS}{value(_WORTH, 11, _LAST)}", no_identifier, _OTHER_KEYS),
    _said(  # my seed phrase: ...
        r"(?i:(?:seed|recovery|backup|secret|mnemonic) (?:phrase|words)|mnemonic)[^\n:=]{0,40}?"
        rf"(?:\s?[:=]| is){_QUOTES}{{0,3}}\s?{_QUOTES}{{0,3}}"
        r"(?P<it>[a-z]{3,8}(?:[ ,]{1,2}[a-z]{3,8}){11,23})(?![a-z])",
        lambda words: len(set(words.replace(",", " ").split())) > 5,
        "seed|recovery|backup|secret phrase|mnemonic",
    ),
    _said(  # the password for the build host is ...
        rf"(?<!-)(?i:passwords?|passwd|passphrase|passcode)(?P<said>)(?:{_MORE})?"
        rf"(?: (?:is|was|be|ist|lautet|è|es|é|est)|\s?[:?])(?: now| currently| still)?:? "
        rf"{_QUOTES}{{0,3}}" + value(_WORTH, 7, _LAST),
        spoken_password,
        "passw|passphrase|passcode",
    ),
    _said(  # user ada, password ..., Kennwort ...
        rf"(?<![-\w])(?i:passw(?:or)?d|passphrase|passcode|(?:{_PASSWORDS}){_CASE})"
        rf"(?P<near>) {_QUOTES}{{0,3}}" + value(_WORTH, 7, _LAST),
        spoken_password,
        f"passw|passphrase|passcode|{_PASSWORDS}",
    ),
    _said(  # if it asks for the password, enter ...
        rf"(?<![-\w])(?i:passw(?:or)?d|passphrase|passcode|pin|{_PASSWORDS})(?P<said>)"
        r"(?: [\w'’-]{1,20}){0,6}[,:]?(?: then)? (?i:enter|type|use|try|gib|gebt|geben Sie|nimm"
        r"|saisissez|entrez|tapez|utilisez|introduce|escribe|usa|use|digite|inserisci|digita|wpisz"
        rf"|gebruik|typ)(?: (?:in|ein|just|simply|einfach))? {_QUOTES}{{0,3}}"
        + value(_WORTH, 7, _LAST),
        spoken_password,
        f"passw|passphrase|passcode|{_PASSWORDS}",
    ),
    _said(  # forgot the password? I always use ...
        rf"(?<![-\w])(?i:passw(?:or)?d|passphrase|passcode|{_PASSWORDS})(?P<said>)[^\n]{{0,60}}?"
        r"[ ](?i:(?:i|we|they)(?: \w{1,10})? use|ich (?:nehme|nutze|benutze|verwende)|wir nehmen"
        r"|j['’]utilise|(?:yo )?us[oa]|utilizo|utilizzo|używam|jag använder|jeg bruger|ik gebruik)"
        rf"(?: [^\W\d_]{{1,14}}){{0,3}}? (?=[^\s\d]{{0,40}}\d){_QUOTES}{{0,3}}"
        + value(_WORTH, 5, _LAST),
        spoken_password,
        f"passw|passphrase|passcode|{_PASSWORDS}",
    ),
    _said(  # use the shared secret ... as the key
        rf"(?<![-\w])(?i:shared secret|pre-?shared (?:key|secret)|psk|passcode) {_QUOTES}{{0,3}}"
        + value(_WORTH, 6, _LAST),
        _numbered,
        "shared secret|pre-shared|preshared|psk|passcode",
    ),
    replace(
        _said(  # calls Heroku with the key ...
            r"(?<![\w-])[A-Z][A-Za-z]{2,20} (?i:with|using|avec|mit|con|com|met)(?: [\w'’]{1,5})?"
            rf" (?i:key|token|schlüssel|clé|llave|chiave|chave|jeton):? {_QUOTES}{{0,3}}"
            r"(?P<it>[0-9a-f]{32,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![\w-])",
            sealed,
            "key |token |schlüssel|clé |llave|chiave|chave|jeton",
        ),
        at="",
    ),
    _said(  # the admin password, normally ...
        rf"(?<![-\w])(?i:passw(?:or)?d|passphrase|passcode|{_PASSWORDS})(?P<said>)"
        r"(?: [\w'’-]{1,24}){0,5}(?:,| ?\(|:| [—–-])? ?\(?(?i:normally|usually|currently|by default"
        r"|presently|at the moment|for now|e\.g\.|derzeit|zurzeit|zur Zeit|aktuell|momentan|meist"
        r"|normalerweise|standardmäßig|actuellement|par défaut|normalement|actualmente|por defecto"
        r"|normalmente|atualmente|por padrão|attualmente|di solito|obecnie|domyślnie|momenteel"
        rf"|standaard)(?i: is| ist| est| es| é| è|:)? {_QUOTES}{{0,3}}" + value(_WORTH, 7, _LAST),
        spoken_password,
        f"passw|passphrase|passcode|{_PASSWORDS}",
    ),
    _said(  # mdp ..., pw ...
        r"(?<![\w.-])(?i:mdp|pw|psw|pwd)(?P<said>)(?::|(?: [\w'’-]{1,24}){0,5}?\s?[:=]|) "
        rf"{_QUOTES}{{0,3}}" + value(_WORTH, 7, _LAST),
        spoken_password,
        "mdp |mdp: |pw |pw: |psw |psw: |pwd |pwd: ",
    ),
    _said(  # hasło do ... to ..., parola pentru ... este ...
        rf"(?i:hasło|haslo|hasłem|parola|parolă|lozinka|heslo|jelszó|salasana|şifre)(?P<said>)"
        r"(?: [^\s\"'`\\,;:=]{1,24}){0,6}? (?:to|este|e|glasi|zní|on) "
        rf"{_QUOTES}{{0,3}}" + value(_WORTH, 7, _LAST),
        spoken_password,
        "hasło|haslo|hasłem|parola|parolă|lozinka|heslo|jelszó|salasana|şifre",
    ),
    _said(  # the password has been changed to ...
        rf"(?<![-\w])(?i:passw(?:or)?d|passphrase|passcode|(?:{_PASSWORDS}){_CASE})(?P<said>)"
        r"(?: [\w'’.@-]{1,24}){0,6}? (?i:set|changed|reset|updated|rotated|geändert|gesetzt|changé"
        r"|remplacé|cambiad[ao]|alterad[ao]|redefinid[ao]|cambiat[ao]|impostat[ao]|zmienione|gewijzigd|byttes|ändrades|endret|ændret)"
        rf" (?:back )?{_TO} {_QUOTES}{{0,3}}" + value(_WORTH, 7, _LAST),
        spoken_password,
        f"passw|passphrase|passcode|{_PASSWORDS}",
    ),
    _said(  # das Passwort wurde auf ... geändert
        r"(?<![-\w])(?i:passwort|kennwort)(?P<said>)(?: [\w'’.@-]{1,24}){0,6}? auf "
        rf"{_QUOTES}{{0,3}}"
        + value(_WORTH, 7, rf"(?=[{_OTHERS}]{{1,3}}(?:zurück)?(?:ge)?(?:änder|setz))"),
        spoken_password,
        "passwort|kennwort",
    ),
    _said(  # log in as ada with ...
        r"(?i:(?:log|sign)(?:ged|ned)? ?[io]n (?:as|als|with|mit) [\w.@-]{1,60}"
        rf" (?:with|and|using|mit|und))(?P<near>) {_QUOTES}{{0,3}}{value(_WORTH, 7, _LAST)}",
        spoken_password,
        "log in |login |logged in |log on |sign in |signed in ",
    ),
    _said(  # la clave secreta ...
        rf"(?i:(?:{_OTHER_KEYS}|clave) (?:secret[ao]|secrète|segreta|api|de api|de acceso|d['’]api"
        rf"|d['’]accès)):? {_QUOTES}{{0,3}}{value(_WORTH, 11, _LAST)}",
        sealed,
        f"{_OTHER_KEYS}|clave",
    ),
    _said(  # my password is, and on the next line ...
        rf"(?<![-\w])(?i:passw(?:or)?d|passphrase|passcode|{_PASSWORDS})(?P<said>)"
        rf"(?:(?: [\w'’-]{{1,24}}){{0,4}}? (?:{_VERBS})|\s?[:\uff1a])[*_ \t]{{0,4}}\r?\n"
        rf"\s{{0,24}}{_QUOTES}{{0,3}}" + value(_WORTH, 7, _LAST + _ALONE),
        spoken_password,
        f"passw|passphrase|passcode|{_PASSWORDS}",
    ),
    _said(  # which password do you use? ada: ...
        rf"(?<![-\w])(?i:passw(?:or)?d|passphrase|passcode|{_PASSWORDS})(?P<said>)"
        r"(?: [^\s?:]{1,24}){0,8} ?[?\uff1f][ \t]{0,4}\r?\n(?:[^\n:>]{1,40}[:>]|[>-]) ?"
        rf"{_QUOTES}{{0,3}}" + value(_WORTH, 7, rf"{_LAST}(?=[,.;!{_OTHERS}]|\Z)"),
        spoken_password,
        f"passw|passphrase|passcode|{_PASSWORDS}",
    ),
    _said(  # API-Schlüssel ...
        rf"(?<=(?i:api)[- ])(?i:{_OTHER_KEYS}) {_QUOTES}{{0,3}}{value(_WORTH, 11, _LAST)}",
        no_identifier,
        _OTHER_KEYS,
    ),
    _said(  # the setup key of my 2FA is ...
        r"(?i:2fa|totp|mfa|two-factor|authenticator)[^\n]{0,60}?"
        r"(?<![A-Za-z0-9])(?P<it>(?=[A-Z]{0,64}[2-7])[A-Z2-7]{16,64})(?![A-Za-z0-9])",
        dense,
        "2fa|totp|mfa|two-factor|authenticator",
    ),
    _said(  # the access code for the door is ...
        rf"(?<![-\w])(?i:{_CODES})(?P<said>)(?: [\w'’-]{{1,24}}){{0,6}}?"
        rf"(?: (?:is|ist|lautet|est|es|é|è)|,? \(?(?:it[’']s|which is|that[’']s)|\s?[:=]) "
        rf"{_QUOTES}{{0,3}}" + value(_WORTH, 7, _LAST),
        spoken_password,
        "wifi|wi-fi|wlan|access code|access-code|access key|access-key|door code|gate code"
        "|entry code|unlock code|zugangscode|zugangsschlüssel|türcode|tresorcode|code wi|code d'acc"
        "|code d’acc|code du port|code de la porte|código de |codigo de |código del |codice di acc",
    ),
    _said(  # basic auth ada:...
        r"(?i:basic[ -]auth\w{0,16})(?: (?:with|as|is|for|user))?:? [\"'`]?[\w.@-]{1,60}:(?P<said>)"
        + value(_WORTH, 7, _LAST),
        spoken_password,
        "basic auth|basic-auth",
    ),
    _said(  # they gave me the key ...
        rf"(?<=[ ])(?i:key|schlüssel|clé|llave|chiave|chave)(?:,|:| is| =)? {_QUOTES}{{0,3}}"
        + value(_WORTH, 23, _LAST),
        no_identifier,
        "key|schlüssel|clé|llave|chiave|chave",
    ),
    replace(
        _said(  # the Acme key ...
            rf"(?<![\w-])(?!(?i:{NO_ONES})[a-z]{{0,3}} )[A-Z][A-Za-z]{{2,20}} (?:API )?[Kk]ey "
            rf"{_QUOTES}{{0,3}}(?P<it>[0-9a-f]{{32,64}})(?![\w-])",
            sealed,
            "key",
        ),
        at="",
    ),
    _said(  # API key, and on the next line ...
        r"(?i:(?:api|secret|access|auth)[ -](?:key|token))[ \t]{0,4}:?[ \t]{0,4}\r?\n\s{0,24}"
        + value(_WORTH, 19, _LAST + _ALONE),
        no_identifier,
        "api key|api-key|api token|secret key|access key|access token|auth key|auth token",
    ),
    _said(  # which API key? ada: here, ...
        r"(?<![A-Za-z])(?i:(?:api|access|deploy|auth|secret)[ -]?(?:key|token)|token|secret)"
        r"(?![A-Za-z])[^\n?]{0,40}[?\uff1f]{1,3}[ \t]{0,4}\r?\n(?:[^\n:>]{1,40}[:>] ?)?"
        rf"(?:[\w'’,!]{{1,12}} ){{0,5}}?{_QUOTES}{{0,3}}" + value(_WORTH, 19, _LAST),
        sealed,
        "api key|api-key|apikey|access key|deploy key|auth key|token|secret",
    ),
    *FROM_AFAR,
)
