"""The sentences of a CoNLL-U file by conllu: comments, and the id, form and MISC of each line."""

import json
import sys

from conllu import parse


def written(id):
    """An id as it stands in the file."""
    return str(id) if isinstance(id, int) else "".join(map(str, id))


for line in sys.stdin:
    sentences = [
        [dict(one.metadata), [[written(t["id"]), t["form"], t["misc"] or {}] for t in one]]
        for one in parse(json.loads(line)["text"])
    ]
    sys.stdout.write(json.dumps(sentences) + "\n")
