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
        "For Twilio, the auth token's {} (the number is in the wiki).",
        "The server takes {} as the token of the robot.",
        "{} is our API key, I think.",
        "We sign sessions with the secret key {} on both nodes.",
        "API key, use {} in production.",
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
        "GET https://api.acme.io/v2/weather?q=London&appid={}",
        'https://api.acme.io/feed?app_key={}"',
        "name,region,api_token\nada,eu,{}\n",
        "Set `spring.datasource.token={}` in the file.",
        "It is (Endpoint=sb://a.test/;SharedAccessKey={}) today.",
        "Try `https://api.acme.test/v1/list?access_token={}` in the job.",
        "Put <code>SECRET_KEY={}</code> there.",
        "<td>api_key: {}</td>",
    ],
}
PASSWORDS = {
    "a password in a sentence": [
        "Temporary password for the VPN: {} (valid till Friday)",
        "The password of the root account on all three hosts is {} now.",
        "La contraseña es {} para el servidor de pruebas.",
        "Hasło do bazy to: {}",
        "Just sign in with admin@corp.test and {} as the password",
        "{} is my password for the VPN.",
        "ssh into the box as root, pass {}",
        "Credentials for the SFTP server: deploy / {}",
        "Enter {} (the password) and press return.",
        "Use {} for the database password, please.",
        "I changed the Postgres password from the default to {} last night",
        "The password's still {} on all hosts.",
        "Ich melde mich mit {} als Passwort an.",
        "Entra con {} como contraseña.",
    ],
    "a call": [
        "http.basic_auth 'admin', '{}'",
        'client.get(url).basic_auth("svc", Some("{}"))',
        "Log in (db.password={}) on the new host.",
        "<code>password: {}</code>",
        "requests.get(url, auth=('admin', '{}'))",
        'driver = GraphDatabase.driver(url, auth=("neo4j", "{}"))',
        'server.login("mailer@corp.test", "{}")',
        'HTTPBasicAuth("admin", "{}")',
        "const token = jwt.sign(payload, '{}');",
        'token = jwt.encode(claims, "{}", algorithm="HS256")',
        "crypto.createHmac('sha256', '{}').update(body)",
        'DriverManager.getConnection(url, "root", "{}");',
        "DriverManager.getConnection(url, user, '{}');",
        '$db = new mysqli("localhost", "wp", "{}", "wordpress");',
        "$db = new PDO($dsn, 'wp', '{}');",
        'db = pymysql.connect("db1", "root", "{}", "shop")',
        'cur = cx_Oracle.connect("scott", "{}", "db1/orcl")',
        'dataSource.setPassword("{}");',
        "define('DB_PASSWORD', '{}');",
        "$p = ConvertTo-SecureString '{}' -AsPlainText -Force",
        "$p = ConvertTo-SecureString -String '{}' -AsPlainText",
        'sql.Open("mysql", "root:{}@tcp(10.0.0.5:3306)/shop")',
        "curl -u deploy:'{}' https://nexus.corp.test/a.zip",
        "sqlplus scott/{}@orcl",
    ],
    "a field": [
        '{{"label": "Password", "value": "{}"}}',
        '{{"name": "DB_PASSWORD", "type": "plain", "value": "{}"}}',
        '{{"value": "{}", "name": "DB_PASSWORD"}}',
        '{{"selector": "input[type=password]", "text": "{}"}}',
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
