"""Three records of Argilla 2, written by its own library in each of its forms, without a server."""

import json
import sys
import uuid
from pathlib import Path
from unittest.mock import MagicMock

import argilla as rg
from argilla.records._io import GenericIO, HFDatasetsIO, JsonIO
from argilla.responses import ResponseStatus

out = Path(sys.argv[1])
rg.Argilla._get_default = classmethod(lambda cls: MagicMock())
one, two = (uuid.UUID(int=number) for number in (1, 2))
given, dropped, draft = (ResponseStatus[name] for name in ("submitted", "discarded", "draft"))
settings = rg.Settings(
    fields=[rg.TextField(name="text"), rg.TextField(name="title", required=False)],
    questions=[
        rg.LabelQuestion(name="topic", labels=["news", "sport"]),
        rg.MultiLabelQuestion(name="tags", labels=["x", "y", "z"]),
        rg.RatingQuestion(name="stars", values=[1, 2, 3, 4, 5]),
        rg.TextQuestion(name="why"),
        rg.RankingQuestion(name="rank", values=["a", "b"]),
        rg.SpanQuestion(name="ner", field="text", labels=["PER", "LOC"]),
    ],
    metadata=[rg.TermsMetadataProperty(name="src")],
)
marked = [{"start": 6, "end": 9, "label": "PER"}, {"start": 13, "end": 17, "label": "LOC"}]
said = {
    "r0": [
        rg.Response("topic", "news", one, status=given),
        rg.Response("topic", "sport", two, status=dropped),
        rg.Response("tags", ["x", "y"], one, status=given),
        rg.Response("stars", 4, one, status=given),
        rg.Response("why", "because it tells what happened there", one, status=given),
        rg.Response("rank", ["b", "a"], one, status=given),
        rg.Response("ner", marked, one, status=given),
    ],
    "r1": [
        rg.Response("topic", "sport", one, status=given),
        rg.Response("topic", "sport", two, status=given),
        rg.Response("ner", [{"start": 0, "end": 3, "label": "PER"}], two, status=draft),
    ],
    "r2": [],
}
guessed = [
    rg.Suggestion("topic", "news", score=0.9, agent="m1"),
    rg.Suggestion("ner", [{"start": 5, "end": 8, "label": "PER", "score": 0.5}], agent="m1"),
]
texts = {"r0": "Hi 😀 Bob in Rome", "r1": "Ann left.", "r2": "Nobody came."}
records = [
    rg.Record(
        id=key,
        fields={"text": text, "title": key.replace("r", "T")},
        metadata={"src": "mail"},
        responses=said[key],
        suggestions=guessed if key == "r0" else [],
    )
    for key, text in texts.items()
]
JsonIO.to_json(records, out / "to_json.json")
flat = json.dumps(GenericIO.to_list(records, flatten=True), ensure_ascii=False, default=str)
(out / "flat.json").write_text(flat, "utf-8")
dataset = type("Dataset", (), {"settings": settings, "schema": settings.schema})()
table = HFDatasetsIO.to_datasets(records, dataset)
table.to_json(out / "datasets.jsonl", force_ascii=False)
table.to_parquet(out / "datasets.parquet")
