"""What tells a secret that has no form of its own: a sentence, a default, a call, a file."""

import json

import pytest

from dataprep import jsonio, sensitive
from dataprep.checks import Context, Selection
from dataprep.checks.prefilter import Hints
from tests.unit.checks.issued import Issuer
from tests.unit.checks.rows import chat, check, pair, user
from tests.unit.checks.told_forms import FORMS, made_up


@pytest.mark.parametrize(("text", "kind"), FORMS, ids=[text for text, _ in FORMS])
def test_what_its_neighbourhood_tells_is_found_and_taken_out(text: str, kind: str) -> None:
    hints = Hints(Context(selection=Selection(["P"])))
    for seed in range(5):
        secret = made_up(kind, seed)
        whole = text.format(secret)
        after = sensitive.redacted(whole)
        assert secret not in after
        assert after.startswith(text.partition("{}")[0].replace("{{", "{").replace("}}", "}"))
        assert sensitive.may_match(whole)
        assert hints.in_lines([jsonio.dumps(pair("How?", whole))]) == [True]


@pytest.mark.parametrize(
    "prefix",
    [
        "hf_",
        "llx-",
        "oy2",
        "AKID",
        "BBDC-",
        "ddp_",
        "rnd_",
        "ramp_sec_",
        "live_",
        "00",
        "wandb_v1_",
    ],
)
def test_a_prefix_tells_a_token_in_a_sentence(prefix: str) -> None:
    lengths = {"hf_": 34, "oy2": 43, "ddp_": 36, "ramp_sec_": 48, "live_": 40, "00": 40, "AKID": 32}
    rest = Issuer(3).some(lengths.get(prefix, 32 if prefix == "rnd_" else 44))
    token = prefix + (rest.lower() if prefix == "oy2" else rest)
    assert sensitive.redacted(f"It used to work with {token}, but no more.") == (
        "It used to work with [SECRET], but no more."
    )


def test_words_that_are_a_wallet_are_taken_out() -> None:
    words = "legal winner thank year wave sausage worth useful legal winner thank yellow"
    assert sensitive.redacted(f"My seed phrase: {words}.") == "My seed phrase: [SECRET]."


def test_an_application_password_of_four_groups_is_taken_out() -> None:
    assert sensitive.redacted('server.login("a", "qcko gvqz nvbb zikg")') == (
        'server.login("a", "[SECRET]")'
    )


def test_the_default_of_a_parameter_is_told_by_its_name() -> None:
    key = Issuer(2).some(40)
    properties = {"token": {"type": "string", "default": key}, "n": {"default": key[:9]}}
    function = {"name": "run", "parameters": {"type": "object", "properties": properties}}
    row = chat(user("Run it."), {"role": "assistant", "content": "So."})
    (finding,) = check(row | {"tools": [{"type": "function", "function": function}]})
    assert finding.code == "P003"
    assert finding.place.path == "tools[0].function.parameters.properties.token.default"
    text = json.dumps(properties)
    assert json.loads(sensitive.redacted(text))["token"]["default"] == "[SECRET]"


FIELDS = {
    "an item of an enumeration": {"properties": {"apiKey": {"type": "string", "enum": ["{}"]}}},
    "an example": {"properties": {"admin_password": {"type": "string", "example": "{}"}}},
    "one of the examples": {"properties": {"access_key": {"examples": ["none", "{}"]}}},
    "an object by default": {"config": {"type": "object", "default": {"password": "{}"}}},
    "a description": {"pw": {"description": "Of the database. Defaults to {}"}},
    "a field of a form": {"fields": [{"label": "Password", "value": "{}"}]},
    "a variable": [{"name": "DB_PASSWORD", "value": "{}"}],
    "a box of a page": {"selector": "input[type=password]", "text": "{}"},
    "a value under a name": {"api_key": {"value": "{}"}},
    "a list under a name": {"api_keys": ["{}"]},
}


@pytest.mark.parametrize("place", FIELDS)
def test_a_value_that_the_objects_around_it_name_is_found_and_taken_out(place: str) -> None:
    secret = made_up("password", 4)
    called = {"name": "run", "arguments": json.loads(jsonio.dumps(FIELDS[place]))}
    whole = jsonio.dumps(called).decode().replace("{}", secret)
    row = pair("How?", "So.") | {"metadata": json.loads(whole)}
    assert "P003" in {finding.code for finding in check(row)}
    assert secret not in sensitive.redacted(whole)
    assert Hints(Context(selection=Selection(["P"]))).in_lines([jsonio.dumps(row)]) == [True]


