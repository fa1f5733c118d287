"""Secrets as their issuers make them, made up at run time and put where rows hold text.

Written by hand from the issuers' documents, not from the patterns that look for them.
"""

from __future__ import annotations

import base64
import json
import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.unit.checks.planted import Planter
from tests.unit.checks.rows import chat, pair, user

UPPER, LOWER, DIGITS = string.ascii_uppercase, string.ascii_lowercase, string.digits
ALNUM, HEX = string.ascii_letters + DIGITS, "0123456789abcdef"
URL = ALNUM + "-_"
SYMBOLS = "!@#%^*+=?~"


@dataclass(frozen=True, slots=True)
class Issued:
    """A secret of a kind, and the text in which alone it can be told."""

    kind: str
    text: str
    secret: str
    stands_alone: bool


class Issuer:
    """Makes secrets from a seed."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)  # noqa: S311
        self._planter = Planter(seed)

    def all(self) -> list[Issued]:
        """One of every kind."""
        tokens = self._planter.tokens() | self.tokens()
        alone = [Issued(kind, it, it, stands_alone=True) for kind, it in tokens.items()]
        first = self._planter.told()
        told = {kind: first[kind] for kind in first if kind != "private key"} | self.told()
        around = [Issued(kind, text, it, stands_alone=False) for kind, (text, it) in told.items()]
        pem, line = self._planter.private_key()
        return [*alone, *around, Issued("private key", pem, line, stands_alone=False)]

    def some(self, number: int, alphabet: str = ALNUM) -> str:
        """So many random characters, the last one a letter or digit."""
        return "".join(self._rng.choices(alphabet, k=number - 1)) + self._rng.choice("3579")

    def uuid(self) -> str:
        """Version 4, as text."""
        some = self.some
        return f"{some(8, HEX)}-{some(4, HEX)}-4{some(3, HEX)}-a{some(3, HEX)}-{some(12, HEX)}"

    def password(self, length: int = 14) -> str:
        """As a generator of passwords makes one: letters, digits and a mark inside."""
        half = length // 2
        return f"{self.some(half)}{self._rng.choice(SYMBOLS)}{self.some(length - half)}"

    def tokens(self) -> dict[str, str]:
        """Kind and secret; each stands alone."""
        some, uuid = self.some, self.uuid
        plain = UPPER + DIGITS
        two = f"{some(6, plain)}-{some(6, plain)}"
        parts = "-".join(some(5, plain) for _ in range(3))
        return {
            "1Password secret key": f"A3-{two}-{parts}-{some(5, plain)}",
            "1Password service account token": "ops_eyJ" + some(300),
            "Adobe client secret": "p8e-" + some(32, LOWER + DIGITS),
            "Airtable token": "pat" + some(14) + "." + some(64, HEX),
            "Alibaba access key id": "LTAI" + some(20),
            "Apify token": "apify_api_" + some(36),
            "Artifactory key": "AKCp" + some(69),
            "Artifactory reference token": "cmVmd" + some(59),
            "Atlassian token": "ATATT3x" + some(184, URL + "="),
            "Bitbucket app password": "ATBB" + some(32),
            "AWS Bedrock key": "ABSK" + some(128),
            "Buildkite token": "bkua_" + some(40, HEX),
            "CircleCI token": "CCIPAT_" + some(22) + "_" + some(40, HEX),
            "ClickHouse Cloud key": "4b1d" + some(38),
            "Clojars token": "CLOJARS_" + some(60, LOWER + DIGITS),
            "Cloudflare origin key": "v1.0-" + some(24, HEX) + "-" + some(146, HEX),
            "Contentful token": "CFPAT-" + some(43, URL),
            "Defined Networking token": f"dnkey-{some(26, plain)}-{some(52, plain)}",
            "DeepSeek key": "sk-" + some(32, HEX),
            "Doppler token": "dp.st.prd." + some(43),
            "Dropbox token": "sl." + some(135, URL),
            "Duffel token": "duffel_live_" + some(43, URL),
            "Dynatrace token": f"dt0c01.{some(24, plain)}.{some(64, plain)}",
            "E2B key": "e2b_" + some(40, HEX),
            "EasyPost key": "EZAK" + some(54),
            "ElevenLabs key": "sk_" + some(48, HEX),
            "Facebook token": "EAAC" + some(180),
            "Figma token": "figd_" + some(40, URL),
            "Firecrawl key": "fc-" + some(32, HEX),
            "Fireworks key": "fw_" + some(24),
            "Flutterwave key": f"FLWSECK_TEST-{some(32, HEX)}-X",
            "Fly.io token": "fo1_" + some(43, URL),
            "Frame.io token": "fio-u-" + some(64, URL),
            "GitLab incoming mail token": "glimt-" + some(25, LOWER + DIGITS),
            "GitLab OAuth secret": "gloas-" + some(64, HEX),
            "GitLab runner token": "GR1348941" + some(20, URL),
            "Harness key": f"pat.{some(22, URL)}.{some(24, HEX)}.{some(20)}",
            "HubSpot token": f"pat-na1-{uuid()}",
            "Infracost key": "ico-" + some(32),
            "Intra 42 secret": "s-s4t2ud-" + some(64, HEX),
            "Jina key": "jina_" + some(60),
            "Langfuse secret key": f"sk-lf-{uuid()}",
            "LangSmith key": f"lsv2_pt_{some(32, HEX)}_{some(10, HEX)}",
            "Linear key": "lin_api_" + some(40),
            "Lob key": "live_" + some(35, HEX),
            "Mapbox secret token": f"sk.eyJ1I{some(60)}.{some(22, URL)}",
            "MaxMind license key": f"{some(6)}_{some(29)}_mmk",
            "Neon key": "napi_" + some(64, LOWER + DIGITS),
            "Netlify token": "nfp_" + some(36),
            "New Relic insert key": "NRII-" + some(32, URL[:-1]),
            "Nvidia key": "nvapi-" + some(64, URL),
            "Octopus Deploy key": "API-" + some(26, plain),
            "OpenShift token": "sha256~" + some(43, URL),
            "Perplexity key": "pplx-" + some(48),
            "Pinecone key": f"pcsk_{some(6)}_{some(63)}",
            "Plaid token": f"access-production-{uuid()}",
            "PlanetScale password": "pscale_pw_" + some(43, URL),
            "PostHog key": "phx_" + some(43),
            "Postman key": f"PMAK-{some(24, HEX)}-{some(34, HEX)}",
            "Prefect key": "pnu_" + some(36),
            "Pulumi token": "pul-" + some(40, HEX),
            "ReadMe key": "rdme_" + some(70, LOWER + DIGITS),
            "Render key": "rnd_" + some(32),
            "Resend key": f"re_{some(8)}_{some(24)}",
            "Scalingo token": "tk-us-" + some(48, URL),
            "Sendinblue key": f"xkeysib-{some(64, HEX)}-{some(16)}",
            "Sentry user token": "sntryu_" + some(64, HEX),
            "SettleMint token": "sm_pat_" + some(16),
            "Shippo token": "shippo_live_" + some(40, HEX),
            "Sonar token": "squ_" + some(40, HEX),
            "Sourcegraph token": f"sgp_{some(16, HEX)}_{some(40, HEX)}",
            "Supabase token": "sbp_" + some(40, HEX),
            "Supabase secret key": "sb_secret_" + some(31, URL),
            "Tailscale key": f"tskey-auth-{some(12)}CNTRL-{some(32)}",
            "Tavily key": "tvly-dev-" + some(32),
            "Terraform Cloud token": f"{some(14)}.atlasv1.{some(67, URL)}",
            "Together key": "tgp_v1_" + some(43, URL),
            "Typeform token": f"tfp_{some(44)}_{some(14)}",
            "Voyage key": "pa-" + some(43, URL),
            "xAI key": "xai-" + some(80),
            "Yandex key": "AQVN" + some(36, URL),
            "age secret key": "AGE-SECRET-KEY-1"
            + self.some(57, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L")
            + "Q",
        }

    def told(self) -> dict[str, tuple[str, str]]:
        """Kind, and a text around the secret, which only its neighbourhood tells."""
        return (
            self._of_files()
            | self._of_addresses()
            | self._of_commands()
            | self._of_statements()
            | self._of_options()
        )

    def _of_files(self) -> dict[str, tuple[str, str]]:
        some, word, other, key = self.some, self.password(), self.password(18), self.some(40)
        uuid, hexed, twenty = self.uuid(), some(32, HEX), some(20)
        return {
            ".env password": (f"DB_HOST=db\nDB_PASSWORD={word}\nDB_PORT=5432", word),
            ".env secret key": (f"DEBUG=1\nSECRET_KEY={other}", other),
            ".env API key": (f"DATADOG_API_KEY={hexed}\n", hexed),
            ".env token": (f"export CODECOV_TOKEN={uuid}", uuid),
            ".env access key": (f"CI=1\nMINIO_ACCESS_KEY={twenty}", twenty),
            "YAML password": (f"database:\n  user: app\n  password: {word}\n", word),
            "YAML key": (f"service:\n  api_key: {key}\n  region: eu", key),
            "properties": (f"spring.datasource.password={word}", word),
            "ini": (f"[client]\nuser = app\npassword = {word}\n", word),
            "PowerShell": (f'$env:API_TOKEN = "{key}"', key),
            "Dockerfile": (f"FROM debian\nENV AUTH_TOKEN {key}\n", key),
            "Python": (f'client = Client(password="{word}")', word),
            "JavaScript": (f"const apiKey = '{key}';", key),
            "JSON": (f'{{"user": "app", "password": "{word}"}}', word),
            "XML": (f"<server><password>{word}</password></server>", word),
            ".netrc": (f"machine api.internal login app password {word}", word),
            ".npmrc": (f"//registry.internal/:_authToken={uuid}", uuid),
            "sentence": (f"My password is {other}, please check.", other),
        }

    def _of_addresses(self) -> dict[str, tuple[str, str]]:
        word, plain, bus = self.password(), self.some(16), self.some(43) + "="
        name = "Endpoint=sb://b.servicebus.windows.net/;SharedAccessKeyName=all"
        return {
            "PostgreSQL address": (f"postgresql://app:{plain}@10.0.0.5:5432/shop", plain),
            "MongoDB address": (f"mongodb+srv://app:{plain}@c0.ab1cd.mongodb.net/?w=1", plain),
            "Redis address": (f"redis://:{plain}@cache.internal:6379/0", plain),
            "AMQP address": (f"amqps://app:{plain}@mq.internal/vhost", plain),
            "MySQL address": (f"mysql+pymysql://app:{plain}@db/shop", plain),
            "JDBC address": (f"jdbc:mysql://db:3306/shop?user=app&password={plain}", plain),
            "SQL Server": (
                f"Server=db,1433;Database=x;User Id=app;Password={word};Pooling=1",
                word,
            ),
            "Azure Service Bus": (f"{name};SharedAccessKey={bus}", bus),
        }

    def _of_commands(self) -> dict[str, tuple[str, str]]:
        word, key, hexed = self.password(), self.some(40), self.some(40, HEX)
        basic = base64.b64encode(f"app:{word}".encode()).decode()
        return {
            "Docker": (f"docker run -e MYSQL_ROOT_PASSWORD={word} -d mysql", word),
            "curl user": (f"curl -u app:{word} https://api.internal/v1", word),
            "curl header": (f"curl -H 'X-Api-Key: {key}' https://api.internal", key),
            "basic authorization": (f'-H "Authorization: Basic {basic}"', basic),
            "token authorization": (f"Authorization: Token {hexed}", hexed),
            "option": (f"mysqldump --user app --password={word} shop", word),
        }

    def _of_statements(self) -> dict[str, tuple[str, str]]:
        word, key = self.password(), self.some(40)
        login = base64.b64encode(f"app:{word}".encode()).decode()
        crypt = "$6$" + self.some(8) + "$" + self.some(86)
        return {
            "PHP constant": (f"define('DB_PASSWORD', '{word}');", word),
            "Java setter": (f'source.setPassword("{word}");', word),
            "Java property": (f'System.setProperty("db.password", "{word}");', word),
            "Python default": (f"os.getenv('DB_PASSWORD', '{word}')", word),
            "Rust": (f'let password: &str = "{word}";', word),
            "TypeScript": (f'private readonly token: string = "{key}";', key),
            "C#": (f'public string ApiKey {{ get; set; }} = "{key}";', key),
            "C macro": (f'#define WIFI_PASSWORD "{word}"', word),
            "SQL password": (f"CREATE USER app WITH PASSWORD '{word}';", word),
            "SQL identified": (f"CREATE USER app IDENTIFIED BY '{word}';", word),
            "Kubernetes variable": (f"- name: DB_PASSWORD\n  value: {word}", word),
            "variable in JSON": (f'{{"name": "DB_PASSWORD", "value": "{word}"}}', word),
            "Markdown bold": (f"- **Password:** {word}", word),
            "Markdown table": (f"| password | {word} |", word),
            "escaped XML": (f"&lt;password&gt;{word}&lt;/password&gt;", word),
            "German": (f"Passwort: {word}", word),
            "Chinese": (f"\u5bc6\u7801: {word}", word),
            "Spanish": (f"contrase\u00f1a: {word}", word),
            "docker config": (f'{{"auths": {{"r.io": {{"auth": "{login}"}}}}}}', login),
            "shadow": (f"root:{crypt}:19000:0:99999:7:::", crypt[12:]),
            "Wi-Fi": (f'network={{\n  psk="{word}"\n}}', word),
            ".pgpass": (f"db.internal:5432:shop:app:{word}", word),
            "PuTTY": (f"Private-Lines: 1\n{key}\nPrivate-MAC: 1", key),
        }

    def _of_options(self) -> dict[str, tuple[str, str]]:
        word, plain, key = self.password(), self.some(16), self.some(40)
        return {
            "PowerShell secure string": (
                f"ConvertTo-SecureString '{word}' -AsPlainText -Force",
                word,
            ),
            "mysql": (f"mysql -u root -p'{word}' shop", word),
            "sshpass": (f"sshpass -p '{word}' ssh app@db", word),
            "redis-cli": (f"redis-cli -h cache -a {plain} ping", plain),
            "mongosh": (f"mongosh -u admin -p {plain}", plain),
            "docker login": (f"docker login -u app -p {plain} r.io", plain),
            "ldapsearch": (f"ldapsearch -x -D cn=admin -w {plain} -b dc=x", plain),
            "smbclient": (f"smbclient //nas/s -U 'app%{word}'", word),
            "keytool": (f"keytool -storepass {plain} -list", plain),
            "openssl": (f"openssl enc -pass pass:{plain} -in a", plain),
            "Okta": (f"Authorization: SSWS {key}", key),
            "key in an address": (f"https://maps.internal/a?key={key}", key),
            "token in an address": (f"https://{key}@git.internal/o/p", key),
            "Oracle": (f"jdbc:oracle:thin:scott/{plain}@//db:1521/x", plain),
        }


Place = Callable[[random.Random, str, str], Any]


def _calls(arguments: str) -> dict[str, Any]:
    call = {"id": "c1", "type": "function", "function": {"name": "run", "arguments": arguments}}
    answer = {"role": "assistant", "content": None, "tool_calls": [call]}
    tool = {"type": "function", "function": {"name": "run", "parameters": {"type": "object"}}}
    return chat(user("Run it."), answer, tools=[tool])


def _described(description: str, default: str) -> dict[str, Any]:
    properties = {"where": {"type": "string", "description": default}}
    parameters = {"type": "object", "properties": properties}
    function = {"name": "run", "description": description, "parameters": parameters}
    row: dict[str, Any] = _calls("{}")
    row["tools"] = [{"type": "function", "function": function}]
    return row


def _split(rng: random.Random, text: str, secret: str, between: str) -> str:
    """The text with its secret cut in two, somewhere behind the prefix."""
    at = text.index(secret) + rng.randrange(len(secret) // 3, len(secret) - 4)
    return text[:at] + between + text[at:]


PLACES: dict[str, Place] = {
    "text": lambda _, text, __: pair("How?", f"Use this:\n\n{text}\n\nand go on."),
    "prompt": lambda _, text, __: pair(f"What is wrong here? {text}", "Nothing."),
    "tool arguments": lambda _, text, __: _calls(json.dumps({"command": f"set -e\n{text}"})),
    "tool description": lambda _, text, __: _described(f"Runs a command.\n{text}", "A folder."),
    "parameter description": lambda _, text, __: _described("Runs.", f"For example {text}"),
    "JSON in JSON": lambda _, text, __: _calls(
        json.dumps({"body": json.dumps({"note": f"see\n{text}\n", "n": 1})})
    ),
    "metadata": lambda _, text, __: {**pair("How?", "So."), "meta": {"note": text}},
    "a key": lambda _, text, __: {**pair("How?", "So."), "meta": {f"see {text}": 1}},
    "zero width": lambda rng, text, secret: pair(
        "How?", f"Use\n{_split(rng, text, secret, rng.choice(chr(0x200B) + chr(0x2060)))}\n"
    ),
    "two lines": lambda rng, text, secret: pair(
        "How?", f"Use\n{_split(rng, text, secret, chr(10))}\nfor it."
    ),
    "base64": lambda _, text, __: pair(
        "How?", f"value: {base64.b64encode(text.encode()).decode()}"
    ),
}

FOR_TOKENS = ("two lines", "base64")
"""Where only what stands alone is looked for: a name does not tell half a password."""


def placed(seed: int) -> Iterator[tuple[str, Issued, Any]]:
    """Every secret in every place: the place, the secret, and the row."""
    rng = random.Random(seed)  # noqa: S311
    for issued in Issuer(seed).all():
        for place, row in PLACES.items():
            if issued.stands_alone or place not in FOR_TOKENS:
                yield place, issued, row(rng, issued.text, issued.secret)
