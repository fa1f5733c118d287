"""Passwords of plain words: found where a place says outright that a value is one."""

import base64

import pytest

from dataprep import sensitive
from tests.unit.checks.secret_places import assert_taken_out

SET = [
    'conn = psycopg2.connect(host="db", password="{}")',
    "const PASSWORD = '{}';",
    'String password = "{}";',
    'USER, PASSWORD = "ida", "{}"',
    'var password = @"{}";',
    'let pwd = String::from("{}");',
    'variable "db_password" {{ default = "{}" }}',
    'if password == "{}": grant()',
    "MYSQL_ROOT_PASSWORD: {}",
    "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: {}\n    ports: []\n",
    "export DB_PASSWORD={}",
    "rpcpassword={}\n",
    "<password>{}</password>",
    '<add key="SmtpPassword" value="{}" />',
    '{{"user": "mia", "password": "{}"}}',
    "user,password\nkai,{}\n",
    "| user | password |\n| --- | --- |\n| mia | {} |",
    "Usuario: jefe\nContraseña: {}",
    "sshpass -p '{}' ssh root@host",
    "nmcli dev wifi connect Home password '{}'",
    "The password for the backup is '{}'.",
    'imaplib.IMAP4_SSL(h).login("eva", "{}")',
    "Das Passwort lautet „{}“.",
    "password:\n  {}\n",
]
WORDS_OF_A_LINE = [
    "user: admin\npass: {}",
    "https://portal.acme.dev/login?user=tom&password={}",
    "jdbc:mysql://db:3306/crm?user=crm&password={}",
    "Server=sql;Database=erp;User Id=sa;Password={};",
    "PGPASSWORD={} psql -h db",
    "mysql -u root -p{} shop",
    "mysql -uroot --password={} shop",
    "curl -u kai:{} https://intranet",
    "redis-cli -a {} ping",
    "unzip -P {} archive.zip",
    "7z x backup.7z -p{}",
    "smbclient //nas/media -U mia%{}",
    "echo 'root:{}' | chpasswd",
    'echo "{}" | sudo -S apt update',
    "net use Z: \\\\srv\\share {} /user:mia",
    "POSTGRES_PASSWORD=${{PGPW:-{}}}",
    "requirepass {}\n",
    "bindpw {}\n",
    "My Netflix password is {}, again.",
    "Connects to the warehouse with password {}.",
    "Opens the archive (zip password: {}).",
    "credentials -> root : {}",
    "Same password as always, {}!",
    "Use {} as the password.",
    "Exports the report for user eva / password {}.",
    "Reads the meter, user root, pass {}.",
    "Attaches to the screen using password {}.",
    "The demo password is always {}.",
    "Credentials are deploy and {}.",
    "The password's {}.",
    "La contraseña sigue siendo {}.",
    "ruth: remind me of the netflix pw\nole: {}",
    "pw is\n\n`{}`",
    "ENV MYSQL_PASSWORD {}",
    "Signs the macro with the certificate password {}.",
    "usr: tina pwd: {}",
    "Passwort -> {}",
    "BASIC_AUTH=tina:{}\n",
    '@Value("${{db.password:{}}}")',
    'const credentials = ["tina", "{}"];',
    "Prints using account print01 and password {}.",
    "Le mot de passe de la tablette est « {} ».",
    "pw for staging = {}",
    "rar x -p{} x.rar",
    "    auth_pass {}\n",
    "login ida\npassword {}\n",
    'keyring.set_password("svc", "ida", "{}")',
    "jo: password for the nas?\nida: {}",
    'She uses "{}" as her password everywhere.',
    "gpg --batch --passphrase {} -d x.gpg",
    "docker login -u eva --password {} registry.acme.dev",
    "twine upload -u eva -p {} dist/*",
    "jdbc:oracle:thin:eva/{}@//db:1521/XE",
    "http://10.0.0.1/login.cgi?user=admin&psw={}",
    '<password value="{}"/>',
    "if (pw !== '{}') return;",
    'Login("eva", "{}")',
    "Support: Please type your password.\nCustomer: {}",
    "A: C'est quoi le mot de passe ?\nB: {}",
]


@pytest.mark.parametrize("place", [*SET, *WORDS_OF_A_LINE])
@pytest.mark.parametrize("secret", ["marmaladejar", "tulipanpige", "pumpkinpatch"])
def test_a_plain_word_is_a_password_where_one_is_set(place: str, secret: str) -> None:
    assert_taken_out(place, secret)


