"""How strong the context of a password is: what it is the value of, and what stands beside it."""

from pathlib import Path

import pytest

from dataprep import sensitive

CLEAN = Path(__file__).with_name("no_secrets.txt")
"""Lines of manuals, policies, code, commands and files about passwords that hold none."""

OUTRIGHT = [
    "DB_PASSWORD={}",
    "adminPassword: {}\n",
    "spring.datasource.password={}\n",
    "services:\n  db:\n    environment:\n      MYSQL_ROOT_PASSWORD: {}\n",
    "jdbc:sqlserver://sql1:1433;user=crm;password={};encrypt=true",
    '<add name="Crm" connectionString="Data Source=sql1;User Id=crm;Password={}" />',
    '"password": "{}"',
    "system,username,password\nvpn,kwalter,{}\n",
    "mysql -h db1 -u root -p{} shop < dump.sql",
    "smbclient //nas01/scan -U scanner%{} -c ls",
    "openssl pkcs12 -in cert.pfx -nodes -passin pass:{}",
    "net use Z: \\\\nas01\\share {} /user:CORP\\ada",
    "podman login quay.io --username=ada --password={}",
    "The password is {}.",
    "Das Passwort lautet {}.",
    "Das neue Kennwort in der Filiale ist {}. Danke.",
    "La password del gestionale è {}, grazie.",
    "A senha do banco é {} e expira.",
]


@pytest.mark.parametrize("place", OUTRIGHT)
@pytest.mark.parametrize(
    "secret",
    [
        "ottensen_27",
        "gofres.con3",
        "tundra.Moss7",
        "Tundra.Table7",
        "Tr1angle-Brook",
        "acorn-violet-58",
        "Pan.de.Yuca4",
        "Chiemsee.Renken",
        "wRtqzKbXvMpLdJhQnT",
    ],
)
def test_any_password_is_found_where_the_context_says_outright_that_it_is_one(
    place: str, secret: str
) -> None:
    left = sensitive.redacted(place.format(secret))
    assert left == place.format("[SECRET]")
    assert sensitive.may_match(place.format(secret))


def passwords_in(text: str) -> list[str]:
    return [m.kind.name for m in sensitive.matches(text) if m.kind.code.startswith("P0")]


def test_lines_about_passwords_hold_none() -> None:
    lines = CLEAN.read_text("utf-8").replace("\\n", "\n").splitlines()
    assert len(lines) > 500
    found = [(line, passwords_in(line)) for line in lines]
    assert [(line, kinds) for line, kinds in found if kinds] == []


@pytest.mark.parametrize(
    "text",
    [
        "Ask for the password ottensen_27 may have changed.",
        "password for gofres.con3",
        "We log in with acorn-violet-58.",
        "compass: ottensen_27",
        "by-pass: gofres.con3",
        "password = row.user_27",
        "password = Chiemsee.PasswordProvider",
    ],
)
def test_what_only_stands_beside_the_word_is_left_alone(text: str) -> None:
    assert sensitive.redacted(text) == text


@pytest.mark.parametrize(
    "place",
    [
        "my pw is {} and it worked",
        "ADMIN_PW={}",
        "adminPw = '{}'",
        'note:\n{{"admin_pw": "{}", "user": "root"}}',
        '{{"ssid": "Shed", "psk": "{}"}}',
        '{{"body": "{{\\"haslo\\": \\"{}\\"}}"}}',
        "haslo={}",
        "kennwort: {}",
        "CONTRASENA={}",
        "mot_de_passe: '{}'",
        'motDePasse = "{}"',
        "wachtwoord={}",
        "user;heslo\nada;{}\n",
        "| nom | mdp |\n| --- | --- |\n| ada | {} |\n",
    ],
)
@pytest.mark.parametrize("secret", ["ottensen_27", "Tr1angle-Brook", "CleverOtter36"])
def test_a_name_of_a_password_in_another_language_or_in_short_tells_one(
    place: str, secret: str
) -> None:
    assert sensitive.redacted(place.format(secret)) == place.format("[SECRET]")
    assert sensitive.may_match(place.format(secret))


@pytest.mark.parametrize(
    "text",
    [
        "My pw is {} since May.",
        "Voici : login ada.byron, mdp {} ; rien ne marche.",
        "user: ada, pw: {}",
        "Benutzer ada und Passwort {} eingeben.",
        "Usuario ada y contraseña {}.",
        "Cześć, hasło do panelu to {}, login: kadry.",
        "Parola pentru router este {}.",
        "If it asks for the BIOS password, enter {}. Then go on.",
        "If no password is given use {} for user ada.",
        "The admin password, normally {}",
        "Kennwort des Dienstkontos (derzeit {})",
        "mot de passe (actuellement {})",
        "Set the password of ada to {}.",
        "The password for the portal has been changed to {}.",
        "Das Passwort wurde auf {} geändert.",
        "I changed my contraseña a {}.",
        "Sign in with {} as the password.",
    ],
)
@pytest.mark.parametrize("secret", ["ottensen_27", "Tr1angle-Brook", "Scone&Jam4five"])
def test_a_sentence_that_gives_a_password_away_is_read(text: str, secret: str) -> None:
    assert sensitive.redacted(text.format(secret)) == text.format("[SECRET]")
    assert sensitive.may_match(text.format(secret))


@pytest.mark.parametrize(
    "text",
    [
        'DriverManager.getConnection(url, user, "{}");',
        "$pdo = new PDO('mysql:host=db;dbname=shop', 'shop', '{}');",
        "mysqli_connect($host, 'shop', '{}', 'shop');",
    ],
)
@pytest.mark.parametrize("secret", ["ottensen_27", "Tr1angle-Brook"])
def test_the_third_argument_of_a_connection_is_a_password(text: str, secret: str) -> None:
    assert sensitive.redacted(text.format(secret)) == text.format("[SECRET]")


