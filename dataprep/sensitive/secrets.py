"""The kinds of secrets: what gitleaks' rules cover most, in patterns of our own."""

from __future__ import annotations

from dataprep.sensitive.assignments import NAMED, NAMED_IN_WORDS, PASSWORDS, TOLD
from dataprep.sensitive.clauses import CLAUSES
from dataprep.sensitive.commands import COMMANDS
from dataprep.sensitive.match import SensitiveKind
from dataprep.sensitive.outright import IN_WORDS, OUTRIGHT
from dataprep.sensitive.pins import PINS
from dataprep.sensitive.proofs import dense
from dataprep.sensitive.replies import ANSWERED, ASKED
from dataprep.sensitive.sentences import SENTENCES
from dataprep.sensitive.structures import STRUCTURES
from dataprep.sensitive.tokens import TOKENS

PRIVATE_KEYS = (
    SensitiveKind(
        code="P002",
        name="private key",
        words=("PRIVATE KEY",),
        pattern=(
            r"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:\\[nr]|[\s>|]){0,64}"
            r"(?:[A-Z][A-Za-z0-9-]{1,40}:[^\n\r\\]{0,200}(?:\\[nr]|[\n\r]){1,8}[ \t>|]{0,16}){0,8}"
            r"(?:\\[nr]|[\s>|]){0,16}"
            r"(?:[\"'`]\s{0,4}[,+.&]?\s{0,40}[\"'`])?"
            r"[A-Za-z0-9+/=]{16}(?:[A-Za-z0-9+/=\s>|]|\\[nr]|[\"'`]\s{0,4}[,+.&]?\s{0,40}[\"'`])*"
            r"(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----)?"
        ),
    ),
    SensitiveKind(
        code="P002",
        name="private key",
        words=("Private-Lines:",),
        pattern=r"Private-Lines: \d{1,3}(?:\\[nr]|\s){1,4}"
        r"(?P<it>(?:[A-Za-z0-9+/=\s]|\\[nr]){16,}+)",
    ),
    SensitiveKind(  # percent-encoded
        code="P002",
        name="private key",
        words=("PRIVATE%20KEY", "PRIVATE+KEY"),
        pattern=(
            r"-----BEGIN(?:(?:%20|\+)[A-Z0-9]{1,20}){0,3}(?:%20|\+)PRIVATE(?:%20|\+)KEY-----"
            r"(?:[A-Za-z0-9+/=]|%[0-9A-Fa-f]{2}){16,}+(?:-----END[A-Z0-9%+]{0,40}-----)?"
        ),
    ),
    SensitiveKind(  # <RSAKeyValue>
        code="P002",
        name="private key",
        words=("<D>", "<P>", "<Q>", "<DP>", "<DQ>", "<InverseQ>"),
        pattern=r"<(?:D|P|Q|DP|DQ|InverseQ)>\s{0,40}(?P<it>[A-Za-z0-9+/\r\n]{40,}+={0,2})\s{0,40}(?=<\\?/)",
        proof=dense,
    ),
    SensitiveKind(  # the private parts of a JSON Web Key
        code="P002",
        name="private key",
        words=('"d"', '"k"', '"dp"', '"dq"', '"qi"', '"p"', '"q"'),
        pattern=r"\"(?:d|k|p|q|dp|dq|qi)\"\s{0,8}:\s{0,8}\"(?P<it>[A-Za-z0-9_-]{40,}+)(?==?\")",
        proof=dense,
    ),
)

SECRETS = (
    *PRIVATE_KEYS,
    *TOKENS,
    *TOLD,
    *PASSWORDS,
    *COMMANDS,
    *STRUCTURES,
    *SENTENCES,
    *OUTRIGHT,
    *IN_WORDS,
    *CLAUSES,
    *PINS,
    *ANSWERED,
    *ASKED,
    NAMED,
    NAMED_IN_WORDS,
)
