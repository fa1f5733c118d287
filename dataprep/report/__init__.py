"""What a person or a program reads: findings, explanations, the summary of a run.

Each name is loaded when it is first used, so that a check loads only what it prints.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataprep.report.agreement import print_agreement
    from dataprep.report.agreement import to_json as agreement_json
    from dataprep.report.consensus import print_consensus
    from dataprep.report.counts import Counts
    from dataprep.report.diff import Edit, write_diff
    from dataprep.report.explanation import catalogue_json, explain, explain_all, print_markdown
    from dataprep.report.findings import (
        finding_line,
        findings_parts,
        findings_text,
        print_counts,
        print_formats,
        print_found,
    )
    from dataprep.report.fixed import print_fixed
    from dataprep.report.formats import FORMATS, findings_json, findings_jsonl
    from dataprep.report.html import as_html
    from dataprep.report.installation import show_installation
    from dataprep.report.notes import print_notes
    from dataprep.report.progress import Bars
    from dataprep.report.providers import providers_json, show_providers
    from dataprep.report.reliability import print_reliability
    from dataprep.report.reliability import to_json as reliability_json
    from dataprep.report.run_summary import summary, summary_parts
    from dataprep.report.show import show_examples, show_tokens
    from dataprep.report.terminal import console, counted, plain, plain_lines, printable, write
    from dataprep.report.tokens import account_parts
    from dataprep.report.tokens import show_tokens as show_account
    from dataprep.report.tokens import tokens_json as account_json

__all__ = [
    "FORMATS",
    "Bars",
    "Counts",
    "Edit",
    "account_json",
    "account_parts",
    "agreement_json",
    "as_html",
    "catalogue_json",
    "console",
    "counted",
    "explain",
    "explain_all",
    "finding_line",
    "findings_json",
    "findings_jsonl",
    "findings_parts",
    "findings_text",
    "plain",
    "plain_lines",
    "print_agreement",
    "print_consensus",
    "print_counts",
    "print_fixed",
    "print_formats",
    "print_found",
    "print_markdown",
    "print_notes",
    "print_reliability",
    "printable",
    "providers_json",
    "reliability_json",
    "show_account",
    "show_examples",
    "show_installation",
    "show_providers",
    "show_tokens",
    "summary",
    "summary_parts",
    "write",
    "write_diff",
]

_HOME = {
    "Bars": ("progress", "Bars"),
    "Counts": ("counts", "Counts"),
    "Edit": ("diff", "Edit"),
    "FORMATS": ("formats", "FORMATS"),
    "account_json": ("tokens", "tokens_json"),
    "account_parts": ("tokens", "account_parts"),
    "agreement_json": ("agreement", "to_json"),
    "as_html": ("html", "as_html"),
    "print_agreement": ("agreement", "print_agreement"),
    "catalogue_json": ("explanation", "catalogue_json"),
    "console": ("terminal", "console"),
    "counted": ("terminal", "counted"),
    "explain": ("explanation", "explain"),
    "explain_all": ("explanation", "explain_all"),
    "finding_line": ("findings", "finding_line"),
    "findings_json": ("formats", "findings_json"),
    "findings_jsonl": ("formats", "findings_jsonl"),
    "findings_parts": ("findings", "findings_parts"),
    "findings_text": ("findings", "findings_text"),
    "plain": ("terminal", "plain"),
    "plain_lines": ("terminal", "plain_lines"),
    "print_consensus": ("consensus", "print_consensus"),
    "print_counts": ("findings", "print_counts"),
    "print_found": ("findings", "print_found"),
    "print_fixed": ("fixed", "print_fixed"),
    "print_formats": ("findings", "print_formats"),
    "print_markdown": ("explanation", "print_markdown"),
    "print_notes": ("notes", "print_notes"),
    "printable": ("terminal", "printable"),
    "providers_json": ("providers", "providers_json"),
    "reliability_json": ("reliability", "to_json"),
    "print_reliability": ("reliability", "print_reliability"),
    "show_account": ("tokens", "show_tokens"),
    "show_examples": ("show", "show_examples"),
    "show_installation": ("installation", "show_installation"),
    "show_providers": ("providers", "show_providers"),
    "show_tokens": ("show", "show_tokens"),
    "summary": ("run_summary", "summary"),
    "summary_parts": ("run_summary", "summary_parts"),
    "write": ("terminal", "write"),
    "write_diff": ("diff", "write_diff"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'dataprep.report' has no attribute {name!r}")
    module, known = _HOME[name]
    return getattr(import_module(f"dataprep.report.{module}"), known)
