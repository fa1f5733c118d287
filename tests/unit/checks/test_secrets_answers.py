"""Passwords and keys that an answer, the next line or an escape holds."""

import pytest

from dataprep import sensitive
from tests.unit.checks.secret_places import assert_taken_out

K3S = "K10" + "07a19d3a1fd5ffe1" * 4 + "::server:" + "0364990c2f758ee6bcdf3bcfa45ebe85"
FOUND = {
    "password:\n    {}\nuser: events": "RollerDisco-88",
    "The admin password is\n{}\nplease keep it.": "wobblyMole_City",
    "El usuario es admin y la contraseña:\n\n{}": "paloma_Negra5",
    "Agent: Which password do you use?\nCustomer: {}\nAgent: Thanks.": "Daisy&Rollo2011",
    "<Marek> haslo do serwera?\n<Ola> {}\n<Marek> dzieki": "smokWawelski_7",
    "Sara: senha do portão?\nMãe: {}, não passa": "rosaNoVaso6",
    "| ユーザー | パスワード |\n|---|---|\n| soumu | {} |\n": "onigiri_Ume3",
    "curl x | K3S_TOKEN={} sh -": K3S,
    "My 2FA setup key for the account is {} in my notes": "HCL3P3XHQ2GUZEIW3CJ5CH4UKG7DFB5L",
    "wg set wg0 peer 5 preshared-key <(echo {})": "Z7B2BvcRl3jisc0R811OHuQ9IBxCkjpT+0O+9O/JNiw=",
    'restic --password-command "echo {}" snapshots': "1D0rzytw3xeCIb4KIjwpyRWo",
    "334 UGFzc3dvcmQ6\n{}": "S25vcGZsb2NoLXJvdDM=",
    'byte[] HMAC_KEY = hex("{}");': "b913ca49466586c3233be14e64d3e2c9e45cd48bf4c5ffce2cde7997",
    'DO_TOKEN = bytes.fromhex("{}")': "646f705f76315f32623862376365396534323339316137",
    'w = new ethers.Wallet("{}", p);': "0x" + "0623281fc9cb5cca" * 4,
    'if (form.password.value === "{}") go();': "letTheCatIn9",
    "In [4]: api_secret\nOut[4]: '{}'": "UVo2v7CnRkjzphtL2tTRApTE",
    "Daten: API-Schlüssel {}, Mandant 4.": "MYROk812ZwZ3LsMZL6G8UL4d",
    'const pass = "{}";': r"\x64\x6f\x6c\x70\x68\x69\x6e\x54\x61\x78\x69\x34",
    'password = "{}"': "bacalhau_com_natas",
}
CLEAN = [
    "password:\n    required: true\n",
    "password:\n  secretKeyRef:\n    name: db\n",
    "password:\n  minLength\n",
    "The password is\nstored in the vault.",
    "The password is\ncase-sensitive\n",
    "Forgot your password?\nHelp: Reset-it",
    "Forgot password?\nSign-up: FirstName",
    "Which password?\nAgent: the one from May 2019, please",
    "password?\n> config.db_password2",
    "| ユーザー | パスワード |\n|---|---|\n| soumu | (非表示) |\n",
    "A 2FA code has six digits; TOTP is RFC 6238, HOTP is RFC 4226.",
    "2FA is on: AUTHENTICATORENABLED",
    'PUBLIC_KEY = hex("b913ca49466586c3233be14e64d3e2c9e45cd48bf4c5ffce2cde7997fbf9be3a")',
    'if (form.password.value === "") return;',
    'if (password.type === "text-input") show();',
    "In [4]: api_secret\nOut[4]: '<hidden>'",
    "preshared-key <(echo $PSK)",
    'restic --password-command "echo $RESTIC_PASSWORD" snapshots',
    "334 UGFzc3dvcmQ6\n235 ok",
]


@pytest.mark.parametrize("place", FOUND)
def test_what_an_answer_or_the_next_line_gives_away_is_found(place: str) -> None:
    assert_taken_out(place, FOUND[place])


@pytest.mark.parametrize("text", CLEAN)
def test_what_is_no_answer_is_left(text: str) -> None:
    assert sensitive.redacted(text) == text
