"""Family U: the file that would be uploaded, and the platform that would take it."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dataprep import providers
from dataprep.checks import Context
from dataprep.checks.columnar import plain_of
from dataprep.checks.per_file.lengths import LengthWatch
from dataprep.checks.per_file.upload import UploadWatch, file_faults, life_faults, silenced
from dataprep.example import Record
from dataprep.finding import Fault, Finding, Place, UsageError
from dataprep.formats import FORMATS
from dataprep.rules import CATALOGUE, found
from dataprep.sources import fine_tuning
from dataprep.sources.opening import is_gzip
from dataprep.tokens import TokenAccount, estimator
from tests.unit.checks.rows import assistant, chat, read, user

CASES = Path(__file__).parents[2] / "cases"
CODES = [code for code in CATALOGUE if code.startswith("U")]
TODAY = date(2026, 11, 22)
ROW = chat(user("Hi"), assistant("Hello"))


def findings_of_case(code: str, name: str, monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    folder = CASES / code
    settings: dict[str, Any] = {}
    for file in (folder / "settings.json", folder / f"{name}.settings.json"):
        if file.is_file():
            settings |= json.loads(file.read_text("utf-8"))
    if (own := folder / "providers.json").is_file():
        monkeypatch.setenv(providers.VARIABLE, str(own))
    epochs = settings.pop("epochs", 0)
    day = date.fromisoformat(settings.pop("today", "2026-11-22"))
    reader = providers.reader(settings["provider"])
    account = TokenAccount(estimator("a test"), None, reader, epochs)
    context = Context(today=day, account=account, **settings)
    data = [f"{name}.json", f"{name}.jsonl"]
    path = next(folder / file for file in data if (folder / file).is_file())
    return list(all_findings(path, context))


def all_findings(path: Path, context: Context) -> list[Finding]:
    made = [
        found(f.code, f.message, Place(file=path.name))
        for f in file_faults(path, context, packed=is_gzip(path))
    ]
    watches = (UploadWatch(context), LengthWatch(context))
    for item in fine_tuning.read(path, path.name):
        if isinstance(item, Record):
            for watch in watches:
                watch.add(read(item.value), item.place, path.name)
        elif item.code not in silenced(context):
            made.append(item)
    return made + [finding for watch in watches for finding in watch.findings()]


@pytest.mark.parametrize("code", CODES)
def test_a_bad_case_shows_its_code_and_no_other(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = findings_of_case(code, "bad", monkeypatch)
    assert {finding.code for finding in made} == {code}
    assert all(finding.place.file.startswith("bad.") for finding in made)


@pytest.mark.parametrize("code", CODES)
def test_a_good_case_is_clean(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert findings_of_case(code, "good", monkeypatch) == []


def platform(provider: str, *rows: Any, **more: Any) -> list[str]:
    """Code and message of what a file of rows shows, at a provider."""
    watch = UploadWatch(Context(provider=provider, today=more.pop("today", TODAY), **more))
    for number, row in enumerate(rows, 1):
        watch.add(read(row), Place(file="train.jsonl", line=number), "train")
    return [f"{finding.code} {finding.message}" for finding in watch.findings()]


def test_without_a_provider_nothing_is_judged(tmp_path: Path) -> None:
    path = tmp_path / "train.txt"
    path.write_text("", "utf-8")
    assert list(file_faults(path, Context())) == []
    assert list(UploadWatch(Context()).findings()) == []
    assert silenced(Context()) == frozenset()


def test_openai_on_the_day_of_the_facts() -> None:
    assert platform("openai", ROW, model="gpt-4o-mini") == [
        "U011 gpt-4o-mini-2024-07-18 takes no jobs from 2027-01-06: 45 days left; "
        "gpt-4o-mini-2024-07-18 is shut down on 2027-01-14: 53 days left",
        "U014 OpenAI takes jobs only from existing customers",
        "U002 the file has 1 example: OpenAI asks for at least 10",
    ]


@pytest.mark.parametrize(
    ("today", "code", "words"),
    [
        (date(2026, 11, 6), "U014", "existing customers"),
        (date(2026, 11, 7), "U011", "OpenAI takes no jobs from 2027-01-06: 60 days left"),
        (date(2027, 1, 5), "U011", "OpenAI takes no jobs from 2027-01-06: 1 day left"),
        (date(2027, 1, 6), "U010", "OpenAI takes no jobs since 2027-01-06"),
        (date(2027, 3, 1), "U010", "OpenAI takes no jobs since 2027-01-06"),
    ],
)
def test_the_end_of_openai_comes_nearer_day_by_day(today: date, code: str, words: str) -> None:
    first = next(life_faults(providers.reader("openai"), today))
    assert first.code == code
    assert words in first.message


def test_a_model_that_is_gone_is_told_before_its_platform_closes() -> None:
    faults = list(life_faults(providers.reader("openai:gpt-4.1-nano"), TODAY))
    assert faults == [
        Fault(
            "U010",
            "",
            "gpt-4.1-nano-2025-04-14 takes no jobs since 2026-10-23; "
            "gpt-4.1-nano-2025-04-14 is shut down since 2026-10-23",
        )
    ]


def test_the_retired_platform_of_mistral_takes_nothing() -> None:
    (fault,) = life_faults(providers.reader("mistral"), TODAY)
    assert (fault.code, fault.message) == (
        "U010",
        "Mistral (hosted fine-tuning, retired) takes no jobs any more",
    )


@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("gpt-6-luna", "gpt-6-luna cannot be trained at OpenAI"),
        ("gpt-5.1", "the table lists no model gpt-5.1 to train at OpenAI; the nearest name is"),
        ("zzz", "the table lists no model zzz to train at OpenAI"),
    ],
)
def test_a_model_that_cannot_be_trained_there_is_told(model: str, words: str) -> None:
    first = next(life_faults(providers.reader(f"openai:{model}"), TODAY))
    assert first.code == "U009"
    assert first.message.startswith(words)


@pytest.mark.parametrize("provider", ["together", "nebius"])
def test_a_model_that_is_not_listed_passes_where_the_list_is_not_whole(provider: str) -> None:
    assert platform(provider, ROW, model="some/model") == []


def test_a_misspelt_model_ends_the_command() -> None:
    with pytest.raises(UsageError, match="Did you mean openai:gpt-4o-mini"):
        UploadWatch(Context(provider="openai", model="gpt-4o-mni"))


def test_preference_pairs_for_a_model_without_dpo() -> None:
    pair = {
        "input": {"messages": [user("Hi")]},
        "preferred_output": [assistant("Hello")],
        "non_preferred_output": [assistant("What")],
    }
    assert (
        "U008 the file is preference, for the method dpo: gpt-4o-mini-2024-07-18 is trained by "
        "supervised"
    ) in platform("openai", pair, model="gpt-4o-mini")
    assert not any("U008" in said for said in platform("openai", pair, model="gpt-4o"))


def test_a_chat_file_for_a_model_that_is_only_reinforced() -> None:
    said = platform("azure", ROW, model="o4-mini")
    assert any(line.startswith("U008 the file is openai-chat, for the method") for line in said)


def test_a_held_out_file_may_be_small() -> None:
    watch = UploadWatch(Context(provider="fireworks", today=TODAY))
    for part in ("out/openai-chat/validation.jsonl", "eval", "my-test.jsonl"):
        watch.add(read(ROW), Place(file=part, line=1), part)
    assert list(watch.findings()) == []
    watch.add(read(ROW), Place(file="contest.jsonl", line=1), "contest.jsonl")
    assert [finding.code for finding in watch.findings()] == ["U002"]


def test_rows_that_are_text_alone_are_counted_together() -> None:
    watch = UploadWatch(Context(provider="fireworks", today=TODAY))
    rows = plain_of([1, 2], ["a", "b"], [("a", "c"), ("b", "d")])
    watch.add_plain(rows, FORMATS["openai-chat"], "train.jsonl", "train")
    (finding,) = watch.findings()
    assert finding.message == "the file has 2 examples: Fireworks asks for at least 3"
    watch.add(read(ROW), Place(file="train.jsonl", line=3), "train")
    assert list(watch.findings()) == []


def test_the_size_of_a_file_against_openais_limits(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    said = {}
    for size in (512_000_000, 512_000_001, 8_000_000_000, 8_000_000_001):
        with path.open("wb") as file:
            file.truncate(size)  # a hole: nothing is written
        faults = file_faults(path, Context(provider="openai"))
        said[size] = [f"{fault.code} {fault.message}" for fault in faults]
    assert said == {
        512_000_000: [],
        512_000_001: ["U004 the file has 512 MB: OpenAI wants parts above 512 MB"],
        8_000_000_000: ["U004 the file has 8 GB: OpenAI wants parts above 512 MB"],
        8_000_000_001: ["U003 the file has 8 GB: OpenAI takes at most 8 GB"],
    }


def test_azure_wants_a_mark_and_the_rule_against_it_rests(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    azure = Context(provider="azure")
    path.write_bytes(b'{"messages": []}')
    assert [fault.code for fault in file_faults(path, azure)] == ["U006"]
    path.write_bytes(b'\xef\xbb\xbf{"messages": []}')
    assert list(file_faults(path, azure)) == []
    assert silenced(azure) == {"J006"}
    assert silenced(Context(provider="openai")) == frozenset()


@pytest.mark.parametrize(
    ("provider", "name", "codes"),
    [
        ("openai", "train.jsonl", []),
        ("openai", "train.jsonl.gz", ["U001"]),
        ("openai", "train.JSONL", ["U001"]),
        ("together", "train.parquet", []),
        ("openai", "train.parquet", ["U001"]),
        ("mistral", "train.txt", []),
    ],
)
def test_the_ending_of_a_name(tmp_path: Path, provider: str, name: str, codes: list[str]) -> None:
    path = tmp_path / name
    path.write_bytes(b"{}")
    assert [fault.code for fault in file_faults(path, Context(provider=provider))] == codes


@pytest.mark.parametrize("provider", ["openai", "azure", "together", "fireworks", "nebius"])
def test_a_packed_file_under_the_name_of_a_plain_one_is_an_error(
    tmp_path: Path, provider: str
) -> None:
    path = tmp_path / "train.jsonl"
    path.write_bytes(gzip.compress(b'{"messages": []}'))
    (fault,) = file_faults(path, Context(provider=provider), packed=is_gzip(path))
    assert fault.code == "U015"
    assert fault.message.startswith("the file is packed by gzip, and ")
