"""Passwords of words without a digit, where the context says outright that it is one."""

import pytest

from dataprep import sensitive
from tests.unit.checks.secret_places import assert_taken_out

IN_FILES_AND_CODE = [
    'PASSWORD = "{}"',
    'let passwd = "{}" // as on the other',
    "define('DB_PASSWORD', '{}');",
    "ALTER ROLE grafana WITH PASSWORD '{}';",
    'connect(host="db", user="till", password="{}", db="pos")',
    '[smtp]\nserver = "mail"\npassword = "{}"\n',
    "<password>{}</password>",
    '<user username="tom" password="{}" roles="gui"/>',
    "auth = ('olga', '{}')",
    "wget --user=lab --password={} https://data.lab/raw.zip",
    "PGPASSWORD={} psql -h pg",
    "MYSQL_ROOT_PASSWORD={}\nMYSQL_DATABASE=shop\n",
    "mqtt:\n  username: ha\n  password: {}\n",
    "stringData:\n  admin-password: {}\n",
    "requirepass {}\nmaxmemory 256mb",
    "machine ftp.shop.de\nlogin print\npassword {}\n",
    "[wifi-security]\nkey-mgmt=wpa-psk\npsk={}\n",
    "name,place,password\nInga,Bergen,{}\n",
    "curl -u marta:{} https://cloud.shop.mx/",
    "openssl enc -d -aes-256-cbc -in b.enc -out b.tar -k {}",
    "zip -P {} -r pay.zip pay/",
    'nmcli dev wifi connect "Mokka" password "{}"',
    "sshd[812]: user=root pass='{}' from 10.0.0.9",
    "jdbc:postgresql://pg/bi?user=bi&password={}",
    "Username: ada\nPassword: {}\nStatus: locked",
]
IN_SENTENCES = [
    "Das Passwort ist {}.",
    "Gebruik gebruiker `api` en wachtwoord `{}`.",
    "rtsp login is viewer with the password {}.",
    "La contraseña es {}.",
    "User store, Passwort {}.",
]


@pytest.mark.parametrize("place", IN_FILES_AND_CODE)
@pytest.mark.parametrize(
    "secret",
    [
        "gelato.no.Bairro",
        "Kartoffel_mit_Quark",
        "WhistlingBadgers",
        "tinyGreenLorry",
        "Farbeimer_rosa",
        "Lakrids-og-kaffe",
    ],
)
def test_words_that_a_person_joined_are_a_password_where_one_is_assigned(
    place: str, secret: str
) -> None:
    assert_taken_out(place, secret)


@pytest.mark.parametrize("place", IN_SENTENCES)
@pytest.mark.parametrize(
    "secret", ["hooiberg.Zwolle", "elgjakt-Oktober", "melonesDeMurcia", "hamster_On_Stilts"]
)
def test_words_of_odd_form_are_a_password_where_a_sentence_gives_one(
    place: str, secret: str
) -> None:
    assert_taken_out(place, secret)


@pytest.mark.parametrize(
    "text",
    [
        "The password is thirsty-camel.",
        "Das Passwort ist Gross-geschrieben.",
        "password = whale.plankton.krill",
        "password: whale_plankton_krill,",
        "let password = whale.krill();",
        "password = WHALE_PLANKTON",
    ],
)
def test_hyphened_words_of_a_sentence_and_names_in_code_are_none(text: str) -> None:
    assert sensitive.redacted(text) == text
