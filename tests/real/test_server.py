"""Push to and pull from a live Label Studio, through the command line and the SDK.

The commands run in the server's environment, into which dataprep's base is installed beside the
SDK; what they pull is converted in this one.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.real.disputes import FLAGS, SECOND, disputed_tasks
from tests.real.label_studio import server_module

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def python() -> Path:
    """The server's Python, with dataprep's base installed and nothing of the server changed."""
    found: Path = server_module().install()
    pip = [found, "-m", "pip", "--disable-pip-version-check"]
    pins = ROOT / "samples" / "label-studio-constraints.txt"
    subprocess.run([*pip, "install", "--quiet", "-c", pins, "-e", ROOT], check=True, timeout=600)
    subprocess.run([*pip, "check"], check=True, timeout=120)
    return found


@pytest.fixture(scope="module")
def server(python: Path) -> Iterator[Any]:
    """A live server with two annotators."""
    with server_module().running() as running:
        yield running


class Commands:
    """The command line in the server's environment, with one token."""

    def __init__(self, python: Path, url: str, token: str) -> None:
        self.python, self.url, self.token = python, url, token

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        """Start a command; standard input is no terminal."""
        return subprocess.Popen(
            [self.python, "-m", "dataprep.cli", *map(str, arguments), "--url", self.url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "LABEL_STUDIO_API_KEY": self.token, "PYTHONPATH": str(ROOT)},
        )

    def __call__(self, *arguments: object, code: int = 0) -> tuple[str, str]:
        """Run a command to its end; what it printed, where the token never stands."""
        with self.start(*arguments) as process:
            out, err = process.communicate(timeout=180)
        assert process.returncode == code, err
        assert self.token not in out + err
        return out, err


@pytest.fixture(scope="module")
def commands(python: Path, server: Any) -> Commands:
    """The commands of the first annotator."""
    return Commands(python, server.base_url, server.annotators[0].token)


def project_in(out: str) -> int:
    """The number of the project that a push has printed."""
    word, number = out.split("\n", maxsplit=1)[0].split()
    assert word == "project"
    return int(number)


def converted(pulled: Path, out: Path, *flags: object) -> list[tuple[str, str]]:
    """The prompt-completion rows of what was pulled, over all splits."""
    subprocess.run(
        [
            *(sys.executable, "-m", "dataprep.cli", "convert", pulled / "export.json"),
            *("--label-config", pulled / "config.xml", "--to", "prompt-completion", "-o", out),
            *map(str, flags),
        ],
        check=True,
        timeout=120,
    )
    lines = [
        json.loads(line)
        for path in (out / "prompt-completion").glob("*.jsonl")
        for line in path.read_text("utf-8").split("\n")
        if line
    ]
    return sorted((row["prompt"], row["completion"]) for row in lines)


def test_notes_are_pushed_annotated_pulled_and_converted(
    commands: Commands, server: Any, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "samples" / "raw" / "notes", tmp_path / "notes")
    asked = ["--task", "classification", "--labels", "how-to", "--labels", "story"]
    out, _ = commands("push", tmp_path / "notes", "--chunk", 300, *asked)
    project = project_in(out)
    again, said = commands("push", tmp_path / "notes", "--chunk", 300, *asked)
    assert again == out
    assert "0 tasks sent" in said

    tokens = [annotator.token for annotator in server.annotators]
    driver = ROOT / "tests" / "real" / "drive_label_studio.py"
    command = [commands.python, driver, server.base_url, *tokens, str(project), "how-to", "story"]
    subprocess.run(command, check=True, timeout=120)

    commands("pull", project, "-o", tmp_path / "pulled")
    tasks = json.loads((tmp_path / "pulled" / "export.json").read_text("utf-8"))
    texts = {path.read_text("utf-8") for path in (tmp_path / "notes").iterdir()}
    assert {task["data"]["text"] in "".join(texts) for task in tasks} == {True}
    assert {
        annotation["completed_by"]["email"] for task in tasks for annotation in task["annotations"]
    } == {"ada@example.com", "ben@example.com"}
    rows = converted(tmp_path / "pulled", tmp_path / "out")
    assert {completion for _, completion in rows} == {"how-to"}
    assert len(rows) == len(tasks) - 1  # the second task is a tie


