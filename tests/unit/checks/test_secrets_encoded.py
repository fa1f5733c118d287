"""Secrets that stand percent-encoded or in quoted-printable, and those under other heads."""

from collections.abc import Callable

import pytest

from dataprep import sensitive
from tests.unit.checks.issued import Issuer

GITHUB = "ghp_" + Issuer(4).some(36)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (
            f"https://ci.acme.io/hook?x=%67%68%70%5F{GITHUB[4:]}",
            "https://ci.acme.io/hook?x=[SECRET]",
        ),
        (
            f"https://ci.acme.io/hook?x={GITHUB.replace('_', '%5F')}",
            "https://ci.acme.io/hook?x=[SECRET]",
        ),
        (
            f"https://api.telegram.org/bot3759425121%3AAA{Issuer(2).some(33)}/getMe",
            "https://api.telegram.org/[SECRET]/getMe",
        ),
        (
            f"url=https%3A%2F%2Fapi.telegram.org%2Fbot3759425121%3AAA{Issuer(2).some(33)}%2FgetMe",
            "url=https%3A%2F%2Fapi.telegram.org%2F[SECRET]%2FgetMe",
        ),
        (
            f"next=https%253A%252F%252Fci.acme.io%252F{GITHUB.replace('_', '%255F')}",
            "next=https%253A%252F%252Fci.acme.io%252F[SECRET]",
        ),
    ],
)
def test_a_percent_encoded_token_is_taken_out(text: str, left: str) -> None:
    assert sensitive.redacted(text) == left
    assert sensitive.may_match(text)


@pytest.mark.parametrize("cut", [6, 15, 30])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_token_in_quoted_printable_is_taken_out_to_its_end(cut: int, newline: str) -> None:
    head = f"Content-Transfer-Encoding: quoted-printable{newline}{newline}Schl=C3=BCssel: "
    text = f"{head}{GITHUB[:cut]}={newline}{GITHUB[cut:]}{newline}Ende"
    assert sensitive.redacted(text) == f"{head}[SECRET]{newline}Ende"
    assert sensitive.may_match(text)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_token_broken_so_without_a_head_is_taken_out_to_its_end(newline: str) -> None:
    text = f"token: {GITHUB[:22]}={newline}{GITHUB[22:]}{newline}Ende"
    assert sensitive.redacted(text) == f"token: [SECRET]{newline}Ende"
    text = f"KEEP_THE_TOKENS_OF=\nUSERS_AND_THEIR_KEYS={newline}Ende"
    assert sensitive.redacted(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "host\tuser\tpass\nweb01\troot\t{}\n",
        "Nom;Identifiant;Mot de passe\nNAS;admin;{}\n",
        "| Gerät | Benutzer | Kennwort |\n|---|---|---|\n| NAS | admin | {} |\n",
        "Equipo,Usuario,Contraseña\nNAS,admin,{}\n",
        '{{"name": "mot_de_passe", "value": "{}"}}',
        '{{"contraseña": "{}"}}',
        '{{"kennwort": "{}"}}',
    ],
)
@pytest.mark.parametrize("secret", ["Zh4us!Boot19", "kQ2_vb8pT!", "Blaue-Berge-2018"])
def test_a_password_under_a_head_or_a_name_of_another_language_is_found(
    text: str, secret: str
) -> None:
    assert sensitive.redacted(text.format(secret)) == text.format("[SECRET]")
    assert sensitive.may_match(text.format(secret))


@pytest.mark.parametrize(
    "text",
    [
        "https://de.wikipedia.org/wiki/%C3%84pfel%20und%20Birnen%3A_Sorten_2024",
        "https://acme.io/search?q=%22access%20token%22%20list",
        "Content-Transfer-Encoding: quoted-printable\n\nein sehr langer =\nSatz mit W=C3=B6rtern",
        "a = b=\nc = d",
        "test,pass,fail\nlogin1,12,Zoo-Bar_22\n",
        "step\tpass\tfail\nBuild-Linux_22\t3\t1\n",
        "case\tpass\nlogin\tyes\n",
        "Nom;Identifiant;Mot de passe\nNAS;admin;voir KeePass\n",
    ],
)
def test_other_encoded_texts_and_tables_are_left_alone(text: str) -> None:
    assert sensitive.redacted(text) == text


def in_entities(text: str) -> str:
    return "".join(f"&#{ord(c)};" for c in text)


def in_some_entities(text: str) -> str:
    return "".join(f"&#x{ord(c):x};" if at % 4 == 2 else c for at, c in enumerate(text))


@pytest.mark.parametrize("encoded", [in_entities, in_some_entities])
@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("<p>Password: {}</p>", "Dresden.Elbe4"),
        ("&lt;password&gt;{}&lt;/password&gt;", "Linsen-Eintopf8"),
        ("&quot;password&quot;: &quot;{}&quot;", "Lada_Samara66"),
        ("<code>token={}</code>", GITHUB),
    ],
)
def test_a_secret_in_entities_of_html_is_taken_out(
    encoded: Callable[[str], str], text: str, secret: str
) -> None:
    assert sensitive.redacted(text.format(encoded(secret))) == text.format("[SECRET]")
    assert sensitive.may_match(text.format(encoded(secret)))


@pytest.mark.parametrize(
    "text",
    [
        "Caf&#233; &amp; Bar &#8212; &#x1F600;",
        "&lt;password&gt;your-password-2&lt;/password&gt;",
        "&#112;assword: required",
        "a &amp;&amp; b &lt; c",
        "Use &#64;Value(&quot;pass&quot;) &amp; &#39;login&#39;.",
    ],
)
def test_entities_of_other_text_are_left_alone(text: str) -> None:
    assert sensitive.redacted(text) == text
