"""Passwords that a clause gives, in the words of users, of tools and of several languages."""

import pytest

from dataprep import sensitive
from tests.unit.checks.secret_places import assert_taken_out

SENTENCES = {
    "For the db I used the usual, {}, as the password, sorry.": "hunter22",
    "Can you check whether {} still works as the admin password?": "xK9#mQ2$vL",
    "[10:02] lena: passwort für den drucker?\n[10:03] uwe: {}": "Heftklammer",
    "Şifre {}, kullanıcı adı da mehmet.": "fenerbahce1907",
    "I changed it from {} to something better but the old password still works.": "Winter2022",
    "Passwort vergessen? Ich nehme überall {}, kann man sich merken.": "Schalke04",
    "my ssh passphrase is {} and i type it daily": "purple monkey dishwasher 42",
    "my password is {}, why can't I log in?": "kitty and rex",
    "Das Masterpasswort {} wird für alle benutzt.": "EichenlaubKrone",
    "Mon mot de passe pour Spotify, c'est {}.": "Papillon12",
    "She still uses {} for everything, including her bank password.": "Princess2009",
    "Het wachtwoord is {} met hoofdletter S.": "Stroopwafel",
    "Could you log me in? I'm jsmith, pass {}.": "Tennis4Life",
    "the ssh key's passphrase is just {}": "bananaphone",
    "the password hasn't changed, it's {} as ever": "beetroot",
    "My laptop unlocks with {} if you need it.": "Florence1952",
    "كلمة السر هي {} والمستخدم admin": "Ahmed@1990",
}
DESCRIPTIONS = {
    "Reset a user's password to the standard {}.": "Welcome2Acme",
    "Starts the VPN. Pass the shared secret {} as `psk`.": "kr0k0d1l",
    "The moderator's password is still {}.": "dragonfly",
    "Look up a part. Auth: HTTP basic, partsdb / {}.": "Gasket&Valve",
    "Legt Tickets an. Zugang: support / {}.": "Kaffeepause",
    "Hub user/pass is hue/{}.": "lampion",
    "Signs in with supplier7 and {}.": "Screwdriver9",
    "Mounts the share as acme\\svc with {}.": "Winterreise24",
    "When asked for the archive password answer {}.": "raspberry",
    "Opens a session. Password defaults to {}.": "starfleet",
    "Unzips the upload. Zip password = {}.": "Zebrafish",
    "Password (admin): {}": "watermelon",
    "Runs the batch under acme\\batch, password {}!.": "NightShift",
    "The token of the header was Basic {}": "b3BzOmhhaWxzdG9ybQ==",
    "Calls Heroku with the key {}.": "2da8d75f-3014-4c9b-9a53-0c2f1c4be7d1",
}
CLEAN = [
    "The password is long and memorable, and nobody guesses it.",
    "Inga passord er blitt angjeve.",
    "Son Parola Değişimi (YYYY-AA-GG)",
    "Jelszó újraelőállítása",
    "Ein Passwort ist der wichtigste Weg, Ihre Daten abzusichern.",
    "Senha é necessária para decriptar esta chave",
    "The password is verified but not stored.",
    "Password argon2, bcrypt or scrypt.",
    "Passwords are changed from time to time, as the password policy says.",
    "Signs in with single sign-on and MFA2.",
    "HTTP basic authentication is supported.",
    "Basic knowledge of passwords",
    "login: email / phone",
    "Use the row with key 2da8d75f-3014-4c9b-9a53-0c2f1c4be7d1.",
]


@pytest.mark.parametrize("place", [*SENTENCES, *DESCRIPTIONS])
def test_a_password_is_found_where_a_clause_gives_one(place: str) -> None:
    assert_taken_out(place, {**SENTENCES, **DESCRIPTIONS}[place])


@pytest.mark.parametrize("text", CLEAN)
def test_a_clause_that_says_what_a_password_is_like_is_left(text: str) -> None:
    assert sensitive.redacted(text) == text


@pytest.mark.parametrize(
    "place",
    [
        "If it asks for a PIN use {}, the alarm goes off later.",
        "Use master pin {} when the reader is offline.",
        "il pin della carta è {}, non dirlo a nessuno",
        "the code for the bike lock is {}",
        "Turns on the heating. Installer code {}.",
        "Unlocks the tablet with the code {}.",
        "The code de la porte est {}.",
        "Kod do domofonu to {}.",
        "bot: PIN?\nann: {}",
        "| Name | PIN |\n|---|---|\n| Eva | {} |",
    ],
)
@pytest.mark.parametrize("pin", ["7391", "90214"])
def test_a_number_is_a_secret_where_it_opens_something(place: str, pin: str) -> None:
    assert_taken_out(place, pin)


def test_the_key_of_a_net_is_found_in_groups_of_digits() -> None:
    place = "| Wifi | FRITZ!Box 7590 |\n| Key | {} |"
    assert_taken_out(place, "8392 0174 5561 2039")


@pytest.mark.parametrize(
    "text",
    [
        "The post office of Chennai has the PIN 600001-2.",
        "Connect pin 1013 to ground.",
        "Error code 404 and exit code 1013.",
        "The access code 1234 is only an example.",
        "The code of the lock module is 2048 lines long.",
    ],
)
def test_a_number_that_opens_nothing_is_left(text: str) -> None:
    assert sensitive.redacted(text) == text