@pytest.mark.parametrize("place", SET)
@pytest.mark.parametrize(
    "secret",
    [
        "Biene Maja",
        "green eggs and ham",
        "Oma Lotte 1931",
        "seven purple elephants",
        "Nachbars Katze",
    ],
)
def test_words_with_blanks_are_a_password_where_one_is_set(place: str, secret: str) -> None:
    assert_taken_out(place, secret)


@pytest.mark.parametrize(
    "place",
    [
        "Mein Passwort ist {}, ich ändere es nie.",
        "Das Kennwort im Laden lautet {}.",
        "Der Zugang ist admin, Passwort {}.",
        "(user: frontdesk, password: {})",
        "Immer noch {} als Passwort, oder?",
        "Passwort vergessen? Es ist {}.",
        "tom: pw?\nkai: {}",
        "Dads Laptop: Passwort {}.",
        "Ich habe als Kennwort {} eingetragen.",
        "Das Admin-Kennwort haben wir auf {} geändert.",
        "Meldet sich als gast mit Passwort {} an.",
        "ben: Wie ist das WLAN-Passwort?\neva: {}",
        "tom: what was the wifi password again?\nkai: {}",
    ],
)
@pytest.mark.parametrize("secret", ["Regenschirm", "Sommerfest", "Bergziege"])
def test_a_german_noun_is_a_password_where_a_sentence_gives_one(place: str, secret: str) -> None:
    assert_taken_out(place, secret)


@pytest.mark.parametrize("place", ["password='{}'", '{{"password": "{}"}}', "mysql -p{} shop"])
@pytest.mark.parametrize(
    "secret",
    [
        "GRANDPA1958",
        "oldMill_stream",
        "Gabelstapler_Nord",
        "Zebra$tripes",
        "silver-spoon",
        "Krówka_88",
    ],
)
def test_a_word_of_the_field_among_others_does_not_save_a_password(place: str, secret: str) -> None:
    assert_taken_out(place, secret)


@pytest.mark.parametrize(
    "place",
    [
        "login: bob / {}",
        "Exporte la base avec le compte stock/{}.",
        "Signs in at the portal as ida / {}.",
        "Logs into the shop: tina/{}.",
        "Benutzt den Login hans:{}.",
        "Default credentials: admin / {}.",
        "Mounts it with credentials media:{}.",
    ],
)
@pytest.mark.parametrize("secret", ["Hamster99", "Wombat7Tunnel"])
def test_what_stands_beside_a_user_is_a_password_without_a_word_for_it(
    place: str, secret: str
) -> None:
    assert_taken_out(place, secret)


@pytest.mark.parametrize(
    "place",
    [
        "Her PIN is {} for the safe.",
        "The hut's door code is {}.",
        "Die PIN für die Alarmanlage lautet {}.",
        "passcode: {}",
    ],
)
@pytest.mark.parametrize("secret", ["4471", "903164", "882 417"])
def test_digits_are_a_secret_where_they_are_a_pin(place: str, secret: str) -> None:
    assert_taken_out(place, secret)


@pytest.mark.parametrize(
    "place",
    [
        "They gave me the key {} and I have no idea what for.",
        "The dashboard shows my API key as {}.",
        "Il token di Notion è {}.",
        "The subscription key of the translator is {}, region westeurope.",
        "app_id = {}",
        'wandb.login(key="{}")',
        "kubectl create secret generic s --from-literal=key={}",
        "Calls the service using X-Token {} always.",
        "The integration secret reads {}.",
        "API key\n{}\n",
        "jo: api key??\nida: {}",
        "Agent: could you give me the api key?\nUser: sure, {}",
    ],
)
def test_a_key_is_found_where_a_word_for_it_is_further_off(place: str) -> None:
    secret = (
        "7WAAFxypBXVfPee4hlTZTK8z" if "app_id" not in place else "95ac2a53c766f0193a345471774b6d8c"
    )
    assert_taken_out(place, secret)


