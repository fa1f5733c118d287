"""Asks detect-secrets 1.5.0: what it finds in a text, or which patterns it has."""

import json
import sys

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.core.scan import scan_line
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.settings import default_settings

LIKE_ANY_WORD = {"Base64 High Entropy String", "Hex High Entropy String", "Public IP (ipv4)"}


def patterns():
    kinds = get_mapping_from_secret_type_to_class()
    return [
        [name, pattern.pattern]
        for name, kind in sorted(kinds.items())
        if issubclass(kind, RegexBasedDetector) and name not in LIKE_ANY_WORD
        for pattern in kind.denylist
    ]


def found(text):
    kinds = {secret.type for line in text.splitlines() for secret in scan_line(line)}
    return sorted(kinds - LIKE_ANY_WORD)


with default_settings():
    for line in sys.stdin:
        row = json.loads(line)
        answer = patterns() if "patterns" in row else found(row["text"])
        sys.stdout.write(json.dumps(json.dumps(answer)) + "\n")