@pytest.mark.parametrize("text", ['"redis": {{"auth": "{}"}}', "requirepass {}", "auth={}"])
def test_a_random_key_of_redis_is_found(text: str) -> None:
    key = "7H2kLcaB5ZjtqF38CMHX"
    assert sensitive.redacted(text.format(key)) == text.format("[SECRET]")


@pytest.mark.parametrize(
    "text",
    [
        'run(["mysql", "-u", "root", "-p{}", "shop"])',
        "subprocess.run(['sshpass', '-p', '{}', 'ssh', 'ada@h'])",
        'CMD ["server", "--password", "{}"]',
        '{{"args": ["/u:ada", "/pass:{}"]}}',
        "ALTER LOGIN sa WITH PASSWORD = N'{}'",
        "ALTER USER ada IDENTIFIED BY {};",
        "lftp -u ada,{} sftp://files.local",
        "xfreerdp /v:srv /u:ada /p:{}",
        "nxc smb h -u ada; netexec smb h -u ada -p {}",
        "evil-winrm -i h -u ada -p '{}'",
        "cqlsh -u ada -p {} db1",
        "ipmitool -H h -U ADMIN -P {} power on",
        "influx -username ada -password {}",
        "keytool -list -storepass {}",
        "cmdkey /add:srv /user:ada /pass:{}",
        "wpa_passphrase Loft {}",
        "rabbitmqctl add_user ada {}",
        "security add-generic-password -a ada -s x -w {}",
        'createUser ada SHA "{}" AES',
        "WIFI:T:WPA;S:Loft;P:{};;",
        '{{"ssid": "Loft", "key": "{}"}}',
        "DBI->connect($dsn, 'ada', '{}')",
        'new NetworkCredential("ada", "{}")',
        'WiFi.begin("Loft", "{}");',
        "page.fill('input[type=password]', '{}')",
        "<td>Password</td><td>{}</td>",
        "<key>Password</key>\n<string>{}</string>",
        '<entry key="db.password">{}</entry>',
        '<setting name="Pwd"><value>{}</value></setting>',
        "**User** ada\n**Pass** {}",
        "Hej, lösenordet till skrivaren är {}.",
        "Sunucunun şifresi şimdi: {}",
        "Kata sandi server itu {}, tolong.",
        "Se connecte avec le mot de passe {}.",
        "The wifi pass at the cabin is {} now.",
        "Her password used to be {} before.",
        "Credentials for the lab box are pi / {}.",
        'Why is "{}" refused as a password?',
    ],
)
@pytest.mark.parametrize("secret", ["ottensen_27", "Tr1angle-Brook", "gofres.con3"])
def test_a_password_in_more_tools_and_tongues_is_found(text: str, secret: str) -> None:
    assert sensitive.redacted(text.format(secret)) == text.format("[SECRET]")
    assert sensitive.may_match(text.format(secret))


@pytest.mark.parametrize(
    "text",
    [
        "password for the projector: {} (ask Tom)",
        "La password del wifi? {}, grazie.",
        "Le mot de passe par défaut était {} avant.",
        "Is {} strong enough for a password?",
        "Authenticates with login rooms / {}.",
        "requirepass {}",
        "zip -P {} a.zip f",
        "net use Z: \\\\h\\s /user:ada {}",
        'mail.login("ada", "{}")',
        "They have our door code (it's {}).",
        "Lösenordet byttes till {}.",
        "SET PASSWORD FOR 'ada'@'%' = '{}'",
        "I keep typing {} and it says the password is wrong.",
        "pwd for the recorder = {}, don't lose it",
        "Le code wifi des invités : {}, et rien.",
        "Access code for the door panel is {}.",
        "Geslo za usmerjevalnik je {}, hvala.",
        "Internal: basic auth ops:{} until May.",
        '{{"ParameterKey": "DbPassword", "ParameterValue": "{}"}}',
        "ENV['DB_PASSWORD'] ||= '{}'",
        "ldap.bind.credentials={}",
        "uid=ada\nupw={}",
        "az keyvault secret set --name db-password --value {}",
        "htpasswd -nb ada {}",
        "db:5432:shop:ada:{}\n",
        "CREATE USER ada IDENTIFIED WITH caching_sha2_password BY '{}'",
    ],
)
@pytest.mark.parametrize("secret", ["Ottensen_27", "Tr1angle-Brook"])
def test_a_password_in_other_words_for_one_is_found(text: str, secret: str) -> None:
    assert sensitive.redacted(text.format(secret)) == text.format("[SECRET]")
    assert sensitive.may_match(text.format(secret))


def test_a_password_that_a_directory_holds_in_base64_is_found() -> None:
    assert sensitive.redacted("userPassword:: T3R0ZW5zZW5fMjc=") == "userPassword:: [SECRET]"


@pytest.mark.parametrize(
    "said", ["Database password; in staging it is {}", "Nu nog {}", "{} until further notice"]
)
def test_what_the_description_of_a_password_gives_away_is_found(said: str) -> None:
    found = list(sensitive.matches(said.format("Tr1angle-Brook"), "db_password"))
    assert [said.format("Tr1angle-Brook")[m.start : m.end] for m in found] == ["Tr1angle-Brook"]
    assert list(sensitive.matches(said.format("Windows-Server2"), "db_password")) == []


def test_a_login_under_the_name_of_credentials_is_found() -> None:
    found = list(sensitive.matches("svc:ottensen_27", "credentials"))
    assert [(m.start, m.end) for m in found] == [(4, 15)]
