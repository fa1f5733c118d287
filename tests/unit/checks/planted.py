"""Secrets of every kind, made up at run time: none may stand in the repository, not even here."""

from __future__ import annotations

import random
import string

UPPER, DIGITS = string.ascii_uppercase, string.digits
ALNUM, HEX = string.ascii_letters + DIGITS, "0123456789abcdef"
BASE32, URL = UPPER + "234567", ALNUM + "-_"


class Planter:
    """Makes secrets; each with the kind that must be named, and the code."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)  # noqa: S311

    def some(self, number: int, alphabet: str = ALNUM) -> str:
        """So many random characters, the last one a letter or digit."""
        return "".join(self._rng.choices(alphabet, k=number - 1)) + self._rng.choice("adef")

    def tokens(self) -> dict[str, str]:
        """Kind and secret; each stands alone."""
        some = self.some
        return {
            "AWS access key id": "AKIA" + "".join(self._rng.choices(BASE32, k=16)),
            "Google API key": "AIza" + some(35, URL),
            "Google OAuth access token": "ya29." + some(60, URL),
            "Google OAuth client secret": "GOCSPX-" + some(28, URL),
            "Azure storage account key": "AccountKey=" + some(86) + "==",
            "Azure shared access signature": "sig=" + some(43) + "%3D",
            "Azure client secret": some(3) + "8Q~" + some(34, ALNUM),
            "GitHub token": self._rng.choice(("ghp_", "gho_", "ghu_", "ghs_", "ghr_")) + some(36),
            "GitHub fine-grained token": "github_pat_" + some(22) + "_" + some(59),
            "GitLab token": "glpat-" + some(20, URL),
            "Slack token": "xoxb-" + some(12, DIGITS) + "-" + some(24),
            "Slack app token": "xapp-1-A" + some(9, DIGITS)[:-1] + "-123-" + some(64, HEX),
            "Slack webhook": "https://hooks.slack.com/services/T" + some(30, ALNUM),
            "Stripe key": "sk_live_" + some(24),
            "Stripe webhook secret": "whsec_" + some(32),
            "OpenAI key": self._rng.choice(("sk-", "sk-proj-")) + some(48),
            "Anthropic key": "sk-ant-api03-" + some(93, URL),
            "OpenRouter key": "sk-or-v1-" + some(64, HEX),
            "Hugging Face token": "hf_" + some(34, string.ascii_letters),
            "Replicate token": "r8_" + some(37),
            "Groq key": "gsk_" + some(52),
            "Twilio key": "SK" + some(32, HEX),
            "SendGrid key": "SG." + some(22, URL) + "." + some(43, URL),
            "Mailgun key": "key-" + some(32, HEX),
            "Mailchimp key": some(32, HEX) + "-us12",
            "npm token": "npm_" + some(36),
            "PyPI token": "pypi-AgE" + some(80, URL),
            "DigitalOcean token": "dop_v1_" + some(64, HEX),
            "Heroku key": "HRKU-" + some(60, URL),
            "Telegram bot token": some(10, "23456789")[:-1] + "7:AA" + some(33, URL),
            "Discord bot token": "M" + some(23) + "." + some(6) + "." + some(38),
            "JSON web token": f"eyJ{some(20)}.eyJ{some(60)}.{some(43, URL)}",
            "Square token": "sq0atp-" + some(22, URL),
            "Shopify token": "shpat_" + some(32, HEX),
            "Databricks token": "dapi" + some(32, HEX),
            "Notion token": "ntn_" + "".join(self._rng.choices(DIGITS, k=11)) + some(35),
            "Grafana token": "glsa_" + some(32) + "_" + some(8, HEX),
            "New Relic key": "NRAK-" + "".join(self._rng.choices(UPPER + DIGITS, k=27)),
            "HashiCorp Vault token": "hvs." + some(90, URL),
            "Docker token": "dckr_pat_" + some(27, URL),
            "RubyGems key": "rubygems_" + some(48, HEX),
        }

    def told(self) -> dict[str, tuple[str, str]]:
        """Kind, and a text around the secret, which only its neighbourhood tells."""
        some = self.some
        key, password = some(40), some(14)
        heroku = f"{some(8, HEX)}-{some(4, HEX)}-{some(4, HEX)}-{some(4, HEX)}-{some(12, HEX)}"
        studio, word, bearer = some(40, HEX), "q7" + some(18), "q7" + some(40)
        return {
            "AWS secret access key": (f"aws_secret_access_key = {key}", key),
            "Heroku key": (f"HEROKU_API_KEY={heroku}", heroku),
            "Label Studio token": (f"LABEL_STUDIO_TOKEN: {studio}", studio),
            "database address": (f"postgres://ada:{password}@db.acme.io:5432/shop", password),
            "web address": (f"https://ada:{password}@git.acme.io/shop.git", password),
            "password or key": (f'"client_secret": "{word}"', word),
            "authorization header": (f"curl -H 'Authorization: Bearer {bearer}'", bearer),
            "private key": self.private_key(),
        }

    def private_key(self) -> tuple[str, str]:
        """A block as openssl writes it, and what must not be shown of it."""
        lines = [self.some(64) for _ in range(4)]
        mark = "PRIVATE KEY-----"
        return f"-----BEGIN RSA {mark}\n" + "\n".join(lines) + f"\n-----END RSA {mark}", lines[0]
