"""A person's work on a live Label Studio, through `label-studio-sdk`; runs in the server's venv.

    python drive_label_studio.py BASE_URL TOKEN_ANN TOKEN_BOB FOLDER
    python drive_label_studio.py BASE_URL TOKEN_ANN TOKEN_BOB PROJECT LABEL LABEL
    python drive_label_studio.py BASE_URL TOKEN settle PROJECT ANNOTATOR

Makes two projects, annotates as two annotators, and writes their configs and, of each, the easy
export and a snapshot. With the number of a project, annotates that: both agree on the first label
for every task but the second, where the other one takes the second label. To settle a project is
to submit, for every task but the last, what one annotator is read to have said there.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from label_studio_sdk import LabelStudio  # type: ignore[import-not-found]

CHOICES = """\
<View>
  <Text name="text" value="$text"/>
  <Choices name="mood" toName="text" choice="single" required="true">
    <Choice value="glad"/><Choice value="cross"/><Choice value="neither" alias="none"/>
  </Choices>
</View>
"""
SPANS = """\
<View>
  <Labels name="label" toName="text"><Label value="PER"/><Label value="ORG"/></Labels>
  <Text name="text" value="$text"/>
</View>
"""
MOODS = [
    ("What a day 🙂!", ["glad", "glad"]),
    ("The train was late.\r\nAgain.", ["cross", "cross"]),
    ("It is noon.", ["none", "glad"]),
    ("I like the sea.", ["glad"]),
    ("Skipped.", [None]),
    ("Empty.", [[]]),
    ("Never seen.", []),
]
PEOPLE = [
    ("🙂 Ada left Acme.", [(2, 5, "PER"), (11, 15, "ORG")]),
    ("Bob\r\nmet 👩‍🚀 Eve.", [(0, 3, "PER"), (13, 16, "PER")]),
]


def main(base_url: str, ann: str, bob: str, folder: Path) -> None:
    """Make both projects and write their exports."""
    clients = [LabelStudio(base_url=base_url, api_key=token) for token in (ann, bob)]
    for name, config, texts in (
        ("choices", CHOICES, [text for text, _ in MOODS]),
        ("spans", SPANS, [text for text, _ in PEOPLE]),
    ):
        project = clients[0].projects.create(title=f"dataprep {name}", label_config=config)
        clients[0].projects.import_tasks(id=project.id, request=[{"text": t} for t in texts])
        tasks = {t.data["text"]: t.id for t in clients[0].tasks.list(project=project.id)}
        if name == "choices":
            annotate_moods(clients, tasks)
        else:
            annotate_people(clients[0], tasks)
        (folder / f"{name}.xml").write_text(config, "utf-8")
        (folder / f"{name}-easy.json").write_bytes(easy(clients[0], project.id))
        (folder / f"{name}-snapshot.json").write_bytes(snapshot(clients[0], project.id))


def annotate_moods(clients: list[Any], tasks: dict[str, int]) -> None:
    """Each answer by the next annotator: a label, a skip (None), or an empty submission."""
    for text, answers in MOODS:
        for client, answer in zip(clients, answers, strict=False):
            result = [item("mood", "choices", {"choices": [answer]})] if answer else []
            client.annotations.create(id=tasks[text], result=result, was_cancelled=answer is None)


def annotate_project(base_url: str, ann: str, bob: str, project: int, labels: list[str]) -> None:
    """Answer the Choices control `label` of every task, as both annotators."""
    clients = [LabelStudio(base_url=base_url, api_key=token) for token in (ann, bob)]
    for number, task in enumerate(clients[0].tasks.list(project=project)):
        for client, label in zip(clients, labels if number == 1 else labels[:1] * 2, strict=True):
            result = [item("label", "choices", {"choices": [label]})]
            client.annotations.create(id=task.id, result=result)


def settle_project(base_url: str, token: str, project: int, annotator: str) -> None:
    """Submit the prediction of an annotator, as the editor does with the one that is chosen."""
    client = LabelStudio(base_url=base_url, api_key=token)
    tasks = sorted(client.tasks.list(project=project, fields="all"), key=lambda task: task.id)
    for task in tasks[:-1]:
        given = client.predictions.list(task=task.id)
        (chosen,) = [each for each in given if each.model_version == annotator]
        client.annotations.create(
            id=task.id, result=chosen.result, parent_prediction=chosen.id, lead_time=1.5
        )


def annotate_people(client: Any, tasks: dict[str, int]) -> None:
    """Spans in code points, each with its quote as the editor writes it."""
    for text, spans in PEOPLE:
        result = [
            item("label", "labels", {"start": s, "end": e, "text": text[s:e], "labels": [label]})
            for s, e, label in spans
        ]
        client.annotations.create(id=tasks[text], result=result)


def item(control: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    """One result."""
    name = f"r{value.get('start', '')}"
    return {"id": name, "from_name": control, "to_name": "text", "type": kind, "value": value}


def easy(client: Any, project: int) -> bytes:
    """The easy JSON export, with the tasks that nobody annotated."""
    return b"".join(
        client.projects.exports.download_sync(
            id=project, export_type="JSON", download_all_tasks=True
        )
    )


def snapshot(client: Any, project: int) -> bytes:
    """A snapshot, waited for."""
    exports = client.projects.exports
    made = exports.create(id=project)
    deadline = time.monotonic() + 120
    while (status := exports.get(id=project, export_pk=made.id).status) != "completed":
        if time.monotonic() > deadline or status == "failed":
            raise RuntimeError(f"the snapshot is {status}")
        time.sleep(0.5)
    return b"".join(exports.download(id=project, export_pk=made.id))


if __name__ == "__main__":
    if sys.argv[3] == "settle":
        settle_project(*sys.argv[1:3], int(sys.argv[4]), sys.argv[5])
    elif sys.argv[4].isdigit():
        annotate_project(*sys.argv[1:4], int(sys.argv[4]), sys.argv[5:])
    else:
        main(*sys.argv[1:4], Path(sys.argv[4]))
    sys.stdout.write(json.dumps({"done": True}) + "\n")