def test_a_password_of_words_is_told_by_the_word_password_alone() -> None:
    for word in ("Copper-Maple6357", "Lantern_Orbit9116"):
        assert sensitive.redacted(f'password = "{word}"') == 'password = "[SECRET]"'
        assert sensitive.redacted(f"The password is {word} now") == "The password is [SECRET] now"
        assert sensitive.redacted(f"theme_key: {word}") == f"theme_key: {word}"


@pytest.mark.parametrize("secret", ["%VDX3kq9Lw2z", "!Winter2024xQ", "#dK3vv8Qz1x", "@Kx9vQ2mZ4pT"])
def test_a_password_may_begin_with_a_mark(secret: str) -> None:
    said = f"The wifi password at the office is {secret} if you visit."
    assert secret not in sensitive.redacted(said)
    assert sensitive.redacted(f"DB_PASSWORD={secret}") == "DB_PASSWORD=[SECRET]"


def test_the_secret_of_an_access_key_is_taken_out_with_it() -> None:
    secret = "5bhQ/" + Issuer(8).some(35)
    text = f"Aws::Credentials.new('AKIAZ7QPWNLX3VHT5REK', '{secret}')"
    assert sensitive.redacted(text) == "Aws::Credentials.new('[SECRET]', '[SECRET]')"


def test_the_private_part_of_a_web_key_alone_is_taken_out() -> None:
    some = Issuer(1).some
    key = {"kty": "RSA", "n": some(342), "e": "AQAB", "d": some(342)}
    assert json.loads(sensitive.redacted(json.dumps(key))) == key | {"d": "[SECRET]"}


@pytest.mark.parametrize("secret", ["aB3,dE6;fG9*hJ2kL", "q7Kx:9&vR!2mZ4pT*3"])
def test_a_mark_in_a_secret_does_not_end_it(secret: str) -> None:
    assert (
        sensitive.redacted(f"The token for it is `{secret}`.") == "The token for it is `[SECRET]`."
    )
    assert sensitive.redacted(f"The token for it is {secret} now.") == (
        "The token for it is [SECRET] now."
    )


@pytest.mark.parametrize(
    "text",
    [
        'PASSAGE_FILENAME = "psgs_w100.tsv.pkl"',
        'TOKEN_FILE = "abc123.tsv.gz"',
        'f"s3://{access_key}:{secret_key}@host"',
        "db['Unicode key \\U0001f40d'] = 'Unicode value \\U0001f40d'",
        'tokenizer = AutoTokenizer.from_pretrained("Qwen/Qwen3-Next-80B-A3B-Instruct")',
        'tiktoken.get_encoding("cl100k_base")',
        "The token for the API is stored in os.environ['X_TOKEN'].",
        "The password for the account is hashed with sha256.",
        "The secret for this is to use version 2.1.0-beta3.",
        "Pass the token from step_2 as a header.",
        "const key = process.env.API_KEY || '';",
        "const key = process.env.API_KEY || 'your-api-key-1';",
        'os.getenv("MODEL_TOKEN", "<your token 1>")',
        '"token": {"type": "string", "default": "bearer-token"}',
        'variable "db_password" {\n  description = "v2"\n}',
        "auth=('user', 'password')",
        "auth=(username, password)",
        'client = Client("https://api.acme.io/v1")',
        'session = Session("eu-central-1")',
        "word,token,count\nhello,hello1,3\nworld2,world2,4\n",
        "key,value\nalpha1,beta2\n",
        "| token | type |\n| --- | --- |\n| foo | bar2 |",
        "La clave es 2024-11-29 para todos.",
        "キーは設定ファイル2です",
        "The seed phrase: twelve words",
        "login('ada', 'some user name')",
        "password is: a_string_2, at least",
        "Cookie: sessionid=<id>; theme=dark",
    ],
)
def test_what_only_stands_where_a_secret_could_is_left_alone(text: str) -> None:
    assert sensitive.redacted(text) == text
