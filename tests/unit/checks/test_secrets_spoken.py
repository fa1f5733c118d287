"""Passwords and keys that a sentence says, in the languages that teams write in."""

import pytest

from dataprep import sensitive

CHOSEN = [
    "The password for the build host is {} and nobody changed it.",
    "the new password of the mailbox info@acme.io is {}. Please tell them.",
    "Opens the tunnel. User is ada, password {} now.",
    "You can log in as ada with {} until Monday.",
    "Sign in as ops@acme.io with the password {} now.",
    "A senha do servidor é {} e não entro.",
    "Das Netz heißt Gast, Kennwort {}. Danke!",
    "Benutzer einkauf, Passwort {}, bitte ändern.",
    "Standardkennwort: {}",
    "Le mdp du wifi c'est {}, merci.",
    "identifiant : ada, mot de passe {}",
    "Utilizador ada, palavra-passe {}, mas falha.",
    "La password del gestionale è {}, grazie.",
    "La contraseña es {}.",
    "usuario ada, contraseña {}",
    "Het wachtwoord van de server is {}. Kun je helpen?",
]
SECRETS = ["Blaue-Berge-2018", "perro-Blanc0_41", "H3rbst!Wald", "M0ndschein?75"]


@pytest.mark.parametrize("text", CHOSEN)
@pytest.mark.parametrize("secret", SECRETS)
def test_a_password_in_a_sentence_is_found(text: str, secret: str) -> None:
    assert sensitive.redacted(text.format(secret)) == text.format("[SECRET]").replace(
        "info@acme.io", "[EMAIL]"
    ).replace("ops@acme.io", "[EMAIL]")
    assert sensitive.may_match(text.format(secret))


@pytest.mark.parametrize(
    "text",
    [
        "Para entrar usa la clave secreta {} y el cliente.",
        "SMS senden. Auth-Token {}",
        "aws configure set aws_secret_access_key {}",
        "aws configure set aws_session_token {} --profile shop",
        'var jwtKey = []byte("{}")',
        'FERNET_KEY = b"{}"',
        "const secretKey = Buffer.from('{}');",
    ],
)
@pytest.mark.parametrize(
    "secret",
    ["kT7wQ2mZ9xLbR4vN8cYh", "9f2c7e41b8d05a63f1e4c92b7d8a6035", "Zk3Vq8Xw1Lp6Tn4Rb9Ym2Hs7"],
)
def test_a_key_after_its_name_is_found(text: str, secret: str) -> None:
    assert sensitive.redacted(text.format(secret)) == text.format("[SECRET]")
    assert sensitive.may_match(text.format(secret))


@pytest.mark.parametrize(
    "text",
    [
        "Use the password to log in to Web-Server-2019 first.",
        "The password for Web-Server-2019 is in the vault.",
        "Log in as ada with Firefox-Nightly 2.",
        "Log in as admin with two-factor-auth2.",
        "Sign in as root with SSO-2024.",
        "La clave es importante para todos.",
        "La clave secreta del éxito2.",
        "Das Passwort für Server-2019 steht im Schrank.",
        "Kennwort vergessen? Bitte Raum-B12 anrufen.",
        "Passwort ändern: siehe Abschnitt-12.",
        "mot de passe oublié",
        "La password deve avere 12 caratteri.",
        "La password è obbligatoria.",
        "Le mdp est stocké dans KeePass2.",
        "A senha é obrigatória.",
        "Auth-Token required",
        "auth-token: optional",
        "aws configure set region eu-central-1",
        "aws configure set aws_secret_access_key $SECRET",
        "aws configure set aws_secret_access_key YOUR_SECRET_KEY",
        'var jwtKey = []byte(os.Getenv("JWT_KEY_2"))',
        'FERNET_KEY = b"your-fernet-key-1"',
        "The token for it is Team-Alpha-2024.",
    ],
)
def test_a_sentence_about_passwords_tells_none(text: str) -> None:
    assert sensitive.redacted(text) == text
