"""What a line of JSON holds that a rule on texts might object to: patterns, each for its rules.

They stop whatever the rooms of privacy and quality call a hint, which a test holds against them;
what they stop is judged by the rules themselves. Polars and hyperscan read them alike.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from dataprep.checks.folding import UNUSUAL, UNUSUAL_WIDE
from dataprep.checks.per_row import privacy, text_quality
from dataprep.checks.selection import Selection
from dataprep.sensitive.disguises import CODED
from dataprep.sensitive.views import INVISIBLE, JOINED
from dataprep.sensitive.words import screened_words


class TextRules(enum.IntFlag):
    """Rules on texts that are asked together, where one of their screens was hit.

    HIDDEN is none: escapes hide from the screens what a line says. Nor is UNUSUAL: the line must
    be held against the screens once more, when its case and its escapes are undone.
    """

    SECRETS = 1
    PERSONS = 2
    QUALITY = 4
    HIDDEN = 8
    EVERY = 15
    UNUSUAL = 16


CODES = {
    TextRules.SECRETS: privacy.CODES,
    TextRules.PERSONS: privacy.CODES,
    TextRules.QUALITY: text_quality.CODES,
}
"""A secret hides what is personal within it, so that neither is looked for without the other."""


def selected(selection: Selection) -> TextRules:
    """The rules on texts of which one at least is selected."""
    chosen = TextRules.HIDDEN | TextRules.UNUSUAL
    for rules, codes in CODES.items():
        if selection.any_of(*codes):
            chosen |= rules
    return chosen


@dataclass(frozen=True, slots=True)
class Screen:
    """A pattern of the raw JSON of a line, in the words that Rust's `regex` and hyperscan share.

    `(?i-u:...)` is ASCII in any case. A `wide` one is of characters beyond ASCII, and is looked
    for in lines that have some; every other one is of bytes as much as of characters.
    """

    rules: TextRules
    pattern: str
    wide: bool = False


ESCAPED = (
    r"\\u(?:00(?:[2-7]|1[eE]|[aA][dD])|034[fF]|061[cC]|11(?:5[fF]|60)|17[bB]|180|[fF][eE][fF]"
    r"|20(?:0[b-fB-F]|2[a-eA-E]|6)|06(?:0[0-5]|[dD][dD])|070[fF]|08(?:9[01]|[eE]2)|[fF]{3}[9abAB]"
    r"|[dD](?:80[4dD]|82[fF]|834|[bB]40))"
)
"""ASCII and what has no width, written as escapes, in which a pattern sees nothing else."""

SECRET_SCREENS = (
    r"AKIA|ASIA|ABIA|ACCA|AGE-SECRET|AIza|AccountKey=|PRIVATE(?:%20|[ +])KEY|GOCSPX|EAAA"
    r"|HRKU-|A3[T-]|(?:AC|SK)[0-9a-f]{8}|AT[AC]TT3|ATBB|AQVN|LTAI|CFPAT-|FLWSECK|GR1348941|NRII-|YCA|QUtJQ"
    r"|FLSU|BS0lB",
    r"ya29\.|[78]Q~|p8e-|t1\.[A-Za-z0-9_-]{12}|fig[dou]_",
    r"gh[pousr]_|github_pat_",
    r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|ffct|imt|oas)-|tk-us-|sha256~|_gitlab_session="
    r"|sb_secret_|access-(?:sand|deve|prod)",
    r"xox[abeoprs]|xapp-|hooks\.slack|[sr]k_(?:live|test)_|whsec_|webhooks|discord|hv[sb]\.",
    r"sk-|key-|hf_|fw_|r8_|gsk_|xai-|SG\.|eyJ|sq0|:AA|npm_|ntn_|glc_|glsa_|dckr_",
    r"do[opr]_v1_|shp[acps]|dapi|dnkey-|duffel_|tvly-|tfp_|tgp_v1_|nvapi-|pcsk_|waka_|fo1_"
    r"|fio-u-|sm_[aps]at_",
    r"-us[0-9]|pypi-|lin_api_|dp\.[a-z]{2,5}\.|pscale_|sntry|rubygems_|api_org_|NRAK-|PMAK-",
    r"re_[A-Za-z0-9]{6,10}_|pa-[A-Za-z0-9_-]{24}|pat-(?:na|eu|ap)"
    r"|-u(?:ser)?[ =\\\"'`]{1,9}[A-Za-z0-9_$.@-]{1,80}:",
    r"[_-][A-Za-z0-9]{16}|\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{12}",
    r"\\n[A-Za-z0-9-]{16}",
    r"(?i-u:passw|pwd|secret|token)",
    r"(?:pass|Pass|PASS|cred|Cred|CRED)[A-Za-z0-9_]{0,12}[\\\"'`* \t]*(?:\\[nrt])*[:=>|,(&%]",
    r"(?i-u:mysql|mariadb|sshpass|mongo|redis-cli|docker|podman|az login|ldap(?:sea|add|mod))",
    r"(?i-u:sqlcmd|unzip|(?:smb|rpc)client|net use|pass:|securestring|identified by|psk)",
    r"(?i-u:storepass|ssws|splunk|wandb|setenv|setx|x-amz-sig|kennwort|contrase|mot de passe)",
    r"(?i-u:senha|wachtwoord|senord|jdbc:oracle)|пароль|Пароль|ПАРОЛЬ|密码|密碼|パスワード|비밀번호",
    r"ARG |ENV |:5432:|auth[\\\"' ]{0,9}[:=]|\$(?:apr1|[1567y]|2[abxy]|argon2|pbkdf2)\$?|IQoJ"
    r"|FwoG|cio[A-Za-z0-9]{32}|1//0|s\.[A-Za-z0-9]{24}|Private-Lines|[12]/[0-9]{13}"
    r"|\\u04[13][fF]\\+u04[13]0\\+u04[24]0|\\u5[bB][cC]6\\+u78|\\u30[dD]1\\+u30[bB]9\\+u30[eE][fF]"
    r"|\\u[bB][eE]44\\+u[bB][cC]00",
    r"(?i-u:clave|passord|adgangskode|salasana|heslo|jelsz|parola|ifre|lozinka|kata sandi)",
    r"has(?:ł|\\+u0142)o|Has(?:ł|\\+u0142)o|m(?:ậ|\\+u1[eE][aA][dD])t kh"
    r"|口令|\\u53[eE]3\\+u4[eE][eE]4|암호|\\u[cC]554\\+u[dD]638",
    r"(?i-u:key|aws)",
    r"(?i-u:authorization|heroku|hooks\.zapier|bundle config|enable secret)",
    r"(?i-u:seed|mnemonic|recovery"
    r"|otpauth|snmp-server|chpasswd|sess[a-z_.-]{0,20}=)",
    r"(?i-u:label[_ -]studio|jwt\.|jws\.|jsonwebtoken|hmac|cipher|fernet|mysqli|pdo\()",
    r"(?i-u:sqlplus|oracle)",
    r"(?i-u:(?:connect|login|sign|bind|ftp)[a-z_.:]{0,24}\(|cookie_?parser|app_?id=|hapikey)",
    r"@(?:tcp|unix)\(|[^a-zA-Z]pw\\{0,4}\"|<(?:D|[DI]?[PQ]|InverseQ)>|[0-9a-f]{32}-[0-9a-f]{8}-",
    r"(?i-u:bearer |sig=)",
    "[0-9][A-Za-z0-9+/]{10}",
    CODED,
)
"""The last but one is what base64 of bytes has in it, and the last that of ASCII."""

_NUMBERS = (
    r"@|[0-9](?:(?:[ ./()-]{0,2}[0-9]){5}|\.[0-9]{1,3}\.[0-9]|[0-9](?: ?[A-Z0-9]{4}|[A-Z]))",
)
_QUALITY = (
    r"\\[bf]|\\u00[0189]|\\u00[c-fC-F][0-9a-fA-F](?:\\u|[^ -~])|\\u00[aA][dD]"
    r"|\\u20(?:0[b-fB-F]|2[dDeE]|[67])"
    r"|\\u(?:2800|3164|[fF]|034|061|1[178])",
    r"<[/a-zA-Z|<\\]|&[a-z#]|\{\{|\[(?:\\?/)?[A-Z]{3}|\[(?:Insert|Your|Enter) |\x7f",
    r"(?i-u:(?:as|m|just|only) an? (?:ai|art|lar|lan))",
    r"(?i-u:sorry,? but i |lorem ip)",
    r"[Ii] (?i-u:cannot|am unable|am not able|can)",
)
WIDE_SECRETS = f"[\u017f\u212a{INVISIBLE}]"
"""To a pattern without case U+017F and U+212A are an s and a k; the others have no width."""

_WIDE_QUALITY = (
    "[\u0080-\u009f\u00ad\u017f\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f"
    "\u202d\u202e\u2060-\u206f\u212a\u2800\u3164\ufeff\ufffd"
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\ufff9-\ufffb"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f]"
    "|[\u00c2-\u00f4](?:[^ -~\u00c0-\u0151]|\\\\u)"
)

_DISGUISED = (
    *JOINED,
    r"%(?:25)?[2-7][0-9A-Fa-f]|&#|\\\\[xX][2-7]",
    r"=\\[rn]|\\\\\\[rn]",
    r"\\\\u[0-9a-fA-F]",
    r"(?:[^a-zA-Z]|\\[nrt])(?i-u:pin)[^a-zA-Z]|[a-z]P(?:in|IN)[^a-zA-Z]",
    r"(?i-u:pass|creds|credentials?)[ \"'`*_]*(?:;|<|\\t)"
    r"|(?:[,;|]|\\t)[ \"'`*_]*(?i-u:pass|creds|credentials?)[ \"'`*_]*\\[rn]",
    r"sudo |[^a-zA-Z]p\\*\"|(?i-u:\*\*pass)",
    r"(?i-u:(?:door|gate|entry|access|alarm|unlock|safe|security|garage|lock|keypad|vault)"
    r"[_ -]?code)",
)
"""Letters of a secret's name in URLs, HTML, JSON and code and at the ends of lines, which its room
reads through; names of passwords and PINs that are no words of it, and those at heads of columns.
"""

SCREENS = (
    Screen(TextRules.HIDDEN, ESCAPED),
    *(Screen(TextRules.SECRETS, pattern) for pattern in SECRET_SCREENS),
    *(Screen(TextRules.SECRETS, pattern) for pattern in _DISGUISED),
    Screen(TextRules.UNUSUAL, UNUSUAL),
    Screen(TextRules.UNUSUAL, UNUSUAL_WIDE, wide=True),
    Screen(TextRules.SECRETS, "@"),
    Screen(TextRules.SECRETS, WIDE_SECRETS, wide=True),
    *(Screen(TextRules.PERSONS, pattern) for pattern in _NUMBERS),
    Screen(TextRules.PERSONS, WIDE_SECRETS, wide=True),
    *(Screen(TextRules.QUALITY, pattern) for pattern in _QUALITY),
    Screen(TextRules.QUALITY, _WIDE_QUALITY, wide=True),
)
OF_WORDS = TextRules.SECRETS
"""The rules that a word stops a line for."""


def screens_of(rules: TextRules) -> tuple[list[Screen], tuple[str, ...]]:
    """The screens of some rules, each for these alone, and the words, in any case of ASCII."""
    chosen = [Screen(s.rules & rules, s.pattern, s.wide) for s in SCREENS if s.rules & rules]
    return chosen, screened_words() if OF_WORDS & rules else ()
