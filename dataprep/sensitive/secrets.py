"""The kinds of secrets: what gitleaks' rules cover most, in patterns of our own.

Shapes are those that the issuers document or show in their consoles (November 2026).
"""

from __future__ import annotations

import re

from dataprep.sensitive.match import SensitiveKind
from dataprep.sensitive.proofs import dense, random_looking

_NO_WORD_BEFORE, _NO_WORD_AFTER = r"(?<![A-Za-z0-9_-])", r"(?![A-Za-z0-9_-])"


def _token(name: str, words: str, pattern: str) -> SensitiveKind:
    """A credential that is told by its prefix; it stands alone, and is no placeholder."""
    return SensitiveKind(
        code="P001",
        name=name,
        words=tuple(words.split()),
        pattern=(_NO_WORD_BEFORE + f"(?:{pattern})" + _NO_WORD_AFTER),
        proof=random_looking,
    )


def _after(name: str, word: str, pattern: str) -> SensitiveKind:
    """A credential that only its neighbourhood tells: the issuer's name, then `=` or `:`."""
    told = rf"(?<![A-Za-z])(?i:{word})[\w .-]{{0,40}}[\"'\\]{{0,3}}\s*(?:=>|[:=])\s*[\"'\\`]{{0,3}}"
    return SensitiveKind(
        code="P001",
        name=name,
        words=tuple(word.split("|")),
        pattern=(rf"{told}(?P<it>{pattern}){_NO_WORD_AFTER}"),
        proof=dense,
    )


def _password(name: str, words: str, pattern: str, *, heavy: bool = False) -> SensitiveKind:
    return SensitiveKind(
        code="P003",
        name=name,
        words=tuple(words.split()),
        pattern=(pattern),
        proof=dense if heavy else random_looking,
    )


TOKENS = (
    _token("AWS access key id", "AKIA ASIA ABIA ACCA", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}"),
    _after("AWS secret access key", "aws", r"[A-Za-z0-9/+]{40}"),
    _token("Google API key", "AIza", r"AIza[A-Za-z0-9_-]{35}"),
    _token("Google OAuth access token", "ya29.", r"ya29\.[A-Za-z0-9_-]{20,}"),
    _token("Google OAuth client secret", "GOCSPX-", r"GOCSPX-[A-Za-z0-9_-]{28}"),
    _token("Azure storage account key", "AccountKey=", r"AccountKey=[A-Za-z0-9+/]{86}=="),
    _token("Azure shared access signature", "sig=", r"sig=[A-Za-z0-9%]{43,90}(?:%3[Dd]|=)"),
    _token("Azure client secret", "8Q~", r"[A-Za-z0-9_~.]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}"),
    _token("GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", r"gh[pousr]_[A-Za-z0-9]{36,}"),
    _token("GitHub fine-grained token", "github_pat_", r"github_pat_[A-Za-z0-9_]{36,}"),
    _token(
        "GitLab token",
        "glpat- gldt- glrt- glcbt- glptt- glft- glsoat- glagent-",
        r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-[A-Za-z0-9_.-]{20,}",
    ),
    _token("Slack token", "xox", r"xox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{15,}"),
    _token("Slack app token", "xapp-", r"xapp-\d-[A-Z0-9]+-\d+-[a-f0-9]+"),
    _token(
        "Slack webhook",
        "hooks.slack.com",
        r"(?:https:\\?/\\?/)?hooks\.slack\.com\\?/(?:services|workflows)\\?/[A-Za-z0-9/\\]{30,}",
    ),
    _token("Stripe key", "_live_ _test_", r"[sr]k_(?:live|test)_[A-Za-z0-9]{16,}"),
    _token("Stripe webhook secret", "whsec_", r"whsec_[A-Za-z0-9+/]{24,}"),
    _token(
        "OpenAI key",
        "sk-",
        r"sk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,}|[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}"
        r"|[A-Za-z0-9]{48})",
    ),
    _token("Anthropic key", "sk-ant-", r"sk-ant-[a-z]+\d\d-[A-Za-z0-9_-]{60,}"),
    _token("OpenRouter key", "sk-or-", r"sk-or-v1-[a-f0-9]{64}"),
    _token("Hugging Face token", "hf_ api_org_", r"(?:hf_|api_org_)[A-Za-z]{34}"),
    _token("Replicate token", "r8_", r"r8_[A-Za-z0-9]{37}"),
    _token("Groq key", "gsk_", r"gsk_[A-Za-z0-9]{52}"),
    _token("Fireworks key", "fw_", r"fw_[A-Za-z0-9]{22,24}"),
    _token("xAI key", "xai-", r"xai-[A-Za-z0-9]{80}"),
    _token("Twilio key", "SK AC", r"(?:SK|AC)[0-9a-f]{32}"),
    _token("SendGrid key", "SG.", r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    _token("Mailgun key", "key-", r"key-[0-9a-f]{32}"),
    _token("Mailchimp key", "-us", r"[0-9a-f]{32}-us\d{1,2}"),
    _token("npm token", "npm_", r"npm_[A-Za-z0-9]{36}"),
    _token("PyPI token", "pypi-", r"pypi-AgE[A-Za-z0-9_-]{50,}"),
    _token("DigitalOcean token", "dop_v1_ doo_v1_ dor_v1_", r"do[opr]_v1_[a-f0-9]{64}"),
    _token("Heroku key", "HRKU-", r"HRKU-[A-Za-z0-9_-]{36,}"),
    _after(
        "Heroku key", "heroku", r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F-]{17}"
    ),
    _token("Telegram bot token", ":AA", r"\d{8,10}:AA[A-Za-z0-9_-]{33}"),
    _token(
        "Discord bot token", "M N O", r"[MNO][A-Za-z\d_-]{23,27}\.[A-Za-z\d_-]{6}\.[\w-]{27,38}"
    ),
    _token(
        "Discord webhook",
        "webhooks",
        r"discord(?:app)?\.com\\?/api\\?/webhooks\\?/\d{17,20}\\?/[A-Za-z0-9_-]{60,}",
    ),
    _token("JSON web token", "eyJ", r"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}"),
    _token("Square token", "sq0 EAAA", r"sq0[a-z]{3}-[\w-]{22,43}|EAAA[\w-]{60}"),
    _token("Shopify token", "shp", r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    _token("Databricks token", "dapi", r"dapi[a-f0-9]{32}(?:-\d)?"),
    _token("Notion token", "ntn_", r"ntn_[0-9]{11}[A-Za-z0-9]{32,35}"),
    _token("Linear key", "lin_api_", r"lin_api_[A-Za-z0-9]{40}"),
    _token("Grafana token", "glsa_ glc_", r"glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|glc_[\w+/]{32,}=*"),
    _token("New Relic key", "NRAK-", r"NRAK-[A-Z0-9]{27}"),
    _token("HashiCorp Vault token", "hvs. hvb.", r"hv[sb]\.[\w-]{24,}"),
    _token("Doppler token", "dp.pt.", r"dp\.pt\.[A-Za-z0-9]{43}"),
    _token("PlanetScale password", "pscale_", r"pscale_(?:tkn|pw|oauth)_[\w.-]{32,}"),
    _token("Sentry token", "sntrys_ sntryu_", r"sntrys_[\w+/=.-]{60,}|sntryu_[a-f0-9]{64}"),
    _token("Docker token", "dckr_", r"dckr_(?:pat|oat)_[\w-]{27,32}"),
    _token("Postman key", "PMAK-", r"PMAK-[a-f0-9]{24}-[a-f0-9]{34}"),
    _token("RubyGems key", "rubygems_", r"rubygems_[a-f0-9]{48}"),
    _token("age secret key", "AGE-SECRET-KEY-", r"AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}"),
    _after("Label Studio token", "label_studio|label-studio|label studio", r"[0-9a-f]{40}"),
)

PRIVATE_KEYS = (
    SensitiveKind(
        code="P002",
        name="private key",
        words=("PRIVATE KEY",),
        pattern=(
            r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\\[nr]|[\s>|])*"
            r"(?:[A-Z][\w-]+: [^\n\\]*(?:\\[nr]|\s)+)*[A-Za-z0-9+/=]{16}[A-Za-z0-9+/=\\\s]*"
            r"(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----)?"
        ),
    ),
)

