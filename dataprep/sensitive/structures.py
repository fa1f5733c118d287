"""The kinds of secrets that the structure around them tells: defaults, calls, cookies, files.

Every pattern looks a bounded way ahead from a word, or from the name of a variable.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from dataprep.sensitive.assignments import QUOTED, VALUES, password
from dataprep.sensitive.match import SensitiveKind, value
from dataprep.sensitive.names import WORD
from dataprep.sensitive.proofs import (
    dense,
    no_identifier,
    password_like,
    random_looking,
    sealed,
    spoken_password,
    token_like,
)

_PLAIN = r"[^\s\"'`\\]"
_Q = r"[\"'\\`]"
_IN_BRACES = r"[^\s\"'`\\{}]"
_COOKIE = r"[A-Za-z0-9%._~+/=-]"
_HEADER = "[A-Za-z0-9_.~+/=-]"
_QUOTED_TEXT = r"[^\"'`\n]{1,80}"
_HANDED = rf"(?:{_Q}{_QUOTED_TEXT}{_Q}|[\w.$:>-]{{1,40}}(?:\([^\n()\"']{{0,40}}\))?)"
"""What is handed to a call: a text, a variable, an attribute."""


_CALLED = "|".join(
    rf"(?<=(?i:{name})\()"
    for name in (
        *("client", "api", "sdk", "bot", "session", "auth", "service", "connection", "provider"),
        *("init", "initialize", "configure", "login", "authenticate", "github", "gitlab", "openai"),
        *("stripe", "slack", "telegram"),
    )
)
"""The ends of names that are called with a key."""


def _assigned(pattern: str, proof: Callable[[str], bool], words: str = "") -> SensitiveKind:
    return password(
        "password or key in an assignment",
        pattern,
        proof,
        words=words,
        many="passwords or keys in assignments",
    )


def _given(pattern: str, proof: Callable[[str], bool], words: str) -> SensitiveKind:
    return password(
        "password or key in a call",
        pattern,
        proof,
        words=words,
        many="passwords or keys in calls",
    )


def _written(pattern: str, proof: Callable[[str], bool], words: str) -> SensitiveKind:
    return password(
        "password in a file or an address",
        pattern,
        proof,
        words=words,
        many="passwords in files or addresses",
    )


def _application_password(secret: str) -> bool:
    """Four groups of four letters, as Google makes them: no word in one of them at the least."""
    return any(not set("aeiou") & set(group) for group in secret.split())


DEFAULTS = (
    _assigned(  # process.env.X_TOKEN || "...", getenv("X") or "...", .orElse("...")
        rf"(?i:{WORD})[A-Za-z0-9_]{{0,12}}(?:{_Q}{{1,3}})?[)\]}}]{{0,3}}\s{{0,8}}"
        rf"(?:\|\|=?|\?\?=?|\?:|or\b|(?<=\)) ?\{{|(?<=\))\.[A-Za-z_]{{2,24}}\()\s{{0,8}}{_Q}{{1,3}}"
        + value(_PLAIN, 8, QUOTED),
        password_like,
    ),
    _assigned(  # ${X_TOKEN:-...}
        rf"(?i:{WORD})[A-Za-z0-9_]{{0,12}}(?::[-=]|[:-])(?P<given>)"
        + value(_IN_BRACES, 6, r"(?=\})"),
        password_like,
    ),
    _assigned(  # variable "x_token" { default = "..." }, "token": {"default": "..."}
        rf"(?i:{WORD})[A-Za-z0-9_]{{0,12}}{_Q}{{0,3}}\s{{0,4}}[:=]?\s{{0,4}}\{{[^{{}}]{{0,300}}?"
        rf"\b(?:default|example|examples|value|const|enum){_Q}{{0,3}}\s{{0,8}}[:=]\s{{0,8}}\[?"
        rf"\s{{0,8}}{_Q}{{1,3}}" + value(_PLAIN, 8, QUOTED),
        password_like,
    ),
    _assigned(  # add_argument("--token", default="...")
        rf"(?i:{WORD})[A-Za-z0-9_]{{0,12}}{_Q}{{0,3}}\s?[,:=(][^\n]{{0,120}}?"
        rf"\b(?:default|value|fallback)\s?[=:]\s?{_Q}{{1,3}}" + value(_PLAIN, 8, QUOTED),
        password_like,
    ),
    _assigned(  # token: {type: string, default: ...} in YAML
        rf"(?i:{WORD})[A-Za-z0-9_]{{0,12}}{_Q}{{0,1}}:[ \t]{{0,8}}\n"
        rf"(?:[ \t]{{1,40}}[\w-]{{1,24}}:[^\n]{{0,80}}\n){{0,4}}?"
        rf"[ \t]{{1,40}}(?:default|example|value):[ \t]{{1,8}}{_Q}{{0,1}}" + value(_PLAIN, 8),
        token_like,
    ),
    _assigned(  # "github-oauth": {"github.com": "..."}
        rf"(?i:oauth|bearer|{WORD})[A-Za-z0-9_]{{0,12}}{_Q}{{1,3}}\s{{0,4}}:\s{{0,8}}\{{\s{{0,8}}"
        rf"{_Q}{{1,3}}[\w.:/-]{{3,80}}{_Q}{{1,3}}\s{{0,4}}:\s{{0,8}}{_Q}{{1,3}}"
        + value(_PLAIN, 16, QUOTED),
        token_like,
        "oauth|bearer|token",
    ),
)

CALLS = (
    _given(  # auth=("ada", "..."), HTTPBasicAuth("ada", "..."), auth: ["ada", "..."]
        r"(?i:auth|credentials|creds)[a-z_]{0,12}"
        rf"(?:{_Q}{{0,3}}\s{{0,4}}[=:]?\s{{0,4}}[(\[]{{1,2}}\s{{0,12}}| )"
        rf"{_Q}{{1,3}}{_QUOTED_TEXT}{_Q}{{1,3}},\s{{0,12}}(?:Some\()?{_Q}{{1,3}}(?P<said>)"
        + value(_PLAIN, 8, QUOTED),
        password_like,
        "auth|credentials|creds",
    ),
    _given(  # server.login("ada", "..."), connect("host", "ada", "...")
        rf"(?i:log_?in|connect|signin|sign_in|authenticate|credentials?|set_?auth)"
        rf"[A-Za-z_]{{0,24}}(?:(?:\.|::)\w{{1,12}})?"
        rf"\(\s{{0,12}}(?:[\w.]{{1,24}}\s?=\s?)?{_Q}{_QUOTED_TEXT}{_Q},\s{{0,12}}"
        rf"(?:{_Q}{_QUOTED_TEXT}{_Q},\s{{0,12}})?{_Q}" + value(_PLAIN, 8, QUOTED),
        password_like,
        "login|log_in|connect|signin|sign_in|authenticate|credential|setauth|set_auth",
    ),
    _given(  # login("ada@...", "abcd efgh ijkl mnop"), password = "abcd efgh ijkl mnop"
        rf"(?i:login|password|passwd|pass|pwd)(?:{_Q}?\s{{0,8}}[=:]\s{{0,8}}|\({_Q}{_QUOTED_TEXT}{_Q},"
        rf"\s{{0,12}}){_Q}?(?P<it>[a-z]{{4}} [a-z]{{4}} [a-z]{{4}} [a-z]{{4}})(?![\w ])",
        _application_password,
        "login|password|passwd|pass|pwd",
    ),
    _given(  # getConnection(url, user, "..."), new mysqli(host, "ada", "...", "shop")
        r"(?i:getConnection|mysqli?(?:_p?connect|_real_connect)?|PDO|connect|login|simple_bind(?:_s)?"
        r"|ldap_bind|auth_password|credentials?|Repository|ftp|open)"
        rf"[A-Za-z_]{{0,12}}(?:(?:\.|::)\w{{1,12}})?\(\s{{0,12}}(?:{_HANDED},\s{{0,12}}){{1,2}}"
        rf"[bBuU]?{_Q}{value(_PLAIN, 8, QUOTED)}",
        spoken_password,
        "mysqli|pdo|connect|login|simple_bind|ldap_bind|auth_password|credential|ftp",
    ),
    _given(  # getConnection(url, user, "..."), new PDO(dsn, user, "..."), whose third it is
        r"(?i:getConnection|PDO|DBI->connect|mysqli(?:_connect)?|odbc_connect|mysql_connect|ldap_bind"
        r"|(?<=\.)connect|set_?password)"
        rf"\(\s{{0,12}}(?:{_HANDED},\s{{0,12}}){{2}}{_Q}(?P<said>){value(_PLAIN, 6, QUOTED)}",
        spoken_password,
        "getconnection|pdo|dbi->|mysqli|odbc_connect|mysql_connect|ldap_bind|connect("
        "|set_password|setpassword",
    ),
    _given(  # new NetworkCredential("ada", "..."), WiFi.begin("net", "...")
        r"(?i:NetworkCredential|PasswordCredentials?|PasswordAuthentication|basic_?auth|PSCredential"
        r"|(?<= )Credentials?"
        rf"|WiFi\.begin|addAP|softAP|UsernamePassword\w{{0,24}})\(\s{{0,12}}{_HANDED},\s{{0,12}}"
        rf"{_Q}(?P<said>){value(_PLAIN, 8, QUOTED)}",
        spoken_password,
        "networkcredential|passwordcredential|passwordauthentication|basicauth|basic_auth"
        "|pscredential|credential|wifi.begin|addap|softap|usernamepassword",
    ),
    _given(  # mail.login("ada", "...")
        r"(?i:(?<=\.)|(?<=->)|(?<=::))(?i:log_?in|sign_?in|authenticate|set_?credentials)\(\s{0,12}"
        rf"{_Q}[\w.@-]{{1,60}}{_Q},\s{{0,12}}{_Q}(?P<said>){value(_PLAIN, 8, QUOTED)}",
        spoken_password,
        "login|log_in|signin|sign_in|authenticate|setcredentials|set_credentials",
    ),
    _given(  # oracledb.connect("ada", "...", "db/orcl")
        rf"(?i:oracle)\w{{0,4}}\.(?:connect|create_pool|Connection)\(\s{{0,12}}{_HANDED},\s{{0,12}}"
        rf"{_Q}{value(_PLAIN, 8, QUOTED)}",
        spoken_password,
        "oracle",
    ),
    _given(  # jwt.sign(payload, "..."), createHmac("sha256", "..."), hmac.new(b"...", text)
        r"(?i:jwt\.\w{3,12}|jsonwebtoken\.\w{3,12}|jws\.\w{3,12}|hmac(?:\.new|_?sha\d{1,3}|\.digest)?"
        r"|sign(?:ed)?(?:_?with|string)|cipher(?:iv)?|cookie_?parser|signing_?key|security_?key|fernet)"
        rf"\(\s{{0,12}}(?:(?:{_HANDED}|\{{[^{{}}]{{0,120}}\}}),\s{{0,12}}){{0,2}}"
        rf"(?:\[\]byte\(|Buffer\.from\(|[\w.]{{0,24}}GetBytes\()?[bBuU]?{_Q}"
        rf"{value(_PLAIN, 8, QUOTED)}",
        spoken_password,
        "jwt.|jsonwebtoken.|jws.|hmac|signwith|sign_with|signedstring|cipher|cookieparser|cookie_parser"
        "|signingkey|signing_key|securitykey|security_key|fernet",
    ),
    _given(  # AKIA..., and its secret
        r"(?:AKIA|ASIA)[A-Z2-7]{16}[\s\"'`,;:/|=>()]{1,16}(?:(?:and|with|secret|key|is|=) ?){0,3}"
        r"[\"'`]{0,2}(?P<it>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        sealed,
        "AKIA|ASIA",
    ),
    _given(  # Client("AC...", "...")
        r"AC[0-9a-f]{32}[\"'`]{0,2}[\s,:;/|]{1,6}(?:[A-Za-z ]{1,24}[:=]? ?)?[\"'`]{0,2}"
        r"(?P<it>[0-9a-f]{32})(?![0-9A-Za-z])",
        dense,
        "AC",
    ),
    replace(
        _given(  # ada:...@tcp(db:3306)/shop
            r"(?<![\w.:@/%$-])[\w.-]{1,60}:(?P<it>[^\s\"'`/]{4,200}?)(?=@(?:tcp|unix)\()",
            random_looking,
            "@tcp(|@unix(",
        ),
        at="",
    ),
    _given(  # {"value": "...", "name": "DB_PASSWORD"}
        rf"(?i:{VALUES}){_Q}{{1,3}}\s?:\s?{_Q}{{1,3}}(?P<it>[^\s\"'`\\]{{8,200}}){_Q}{{1,3}},\s{{0,24}}"
        rf"{_Q}{{1,3}}(?:name|label|key|field|id|title|selector|type|kind){_Q}{{1,3}}\s?:\s?"
        rf"{_Q}{{1,3}}[^\"'`\n]{{0,40}}?(?i:{WORD})[\])]?{_Q}",
        password_like,
        'value"|text"|val"|content"|input"|data"|string"|plaintext"',
    ),
    _given(  # Client("...")
        rf"\((?:{_CALLED})(?:(?:api_?)?(?:key|token)\s?[=:]\s?)?[\"'](?P<it>[A-Za-z0-9_-]{{20,200}})(?=[\"']\s?[,)])",
        sealed,
        "('|(\"|(key|(api|(token",
    ),
)

FILES = (
    _written(  # Cookie: sessionid=...
        r"(?i:sess|sid|jsessionid|auth|remember|jwt|sso)[A-Za-z0-9_.-]{0,24}=" + value(_COOKIE, 20),
        sealed,
        "sess|sid=|remember_|sso",
    ),
    _written(  # bundle config gems.acme.io user:...
        r"bundle config[^\n]{0,80}? [\w.-]{3,60} [\"']?(?P<it>[^\s:\"']{4,60}:[^\s\"']{4,200})",
        dense,
        "bundle config",
    ),
    _written(  # BUNDLE_GEMS__ACME__IO: user:...
        r"BUNDLE_[A-Z_0-9]{3,60}[=:] ?[\"']?(?P<it>[A-Za-z0-9_-]{4,60}:[A-Za-z0-9_-]{4,200})",
        dense,
        "BUNDLE_",
    ),
    _written(  # token: abcdef.0123456789abcdef
        r"(?i:token)[\"']?(?: |\s?[:=]\s?)[\"']?(?P<it>[a-z0-9]{6}\.[a-z0-9]{16})(?![\w.])",
        dense,
        "token",
    ),
    _written(  # enable secret 0 ..., username ada password 7 ...
        r"(?i:(?:enable |username [\w.-]{1,40} (?:privilege \d{1,2} )?)(?:secret|password)) "
        r"(?:level \d\d? )?(?:\d )?" + value(_PLAIN, 6),
        password_like,
        "enable secret|enable password|username ",
    ),
    _written(  # snmp-server community ... RW
        r"(?i:snmp-server community|pre-shared-key|wpa-psk ascii|key-string)(?: \d)?[ ]"
        r"(?:address [\d.]{7,15} key )?[\"']?" + value(_PLAIN, 6),
        password_like,
        "snmp-server community|pre-shared-key|wpa-psk|key-string",
    ),
    _written(  # echo 'ada:...' | chpasswd
        rf"(?i:echo|printf)[^\n|:]{{0,30}}?[\w.-]{{1,40}}:(?P<said>)(?P<given>)(?P<it>{_PLAIN}{{6,200}})[\"']?"
        r"\s{0,4}\|\s{0,4}(?:sudo )?chpasswd",
        password_like,
        "echo|printf",
    ),
    _written(  # echo ... | docker login --password-stdin
        r"(?i:echo|printf)(?: -\w{1,3})? [\"']?(?P<said>)(?P<given>)"
        rf"(?P<it>{_PLAIN}{{6,200}})[\"']?"
        r"\s{0,4}\|\s{0,4}(?:sudo -S|(?:sudo )?passwd --stdin"
        r"|[^\n]{0,80}?(?:--password-stdin|--with-token|login))",
        password_like,
        "echo|printf",
    ),
    _written(  # importprivkey ..., wif: ...
        r"(?i:importprivkey|wif|priv(?:ate)?[ _-]?key)[\"']?\s{0,3}[:=( ]\s{0,3}[\"']?"
        r"(?P<it>[5KLc9][1-9A-HJ-NP-Za-km-z]{50,51})(?![A-Za-z0-9])",
        dense,
        "importprivkey|wif|priv",
    ),
    _written(  # otpauth://totp/...?secret=...
        r"otpauth://[^\s\"']{1,120}?secret=(?P<it>[A-Z2-7]{16,200})",
        random_looking,
        "otpauth://",
    ),
    _written(  # <UserSecret>, -H "X-Auth: ..."
        r"(?i:x-[a-z-]{0,20}(?:auth|key|token|secret)[a-z-]{0,16})[\"']?(?:\s?:\s?| )[\"']?"
        + value(_HEADER, 16),
        no_identifier,
        "x-",
    ),
)

STRUCTURES = (*DEFAULTS, *CALLS, *FILES)
