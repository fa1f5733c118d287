"""What is no secret, in texts that others wrote and in the traps that we know of."""

import pytest

from dataprep import sensitive
from tests.unit.checks import foreign_text


def kinds_in(text: str) -> list[str]:
    return [m.kind.name for m in sensitive.matches(text) if m.kind.code.startswith("P0")]


def test_at_most_one_in_a_hundred_foreign_lines_raises_a_false_alarm() -> None:
    lines = foreign_text.lines(2_000)
    alarms = [(kinds_in(line), line[:200]) for line in lines if kinds_in(line)]
    assert len(lines) == 2_000
    assert len(alarms) <= 20, alarms


@pytest.mark.parametrize(
    "text",
    [
        "password: required",
        "token: string",
        "password=None",
        "password=self.password",
        'api_key=os.environ["X_TOKEN"]',
        'token: str = "abc"',
        "TOKEN=${SECRET}",
        "TOKEN=$SECRET_TOKEN1",
        "TOKEN=$(cat /run/secrets/t1)",
        "API_KEY=<your-key>",
        "API_KEY=your_api_key_123",
        "password = get_password2()",
        "PASSWORD_FILE=/run/secrets/db_password1",
        "password: {{ vault_password1 }}",
        "password: !vault |",
        "token_type: bearer",
        "max_tokens: 1024",
        "secret_name: my-secret-v1",
        "pad_token: <|endoftext|>",
        "eos_token_id=50256",
        "tokenizer_class: LlamaTokenizerFast2",
        "public_key: ssh-rsa-AAAAB3NzaC1",
        "integrity: sha512-Z3vYz8Kq2mXv8TzW1nOpqRstUvWx5yZ7aBcDeFgHiJkLmNoPqRsTuVwXyZ==",
        "password must contain 8 characters, e.g. one digit",
        'secret = hashlib.sha256(b"x1").hexdigest()',
        "token = tokens[0].value2",
        "access_token=access_token2",
        "password=password123",
        'password: "********"',
        "PASSWORD=changeme123",
        "docker run -u 1000:1000 image",
        "sort -u a1:b2 names.txt",
        "passes: 3 of 10",
        "compass: north-east2",
        "key=lambda x1: x1[0]",
        "primary_key=users_id_1",
        "the token is 1-based and the secret is safe",
        "secret: projects/123/secrets/db-pass-1/versions/2",
        "SECRET_KEY=${{ secrets.DEPLOY_KEY2 }}",
        "git commit 3f786850e387550fdab836ed7e6dc881de23001b",
        "http://user:pass@host/",
        "tokens: 128k-v2",
        "cache_key=v1-deps-2024",
        "X-API-Key: header-name-v2",
        "credentials: include",
        "password: ********",
        "token: ${{ secrets.X1 }}",
        "Token = namedtuple('Token1', 'kind value')",
        "SECRET_KEY = os.environ['SECRET_KEY1']",
        "password=getpass()",
        "api_key=api_key",
        '"Password": "Password: enter your password"',
        "docker run -p 127.0.0.1:8080:80/tcp image",
        "docker login -u app --password-stdin r.io",
        "mysql -u root -p shop",
        "mysqld --port=3306 -p3306",
        "mkdir -p /srv/app1",
        "unzip -P $ARCHIVE_PASSWORD a.zip",
        "| password | required1 | The user's password. |",
        "| token | string(255) | optional |",
        "**Token:** A piece of text, e.g. `v1`",
        "getattr(settings, 'SECRET_KEY', 'None1')",
        "password VARCHAR(255) NOT NULL",
        "IDENTIFIED BY '<password1>'",
        "https://docs.acme.io/a?key=value",
        '"auth": "none"',
        "secret: str = Field(default='x1')",
        "keys = sorted(password, key=lambda x1: x1)",
        "sk-learn\nsk-image\nsk-video",
        '"NextToken": "cY1W3eTFvoB0cH7YrKVudI4Gb0H8J0xAYLo8xI/JunCIPWCthaKQ+07n"',
        '"nextPageToken": "Gp1BelJq3PmHvAnDxJYbup8R0LVtbXLDl7QN"',
        "aws dynamodb list-tables --starting-token abCDeFGhiJKlmnOPqrSTuvwxYZ1aBCdEFghij",
        '"LockToken":"7f36cb30-74ef-4cff-8cd4-a77e1aba1746"',
        "--lock-token 447e55ac-2396-4c6d-b9f9-86b67c17f8b5",
        "--change-token 12cs345-67cd-890b-1cd2-c3a4567d89f1",
        '"ClientToken": "5289a345-0358-4e62-93d5-47ef3061d65e"',
        '"RequestToken": "e1a6b86e-46bd-41ac-bfba-633abcdfdbd7"',
        "--idempotency-token 91adc45q --region eu",
        '"arn:aws:secretsmanager:us-west-2:123456789012:secret:MyTestSecret-a1b2c3"',
        '"SecretArn": "arn:aws:secretsmanager:us-west-2:111122223333:secret:mySecret1-Ab"',
        '"TWILIO_ACCOUNT_SID": "AC1a8d4204890840d7fc482aab38090d57"',
        '"kmsKeyId": "S3_MANAGED_KEY"',
        '"ServiceSpecificCredentialId": "ACCAQFODXMPL4YFHP7DZE"',
        'enc = SimpleBytePairEncoding.from_tiktoken("cl100k_base")',
        "https://codecov.io/gh/acme/shop/branch/main/graph/badge.svg?token=Pk8G9gg3y9",
        '"api_key": "secret_key_123"',
        '"Password": "generatedwebdavpassword1"',
        "--secret-id MyTestSecret --tags Key=FirstTag,Value=FirstValue",
        '"AWS::SecretsManager::Secret": "c85175a4ebcce361"',
        '"ApiKeyCredentialProvider": "21231aa6b127d487"',
        "It takes SHA-256 as the password hash and UTF-8 as the default.",
        "The password field takes bcrypt-2b12 as the hash.",
        "jwt.sign(payload, 'your-256-bit-secret')",
        "jwt.verify(token, process.env.JWT_SECRET1)",
        "connect('localhost', 'main_db1')",
        '{"name": "password", "value": "required"}',
        "PASSWORD=%DB_PASSWORD1%",
        "password = !ref DbPassword1",
        "password: '%s1'",
        "https://www.acme.io/pa-ge/of-a-very-long-path-to-somewhere-else-in-the-tree",
    ],
)
def test_what_only_looks_like_a_secret_is_left_alone(text: str) -> None:
    assert kinds_in(text) == []
    assert sensitive.redacted(text) == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("DB_PASSWORD=hunter2", "DB_PASSWORD=[SECRET]"),
        ("DB_PASSWORD=Summer2024 # old", "DB_PASSWORD=[SECRET] # old"),
        ("password: Tr0ub4dor&3", "password: [SECRET]"),
        ("'pwd': 'Welcome1!'", "'pwd': '[SECRET]'"),
        ("PGPASSWORD=s3cr3tpw psql -h db", "PGPASSWORD=[SECRET] psql -h db"),
        ("SECRET_KEY='django-insecure-7#k2m$xv8@1q'", "SECRET_KEY='[SECRET]'"),
        ("curl -u admin:Passw0rd! https://x", "curl -u admin:[SECRET] https://x"),
        ("Server=db;User=sa;Pwd=Adm1n2024;", "Server=db;User=sa;Pwd=[SECRET];"),
        ("the password is hunter2xY9", "the password is [SECRET]"),
        ("<password>hunter22</password>", "<password>[SECRET]</password>"),
        ("redis://:s3cr3tpw@cache:6379", "redis://:[SECRET]@cache:6379"),
    ],
)
def test_a_weak_password_is_redacted_and_nothing_beside_it(text: str, left: str) -> None:
    assert sensitive.redacted(text) == left
