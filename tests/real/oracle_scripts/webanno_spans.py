"""A WebAnno TSV as web-anno-tsv reads it: sentences and named entities, and as it writes them."""

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
            read = list(sentences)
        again = Path(folder, "b.tsv")
        with open_web_anno_tsv(str(again), "w") as file:
            for one in read:
                file.write(one)
        spans = [[one.text, [[a.start, a.stop, a.label] for a in one.annotations]] for one in read]
        sys.stdout.write(json.dumps([spans, again.read_text("utf-8")]) + "\n")
