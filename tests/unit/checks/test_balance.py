"""How labels are spread."""

from dataprep.checks import Context, Selection, check_splits
from dataprep.finding import Finding
from tests.unit.checks.rows import pair, records

ONLY_B = Context(selection=Selection(["B"]))


def labels(file: str = "train.jsonl", **counts: int) -> dict[str, list]:  # type: ignore[type-arg]
    rows = [pair(f"{label} {n}", label) for label, many in counts.items() for n in range(many)]
    return {file: records(rows, file)}


def shown(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(f.code, f.place.file, f.message) for f in findings]


def judged(*files: dict[str, list]) -> list[tuple[str, str, str]]:  # type: ignore[type-arg]
    together = {name: rows for file in files for name, rows in file.items()}
    return shown(list(check_splits(together, None, ONLY_B)))


def test_a_rare_label_is_named_with_the_others() -> None:
    said = "'chess' and 1 more labels have under 10 examples"
    assert judged(labels(sport=60, chess=9, darts=2)) == [("B001", "train.jsonl", said)]


def test_labels_far_out_of_balance_are_told_with_their_counts() -> None:
    said = "'ham' stands 300 times, 'spam' only 12"
    assert judged(labels(ham=300, spam=12)) == [("B002", "train.jsonl", said)]
    assert judged(labels(ham=240, spam=12)) == []


def test_one_answer_to_everything_is_told() -> None:
    assert judged(labels(yes=50)) == [("B003", "train.jsonl", "all 50 answers are 'yes'")]
    assert judged(labels(yes=49)) == []


def test_spellings_of_one_label_are_told() -> None:
    found = judged(labels(**{"Sport": 30, "sport ": 20, "chess": 20}))
    said = "'Sport' (30) and 'sport ' (20) are one label in 2 spellings"
    assert found == [("B004", "train.jsonl", said)]


def test_signs_are_labels_of_their_own() -> None:
    assert judged(labels(**{"+": 30, "-": 30})) == []


def test_a_label_that_one_split_lacks_is_told_at_that_split() -> None:
    train, validation = labels(a=40, b=40), labels("validation.jsonl", a=12)
    said = "has no example of 'b', which train.jsonl has"
    assert judged(train, validation) == [("B005", "validation.jsonl", said)]
    validation = labels("validation.jsonl", a=12, b=12, c=10)
    said = "has no example of 'c', which validation.jsonl has"
    assert judged(train, validation) == [("B005", "train.jsonl", said)]


def test_files_of_different_tasks_lack_nothing_of_each_other() -> None:
    assert judged(labels(a=40, b=40), labels("other.jsonl", x=40, y=40)) == []


def test_answers_that_are_sentences_numbers_or_all_different_are_no_labels() -> None:
    sentence = "It depends on the weather, and on what you mean by tomorrow morning."
    assert judged(labels(**{sentence: 60})) == []
    assert judged(labels(**{f"answer {n}": 1 for n in range(60)})) == []
    assert judged(labels(**{f"{n}": 5 for n in range(201)})) == []


def test_what_is_counted_does_not_grow_without_end() -> None:
    from dataprep.checks.columnar import plain_of
    from dataprep.checks.per_file.balance import MOST, Balance
    from dataprep.formats import FORMATS

    balance = Balance(ONLY_B)
    answers = [str(n) for n in range(10 * MOST)]
    texts = [("?", answer) for answer in answers]
    rows = plain_of(range(1, len(answers) + 1), ["?"] * len(answers), texts)
    balance.add_plain(rows, FORMATS["prompt-completion"], "t.jsonl", "t.jsonl")
    assert balance._counts == {"t.jsonl": None}
    assert list(balance.findings()) == []
