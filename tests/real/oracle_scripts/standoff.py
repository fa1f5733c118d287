"""A pair of brat by bioc: spans with their fragments, relations, attributes, notes, equivalences.

The names of normalisations are by pybrat: bioc does not read them.
"""

import json
import sys
import tempfile
from pathlib import Path

from bioc import brat
from pybrat.parser import BratParser

for line in sys.stdin:
    pair = json.loads(line)
    read = brat.loads(pair["text"], pair["ann"])
    with tempfile.TemporaryDirectory() as folder:
        for ending, text in (("txt", pair["text"]), ("ann", pair["ann"])):
            Path(folder, f"a.{ending}").write_text(text, "utf-8", newline="")
        (example,) = BratParser(error="ignore").parse(folder)
    answer = {
        "text": example.text,
        "spans": [
            [t.id, t.type, [[s.begin, s.end] for s in t.locations], t.text] for t in read.entities
        ],
        "relations": [
            [r.type, *(r.arguments[k] for k in ("Arg1", "Arg2"))] for r in read.relations
        ],
        "attributes": [[a.refid, a.type, list(a.attributes)] for a in read.attributes],
        "notes": [[n.refid, n.text] for n in read.notes],
        "equivalences": [[e.type, sorted(e.argids)] for e in read.equiv_relations],
        "names": [[e.id, f"{r.rid}:{r.eid}"] for e in example.entities for r in e.references],
        "fragments": [
            [e.id, e.type, [[s.start, s.end] for s in e.spans], e.mention] for e in example.entities
        ],
    }
    sys.stdout.write(json.dumps(answer) + "\n")