@pytest.mark.parametrize(
    "text",
    [
        "The password is forgotten.",
        "The password is unguessable, of course.",
        "Das Passwort ist Pflicht.",
        "Das Passwort ist Geschmackssache.",
        "Fingerabdruck als Passwort",
        "mit Passwort Schutz",
        "my password notebook.",
        "Use a haiku as a password.",
        "with the password Microsoft Authenticator.",
        "The password is friendship.",
        "La contraseña es correcta.",
        "User: Which password do you mean?\nCustomer: Netflix",
        "User: Please reset my password.\nAgent: Done",
        "Kunde: Wie lautet mein Passwort?\nAgent: Leider unbekannt",
        "Q: What makes a good password?\nA: Length and randomness",
        "Login or register / sign up.",
        "The alarm code is 112 in Europe.",
        '"correct horse battery staple" as a password is famous.',
        "Verwenden Sie niemals Geburtstage als Passwort.",
        "Passwort: unverändert",
        "Wachtwoord: minimaal acht tekens",
        "Le mot de passe est confidentiel.",
        "Contraseña: la que usted eligió",
        "adgangskoden er påkrævet",
        "Das Passwort ist abgelaufen.",
        "Passwort: erforderlich",
        "Salasana on vanhentunut",
        "Lösenordet är obligatoriskt.",
        "La contraseña es obligatoria.",
        "Geavanceerde analyse op het wachtwoord uitvoeren.",
        "password: ask the landlord",
        "Passwort: siehe Notizbuch",
        'password: "Enter your passphrase"',
        '{"password": "Choose a good one, please"}',
        "password = candidate",
        "self.password = marmaladejar",
        "    password = marmaladejar",
        "password: Sequelize.STRING",
        "auth = login(user, password=marmaladejar)",
        '"mpw": "Mapidian",',
        "'getpw', 'getrusage', 'getserv'",
        "Pass `dtype=torch.float32` to avoid it.",
        "Please pass 'fastparquet' or 'auto'.",
        "Pass ``orthogonal`` for orthogonal initialization.",
        "parola chiave: titolo-2",
        "Use Gutenberg as your password manager.",
        "PIN 13 is connected to the LED.",
        "The PIN is 1234 on every new phone.",
        "PIN code: 560037",
        "docker run -u nobody:nogroup alpine",
        "login: Facebook / Google",
    ],
)
def test_what_a_text_says_of_passwords_is_none(text: str) -> None:
    assert sensitive.redacted(text) == text


def test_the_description_of_a_parameter_is_no_value_of_it() -> None:
    schema = {"password": {"description": "Swordfish of the third kind", "title": "Open Sesame"}}
    texts = [(text, name) for _, text, name in sensitive.strings(schema)]
    assert [sensitive.redacted(text, name) for text, name in texts] == [text for text, _ in texts]


def test_the_description_of_a_password_gives_a_word_as_its_default() -> None:
    def left(word: str) -> str:
        schema = {"db_password": {"description": f"Defaults to {word}."}}
        [(text, name)] = [(text, name) for _, text, name in sensitive.strings(schema)]
        return sensitive.redacted(text, name)

    assert left("mountaingoose") == "Defaults to [SECRET]"
    assert left("localhost") == "Defaults to localhost."


@pytest.mark.parametrize(
    "place", ["Signs uploads with the key {}.", "auth_key: {}", 'api_key = "{}"']
)
def test_a_key_in_which_by_chance_no_digit_is_is_found(place: str) -> None:
    assert_taken_out(place, "WSNHrxOTyJjadzOKCfVxOqLB")
    name = "AbstractSingletonProxyFactoryBean"
    assert sensitive.redacted(place.format(name)) == place.format(name)


@pytest.mark.parametrize("word", ["ida:Wollmütze", "ida:grape soda"])
def test_a_login_in_base64_is_found_without_a_digit_in_it(word: str) -> None:
    assert_taken_out("Authorization: Basic {}", base64.b64encode(word.encode()).decode())


def test_words_in_percent_encoding_are_a_password_in_an_address() -> None:
    assert_taken_out("https://a.dev/?user=ida&password={}", "%C3%96l%20%26%20Essig")


def test_words_after_a_line_of_the_user_are_a_password() -> None:
    assert_taken_out("User: tina\nPassword: {}", "polar express")
    assert_taken_out('payload: {{"user": "tina", "password": "{}"}}', "Käpt'n Blaubär")
    assert_taken_out("Starts the machine. Operator PIN {}.", "3718")
    assert_taken_out(
        "The Deepgram key {} belongs to sales.", "ddcad0ea9fa2fb4b6eb619a9482666f16a2e6057"
    )
    text = "Cache key ddcad0ea9fa2fb4b6eb619a9482666f16a2e6057 was not found."
    assert sensitive.redacted(text) == text


def test_an_equals_sign_in_the_middle_makes_no_argument_of_a_password() -> None:
    assert_taken_out("CREATE USER app WITH PASSWORD '{}';", "ewJLjb5=Wgvdtg5")
