"""Make the Label Studio samples: a live server, three projects, two annotators, their exports.

    python samples/make_samples.py [--wordnet DICT_FOLDER] [--only classification ner definitions]

Runs itself again in `.venv-label-studio`, which it makes if need be. See samples/README.md.
"""

import argparse
import collections
import contextlib
import importlib.util
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import label_studio_server
from making import categories, people, wordnet, words
from making.work import Task

HERE = Path(__file__).resolve().parent
SEED = 20_261_122
SNAPSHOT_SECONDS = 300.0
TRIES = 4

log = logging.getLogger("make_samples")

Plan = Callable[[wordnet.WordNet, int], list[Task]]
PROJECTS: dict[str, tuple[Plan, str]] = {
    "classification": (categories.plan, "easy"),
    "ner": (people.plan, "snapshot"),
    "definitions": (words.plan, "easy"),
}


def main() -> None:
    """Make the samples that were asked for."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--wordnet", type=Path, help="a WordNet 3.0 folder; default: download it")
    parser.add_argument("--only", nargs="+", choices=PROJECTS, default=list(PROJECTS))
    parser.add_argument("--venv", type=Path, default=label_studio_server.DEFAULT_VENV)
    options = parser.parse_args()
    if importlib.util.find_spec("label_studio_sdk") is None:
        python = label_studio_server.install(options.venv)
        os.execv(python, [str(python), *sys.argv])  # noqa: S606
    with _wordnet_folder(options.wordnet) as folder:
        database = wordnet.read(folder)
    plans = {name: PROJECTS[name][0](database, SEED) for name in options.only}
    with label_studio_server.running(options.venv) as server:
        for name, tasks in plans.items():
            export = _make(server, name, tasks)
            (HERE / name / "export.json").write_bytes(export)
            log.info("%s: %s", name, figures(json.loads(export)))


@contextlib.contextmanager
def _wordnet_folder(given: Path | None) -> Iterator[Path]:
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="wordnet-") as folder:
        yield wordnet.fetch(Path(folder))


def _make(server: label_studio_server.Server, name: str, tasks: list[Task]) -> bytes:
    """Create a project, import its tasks, annotate as both annotators, export."""
    from label_studio_sdk import LabelStudio  # type: ignore[import-not-found,unused-ignore]

    clients = [LabelStudio(base_url=server.base_url, api_key=a.token) for a in server.annotators]
    config = (HERE / name / "config.xml").read_text(encoding="utf-8")
    project = clients[0].projects.create(title=f"dataprep {name}", label_config=config)
    imported = clients[0].projects.import_tasks(
        project.id, request=[task.data for task in tasks], return_task_ids=True
    )
    log.info("%s: %d tasks imported, annotating", name, len(imported.task_ids))
    for annotator, client in enumerate(clients):
        for id, task in zip(imported.task_ids, tasks, strict=True):
            for work in task.work:
                if work.annotator == annotator:
                    _submit(
                        client,
                        id=id,
                        result=work.result,
                        was_cancelled=work.skipped,
                        ground_truth=work.ground_truth,
                        lead_time=work.lead_time,
                    )
    export = _easy_export if PROJECTS[name][1] == "easy" else _snapshot
    return export(clients[0], project.id)


def _submit(client: Any, **annotation: Any) -> None:
    """Send one annotation, again when the database was busy."""
    for attempt in range(1, TRIES + 1):
        try:
            client.annotations.create(**annotation)
        except Exception as error:
            if getattr(error, "status_code", None) != 500 or attempt == TRIES:
                raise
            time.sleep(attempt)
        else:
            return


def _easy_export(client: Any, project: int) -> bytes:
    """Export as the button in the interface does, with the tasks nobody has opened."""
    parts = client.projects.exports.download_sync(
        project, export_type="JSON", download_all_tasks=True
    )
    return b"".join(parts)


def _snapshot(client: Any, project: int) -> bytes:
    """Make a snapshot with the annotators written out, wait for it, download it."""
    exports = client.projects.exports
    options = {"annotations__completed_by": {"only_id": False}}
    made = exports.create(project, title="samples", serialization_options=options)
    deadline = time.monotonic() + SNAPSHOT_SECONDS
    while (status := exports.get(project, made.id).status) != "completed":
        if status == "failed" or time.monotonic() > deadline:
            raise SystemExit(f"the snapshot of project {project} is {status}; see the server's log")
        time.sleep(1.0)
    return b"".join(exports.download(project, made.id, export_type="JSON"))


def figures(tasks: list[dict[str, Any]]) -> dict[str, int]:
    """Count what the README states about an export."""
    counts = collections.Counter({"tasks": len(tasks)})
    for task in tasks:
        annotations = task["annotations"]
        submitted = [a for a in annotations if not a["was_cancelled"] and a["result"]]
        counts["annotations"] += len(annotations)
        counts["skipped"] += sum(a["was_cancelled"] for a in annotations)
        counts["empty"] += sum(not a["was_cancelled"] and not a["result"] for a in annotations)
        counts["ground truth"] += sum(a["ground_truth"] for a in annotations)
        counts["never annotated"] += not annotations
        counts["usable tasks"] += bool(submitted)
        counts["by both"] += len(submitted) == 2
        counts["the two differ"] += len({_answer(a) for a in submitted}) > 1
        counts["CRLF"] += any("\r\n" in str(value) for value in task["data"].values())
        counts["emoji"] += any(ord(c) > 0x2000 for v in task["data"].values() for c in str(v))
    return dict(counts)


def _answer(annotation: dict[str, Any]) -> str:
    """What an annotation says, whatever the order and the ids of its regions."""
    return str(sorted(json.dumps(item["value"], sort_keys=True) for item in annotation["result"]))


if __name__ == "__main__":
    main()
