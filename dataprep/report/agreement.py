"""How far annotators agree: on one screen, and as JSON for the manifest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dataprep.annotation import AgreementResult, LabelAgreement, Measure
from dataprep.finding import excerpt
from dataprep.report.terminal import counted, plain

SCHEMA = "urn:dataprep:schema:agreement:1"
SHOWN = 8
"""Annotators, pairs and tasks that are shown on the screen."""
LEAST, MOST = 3, 4
"""Controls that are shown of more than MOST: one for each file and control of the sources."""
WRITTEN = 100
"""Annotators, pairs and labels that are written as JSON; of the others only the number is."""
CONFUSED = 20
"""Confusions of a pair that are written as JSON."""
_INSTEAD = 3
"""What was said in the place of a label, so many on the screen."""
_WEAK, _FAIR = 0.4, 0.667
"""Below: no better than fair (Landis and Koch 1977); no firm conclusions (Krippendorff 2004)."""
_KAPPAS = ("Cohen's kappa", "Fleiss' kappa", "Krippendorff's alpha")
"""What takes chance off, so that the same value means the same for any number of labels."""


def print_agreement(results: Sequence[AgreementResult], console: Console) -> None:
    """Print a table for each control; of many those on which annotators agree least."""
    shown = sorted(results, key=_alpha)[:LEAST] if len(results) > MOST else results
    if len(shown) < len(results):
        words = (
            f"Agreement was measured {len(results):,} times, for each file and control. Here are"
        )
        console.print(f"{words} the {LEAST} lowest; all are in the manifest.")
    for result in shown:
        agreement_table(result, console)
        console.print()


def _alpha(result: AgreementResult) -> float:
    """Krippendorff's alpha; where there is none, more than any."""
    return 2.0 if result.alpha.value is None else result.alpha.value


def agreement_table(result: AgreementResult, console: Console) -> None:
    """Print how far annotators agree on a control: measures, people, labels, disputed tasks."""
    head = Text.assemble("Agreement on ", plain(excerpt(result.control), "bold"))
    said = f": {counted(result.tasks, 'task')} with two answers or more"
    console.print(head.append(said if result.tasks else ": no task has two answers."))
    if not result.tasks:
        return
    console.print(_measures(result))
    if result.annotators:
        console.print()
        console.print(_people(result))
    if len(result.pairs) > 1 or (result.pairs and result.kind == "nominal"):
        console.print()
        console.print(_pairs(result))
    if result.labels:
        console.print()
        console.print(_labels(result))
    if result.disputed:
        console.print()
        console.print(_disputed(result))


def to_json(result: AgreementResult) -> dict[str, Any]:
    """The result as schemas/agreement.schema.json says."""
    return {
        "schema": SCHEMA,
        "control": result.control,
        "kind": result.kind,
        "tasks": result.tasks,
        "answers": result.answers,
        "alone": result.alone,
        "unread": result.unread,
        "observed": _json(result.observed),
        "cohen": _json(result.cohen),
        "fleiss": _json(result.fleiss),
        "alpha": _json(result.alpha),
        "span_f1": {"exact": _json(result.f1.exact), "overlap": _json(result.f1.overlap)},
        "annotator_count": len(result.annotators),
        "annotators": [
            {"annotator": one.annotator, "tasks": one.tasks, "agreement": _json(one.agreement)}
            for one in result.annotators[:WRITTEN]
        ],
        "pair_count": len(result.pairs),
        "pairs": [
            {
                "annotators": list(pair.annotators),
                "tasks": pair.tasks,
                "agreement": _json(pair.agreement),
                "kappa": _json(pair.kappa),
                "f1": _json(pair.f1),
                "confusion_count": len(pair.confused),
                "confusions": [
                    {"labels": [mine, theirs], "times": times}
                    for mine, theirs, times in pair.confused[:CONFUSED]
                ],
            }
            for pair in result.pairs[:WRITTEN]
        ],
        "label_count": len(result.labels),
        "labels": [_label_json(one) for one in result.labels[:WRITTEN]],
        **({"no_labels": result.no_labels} if result.no_labels else {}),
        "disputed": [
            {"task": one.task, "answers": one.answers, "agreement": one.agreement}
            for one in result.disputed
        ],
    }


def _label_json(one: LabelAgreement) -> dict[str, Any]:
    return {
        "label": one.label,
        "answers": one.answers,
        "f1": _json(one.f1),
        "instead_count": len(one.instead),
        "instead": [{"label": label, "times": n} for label, n in one.instead[:WRITTEN]],
        "other_borders": one.other_borders,
        "nothing": one.nothing,
    }


def _json(measure: Measure) -> dict[str, Any]:
    if measure.value is None:
        return {"value": None, "reason": measure.reason}
    return {"value": measure.value}


def _table() -> Table:
    return Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")


