"""What tells a secret that has no form of its own, with a place for it: {}."""

from __future__ import annotations

from tests.unit.checks.issued import Issuer

KEYS = {
    "a key in a sentence": [
        "The API key for Datadog that ops gave me is `{}`, please keep it out of the logs.",
        "The token for their staging site is {} and nobody else has it.",
        "A secret for the web hook, created by Ada, was {}.",
        "Authenticate with token {} in the header.",
        "Der Token für die Schnittstelle lautet {}.",
        "我的密钥：{}",
        "Der API-Schlüssel ist {} und gilt noch.",
        "La clé est {}.",
        "Мой ключ: {}",
        "APIキーは{}です",
    ],
    "a default": [
        "const key = process.env.SESSION_SECRET || '{}';",
        'const key = process.env["SESSION_SECRET"] ?? "{}";',
        'key = os.environ.get("X_TOKEN") or "{}"',
        'key = os.getenv("X_TOKEN", "{}")',
        "key = ENV.fetch('X_TOKEN') {{ '{}' }}",
        'let key = env::var("X_TOKEN").unwrap_or("{}".into());',
        "curl -H ${{X_TOKEN:-{}}}",
        '@Value("${{x.token:{}}}")',
        'variable "x_token" {{\n  type = string\n  default = "{}"\n}}',
        '"token": {{"type": "string", "description": "of the site", "default": "{}"}}',
        'parser.add_argument("--token", help="of the site", default="{}")',
        "token:\n  type: string\n  default: {}\n",
    ],
    "a structure": [
        '{{"github-oauth": {{"github.com": "{}"}}}}',
        'curl --header "PRIVATE-TOKEN: {}" https://x',
        "Cookie: sessionid={}; csrftoken=abc",
        'curl -b "PHPSESSID={}" https://x',
        'client = AcmeClient("{}")',
        "user:\n    client-key-data: {}",
        '{{"kty": "oct", "k": "{}"}}',
        "echo {} | gh auth login --with-token",
        "name,region,api_token\nada,eu,{}\n",
    ],
}
PASSWORDS = {
    "a password in a sentence": [
        "Temporary password for the VPN: {} (valid till Friday)",
        "The password of the root account on all three hosts is {} now.",
        "La contraseña es {} para el servidor de pruebas.",
        "Hasło do bazy to: {}",
    ],
    "a call": [
        "requests.get(url, auth=('admin', '{}'))",
        'driver = GraphDatabase.driver(url, auth=("neo4j", "{}"))',
        'server.login("mailer@corp.test", "{}")',
        'HTTPBasicAuth("admin", "{}")',
    ],
    "a file": [
        "enable secret 0 {}",
        "username admin privilege 15 password 0 {}",
        "echo 'root:{}' | chpasswd",
        "user,password,role\nada,{},admin\nbob,none,user\n",
        "user\tpassword\nada\t{}\n",
        "| user | password |\n| --- | --- |\n| ada | {} |\n",
    ],
}
FORMS = [
    *((text, "key") for texts in KEYS.values() for text in texts),
    *((text, "password") for texts in PASSWORDS.values() for text in texts),
]


def made_up(kind: str, seed: int) -> str:
    """A key or a password, from a seed."""
    some = Issuer(seed).some
    return some(40) if kind == "key" else some(7) + "7" + some(6)
