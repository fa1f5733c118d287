"""What a person or a program reads: findings, explanations, the summary of a run."""

from dataprep.report.agreement import agreement_table
from dataprep.report.agreement import to_json as agreement_json
from dataprep.report.counts import Counts
from dataprep.report.explanation import catalogue_json, explain, explain_all, print_markdown
from dataprep.report.findings import finding_line, findings_text, print_counts
from dataprep.report.formats import findings_json, findings_jsonl
from dataprep.report.progress import Bars
from dataprep.report.show import show_examples
from dataprep.report.summary import summary
from dataprep.report.terminal import console, counted, plain, printable

__all__ = [
    "Bars",
    "Counts",
    "agreement_json",
    "agreement_table",
    "catalogue_json",
    "console",
    "counted",
    "explain",
    "explain_all",
    "finding_line",
    "findings_json",
    "findings_jsonl",
    "findings_text",
    "plain",
    "print_counts",
    "print_markdown",
    "printable",
    "show_examples",
    "summary",
]