@pytest.mark.parametrize(
    ("sample", "kind"),
    [("classification", "choices"), ("ner", "labels"), ("definitions", "textarea")],
)
def test_predictions_of_a_converted_folder_are_on_the_server(
    commands: Commands, sample: str, kind: str, tmp_path: Path
) -> None:
    folder = ROOT / "samples" / sample
    subprocess.run(
        [
            *(sys.executable, "-m", "dataprep.cli", "convert", folder / "export.json"),
            *("--label-config", folder / "config.xml", "--to", "label-studio"),
            *("--drop-invalid", "-o", tmp_path / "out"),
        ],
        check=True,
        timeout=120,
    )
    out, _ = commands("push", tmp_path / "out")
    commands("pull", project_in(out), "-o", tmp_path / "pulled")
    sent = json.loads((tmp_path / "out" / "label-studio" / "tasks.json").read_text("utf-8"))
    there = json.loads((tmp_path / "pulled" / "export.json").read_text("utf-8"))
    assert len(there) == len(sent) > 100
    for mine, theirs in zip(sent, there, strict=True):
        assert theirs["data"] == mine["data"]
        assert [p["result"] for p in theirs["predictions"]] == [
            p["result"] for p in mine["predictions"]
        ]
    kinds = {r["type"] for t in there for p in t["predictions"] for r in p["result"]}
    assert kinds == {kind}


