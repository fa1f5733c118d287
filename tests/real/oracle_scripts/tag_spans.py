"""The spans of tags by seqeval: in the strict mode of their scheme, and as `get_entities` reads."""

import json
import sys

from seqeval import scheme
from seqeval.metrics.sequence_labeling import get_entities

SCHEMES = {name: getattr(scheme, name) for name in ("IOB1", "IOB2", "IOE1", "IOE2", "BILOU")}
SCHEMES["BIOES"] = scheme.IOBES

for line in sys.stdin:
    row = json.loads(line)
    tags = row["tags"]
    (strict,) = scheme.Entities([tags], SCHEMES[row["scheme"]]).entities
    lenient = [(first, last + 1, label) for label, first, last in get_entities(tags)]
    sys.stdout.write(json.dumps([[(e.start, e.end, e.tag) for e in strict], lenient]) + "\n")
