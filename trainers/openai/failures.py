"""The platform's messages about a file, translated: the line, its text, the rule that knows it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from dataprep.finding import EnvironmentProblem, excerpt
from dataprep.rules import CATALOGUE

# What the platform says (observed: users' reports up to 2026-11), and the rule that says it first.
_MESSAGES: tuple[tuple[str, str], ...] = (
    (r"has \d+ example\(s\), but must have at least", "U002"),
    (r"Must be \.jsonl", "U001"),
    (r"every line is a JSON dictionary", "J005"),
    (r"cannot be parsed|invalid json", "J001"),
    (r"expected either prompt/completion pairs or chat messages", "S003"),
    (r"missing key '(messages|input|prompt|completion)'", "S001"),
    (r"contains an extra \"weight\"", "C011"),
    (r"contains an extra ", "C009"),
    (r"Discriminator 'role'", "C007"),
    (r"key \"content\": Input should be a valid string", "S001"),
    (r"format, but the specified fine-tuning job is not using", "U014"),
    (r"last message must be from the assistant", "C002"),
    (r"Unexpected tool call id", "C104"),
    (r"only user messages can contain images", "C301"),
    (r"at most \d+ images", "C302"),
    (r"(Invalid file format|due to an invalid training file|file format error)", "S001"),
)

# Nothing in the file can tell these beforehand.
_ADVICE: tuple[tuple[str, str], ...] = (
    (
        r"flagged by our moderation|moderation safety checks",
        "The platform's own moderation judged the content; no check here can foresee it. Take the "
        "flagged lines out.",
    ),
    (r"Explore plan", "The account needs a paid plan."),
    (
        r"is not available for fine-tuning or does not exist",
        "dataprep providers lists what can be trained, and until when.",
    ),
    (r"invalid (training_file|validation_file)", "The upload is gone: run the same command again."),
    (r"internal error", "It is the platform's fault; the same data may pass at another time."),
    (r"exceed(ed)?[_ ]quota|quota", "The account's quota is used up."),
)

_EXAMPLES = (
    re.compile(r"\(line (\d+)\)"),
    re.compile(r"[Ee]xample (\d+)\b"),
    re.compile(r"\b[Ll]ine (\d+)\b(?! column)"),
)
_FLAGGED = re.compile(r"Flagged lines?: ([\d, ]+)")
_MOST_LINES = 20


class Translation(NamedTuple):
    """What a platform's message means: lines of the user's file, and the rule that knows it."""

    rule: str | None
    lines: tuple[int, ...]
    advice: str


def translate(message: str) -> Translation:
    """The lines that a message speaks of (an example's number is its line), rule and advice."""
    rule = next((code for pattern, code in _MESSAGES if re.search(pattern, message)), None)
    advice = next((words for pattern, words in _ADVICE if re.search(pattern, message)), "")
    if flagged := _FLAGGED.search(message):
        lines = tuple(int(n) for n in re.findall(r"\d+", flagged[1]))[:_MOST_LINES]
        return Translation(None, lines, advice)
    if advice:
        return Translation(None, (), advice)
    for pattern in _EXAMPLES:
        if named := pattern.search(message):
            return Translation(rule, (int(named[1]),), advice)
    return Translation(rule, (), advice)


class SentFile(msgspec.Struct, frozen=True):
    """A file as the ledger remembers it."""

    split: str
    path: str
    sha256: str


def told(message: str, files: Iterable[SentFile], param: str = "") -> str:
    """The sentences that follow a platform's message: where it is in the user's file, and why."""
    found = translate(message)
    parts = []
    if place := _place(found, _meant(list(files), message, param)):
        parts.append(place)
    if found.rule:
        rule = CATALOGUE[found.rule]
        parts.append(
            f"Rule {rule.code} ({rule.name}) would have said so: dataprep check, "
            f"dataprep explain {rule.code}."
        )
    if found.advice:
        parts.append(found.advice)
    return " ".join(parts)


def _meant(files: list[SentFile], message: str, param: str) -> SentFile | None:
    split = "validation" if "validation" in f"{param} {message}".lower() else "train"
    return next((file for file in files if file.split == split), None)


def _place(found: Translation, file: SentFile | None) -> str:
    if file is None or not found.lines:
        return ""
    if len(found.lines) > 1:
        return f"In {file.path}: lines {', '.join(map(str, found.lines))}."
    line = found.lines[0]
    text = _line_of(Path(file.path), line)
    if text is None:
        return f"That is {file.path}:{line}."
    shown = "" if _private(text) else f", about {excerpt(_asked(text))!r}"
    return f"That is {file.path}:{line}{shown}."


def _line_of(path: Path, number: int) -> str | None:
    try:
        if not path.is_file():  # a ledger of somebody else may name a device, or a pipe
            return None
        with path.open("rb") as file:
            for at, line in enumerate(file, start=1):
                if at == number:
                    return line.rstrip(b"\r\n").decode("utf-8", "replace")
    except OSError:
        return None
    return None


def _asked(line: str) -> str:
    """What a row asks, by which a person knows it again; the row itself where it asks nothing."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return line
    row = row if isinstance(row, dict) else {}
    asked = row.get("input")
    messages = (asked if isinstance(asked, dict) else row).get("messages")
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict) and message.get("role") == "user":
            content = message.get("content")
            return content if isinstance(content, str) else line
    prompt = row.get("prompt")
    return prompt if isinstance(prompt, str) else line


def _private(text: str) -> bool:
    """Whether a privacy rule fires in the line: then nothing of it is shown."""
    import tempfile

    from dataprep.checker import check

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "line.jsonl"
        path.write_text(text + "\n", "utf-8")
        try:
            findings: list[Any] = list(check([path]))
        except EnvironmentProblem:
            return True
    # A row that cannot be read cannot be judged.
    return any(f.code[0] in "PJS" for f in findings)
