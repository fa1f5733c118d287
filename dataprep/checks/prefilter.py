"""Which lines hold what a rule on texts might object to: quick, and never too mild.

Each pattern begins with letters or digits that are rare in texts: Polars' engine passes over all
else at some gigabytes a second. They stop whatever the rooms of privacy and quality call a hint,
which a test holds against them; what they stop is judged by the rules themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from dataprep.checks.context import Context
from dataprep.checks.per_row import privacy, text_quality
from dataprep.sensitive.views import INVISIBLE
from dataprep.sensitive.words import screened_words

ESCAPED = (
    r"\\u(?:00(?:[2-7]|1[eE]|[aA][dD])|034[fF]|061[cC]|11(?:5[fF]|60)|17[bB]|180|[fF][eE][fF]"
    r"|20(?:0[b-fB-F]|2[a-eA-E]|6))"
)
"""ASCII and what has no width, written as escapes, in which a pattern sees nothing else."""

_CODED = "[0-9][A-Za-z0-9+/]{10}"
"""What base64 has in it, but for the shortest."""

_BROKEN = "\n[A-Za-z0-9-]{16}"
"""How a token goes on after a line break."""


@dataclass(frozen=True, slots=True)
class _Family:
    """The patterns for every line, the one for those beyond ASCII, and words in any case."""

    screens: tuple[str, ...]
    wide: str
    words: Callable[[], tuple[str, ...]] | None = None

    def found(self, lines: pl.Series, wide: pl.Series) -> pl.Series:
        """Whether each line is stopped; `wide` tells which go beyond ASCII."""
        stopped = _any(lines, self.screens)
        stopped |= _among(lines, wide & ~stopped, (self.wide,))
        if self.words is not None:
            stopped |= _with_words(lines, ~stopped, [*self.words()])
        return stopped


_SENSITIVE = _Family(
    screens=(
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
        r"@|[0-9](?:(?:[ ./()-]{0,2}[0-9]){5}|\.[0-9]{1,3}\.[0-9]|[0-9](?: ?[A-Z0-9]{4}|[A-Z])"
        r"|[A-Za-z0-9+/]{10})",
    ),
    # to a pattern without case U+017F and U+212A are an s and a k; the others have no width
    wide=f"[\u017f\u212a{INVISIBLE}]",
    words=screened_words,
)
_QUALITY = _Family(
    screens=(
        r"\\[bf]|\\u00[0189]|\\u00[c-fC-F][0-9a-fA-F]\\u|\\u00[aA][dD]|\\u20(?:0[b-fB-F]|2[dDeE]|[67])"
        r"|\\u(?:2800|3164|[fF]|034|061|1[178])",
        r"<[/a-zA-Z|<\\]|&[a-z#]|\{\{|\[/?[A-Z]{3}|\[(?:Insert|Your|Enter) |\x7f",
        r"(?i-u:(?:as|m|just|only) an? (?:ai|art|lar|lan))",
        r"(?i-u:sorry,? but i |lorem ip)",
        r"[Ii] (?i-u:cannot|am unable|am not able|can)",
    ),
    wide="[\u0080-\u009f\u00ad\u017f\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f"
    "\u202d\u202e\u2060-\u206f\u212a\u2800\u3164\ufeff\ufffd]|[\u00c2-\u00f4][^ -~\u00c0-\u0151]",
)


class Hints:
    """The families of rules on texts, as far as one of their rules is selected."""

    def __init__(self, context: Context) -> None:
        every = ((_SENSITIVE, privacy.CODES), (_QUALITY, text_quality.CODES))
        self._families = [f for f, codes in every if context.selection.any_of(*codes)]

    def in_lines(self, raws: Sequence[bytes]) -> list[bool]:
        """Whether each line, as raw JSON, must be looked at; one that is not UTF-8 must be."""
        lines = _as_texts(raws)
        wide = lines.str.len_bytes() != lines.str.len_chars()
        found = _any(lines, (ESCAPED,))
        for family in self._families:
            found |= family.found(lines, wide)
        return found.to_list()


def may_hold_secrets(texts: pl.Series) -> pl.Series:
    """Which texts, as they are and not as JSON, may hold a secret."""
    keys = _Family((*_SENSITIVE.screens[:-1], _CODED, _BROKEN, ESCAPED), _SENSITIVE.wide)
    return keys.found(texts, texts.str.len_bytes() != texts.str.len_chars())


def _as_texts(raws: Sequence[bytes]) -> pl.Series:
    """The lines as texts; what is not UTF-8 becomes an escape, and so is in doubt."""
    try:
        return pl.Series(raws, dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError:
        valid = [raw if _is_utf8(raw) else b"\\u0020" for raw in raws]
        return pl.Series(valid, dtype=pl.Binary).cast(pl.String)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def _any(lines: pl.Series, patterns: Sequence[str]) -> pl.Series:
    """Whether each line holds one of the patterns, which are looked for side by side."""
    line = pl.col("line")
    looked = [line.str.contains(p).alias(str(n)) for n, p in enumerate(patterns)]
    found = lines.to_frame("line").select(looked)
    return found.select(any=pl.any_horizontal(pl.all()))["any"]


def _among(lines: pl.Series, chosen: pl.Series, patterns: Sequence[str]) -> pl.Series:
    """The same for some lines only; no other is found."""
    if not chosen.any():
        return chosen
    at = chosen.arg_true()
    return chosen.scatter(at, _any(lines.gather(at), patterns))


def _with_words(lines: pl.Series, chosen: pl.Series, words: list[str]) -> pl.Series:
    """Which of some lines hold a word, in any case as far as it is ASCII."""
    if not chosen.any():
        return chosen
    at = chosen.arg_true()
    return chosen.scatter(at, lines.gather(at).str.contains_any(words, ascii_case_insensitive=True))
