"""Clean texts of many kinds, as training data has them: none holds a secret or personal data."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import uuid
from pathlib import Path

SAMPLES = Path(__file__).parents[3] / "samples"


def prose() -> list[str]:
    """The texts of the samples, which come from WordNet."""
    tasks = json.loads((SAMPLES / "definitions" / "export.json").read_text("utf-8"))
    texts = [str(value) for task in tasks for value in task["data"].values()]
    return [text for text in texts if " " in text]


CODE = (
    "def login(user, password):\n    token = get_token(user, password)\n    return token",
    "api_key = os.environ['OPENAI_API_KEY']\nclient = OpenAI(api_key=api_key)",
    'headers = {"Authorization": f"Bearer {token}"}',
    "password: str = Field(min_length=8)\nsecret: SecretStr",
    "if password == confirm_password:\n    return hash_password(password)",
    "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
    "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "curl -H 'Authorization: Bearer YOUR_ACCESS_TOKEN' https://api.example.com/v1/users",
    "DATABASE_URL=postgres://user:password@localhost:5432/app",
    "mongodb://<username>:<password>@cluster0.mongodb.net/test",
    "const secret = process.env.JWT_SECRET || 'change-me-please';",
    '{"token_type": "bearer", "expires_in": 3600, "max_tokens": 1024}',
    "tokenizer = AutoTokenizer.from_pretrained('meta-llama/Llama-3.1-8B-Instruct')",
    "git clone git@github.com:torvalds/linux.git && pip install numpy==2.4.6",
    "SELECT id, secret_name FROM secrets WHERE token_count > 100 AND key = :key",
    "@app.route('/users/<int:id>')\n@login_required\ndef show(id): ...",
    "ssh-keygen -t ed25519 writes a file that begins with -----BEGIN OPENSSH PRIVATE KEY-----.",
    "The header is eyJ followed by letters; the secret is never in it.",
    "server 127.0.0.1:8080, gateway 192.168.1.1, example 203.0.113.9, version 1.2.3.4",
    "margin: 0 auto; color: #1a2b3c; background: url(icon@2x.png)",
    "sk-learn and scikit-learn, risk-based, disk-io, task-force-2000, key-value, monkey-puzzle",
    "Call 555-0123, or 1-800-EXAMPLE; the ISBN is 978-3-16-148410-0.",
    "pi is 3.14159265358979323846264338327950288, e is 2.71828182845904523536",
)


def _made(rng: random.Random, said: list[str]) -> str:
    seed = rng.randbytes(20)
    words, day = rng.choice(said).split(), rng.randrange(10, 29)
    return rng.choice(
        (
            f"commit {hashlib.sha1(seed, usedforsecurity=False).hexdigest()}\nAuthor: the team",
            f"sha256:{hashlib.sha256(seed).hexdigest()}  model.safetensors",
            f"request {uuid.UUID(bytes=seed[:16])} took {rng.random() * 900:.3f} ms",
            f"data:image/png;base64,{base64.b64encode(rng.randbytes(600)).decode()}",
            f"https://www.acme.io/{'/'.join(words[:3])}?id={rng.randrange(10**9)}&page=2#top",
            f"order {rng.randrange(10**6):06d} of {rng.randrange(1990, 2030)}-11-{day} 10:{day}, "
            f"{rng.randrange(10**7):,} pieces at {rng.random():.6f}",
            f"coordinates {rng.random() * 90:.6f}, {rng.random() * 180:.6f}; tel. on request",
            f"{rng.randrange(10**15)} / {rng.randrange(10**15)} = {rng.random():.15f}",
            f"unix time {rng.randrange(10**9, 2 * 10**9)}, id {rng.randrange(10**17, 10**18)}",
            f'{" ".join(words)} = "{" ".join(words[::-1])}"',
            f'nonce: "{seed.hex()}", etag: W/"{seed.hex()[:16]}"',
            f"torch-2.{rng.randrange(20)}.{rng.randrange(9)}+cu1{day}-cp311-linux.whl",
        )
    )


def texts(number: int = 2_000) -> list[str]:
    """So many texts: a third prose, some code, the rest numbers, hashes, addresses, pictures."""
    rng = random.Random(11)  # noqa: S311
    said = prose()
    third = [rng.choice(said) + " " + rng.choice(said) for _ in range(number // 3)]
    code = [f"{rng.choice(CODE)}\n\n{rng.choice(CODE)}" for _ in range(number // 3)]
    return [*third, *code, *(_made(rng, said) for _ in range(number - len(third) - len(code)))]
