"""Commands that are printed to be typed."""

from __future__ import annotations

import shlex
from pathlib import Path

from dataprep.shell import command_line


def test_a_name_stays_one_word_whatever_it_holds() -> None:
    said = command_line("train", "t5", Path("my data; rm -rf ~"))
    assert said == "dataprep train t5 'my data; rm -rf ~'"
    assert shlex.split(said) == ["dataprep", "train", "t5", "my data; rm -rf ~"]


def test_a_path_or_a_value_that_begins_like_a_flag_is_none() -> None:
    said = command_line("evaluate", Path("-o"), endpoint="https://h/v1", model="--yes")
    assert said == "dataprep evaluate ./-o --endpoint https://h/v1 --model=--yes"


def test_a_flag_alone_is_typed_alone() -> None:
    assert command_line("train", "openai", Path("out"), dry_run=True) == (
        "dataprep train openai out --dry-run"
    )