def _measures(result: AgreementResult) -> Table:
    """The measures that fit the control; one that has no value says why."""
    table = _table()
    table.add_column("measure", style="bold")
    table.add_column("value", justify="right")
    table.add_column("", overflow="fold", style="dim")
    if result.kind == "spans":
        rows = [
            ("the same set of spans", result.observed, "mean over tasks"),
            ("span F1, exact", result.f1.exact, "same borders and label"),
            ("span F1, overlapping", result.f1.overlap, "same label, one common position"),
        ]
    elif result.kind == "text":
        rows = [("the same text", result.observed, "mean over tasks, letter by letter")]
    else:
        pairs = counted(len(result.pairs), "pair")
        rows = [
            ("observed agreement", result.observed, "mean over tasks"),
            (_KAPPAS[0], result.cohen, f"{pairs} of annotators, weighted by tasks"),
            (_KAPPAS[1], result.fleiss, "all annotators"),
            (_KAPPAS[2], result.alpha, f"all annotators, {result.kind}"),
        ]
    for name, measure, note in rows:
        table.add_row(name, _value(measure, styled=name in _KAPPAS), measure.reason or note)
    return table


def _people(result: AgreementResult) -> Table:
    table = _table()
    table.add_column("annotator", style="bold", overflow="ellipsis", no_wrap=True, max_width=32)
    table.add_column("tasks", justify="right")
    table.add_column("agrees with the others", justify="right")
    for one in result.annotators[:SHOWN]:
        table.add_row(plain(one.annotator), f"{one.tasks:,}", _value(one.agreement))
    _add_rest(table, len(result.annotators))
    return table


def _pairs(result: AgreementResult) -> Table:
    table = _table()
    for name in ("annotator", "and"):
        table.add_column(name, overflow="ellipsis", no_wrap=True, max_width=20)
    table.add_column("tasks", justify="right")
    table.add_column("F1" if result.kind == "spans" else "agreement", justify="right")
    if result.kind in ("nominal", "ordinal"):
        table.add_column("kappa", justify="right")
    if result.labels and result.kind == "nominal":
        table.add_column("F1", justify="right")
    if any(pair.confused for pair in result.pairs[:SHOWN]):
        table.add_column("most confused", overflow="fold")
    for pair in result.pairs[:SHOWN]:
        one, other = pair.annotators
        row = [plain(one), plain(other), Text(f"{pair.tasks:,}"), _value(pair.agreement)]
        if result.kind in ("nominal", "ordinal"):
            row.append(_value(pair.kappa, styled=True))
        if result.labels and result.kind == "nominal":
            row.append(_value(pair.f1))
        for mine, theirs, times in pair.confused[:1]:
            row.append(plain(f"{excerpt(mine, 16)} / {excerpt(theirs, 16)} {times:,}"))
        table.add_row(*row)
    _add_rest(table, len(result.pairs))
    return table


def _labels(result: AgreementResult) -> Table:
    """F1 of each label, and what one of two annotators said where the other gave that label."""
    table = _table()
    table.add_column("label", style="bold", overflow="ellipsis", no_wrap=True, max_width=24)
    table.add_column("given", justify="right")
    table.add_column("F1", justify="right")
    table.add_column("and where one gave it, another gave", overflow="fold")
    for one in result.labels[:SHOWN]:
        table.add_row(plain(one.label), f"{one.answers:,}", _value(one.f1), _confusions(one))
    _add_rest(table, len(result.labels))
    return table


def _confusions(one: LabelAgreement) -> Text:
    """What stands in the place of a label, the most frequent first; nothing where all agree."""
    text = Text()
    said = [(plain(excerpt(label, 24)), n) for label, n in one.instead[:_INSTEAD]]
    if rest := sum(n for _, n in one.instead[_INSTEAD:]):
        said.append((Text("other labels", "dim"), rest))
    said += [(Text("other borders", "dim"), one.other_borders)] if one.other_borders else []
    said += [(Text("nothing", "dim"), one.nothing)] if one.nothing else []
    for number, (what, times) in enumerate(said):
        text.append(", " if number else "")
        text.append_text(what).append(f" {times:,}")
    return text


def _disputed(result: AgreementResult) -> Text:
    """The ids of the tasks with the least agreement, in as many lines as they need."""
    text = Text("Most disputed tasks: ", overflow="fold")
    text.append_text(plain(", ".join(excerpt(one.task, 20) for one in result.disputed[:SHOWN])))
    rest = len(result.disputed) - SHOWN
    return text.append(f" and {rest} more, in the manifest." if rest > 0 else ".")


def _add_rest(table: Table, number: int) -> None:
    if number > SHOWN:
        table.add_row(Text(f"{number - SHOWN:,} more", "dim"))


def _value(measure: Measure, *, styled: bool = False) -> Text:
    value = measure.value
    if value is None:
        return Text("-", "dim")
    style = "red" if value < _WEAK else "yellow" if value < _FAIR else "green"
    return Text(f"{value:.3f}", style if styled else "")
