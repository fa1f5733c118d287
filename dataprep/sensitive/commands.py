"""Passwords in commands, statements and files that have a form of their own for them.

Every pattern begins with one of its words and looks a bounded way ahead.
"""

from __future__ import annotations

import base64
import binascii

from dataprep.sensitive.assignments import password
from dataprep.sensitive.match import LONGEST, value
from dataprep.sensitive.proofs import dense, password_like, random_looking, sealed, token_like

_PLAIN = r"[^\s\"'`\\]"
_ARGUMENT = (
    r"(?P<said>)(?P<argument>)[\"'\\`]{0,3}(?<!\\)"
    r"(?P<it>(?<=[\"'])(?=[^\s\"'\\]{1,40} )[^\n\"'`\\]{6,80}(?=[\"'])"
    rf"|{_PLAIN}{{6,{LONGEST}}})"
)
"""A password for sure, as `said` says, which may have blanks in quotes."""

_IN_CODE = r"[^\s\"'`\\;]"
_IN_ADDRESS, _NAME, _AT = r"[^\s/@]", "[A-Za-z0-9_-]", r"(?=@[a-z][\w.-])"
_WITHIN = r"[^\n|;&]{0,100}?[ \t]"
"""What stands between a command and its option, on its line."""


def _login(secret: str) -> bool:
    """Whether it is base64 of a name, a colon and a password."""
    try:
        said = base64.b64decode(secret + "=" * (-len(secret) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    name, _, word = said.partition(":")
    return bool(name) and len(word) > 3 and word.isprintable() and random_looking(word)


def _plain_login(secret: str) -> bool:
    """Whether it is base64 of a name and a password, each after a NUL: PLAIN of RFC 4616."""
    try:
        said = base64.b64decode(secret + "=" * (-len(secret) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        return False
    pieces = said.split("\0")
    return len(pieces) == 3 and all(map(str.isprintable, pieces)) and random_looking(pieces[-1])


_OPTIONS = (
    ("mysql|mariadb", rf"(?:mysql|mariadb){_WITHIN}-p{_ARGUMENT}"),
    ("curl ", rf"curl {_WITHIN[:-5]}(?:-u|--user)[ =]?[\"']?[\w.@$-]{{1,80}}:{_ARGUMENT}"),
    ("_auth=", rf"_(?i:auth)=[\"']?[\w.@-]{{1,60}}[/:]{_ARGUMENT}"),
    (
        "--auth|--proxy-user|--basic-auth|--cred",
        rf"--(?:auth|proxy-user|basic-auth|cred(?:ential)?s?)"
        rf"[ =][\"']?[\w.@$-]{{1,60}}:{_ARGUMENT}",
    ),
    (
        "http |https |xh ",
        rf"(?<![\w.])(?:https?|xhs?) {_WITHIN[:-5]}-a ?[\"']?[\w.@$-]{{1,60}}:{_ARGUMENT}",
    ),
    (
        "assword",
        r"(?i:assword)[^\n]{0,30}(?:\n[^\n]{0,30})?(?i:send(?:_?line)?|write|type)[ (]{1,2}"
        rf"(?:--? )?(?=[\"']){_ARGUMENT}",
    ),
    ("bindpw|rootpw", rf"(?:bind|root)pw(?: --plaintext)? {_ARGUMENT}"),
    ("auth_pass ", rf"auth_pass {_ARGUMENT}"),
    (
        "basic_auth|basicauth|http_auth|proxy_auth",
        rf"(?i:(?:basic_?|http_|proxy_)auth)\w{{0,12}}\s?[=:]\s?[\"']?[\w.@-]{{1,60}}:{_ARGUMENT}",
    ),
    ("ssh-keygen", rf"ssh-keygen{_WITHIN}-N {_ARGUMENT}"),
    ("twine upload", rf"twine upload{_WITHIN}-p {_ARGUMENT}"),
    ("sshpass", rf"sshpass{_WITHIN}-p ?{_ARGUMENT}"),
    ("mongo", rf"mongo{_WITHIN}-p {_ARGUMENT}"),
    (
        "cqlsh|beeline|evil-winrm|crackmapexec|netexec|smbmap|rdesktop|esxcli|racadm|ncftp|psexec"
        "|hdbsql|isql|unlock-keychain",
        r"(?:cqlsh|beeline|evil-winrm|crackmapexec|netexec|smbmap|rdesktop|esxcli|racadm|ncftp\w{0,3}"
        rf"|psexec|hdbsql|isql|unlock-keychain)(?: {_WITHIN}| )-p {_ARGUMENT}",
    ),
    ("openssl enc", rf"openssl enc{_WITHIN}-k {_ARGUMENT}"),
    ("ipmitool|mosquitto_", rf"(?:ipmitool|mosquitto_\w{{2,4}}){_WITHIN}-P {_ARGUMENT}"),
    ("freerdp", rf"freerdp{_WITHIN}/p:{_ARGUMENT}"),
    ("lftp ", rf"lftp {_WITHIN[:-5]}-u ?[\"']?[\w.@-]{{1,60}},{_ARGUMENT}"),
    ("wpa_passphrase", rf"wpa_passphrase [\"']?[\w.-]{{1,40}}[\"']? {_ARGUMENT}"),
    ("rabbitmqctl", rf"rabbitmqctl (?:add_user|change_password) [\w.-]{{1,60}} {_ARGUMENT}"),
    (
        "generic-password|internet-password",
        rf"(?:generic|internet)-password{_WITHIN}-w {_ARGUMENT}",
    ),
    ("-p", rf"(?<![\w-])-(?i:passw(?:or)?d|pass|pwd|pw)[ =:]{_ARGUMENT}"),
    ("/p", rf"(?<=[ \t])/(?i:passw(?:or)?d|pass|pwd|rp):{_ARGUMENT}"),
    ("createuser ", rf"(?i:createuser) [\w.-]{{1,60}} (?:MD5|SHA)[\d-]{{0,4}} {_ARGUMENT}"),
    ("redis-cli", rf"redis-cli{_WITHIN}-a {_ARGUMENT}"),
    ("docker login|podman login", rf"(?:docker|podman) login{_WITHIN}-p {_ARGUMENT}"),
    (
        "az login|az acr|az sql|az mysql|az postgres|az synapse",
        rf"az (?:login|acr|sql|mysql|postgres|synapse){_WITHIN}-p {_ARGUMENT}",
    ),
    (
        "from-literal",
        rf"from-literal[= ][\"']?[\w.-]{{0,40}}(?i:passw(?:or)?d|pass|pwd)={_ARGUMENT}",
    ),
    (
        "htpasswd",
        rf"htpasswd -[a-zA-Z]{{0,6}}b[a-zA-Z]{{0,6}} (?:\S{{1,120}} )?[\w.@-]{{1,60}} {_ARGUMENT}",
    ),
    ("net user", rf"net user [\w.-]{{1,60}} {_ARGUMENT}"),
    (
        "7z |7za |rar ",
        rf"(?:7za?|(?<![a-z])(?:un)?rar) [a-z]{{1,3}} (?:[^\n|;&]{{0,100}}?[ \t])?-p{_ARGUMENT}",
    ),
    ("ldapsearch|ldapadd|ldapmodify", rf"ldap(?:search|add|modify){_WITHIN}-w ?{_ARGUMENT}"),
    ("requirepass|masterauth", rf"(?:requirepass|masterauth) {_ARGUMENT}"),
    ("sqlcmd|unzip|zip ", rf"(?:sqlcmd|unzip|(?<![a-z])zip){_WITHIN}-P ?{_ARGUMENT}"),
    ("smbclient|rpcclient", rf"(?:smb|rpc)client{_WITHIN}-U ?[\"']?[\w.\\-]{{1,60}}%{_ARGUMENT}"),
    ("storepass|keypass", rf"(?:store|key)pass {_ARGUMENT}"),
    ("pass:", rf"(?<=[ '\"])pass:{_ARGUMENT}"),
    ("net use", rf"net use [^\n]{{0,100}}? (?P<said>)(?P<given>){value(_PLAIN, 6, '(?= /user:)')}"),
    (
        "set password for",
        rf"(?i:set password for) [^\s=]{{1,80}}\s?=\s?(?i:password\()?[\"']{_ARGUMENT}",
    ),
    ("net use", rf"net use {_WITHIN}/user:\S{{1,60}} {_ARGUMENT}"),
    ("securestring", rf"(?i:securestring)(?: -(?:String|AsPlainText|Force)){{0,3}} {_ARGUMENT}"),
    ("sqlplus", rf"sqlplus(?: -\w{{1,8}}){{0,3}} [\"']?[\w.$-]{{1,60}}/{_ARGUMENT}"),
    ("identified by", rf"(?i:identified by)(?: (?i:password))? [\"']{_ARGUMENT}"),
    (
        "identified with",
        rf"(?i:identified with) [\"'`]?\w{{1,40}}[\"'`]? (?i:by|as) [\"']{_ARGUMENT}",
    ),
    ("identified by", rf"(?i:identified by) (?P<said>){value(_IN_CODE, 6)}"),
)
"""Words, and what begins with one of them."""


_FILES = (
    (
        "wifi:",
        rf"(?i:wifi):(?:[A-Z]:[^;\n]{{0,60}};){{0,4}}P:(?P<said>){value(_IN_CODE, 6)}",
        password_like,
    ),
    (
        "ssid",
        r"ssid[\"'\\]{1,3}\s?:\s?[\"'\\]{1,3}[^\"'\\\n]{0,40}[\"'\\]{1,3},\s{0,24}[\"'\\]{1,3}"
        rf"key[\"'\\]{{1,3}}\s?:\s?[\"'\\]{{1,3}}{_ARGUMENT}",
        password_like,
    ),
    ("k10", r"(?P<it>K10[0-9a-f]{64}::[a-z]{2,12}:[0-9a-f]{32})", dense),
    ("preshared-key", r"preshared-key[^\n]{1,20}?(?P<it>[A-Za-z0-9+/]{43}=)", dense),
    ("password-command", rf"password-command[ =][\"']?echo {_ARGUMENT}", password_like),
    ("UGFzc3dvcmQ6", r"UGFzc3dvcmQ6\s{1,8}(?P<it>[A-Za-z0-9+/]{8,200}={0,2})(?!\S)", dense),
    ("wallet(", r"(?i:wallet)\(\s?[\"'](?P<it>0x[0-9a-fA-F]{64})(?=[\"'])", dense),
    (
        "In [",
        r"In \[\d{1,4}\]: [^\n]{0,40}?(?i:passw|pwd|secret|token|key)\w{0,12}\)?\r?\n"
        rf"Out\[\d{{1,4}}\]:\s{{1,4}}[\"'](?P<said>){value(_PLAIN, 8)}",
        token_like,
    ),
    ("psk", rf"psk\s?=\s?{_ARGUMENT}", password_like),
    (
        "auth|requirepass",
        r"(?<![A-Za-z])(?:auth[\"'\\]{0,3}\s?[:=]\s?|requirepass )[\"'\\]{0,3}" + value(_PLAIN, 12),
        sealed,
    ),
    (
        "jdbc:oracle",
        r"jdbc:oracle:[a-z0-9]{2,5}:[^\s/@]{1,60}/(?P<said>)(?P<given>)"
        + value(_IN_ADDRESS, 4, "(?=@)"),
        dense,
    ),
    (":5432:", rf":5432:[^\s:]{{1,60}}:[^\s:]{{1,60}}:(?P<said>){value(_PLAIN, 6)}", password_like),
    ("_auth", r"_auth\s?=\s?[\"']?(?P<it>[A-Za-z0-9+/]{16,200}={0,2})", dense),
    ("auth", r"auth[\"'\\]{1,3}\s?:\s?[\"'\\]{1,3}(?P<it>[A-Za-z0-9+/]{12,200}={0,2})", _login),
    ("?key=|&key=", r"[?&]key=(?P<it>[A-Za-z0-9_-]{24,200})", token_like),
    (
        "appid=|app_id=|app_key=|appkey=|api-key=|apikey=|subscription-key=|app_secret=|appsecret="
        "|auth=|hapikey=|user_key=|x-functions-key=|access_key=|accesskey=",
        r"[A-Za-z_-]{4,16}=(?P<it>[0-9a-fA-F]{24,64}|[A-Za-z0-9_-]{24,64})(?![\w%-])",
        token_like,
    ),
    (
        "userpassword::|unicodepwd::",
        r"(?i:userpassword|unicodepwd)::[ ]?(?P<it>[A-Za-z0-9+/]{8,200}={0,2})",
        random_looking,
    ),
    ("x-amz-signature=", r"(?i:x-amz-signature)=(?P<it>[0-9a-f]{64})", dense),
    ("$apr1$", r"\$apr1\$(?P<it>[A-Za-z0-9./]{1,8}\$[A-Za-z0-9./]{22})", random_looking),
    (
        "$1$|$5$|$6$|$y$|$7$",
        r"\$[1567y]\$(?P<it>[A-Za-z0-9./=$,]{1,60}\$[A-Za-z0-9./]{22,86})",
        random_looking,
    ),
    ("$2", r"\$2[abxy]\$\d\d\$(?P<it>[A-Za-z0-9./]{53})", random_looking),
    (
        "$argon2|$pbkdf2",
        r"\$(?:argon2|pbkdf2)[a-z0-9-]{1,8}\$[^\s\"']{1,60}\$(?P<it>[A-Za-z0-9+/.]{16,200})",
        random_looking,
    ),
    ("https://", rf"https://{value(_NAME, 20, _AT)}", token_like),
    (
        "ssws|geniekey|splunk",
        r"(?i:ssws|geniekey|splunk) (?P<it>[A-Za-z0-9_-]{20,200})",
        token_like,
    ),
    (
        "aws configure set",
        r"aws configure set (?:[\w-]{1,40}\.){0,2}aws_(?:secret_access_key|session_token) [\"']?"
        r"(?P<it>[A-Za-z0-9/+]{16,}={0,2})",
        dense,
    ),
    (
        "authorization",
        r"(?i:authorization)[\"'\\]{0,3}\s?[:=]\s?[\"'\\]{0,3}(?i:basic) "
        r"(?P<it>[A-Za-z0-9+/]{8,200}={0,2})",
        _login,
    ),
    (
        "basic ",
        r"(?<![A-Za-z])(?i:basic) (?P<it>[A-Za-z0-9+/]{8,200}={0,2})(?![A-Za-z0-9+/=])",
        _login,
    ),
    (
        "auth plain|auth=plain|sasl plain",
        r"(?i:auth[ =]plain|sasl plain)[ :=]{1,3}(?P<it>[A-Za-z0-9+/]{8,200}={0,2})"
        r"(?![A-Za-z0-9+/=])",
        _plain_login,
    ),
    ("cargo login", r"cargo login (?P<it>[A-Za-z0-9]{32,200})", dense),
    (
        "from-literal",
        rf"from-literal[= ][\"']?[\w.-]{{0,40}}(?i:key|token|secret)={value(_PLAIN, 16)}",
        token_like,
    ),
    (
        "appid|app_id|app_key|appkey|app-key",
        r"(?i:app[_-]?(?:id|key))[\"'\\]{0,3}\s{0,3}[:=]\s{0,3}[\"'\\]{0,3}"
        r"(?P<it>[0-9a-f]{32})(?![\w-])",
        dense,
    ),
    ("wandb login", r"wandb login (?:--relogin )?(?P<it>[a-f0-9]{40})", dense),
    (
        "chpasswd",
        rf"chpasswd[ \t]*<<<[ \t]*[\"']?[\w.-]{{1,40}}:{value(_PLAIN, 6)}",
        password_like,
    ),
)

COMMANDS = (
    *(
        password(
            "password in a command",
            pattern,
            password_like,
            words=words,
            many="passwords in commands",
        )
        for words, pattern in _OPTIONS
    ),
    *(
        password(
            "password in a file or an address",
            pattern,
            proof,
            words=words,
            many="passwords in files or addresses",
        )
        for words, pattern, proof in _FILES
    ),
)