def test_answers_of_a_model_are_pre_annotations_of_the_text_that_is_pushed(
    commands: Commands, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("🙂 Ada left Acme.", "utf-8")
    spans = [{"start": 2, "end": 5, "label": "PER"}]
    row = {"text": "🙂 Ada left Acme.", "spans": spans, "score": 0.5, "model_version": "t5 v2"}
    (tmp_path / "answers.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    asked = ["--task", "spans", "--labels", "PER", "--predictions", tmp_path / "answers.jsonl"]
    out, _ = commands("push", tmp_path / "a.txt", *asked)
    commands("pull", project_in(out), "-o", tmp_path / "pulled")
    (task,) = json.loads((tmp_path / "pulled" / "export.json").read_text("utf-8"))
    (prediction,) = task["predictions"]
    assert (prediction["score"], prediction["model_version"]) == (0.5, "t5 v2")
    assert prediction["result"][0]["value"] == {
        "start": 2,
        "end": 5,
        "text": "Ada",
        "labels": ["PER"],
    }


def test_a_personal_access_token_works_as_the_legacy_one_does(
    commands: Commands, tmp_path: Path
) -> None:
    request = urllib.request.Request(f"{commands.url}/api/token/", b"", method="POST")  # noqa: S310
    request.add_header("Authorization", f"Token {commands.token}")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as reply:
        personal = json.load(reply)["token"]
    (tmp_path / "a.txt").write_text("A text.", "utf-8")
    mine = Commands(commands.python, commands.url, personal)
    out, _ = mine("push", tmp_path / "a.txt", "--task", "generation")
    mine("pull", project_in(out), "-o", tmp_path / "pulled")
    tasks = json.loads((tmp_path / "pulled" / "export.json").read_text("utf-8"))
    assert [task["data"]["text"] for task in tasks] == ["A text."]
    broken = Commands(commands.python, commands.url, personal[:-6] + "AAAAAA")
    _, said = broken("pull", project_in(out), "-o", tmp_path / "not", code=4)
    assert "does not take the token" in said


def test_a_wrong_token_is_refused_with_what_to_do(commands: Commands, tmp_path: Path) -> None:
    wrong = Commands(commands.python, commands.url, "0123456789" * 4)
    _, said = wrong("pull", 1, "-o", tmp_path / "out", code=4)
    assert "does not take the token (status 401)" in said
    assert "LABEL_STUDIO_API_KEY" in said
    assert not (tmp_path / "out").exists()


def test_a_project_that_is_not_there_is_refused(commands: Commands, tmp_path: Path) -> None:
    _, said = commands("pull", 99_999, "-o", tmp_path / "out", code=2)
    assert "has no project 99999" in said


@pytest.mark.parametrize("kind", sorted(FLAGS))
def test_a_dispute_goes_to_an_adjudicator_and_comes_back_settled(
    commands: Commands, server: Any, kind: str, tmp_path: Path
) -> None:
    ada, ben = server.annotators
    tasks = disputed_tasks(kind, ada.id, ben.id)
    (tmp_path / "tasks.json").write_text(json.dumps(tasks), "utf-8")
    out, _ = commands("push", tmp_path / "tasks.json", *FLAGS[kind])
    pulled, made = tmp_path / "pulled", tmp_path / "out"
    commands("pull", project_in(out), "-o", pulled)
    before = dict(converted(pulled, made))
    disputes = json.loads((made / "adjudication.json").read_text("utf-8"))
    assert [dispute["data"]["text"][-2:] for dispute in disputes] == ["1.", "2."]

    out, said = commands("push", made / "adjudication.json")
    assert "labeling config was made from the predictions" in " ".join(said.split())
    project = project_in(out)
    assert commands("push", made / "adjudication.json")[0] == out
    driver = ROOT / "tests" / "real" / "drive_label_studio.py"
    judge = [server.base_url, ada.token, "settle", str(project), str(ben.id)]
    subprocess.run([commands.python, driver, *judge], check=True, timeout=120)

    commands("pull", project, "-o", tmp_path / "settled")
    back = json.loads((tmp_path / "settled" / "export.json").read_text("utf-8"))
    assert [task["meta"] for task in back] == [dispute["meta"] for dispute in disputes]
    rows = dict(converted(pulled, made, "--settled", tmp_path / "settled"))
    new = {prompt: answer for prompt, answer in rows.items() if before.get(prompt) != answer}
    ((prompt, answer),) = new.items()
    assert (prompt[-2:], answer) == ("1.", SECOND[kind])
    ledger = json.loads((made / "manifest.json").read_text("utf-8"))["ledger"]
    (stage,) = [stage for stage in ledger if stage["stage"] == "settle"]
    assert stage == {"stage": "settle", "unit": "annotation", "in": 1, "out": 1, "dropped": {}}
    (left,) = json.loads((made / "adjudication.json").read_text("utf-8"))
    assert left["data"]["text"][-2:] == "2."


@contextmanager
def slowed(url: str) -> Iterator[str]:
    """A relay to the server that passes about 2 MB a second; its address."""
    host, _, port = url.removeprefix("http://").partition(":")
    relay = socket.create_server(("127.0.0.1", 0))

    def copy(of: socket.socket, to: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := of.recv(1 << 16):
                to.sendall(piece)
                time.sleep(len(piece) / 2_000_000)
        for end in (of, to):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = relay.accept()
                try:
                    far = socket.create_connection((host, int(port)), 5)
                except OSError:
                    near.close()
                    continue
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=copy, args=pair, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{relay.getsockname()[1]}"
    finally:
        relay.close()


def kill_the_server() -> None:
    """Kill the process group of the Label Studio that this process has started."""
    children = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text("utf-8").split()
    (one,) = [
        int(child)
        for child in children
        if b"label-studio\0start" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]
    os.killpg(one, signal.SIGKILL)


@pytest.mark.skipif(sys.platform != "linux", reason="finds the server's process in /proc")
def test_a_server_that_is_killed_in_the_middle_of_a_pull_leaves_no_half_file(
    commands: Commands, tmp_path: Path
) -> None:
    # The last test of the file: the server is gone afterwards.
    tasks = [{"data": {"text": f"{n} " + "x" * 500_000}} for n in range(40)]
    (tmp_path / "tasks.json").write_text(json.dumps(tasks), "utf-8")
    out, _ = commands("push", tmp_path / "tasks.json", "--task", "generation")
    into = tmp_path / "pulled"
    into.mkdir()
    (into / "export.json").write_text("[]", "utf-8")
    with slowed(commands.url) as url:
        slow = Commands(commands.python, url, commands.token)
        with slow.start("pull", project_in(out), "-o", into) as process:
            deadline = time.monotonic() + 60
            while sum(part.stat().st_size for part in into.glob(".*.part")) < 1_000_000:
                assert process.poll() is None, process.communicate()
                assert time.monotonic() < deadline
                time.sleep(0.02)
            kill_the_server()
            _, said = process.communicate(timeout=120)
    assert process.returncode == 4
    assert "pull again with --snapshot" in said
    assert [path.name for path in into.iterdir()] == ["export.json"]
    assert (into / "export.json").read_text("utf-8") == "[]"
