"""What a curator of INCEpTION decided is the answer, whatever annotators said of the document."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any, get_args

import pytest

from dataprep.annotation.consensus import Policy
from dataprep.conversion import convert
from dataprep.conversion.run import Outcome
from dataprep.finding import EnvironmentProblem, NothingToDo
from dataprep.recipe import Recipe
from dataprep.sources.annotation_tools import webanno
from tests.marked_exports import put
from tests.unit.conversion.disputes import learned, stage

TEXT = (
    "#FORMAT=WebAnno TSV 3.3\n#T_SP=webanno.custom.Span|value\n\n\n"
    "#Text=Ada met Bob\n1-1\t0-3\tAda\tPER\t\n1-2\t4-7\tmet\t_\t\n1-3\t8-11\tBob\tPER\t\n"
)
LOC, NONE = TEXT.replace("Ada\tPER", "Ada\tLOC"), TEXT.replace("\tPER\t", "\t_\t")


def project(folder: Path, curated: str = LOC, *, state: str = "", **how: str) -> Outcome:
    """A document that three annotated and one curated, and one without a curator.

    `state` is what the project says of the curated one, if it says anything.
    """
    if state:
        put(folder / "in" / "exportedproject.json", json.dumps(told(("a.txt", state))))
    for name, text in (("ann", TEXT), ("bo", TEXT), ("cy", TEXT)):
        put(folder / "in" / "annotation" / "a.txt" / f"{name}.tsv", text)
        put(folder / "in" / "annotation" / "b.txt" / f"{name}.tsv", text.replace("met", "saw"))
    put(folder / "in" / "curation" / "a.txt" / "CURATION_USER.tsv", curated)
    plan = {"sources": [{"path": "in", **how}], "targets": ["prompt-completion"]}
    return convert(Recipe.model_validate(plan), folder, folder / "out")


def told(*states: tuple[str, str]) -> dict[str, Any]:
    """What a project says of its documents."""
    documents = [{"name": name, "format": "text", "state": state} for name, state in states]
    return {"name": "p", "mode": "annotation", "source_documents": documents, "version": 1}


@pytest.mark.parametrize("policy", get_args(Policy))
def test_the_curated_marks_are_the_answer_under_any_policy(tmp_path: Path, policy: str) -> None:
    outcome = project(tmp_path, annotators=policy)
    said = [
        (row["by"], row["answer"]) for row in learned(tmp_path / "out") if row["task"] == "a.txt"
    ]
    assert said == [
        (
            ["CURATION_USER"],
            json.dumps(
                [{"text": "Ada", "label": "LOC"}, {"text": "Bob", "label": "PER"}],
                separators=(",", ":"),
            ),
        )
    ]
    entered, _, dropped = stage(outcome, "merge")
    assert (entered, dropped["settled"]) == (7, 3)
    assert stage(outcome, "regions")[2]["settled"] == 6


def test_a_curator_is_no_annotator_whose_agreement_is_measured(tmp_path: Path) -> None:
    outcome = project(tmp_path, annotators="dawid-skene")
    (agreement,) = outcome.agreement
    assert (agreement.tasks, agreement.observed.value) == (2, 1.0)
    assert [one.annotator for one in agreement.annotators] == ["ann", "bo", "cy"]
    assert [one.annotator for result in outcome.reliability for one in result.annotators] == [
        "ann",
        "bo",
        "cy",
    ]
    assert "ground_truth" not in outcome.consensus


def test_a_curated_document_without_marks_says_that_there_are_none(tmp_path: Path) -> None:
    project(tmp_path, NONE, empty="negative")
    assert [row["answer"] for row in learned(tmp_path / "out") if row["task"] == "a.txt"] == ["[]"]


@pytest.mark.parametrize("policy", [*get_args(Policy), "dawid-skene", "mace"])
def test_a_document_that_was_curated_to_no_mark_is_not_what_its_annotators_said(
    tmp_path: Path, policy: str
) -> None:
    outcome = project(tmp_path, NONE, annotators=policy)
    assert {row["task"] for row in learned(tmp_path / "out")} == {"b.txt"}
    assert stage(outcome, "shape") == (2, 1, {"submitted-empty": 1})
    entered, _, dropped = stage(outcome, "merge")
    assert (entered, dropped["settled"], dropped["submitted-empty"]) == (7, 3, 1)
    assert stage(outcome, "regions")[2]["settled"] == 6


def test_a_curation_in_progress_is_no_answer_and_no_vote(tmp_path: Path) -> None:
    """It holds what annotators agree on, and gaps where the curator has not decided yet."""
    outcome = project(tmp_path, NONE, state="CURATION_IN_PROGRESS")
    said = {row["task"]: row["by"] for row in learned(tmp_path / "out")}
    assert said == {"a.txt": ["ann", "bo", "cy"], "b.txt": ["ann", "bo", "cy"]}
    assert [note for note in outcome.notes if "WebAnno TSV" in note] == [
        "in: WebAnno TSV 3, a project with its annotators: 2 tasks, 3 annotators;"
        " left out: curations in progress, which are not final (1)"
    ]
    (agreement,) = outcome.agreement
    assert [one.annotator for one in agreement.annotators] == ["ann", "bo", "cy"]


def test_a_curation_that_is_finished_is_the_answer(tmp_path: Path) -> None:
    project(tmp_path, state="CURATION_FINISHED")
    assert [row["by"] for row in learned(tmp_path / "out") if row["task"] == "a.txt"] == [
        ["CURATION_USER"]
    ]


def test_a_curation_in_progress_that_is_all_there_is_counts_as_an_annotation(
    tmp_path: Path,
) -> None:
    put(tmp_path / "in" / "curation" / "a.txt" / "CURATION_USER.tsv", LOC)
    put(tmp_path / "in" / "curation" / "b.txt" / "CURATION_USER.tsv", TEXT.replace("met", "saw"))
    states = told(("a.txt", "CURATION_IN_PROGRESS"), ("b.txt", "CURATION_FINISHED"))
    put(tmp_path / "in" / "exportedproject.json", json.dumps(states))
    plan = {"sources": [{"path": "in"}], "targets": ["prompt-completion"]}
    outcome = convert(Recipe.model_validate(plan), tmp_path, tmp_path / "out")
    assert {row["task"] for row in learned(tmp_path / "out")} == {"a.txt", "b.txt"}
    (note,) = [note for note in outcome.notes if "WebAnno TSV" in note]
    assert "1 curated, which is the answer there" in note
    assert "1 in curation that nobody else marked, which is read as an annotation" in note


def unfinished(folder: Path, states: dict[str, str], **how: str) -> Outcome:
    """The project, with what it says of the documents of its annotators; nothing is curated."""
    people = [
        {"name": name, "user": user, "state": state}
        for place, state in states.items()
        for user, _, name in [place.partition(" ")]
    ]
    told_of = told(("a.txt", "ANNOTATION_IN_PROGRESS")) | {"annotation_documents": people}
    put(folder / "in" / "exportedproject.json", json.dumps(told_of))
    for name, text in (("ann", TEXT), ("bo", LOC)):
        put(folder / "in" / "annotation" / "a.txt" / f"{name}.tsv", text)
    plan = {"sources": [{"path": "in", **how}], "targets": ["prompt-completion"]}
    return convert(Recipe.model_validate(plan), folder, folder / "out")


@pytest.mark.parametrize("begun", ["IN_PROGRESS", "INPROGRESS", "NEW"])
def test_what_an_annotator_has_not_finished_is_a_draft_and_no_vote(
    tmp_path: Path, begun: str
) -> None:
    outcome = unfinished(tmp_path, {"ann a.txt": begun, "bo a.txt": "FINISHED"})
    assert [(row["task"], row["by"]) for row in learned(tmp_path / "out")] == [("a.txt", ["bo"])]
    assert stage(outcome, "merge") == (1, 1, {})
    assert [note for note in outcome.notes if "WebAnno TSV" in note] == [
        "in: WebAnno TSV 3, a project with its annotators, 1 annotation in progress, which is a"
        " draft (--from drafts): 1 task, 1 annotator"
    ]


def test_what_annotators_have_not_finished_is_read_where_drafts_are_asked_for(
    tmp_path: Path,
) -> None:
    states = {"ann a.txt": "IN_PROGRESS", "bo a.txt": "FINISHED"}
    unfinished(tmp_path, states, **{"from": "drafts"})
    assert [row["by"] for row in learned(tmp_path / "out")] == [["ann"]]


def test_a_project_in_which_nobody_has_finished_names_the_flag_for_drafts(tmp_path: Path) -> None:
    with pytest.raises(NothingToDo) as refused:
        unfinished(tmp_path, {"ann a.txt": "IN_PROGRESS", "bo a.txt": "IN_PROGRESS"})
    assert str(refused.value).endswith("To learn from the drafts: --from drafts")


def test_a_document_that_an_annotator_gave_up_is_a_skip(tmp_path: Path) -> None:
    outcome = unfinished(tmp_path, {"ann a.txt": "IGNORE", "bo a.txt": "FINISHED"})
    assert [row["by"] for row in learned(tmp_path / "out")] == [["bo"]]
    assert stage(outcome, "merge") == (2, 1, {"skipped": 1})


def test_who_the_project_says_nothing_of_has_finished(tmp_path: Path) -> None:
    unfinished(tmp_path, {"ann b.txt": "IN_PROGRESS", "bo a.txt": "FINISHED"}, annotators="all")
    assert sorted(row["by"] for row in learned(tmp_path / "out")) == [["ann"], ["bo"]]


OF_INCEPTION = """{
  "name" : "Export Test - Curated annotation project",
  "mode" : "ANNOTATION",
  "version" : 1,
  "source_documents" : [ {
    "name" : "example_sentence.txt", "format" : "text", "state" : "CURATION_IN_PROGRESS",
    "timestamp" : 1572163797000, "sentence_accessed" : 1, "created" : null
  } ],
  "annotation_documents" : [ {
    "name" : "example_sentence.txt", "user" : "admin", "state" : "FINISHED",
    "timestamp" : null, "sentence_accessed" : 0, "created" : null, "updated" : 1572163781000
  } ]
}"""


def test_a_project_as_inception_itself_exported_it_is_read(tmp_path: Path) -> None:
    """Shortened from `Export Test - Curated annotation project_3_6_1.zip` of INCEpTION's own tests
    (Apache License 2.0): its annotator exported plain text, its curator, in progress, TSV 3.2."""
    put(tmp_path / "in" / "exportedproject16840032991893297296.json", OF_INCEPTION)
    chunk = "de.tudarmstadt.ukp.dkpro.core.api.syntax.type.chunk.Chunk|chunkValue"
    put(
        tmp_path / "in" / "curation" / "example_sentence.txt" / "CURATION_USER.tsv",
        f"#FORMAT=WebAnno TSV 3.2\n#T_SP={chunk}\n\n\n#Text=This is an example sentence.\n"
        "1-1\t0-4\tThis\t*\t\n1-2\t5-7\tis\t_\t\n1-3\t8-10\tan\t_\t\n"
        "1-4\t11-18\texample\t_\t\n1-5\t19-27\tsentence\t_\t\n1-6\t27-28\t.\t_\t\n",
    )
    for place in ("annotation/example_sentence.txt/admin.txt", "source/example_sentence.txt"):
        put(tmp_path / "in" / place, "This is an example sentence.\n")
    plan = {"sources": [{"path": "in"}], "targets": ["prompt-completion"]}
    outcome = convert(Recipe.model_validate(plan), tmp_path, tmp_path / "out")
    (row,) = learned(tmp_path / "out")
    assert json.loads(row["answer"]) == [{"text": "This", "label": "Chunk"}]
    (note,) = [note for note in outcome.notes if "WebAnno TSV" in note]
    assert "1 in curation that nobody else marked, which is read as an annotation" in note


def test_a_disk_that_fails_to_say_what_is_finished_stops_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the states a curation in progress would be the answer, unsaid."""

    def fail(path: Path, *_: Any) -> Any:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))

    put(tmp_path / "exportedproject.json", json.dumps(told(("a.txt", "CURATION_IN_PROGRESS"))))
    monkeypatch.setattr(Path, "open", fail)
    monkeypatch.setattr(Path, "read_bytes", fail)
    with pytest.raises(EnvironmentProblem, match=r"exportedproject\.json cannot be read"):
        webanno._states(tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"source_documents": [1]}', '{"name": "p"}'])
def test_a_project_that_says_nothing_of_its_documents_has_finished_curations(
    tmp_path: Path, text: str
) -> None:
    put(tmp_path / "in" / "exportedproject.json", text)
    project(tmp_path)
    assert [row["by"] for row in learned(tmp_path / "out") if row["task"] == "a.txt"] == [
        ["CURATION_USER"]
    ]
