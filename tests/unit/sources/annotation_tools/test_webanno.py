"""WebAnno TSV files become tasks: UTF-16 places, stacking, sub-tokens, relations, projects.

Where a file is named after one of the tsv3-suite of INCEpTION (Apache-2.0,
inception-io-webanno-tsv/src/test/resources/tsv3-suite), its lines are those of that reference.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.finding import UsageError
from dataprep.sources.annotated.webanno import parse
from tests.building import texts
from tests.marked_exports import findings, items, marks, put, records, results
from tests.tool_exports import opened

HEAD = "#FORMAT=WebAnno TSV 3.3\n"
SPAN = HEAD + "#T_SP=webanno.custom.Span|value\n\n\n"
EMOJI = SPAN + (
    "#Text=I like it 😊 .\n"
    "1-1\t0-1\tI\t_\t\n"
    "1-2\t2-6\tlike\t_\t\n"
    "1-3\t7-9\tit\t_\t\n"
    "1-4\t10-12\t😊\t*\t\n"
    "1-5\t13-14\t.\tEND\t\n"
)


def said(*rows: str, head: str = SPAN) -> list[tuple[int, int, str]]:
    document = parse((head + "\n".join(rows)).split("\n"))
    assert document.problems == []
    text = document.marked.text
    assert all(text[s.start : s.end] for s in document.marked.spans)
    return [(s.start, s.end, s.label) for s in document.marked.spans]


def test_places_count_utf_16_units_and_a_star_is_the_layer(tmp_path: Path) -> None:
    (record,) = records(put(tmp_path / "testSentenceWithEmoji.tsv", EMOJI))
    assert record.value.data["text"] == "I like it 😊 ."
    assert marks(record) == [(10, 11, "Span"), (12, 13, "END")]
    assert {result.from_name for result in results(record)} == {"Span"}


def test_places_in_code_points_are_read_so_and_named(tmp_path: Path) -> None:
    path = put(tmp_path / "a.tsv", EMOJI.replace("10-12", "10-11").replace("13-14", "12-13"))
    assert findings(path) == [
        "a.tsv: A004 places are counted in code points where WebAnno counts UTF-16 units,"
        " and read so"
    ]
    (_, record) = items(path)
    assert marks(record) == [(10, 11, "Span"), (12, 13, "END")]  # type: ignore[arg-type]


def test_stacked_annotations_over_tokens_and_pieces_of_tokens_are_told_apart() -> None:
    rows = [
        "#Text=aaaaaa bbbbbb cccccc",
        "1-1\t0-6\taaaaaa\t2a[1]|7a[3]|1a[5]\t",
        "1-1.1\t3-6\taaa\t9a[7]\t",
        "1-2\t7-13\tbbbbbb\t2a[1]|9a[7]\t",
        "1-2.1\t7-10\tbbb\t7a[3]|4a\t",
        "1-2.2\t7-7\t\t11a[15]\t",
        "1-3\t14-20\tcccccc\t_\t",
        "1-3.1\t14-17\tccc\t9a[7]\t",
    ]
    assert said(*rows) == [
        (0, 13, "2a"),
        (0, 10, "7a"),
        (0, 6, "1a"),
        (3, 17, "9a"),
        (7, 10, "4a"),
    ]
    document = parse((SPAN + "\n".join(rows)).split("\n"))
    assert document.left_out == {"spans without a character of the layer Span": 1}


def test_an_id_of_zero_is_one_as_the_package_web_anno_tsv_counts() -> None:
    rows = [
        "#Text=Ann Lee left",
        "1-1\t0-3\tAnn\tPER[0]\t",
        "1-2\t4-7\tLee\tPER[0]\t",
        "1-3\t8-12\tleft\tMOVE[1]\t",
    ]
    assert said(*rows) == [(0, 7, "PER"), (8, 12, "MOVE")]


def test_escapes_are_undone_and_brackets_of_a_label_are_no_id() -> None:
    rows = [
        "#Text=a\\tb c",
        "1-1\t0-1\ta\tx\\[1\\]\\|y\\_\\\\\t",
        "1-2\t2-3\tb\t\\*\t",
        "1-3\t4-5\tc\t\\_\t",
    ]
    assert said(*rows) == [(0, 1, "x[1]|y_\\"), (2, 3, "*"), (4, 5, "_")]


def test_a_sentence_over_several_lines_and_the_gap_behind_it() -> None:
    rows = [
        "#Text=This is",
        "#Text=a test .",
        "1-1\t5-9\tThis\tX[1]\t",
        "1-2\t10-12\tis\tX[1]\t",
        "1-3\t13-14\ta\t_\t",
        "1-4\t15-19\ttest\t_\t",
        "1-5\t20-21\t.\t_\t",
        "",
        "#Text=More",
        "2-1\t24-28\tMore\tY\t",
    ]
    assert said(*rows) == [(0, 7, "X"), (19, 23, "Y")]
    assert parse((SPAN + "\n".join(rows)).split("\n")).marked.text == "This is\na test .   More"


RELATED = HEAD + (
    "#T_SP=webanno.custom.Span|value|identifier\n#T_RL=webanno.custom.Rel|kind|BT_webanno.custom.Span\n\n\n"
)


def test_relations_join_spans_by_id_or_by_token() -> None:
    rows = [
        "#Text=Ann met Bob",
        "1-1\t0-3\tAnn\tPER[1]|AGENT[2]\tQ1[1]|*[2]\t_\t_\t",
        "1-2\t4-7\tmet\tVERB\t_\tsubj\t1-1[2_0]\t",
        "1-3\t8-11\tBob\tPER\t_\tobj|*\t1-2|1-1[1_0]\t",
    ]
    document = parse((RELATED + "\n".join(rows)).split("\n"))
    assert document.problems == []
    ids = {span.id: span.label for span in document.marked.spans}
    assert list(ids.values()) == ["PER", "AGENT", "VERB", "PER"]
    assert [(ids[r.head], r.label, ids[r.tail]) for r in document.marked.relations] == [
        ("AGENT", "subj", "VERB"),
        ("VERB", "obj", "PER"),
        ("PER", "Rel", "PER"),
    ]
    assert [(v.name, v.values, v.free) for v in document.marked.values] == [
        ("Span.identifier", ("Q1",), True)
    ]


def test_a_relation_whose_end_is_not_one_span_is_named() -> None:
    rows = [
        "#Text=Ann met",
        "1-1\t0-3\tAnn\tPER|AGENT\t_|_\t_\t_\t",
        "1-2\t4-7\tmet\tVERB\t_\tsubj\t1-1\t",
    ]
    (problem,) = parse((RELATED + "\n".join(rows)).split("\n")).problems
    assert (problem.line, problem.code) == (8, "A013")
    assert problem.message == "a relation has an end in 1-1, where not one span is its own"


def test_chains_slots_and_layers_of_linguistics_are_counted(tmp_path: Path) -> None:
    head = HEAD + (
        "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue\n"
        "#T_SP=webanno.custom.Host|ROLE_webanno.custom.Host:links|webanno.custom.Span\n"
        "#T_CH=webanno.custom.Link|referenceRelation|referenceType\n\n\n"
    )
    rows = (
        "#Text=Ann met\n"
        "1-1\t0-3\tAnn\tNNP\tp1;p2\t1-2;1-1\t*->1-1\t*[1]\t\n"
        "1-2\t4-7\tmet\tVB\t_\t_\t_\t_\t\n"
    )
    (one,) = opened(put(tmp_path / "a.tsv", head + rows))
    assert one.note == (
        "WebAnno TSV 3: 1 task; left out: spans of the layer POS (2), chain links of the layer"
        " Link (1), slots of the layer Host (1)"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            EMOJI.replace("like\t_", "lake\t_"),
            "a.tsv:7: A003 has the form 'lake', and at 2-6 stands 'like'",
        ),
        (
            EMOJI.replace("13-14\t.", "93-94\t."),
            "a.tsv:10: A002 '.' runs from 93 to 94, outside of its sentence",
        ),
        (EMOJI.replace("7-9\tit\t_\t", "7-9\tit"), "a.tsv:8: S001 is no token with its place"),
        (EMOJI.replace("TSV 3.3", "TSV 4.0"), "a.tsv:1: S001 is WebAnno TSV 4.0, and 3.0 to 3.3"),
        (SPAN, "a.tsv: J009 holds no token"),
        (EMOJI + "#T_SP=webanno.custom.Other|x\n", "a.tsv:11: S001 declares a layer behind the"),
    ],
)
def test_what_cannot_be_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    (found,) = findings(put(tmp_path / "a.tsv", text))
    assert found.startswith(message)


def test_a_host_without_a_filled_slot_is_a_span() -> None:
    slots = "Host:links_webanno.custom.Link|uima.tcas.Annotation"
    head = f"{HEAD}#T_SP=webanno.custom.Host|ROLE_webanno.custom.{slots}\n\n\n"
    unset = ["#Text=This is", "1-1\t0-4\tThis\t_\t*\t", "1-2\t5-7\tis\t_\t_\t"]
    assert said(*unset, head=head) == [(0, 4, "Host")]
    stacked = ["#Text=This is", "1-1\t0-4\tThis\t_[1]|pr1[2]\t*|1-1[1]\t", "1-2\t5-7\tis\t_\t_\t"]
    assert said(*stacked, head=head) == [(0, 4, "Host"), (0, 4, "Host")]
    document = parse((head + "\n".join(stacked)).split("\n"))
    assert document.left_out == {"slots of the layer Host": 1}


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("#id=1\n#text=Ann left .\n1\tAnn\t_\tNNP\tB-PER\tO\t0\tROOT\t_\t_\n", 1),
        (" # de.NamedEntity | value\r\n#id=1\r\n#text=Ann left\r\n1-1\tAnn\tB-PER\r\n", 2),
        ("#FORMAT=WebAnno TSV 4.0\n#Text=Ann\n1-1\t0-3\tAnn\t\n", 4.0),
    ],
)
def test_another_version_is_refused_by_name(tmp_path: Path, text: str, version: float) -> None:
    path = put(tmp_path / "a.tsv", text)
    assert [given.format for given in opened(path)] == ["webanno"]
    assert findings(path) == [f"a.tsv:1: S001 is WebAnno TSV {version}, and 3.0 to 3.3 are known"]


def test_a_project_has_annotators_and_curated_ground_truth(tmp_path: Path) -> None:
    for name in ("bo", "ann", "INITIAL_CAS"):
        put(tmp_path / "annotation" / "doc.txt" / f"{name}.tsv", EMOJI)
    curated = EMOJI.replace("END", "STOP")
    put(tmp_path / "curation" / "doc.txt" / "CURATION_USER.tsv", curated)
    (record,) = records(tmp_path)
    assert record.value.id == "doc.txt"
    assert [(a.annotator, a.ground_truth is True) for a in record.value.annotations] == [
        ("ann", False),
        ("bo", False),
        ("CURATION_USER", True),
    ]
    assert marks(record, 2)[1] == (12, 13, "STOP")
    (given_,) = opened(tmp_path)
    assert given_.note == (
        "WebAnno TSV 3, a project with its annotators, 1 curated, which is the answer there:"
        " 1 task, 2 annotators; left out: files of nobody (INITIAL_CAS, project) (1)"
    )


def test_a_project_holds_its_documents_as_they_were_uploaded_and_how_it_is_kept(
    tmp_path: Path,
) -> None:
    project = tmp_path / "project"
    put(project / "annotation" / "a.txt" / "ann.tsv", EMOJI)
    put(project / "annotation" / "b.tsv" / "ann.tsv", EMOJI.replace("like", "hate"))
    put(project / "source" / "a.txt", "I like it 😊 .")
    put(project / "source" / "b.tsv", EMOJI.replace("like", "hate"))
    put(project / "exportedproject123.json", '{"name": "emoji"}')
    packed = tmp_path / "project.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(project.rglob("*.*")):
            if path.is_file():
                archive.write(path, path.relative_to(project))
    for path in (project, packed):
        assert [record.value.id for record in records(path)] == ["a.txt", "b.tsv"]
        (one,) = opened(path)
        assert one.note == "WebAnno TSV 3, a project with its annotators: 2 tasks, 1 annotator"


def test_a_project_in_another_format_is_refused_by_name(tmp_path: Path) -> None:
    put(tmp_path / "annotation" / "a.txt" / "ann.xmi", "<xmi:XMI/>")
    put(tmp_path / "source" / "a.txt", "I like it.")
    put(tmp_path / "exportedproject123.json", '{"name": "emoji"}')
    with pytest.raises(UsageError) as caught:
        opened(tmp_path)
    assert caught.value.message.endswith("is a project without WebAnno TSV files.")
    assert caught.value.remedy == "Export it again with the format WebAnno TSV v3.3."


def test_two_documents_of_one_name_are_not_merged(tmp_path: Path) -> None:
    put(tmp_path / "annotation" / "doc.txt" / "ann.tsv", EMOJI)
    put(tmp_path / "annotation" / "doc.txt" / "bo.tsv", EMOJI.replace("like", "hate"))
    (found,) = findings(tmp_path)
    assert found.startswith("annotation/doc.txt/bo.tsv: S001 has another text than")


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\r", "\\r")


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, str, list[tuple[int, int, str]]]:
    """A text, the TSV of it, and its spans: over one token or several, stacked and overlapping."""
    pieces = draw(st.lists(texts.map(str.strip).filter(bool), min_size=1, max_size=4))
    text = "".join(pieces)
    places = [found.span() for found in re.finditer(r"[^ \n]+", text)]
    numbers = st.integers(0, len(places) - 1)
    labels = st.sampled_from(["PER", "a[b]|c"])
    given = draw(st.lists(st.tuples(numbers, numbers, labels), max_size=5))
    cells: list[list[str]] = [[] for _ in places]
    spans = []
    for id, (one, other, label) in enumerate(given, 1):
        first, last = sorted((one, other))
        spans.append((places[first][0], places[last][1], label))
        written = label.replace("[", "\\[").replace("]", "\\]").replace("|", "\\|")
        for token in range(first, last + 1):
            cells[token].append(f"{written}[{id}]")
    rows = []
    for number, ((start, end), stacked) in enumerate(zip(places, cells, strict=True), 1):
        first, last = (len(text[:x].encode("utf-16-le")) // 2 for x in (start, end))
        cell = "|".join(stacked) or "_"
        rows.append(f"1-{number}\t{first}-{last}\t{escaped(text[start:end])}\t{cell}\t")
    lines = [f"#Text={escaped(line)}" for line in text.split("\n")]
    return text, SPAN + "\n".join([*lines, *rows]), spans


@settings(max_examples=500, deadline=None)
@given(documents())
def test_generated_documents_give_the_spans_that_they_were_made_of(
    document: tuple[str, str, list[tuple[int, int, str]]],
) -> None:
    text, tsv, spans = document
    read = parse(tsv.split("\n"))
    assert read.problems == []
    assert read.marked.text == text
    assert sorted((s.start, s.end, s.label) for s in read.marked.spans) == sorted(spans)


def long_document(tokens: int) -> list[str]:
    """A document with an emoji in front, a span on each token, and a relation to the one before."""
    text = "😊 " + " ".join(f"w{number:06d}" for number in range(tokens))
    layers = "#T_SP=custom.Span|value\n#T_RL=custom.Next|role|BT_custom.Span"
    rows = [*f"{HEAD}{layers}\n#Text={text}\n1-1\t0-2\t😊\tX\t_\t_\t".split("\n")]
    for at in range(tokens):
        start = 3 + at * 8
        place = f"1-{at + 2}\t{start}-{start + 7}\tw{at:06d}"
        rows.append(f"{place}\tPER\tin\t1-{at + 1}\t")
    return rows


def test_a_document_of_twenty_thousand_spans_and_relations_takes_no_square_of_its_length() -> None:
    lines = long_document(20_000)
    start = process_time()
    marked = parse(lines).marked
    assert process_time() - start < 4
    assert (len(marked.spans), len(marked.relations)) == (20_001, 20_000)
    assert (marked.spans[1].start, marked.spans[20_000].end) == (2, len(marked.text))
