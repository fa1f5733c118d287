"""A live doccano: projects are made, annotated and downloaded over HTTP; their zips converted."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dataprep.finding import UsageError
from tests.real.doccano_server import Doccano, Member, running
from tests.tool_exports import Said, lines, only, tasks

pytestmark = pytest.mark.real

TEXTS = ("Hi 😀 Bob in Rome", "Ann left Rome.\r\nBob too.", "Nobody came.")
DOTTED = "bob.b@example.org"
BOB, ROME, ANN = (5, 8, "Bob", "PER"), (12, 16, "Rome", "LOC"), (0, 3, "Ann", "PER")
COLUMNS = (
    "Ann\tB-PER\nLee\tI-PER\nleft\tO\nRome\tB-LOC\nParis\tB-LOC\n\n🙂\tO\nBob\tB-PER\ncame\tO\n"
)


class Team:
    """A server, two annotators beside its admin, and the folder of what they download."""

    def __init__(self, server: Doccano, folder: Path) -> None:
        self.server, self.folder, self.admin = server, folder, server.admin
        self.alice, self.bob = server.member("alice"), server.member(DOTTED)

    def project(self, kind: str, **settings: Any) -> int:
        """A project with both annotators."""
        return self.server.project(kind, (self.alice, self.bob), **settings)

    def texts(self, project: int, task: str, rows: list[dict[str, Any]]) -> list[int]:
        """The ids of texts as they are uploaded, with the labels that stand beside them."""
        how = {"column_data": "text", "column_label": "label", "task": task}
        self.admin.upload(project, "JSONL", lines(rows).encode(), **how)
        return self.server.examples(project)

    def types(self, project: int, kind: str, *names: str) -> list[int]:
        """The ids of new labels of a kind."""
        path = f"projects/{project}/{kind}-types"
        return [self.admin.post(path, text=name)["id"] for name in names]

    def download(self, project: int, name: str, form: str = "JSONL", **how: bool) -> None:
        """Keep the zip of a project."""
        self.admin.export(project, self.folder / f"{name}.zip", form, **how)


def mark(who: Member, project: int, text: int, word: str, label: int) -> int:
    """The id of a span, placed as doccano's editor places it: in UTF-16 units."""
    path = f"projects/{project}/examples/{text}"
    whole = who.get(path)["text"]
    at = whole.index(word)
    first, last = (len(whole[:end].encode("utf-16-le")) // 2 for end in (at, at + len(word)))
    return int(who.post(f"{path}/spans", label=label, start_offset=first, end_offset=last)["id"])


def choose(who: Member, project: int, text: int, label: int) -> None:
    who.post(f"projects/{project}/examples/{text}/categories", label=label)


def say(who: Member, project: int, text: int, answer: str) -> None:
    who.post(f"projects/{project}/examples/{text}/texts", text=answer)


def classes(team: Team) -> None:
    """Both agree on the first text, disagree on the second; only alice is done with the first."""
    project = team.project("TextClassification")
    rows = [{"text": text, "src": "mail", "label": []} for text in TEXTS]
    first, second, _ = team.texts(project, "DocumentClassification", rows)
    good, bad = team.types(project, "category", "good", "bad")
    for who, text, label in (
        (team.alice, first, good),
        (team.bob, first, good),
        (team.alice, second, good),
        (team.bob, second, bad),
    ):
        choose(who, project, text, label)
    team.alice.post(f"projects/{project}/examples/{first}/states")
    team.download(project, "approved", approved=True)
    for form in ("JSONL", "JSON", "CSV", "fastText"):
        team.download(project, f"classes-{form.lower()}", form)


def relations(team: Team) -> None:
    """Alice and bob mark the first text alike, and relate what they mark; bob the second alone."""
    project = team.project("SequenceLabeling", use_relation=True)
    empty: dict[str, Any] = {"entities": [], "relations": []}
    rows = [{"text": text, "id": f"m{at}", **empty} for at, text in enumerate(TEXTS)]
    first, second, _ = team.texts(project, "RelationExtraction", rows)
    person, place = team.types(project, "span", "PER", "LOC")
    (kind,) = team.types(project, "relation", "in")
    for who in (team.alice, team.bob):
        bob = mark(who, project, first, "Bob", person)
        rome = mark(who, project, first, "Rome", place)
        path = f"projects/{project}/examples/{first}/relations"
        who.post(path, from_id=bob, to_id=rome, type=kind)
    mark(team.bob, project, second, "Ann", person)
    team.alice.post(f"projects/{project}/comments?example={first}", example=first, text="unsure")
    team.download(project, "relations")


def shared(team: Team) -> None:
    """Spans that stand in the upload, and one more of bob's, in a project of all."""
    project = team.project("SequenceLabeling", collaborative_annotation=True)
    given = [[[6, 9, "PER"]], [], []]
    rows = [{"text": t, "label": label} for t, label in zip(TEXTS, given, strict=True)]
    first, _, _ = team.texts(project, "SequenceLabeling", rows)
    (place,) = team.types(project, "span", "LOC")
    mark(team.bob, project, first, "Rome", place)
    team.download(project, "shared")


def columns(team: Team) -> None:
    """Columns of CoNLL as doccano reads them."""
    project = team.project("SequenceLabeling", collaborative_annotation=True)
    how = {"task": "SequenceLabeling", "scheme": "IOB2", "delimiter": " "}
    team.admin.upload(project, "CoNLL", COLUMNS.encode(), **how)
    team.download(project, "columns")


def answers(team: Team) -> None:
    """One answer that both give, and two of alice's."""
    project = team.project("Seq2seq")
    rows = [{"text": text, "label": []} for text in TEXTS]
    first, second, _ = team.texts(project, "Seq2seq", rows)
    for who in (team.alice, team.bob):
        say(who, project, first, "Bob is said to be in Rome. 🙂")
    for answer in ("Both of them have left the city.", "Ann and Bob are gone by now."):
        say(team.alice, project, second, answer)
    for form in ("JSONL", "JSON", "CSV"):
        team.download(project, f"answers-{form.lower()}", form)


def intents(team: Team) -> None:
    """An intent and a slot of one text."""
    project = team.project("IntentDetectionAndSlotFilling")
    rows = [{"text": text, "entities": [], "cats": []} for text in TEXTS]
    first, _, _ = team.texts(project, "IntentDetectionAndSlotFilling", rows)
    (greeting,) = team.types(project, "category", "greet")
    (person,) = team.types(project, "span", "PER")
    choose(team.alice, project, first, greeting)
    mark(team.alice, project, first, "Bob", person)
    team.download(project, "intents")


@pytest.fixture(scope="module")
def zips(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What the admin downloads of each project."""
    folder = tmp_path_factory.mktemp("zips")
    with running(tmp_path_factory.mktemp("doccano")) as server:
        team = Team(server, folder)
        for make in (classes, relations, shared, columns, answers, intents):
            make(team)
    yield folder


def said(path: Path) -> list[list[Said]]:
    """What is said of each text, in order."""
    return list(tasks(only(path)).values())


def pairs(path: Path, out: Path) -> list[tuple[str, str]]:
    """Question and answer of each row that the command line makes of a zip."""
    command = [sys.executable, "-m", "dataprep.cli", "convert", str(path)]
    subprocess.run([*command, "--to", "prompt-completion", "-o", str(out)], check=True)
    rows = [
        json.loads(line)
        for file in (out / "prompt-completion").glob("*.jsonl")
        for line in file.read_text("utf-8").splitlines()
    ]
    return sorted((row["prompt"], row["completion"]) for row in rows)


@pytest.mark.parametrize("form", ["jsonl", "json", "csv"])
def test_classes_have_their_annotators_beside_metadata(
    zips: Path, form: str, tmp_path: Path
) -> None:
    path = zips / f"classes-{form}.zip"
    good, bad = [("category", ["good"])], [("category", ["bad"])]
    assert said(path) == [
        [Said("alice", good), Said(DOTTED, good)],
        [Said("alice", good), Said(DOTTED, bad)],
        [],
    ]
    asked = f"Choose one label for the text: good, bad.\n\n{TEXTS[0]}"
    assert pairs(path, tmp_path / "out") == [(asked, "good")]


def test_what_a_member_has_approved_is_theirs_alone(zips: Path) -> None:
    given = only(zips / "approved.zip")
    assert list(tasks(given).values()) == [[Said("alice", [("category", ["good"])])]]


def test_fast_text_is_refused(zips: Path) -> None:
    with pytest.raises(UsageError, match="is a fastText export"):
        only(zips / "classes-fasttext.zip")


def test_relations_have_the_ids_that_were_uploaded(zips: Path, tmp_path: Path) -> None:
    both = [BOB, ROME, ("label-5-8", "in", "label-12-16")]
    assert tasks(only(zips / "relations.zip")) == {
        "m0": [Said("alice", both), Said(DOTTED, both)],
        "m1": [Said(DOTTED, [ANN])],
        "m2": [],
    }
    asked = (
        "List the entities in the text with their labels: PER, LOC. "
        "List the relations between them too: in.\n\n"
    )
    related = '[{"head":"Bob","type":"in","tail":"Rome"}]'
    named = '[{"text":"Bob","label":"PER"},{"text":"Rome","label":"LOC"}]'
    assert pairs(zips / "relations.zip", tmp_path / "out") == [
        (asked + TEXTS[1], '{"entities":[{"text":"Ann","label":"PER"}],"relations":[]}'),
        (asked + TEXTS[0], f'{{"entities":{named},"relations":{related}}}'),
    ]


def test_a_shared_project_has_the_uploaded_spans_and_later_ones(zips: Path) -> None:
    assert said(zips / "shared.zip") == [[Said("", [BOB, ROME])], [], []]


def test_doccano_reads_the_same_spans_of_columns_as_we(zips: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.conll"
    path.write_text(COLUMNS, "utf-8")
    expected = [
        [(0, 7, "Ann Lee", "PER"), (13, 17, "Rome", "LOC"), (18, 23, "Paris", "LOC")],
        [(2, 5, "Bob", "PER")],
    ]
    for read in (said(zips / "columns.zip"), said(path)):
        assert [of_text[0].answers for of_text in read] == expected


@pytest.mark.parametrize("form", ["jsonl", "json", "csv"])
def test_answers_are_theirs_who_gave_them(zips: Path, form: str, tmp_path: Path) -> None:
    path = zips / f"answers-{form}.zip"
    one = [("answer", ["Bob is said to be in Rome. 🙂"])]
    two = ["Ann and Bob are gone by now.", "Both of them have left the city."]
    assert said(path) == [
        [Said("alice", one), Said(DOTTED, one)],
        [Said("alice", [("answer", two)])],
        [],
    ]
    asked = "Write an answer to the text.\n\n"
    assert pairs(path, tmp_path / "out") == [
        (asked + TEXTS[1], two[0]),
        (asked + TEXTS[1], two[1]),
        (asked + TEXTS[0], one[0][1][0]),
    ]


def test_an_intent_stands_beside_its_slots(zips: Path) -> None:
    expected = [[Said("alice", [BOB, ("category", ["greet"])])], [], []]
    assert said(zips / "intents.zip") == expected
