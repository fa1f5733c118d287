"""Passwords that people chose: words with marks and numbers, where a password is named."""

import pytest

from dataprep import sensitive
from tests.unit.checks.secret_places import assert_taken_out

PLACES = [
    "spring.datasource.password={}",
    "      - MARIADB_ROOT_PASSWORD={}\n",
    "<password>{}</password>",
    "define('DB_PASSWORD', '{}');",
    'options.username("shop").password("{}");',
    'requests.get(url, auth=("admin", "{}"))',
    "gcloud sql users set-password shop --instance=a --password={}",
    "mysql -h db -u root -p{} shop",
    "sshpass -p {} ssh root@host",
    'az sql server create -u ada -p "{}" -g shops',
    "az vm create -n a --admin-password '{}'",
    "kubectl create secret generic db --from-literal=password={} -n shop",
    "kubectl create secret generic db --from-literal=POSTGRES_PASSWORD='{}'",
    "htpasswd -bc /etc/nginx/.htpasswd store '{}'",
    "htpasswd -b users ada {}",
    "net user backup {} /add",
    "net use Z: \\\\nas\\share {} /user:ada",
    "ldapsearch -x -D cn=admin,dc=a -w {} '(uid=*)'",
    "7z x -p{} backup.7z",
    "7z a -p'{}' -mhe=on backup.7z folder",
    "echo '{}' | docker login r.acme.io -u ci --password-stdin",
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "secret",
    [
        "perro-Blanc0_41",
        "falcon17_Live",
        "Osaka-Sprint_410z",
        "Alm.Wiese.1932m",
        "Marzo_1987-Rosa",
        "Blaue-Berge-2018",
        "sevillaFutbol_64",
        "right-Donkey-52-paper",
        "Regal5-Kistenw4gen",
        "Tulpenfeld.28",
        "olio_Basilico3",
        "Wawel-Zamkowy7",
    ],
)
def test_a_password_of_words_and_numbers_is_found_where_one_is_named(
    place: str, secret: str
) -> None:
    assert_taken_out(place, secret)


@pytest.mark.parametrize(
    "text",
    [
        "password: SHA-256",
        "password=Windows-Server.Name",
        "password: Section-A.4",
        "password: PBKDF2-SHA512",
        "password: Base64-encoded",
        "passphrase: WPA2-Personal",
        "password: Llama-Guard-3b-Chat",
        "password=User_Password_1",
        "password: see-section-12",
        "password: 29-Nov-2026",
        "pass: Step-01",
        "password: form-Control-1",
        "<password>Text-Input-2</password>",
        "auth=('admin', 'password-2024')",
        "mysql -h db -u root -p shop_2024",
        'az vm create -p "$ADMIN_PASSWORD"',
        "az network nic list -p 8080",
        "az webapp create -g shops -p Shop-Plan_2024",
        "az account list -o table && docker run -p 8080:80 Some-Image_21",
        "kubectl create secret generic db --from-literal=password=$DB_PASSWORD",
        "kubectl create secret generic db --from-literal=password=<password>",
        "htpasswd -c /etc/nginx/.htpasswd admin",
        "htpasswd -b users ada $PASS",
        "net user ada /delete",
        "net user ada * /add",
        "net user administrator /active:yes",
        "7z x -p backup-2025.7z",
        "7z a -mx9 Backup_2025-Full.7z folder",
        "7z x Backup_2025.7z -pPASSWORD",
    ],
)
def test_names_and_numbers_are_no_chosen_password(text: str) -> None:
    assert sensitive.redacted(text) == text
