"""The sentences of a WebAnno TSV by web-anno-tsv, with the spans of its layer of named entities."""

import json
import sys
import tempfile
from pathlib import Path

from web_anno_tsv import open_web_anno_tsv

for line in sys.stdin:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.tsv")
        path.write_text(json.loads(line)["text"], "utf-8", newline="")
        with open_web_anno_tsv(str(path)) as sentences:
            read = [
                [one.text, [[a.start, a.stop, a.label] for a in one.annotations]]
                for one in sentences
            ]
    sys.stdout.write(json.dumps(read) + "\n")