_WORD = r"passw(?:or)?d|passwd|pwd|secret|token|api[_-]?key|access[_-]?key"

PASSWORDS = (
    _password(
        "database address with a password",
        "://",
        r"(?i:(?:postgres(?:ql)?|mysql|mariadb|mongodb|redis|rediss|amqps?|mssql|clickhouse)"
        r"(?:\+[a-z\d]+)?):\\?/\\?/[^\s:@/'\"]{0,60}:(?P<it>[^\s:@/'\"]{3,80})@[\w.-]+",
    ),
    _password(
        "web address with a password",
        "://",
        r"(?i:https?|ftps?|git|ssh|smtps?):\\?/\\?/[^\s:@/'\"]{1,60}:(?P<it>[^\s:@/'\"]{6,80})@[\w.-]+",
    ),
    _password(
        "password or key in an assignment",
        "passw pwd secret token api key",
        rf"(?i:{_WORD})[A-Za-z_]{{0,12}}[\"'\\]{{0,3}}\s{{0,3}}(?:=>|:=|[:=])\s{{0,3}}"
        r"[\"'\\`]{1,3}(?P<it>[^\s\"'`\\]{10,120})[\"'\\`]",
        heavy=True,
    ),
    _password(
        "authorization header",
        "bearer authorization",
        r"(?i:bearer|authorization[\"'\\]{0,3}\s?[:=]\s?[\"'\\]{0,3}basic) "
        r"(?P<it>[\w+/.~-]{24,}=*)",
        heavy=True,
    ),
)

SECRETS = (*PRIVATE_KEYS, *TOKENS, *PASSWORDS)

LONG = re.compile(r"[A-Za-z0-9_+/=.~:%-]{20}")
"""What every token has in it: none is shorter, and few words of a language are so long."""
