"""What a person or a program reads: findings, explanations, the summary of a run."""

from dataprep.report.agreement import agreement_table
from dataprep.report.agreement import to_json as agreement_json
from dataprep.report.counts import Counts
from dataprep.report.diff import Edit, write_diff
from dataprep.report.explanation import catalogue_json, explain, explain_all, print_markdown
from dataprep.report.findings import (
    finding_line,
    findings_text,
    print_counts,
    print_formats,
)
from dataprep.report.fixed import print_fixed
from dataprep.report.formats import FORMATS, findings_json, findings_jsonl
from dataprep.report.progress import Bars
from dataprep.report.providers import providers_json, show_providers
from dataprep.report.show import show_examples, show_tokens
from dataprep.report.summary import summary
from dataprep.report.terminal import console, counted, plain, printable
from dataprep.report.tokens import show_tokens as show_account
from dataprep.report.tokens import tokens_json as account_json

__all__ = [
    "FORMATS",
    "Bars",
    "Counts",
    "Edit",
    "account_json",
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
    "print_fixed",
    "print_formats",
    "print_markdown",
    "printable",
    "providers_json",
    "show_account",
    "show_examples",
    "show_providers",
    "show_tokens",
    "summary",
    "write_diff",
]
