"""Asks together 1.5.35's own check_file, each row in a file of its own."""

import json
import sys
import tempfile
from pathlib import Path

# The script has the package's name: without this it would import itself.
sys.path = [path for path in sys.path if Path(path) != Path(__file__).parent]

from together.utils.files import check_file  # noqa: E402

with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "row.jsonl"
    for line in sys.stdin:
        file.write_text(line, "utf-8")
        try:
            report = check_file(file)
            words = "" if report["is_check_passed"] else report.get("message") or "refused"
        except Exception as error:
            words = f"it crashes: {error!r}"
        sys.stdout.write(json.dumps(words) + "\n")
