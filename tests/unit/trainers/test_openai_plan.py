"""The plan of a job: what it says, its gates, and how it looks on a terminal."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from dataprep.finding import DataprepError, NothingToDo, Refused, UsageError
from tests.unit.trainers.openai_folder import example, folder_with, ready_folder
from trainers.openai import JobPlan, gates, plan, show_plan, train
from trainers.openai.cost import Tokeniser

BEFORE = date(2026, 9, 1)  # more than 60 days before any end


@pytest.fixture(autouse=True)
def one_token_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    counter = Tokeniser(lambda text: len(text.split()), "words, in this test", 0.0)
    monkeypatch.setattr("trainers.openai.cost.tokeniser", lambda _: counter)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return ready_folder(tmp_path / "out")


def gate(made: JobPlan, name: str) -> gates.Gate:
    return next(gate for gate in made.gates if gate.name == name)


def made_of(folder: Path, **options: Any) -> JobPlan:
    return plan(folder, **{"today": BEFORE, **options})


def test_a_plan_counts_files_tokens_epochs_and_dollars(folder: Path) -> None:
    made = made_of(folder)
    train_file, validation = made.files
    raw = (folder / "openai-chat" / "train.jsonl").read_bytes()
    assert (train_file.examples, validation.examples) == (12, 2)
    assert (train_file.bytes, train_file.sha256) == (len(raw), hashlib.sha256(raw).hexdigest())
    assert train_file.tokens.count == 12 * (3 * 4 + 8 + 10 + 1)
    assert (made.epochs, made.epochs_chosen) == (8, False)
    assert made.dollars == pytest.approx(372 * 8 * 3 / 1_000_000)
    assert made.passed


def test_the_alias_is_sent_as_the_model_that_the_price_belongs_to(folder: Path) -> None:
    made = made_of(folder, model="gpt-4o-mini", suffix="tea", seed=7, n_epochs=2)
    assert made.request == {
        "model": "gpt-4o-mini-2024-07-18",
        "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 2}}},
        "suffix": "tea",
        "seed": 7,
        "training_file": f"(the id of {made.files[0].name})",
        "validation_file": f"(the id of {made.files[1].name})",
        "metadata": {"dataprep_run": made.key},
    }
    assert made.files[0].name == f"dataprep-train-{made.files[0].sha256[:16]}.jsonl"


def test_a_fine_tuned_model_is_trained_on_under_its_own_name(folder: Path) -> None:
    made = made_of(folder, model="ft:gpt-4o-mini-2024-07-18:acme::abc")
    assert made.request["model"] == "ft:gpt-4o-mini-2024-07-18:acme::abc"
    assert made.known is not None
    assert made.known.name == "gpt-4o-mini-2024-07-18"


def test_the_run_key_depends_on_content_and_options_and_not_on_the_day(
    folder: Path, tmp_path: Path
) -> None:
    same = made_of(folder).key
    assert len(same) == 64
    assert made_of(folder, today=date(2027, 5, 1), max_cost=3, model="gpt-4o-mini").key == same
    other = folder_with(tmp_path / "other", [example(n, "negative") for n in range(12)])
    keys = {
        same,
        made_of(folder, seed=1).key,
        made_of(folder, suffix="a").key,
        made_of(folder, n_epochs=3).key,
        made_of(folder, model="gpt-4.1").key,
        made_of(folder, base_url="http://127.0.0.1:1/v1").key,
        made_of(other).key,
    }
    assert len(keys) == 7


def test_every_run_key_has_its_own_run_folder(folder: Path) -> None:
    made = made_of(folder)
    assert made.run_dir == Path("runs") / f"openai-{made.key[:12]}"


def test_another_server_has_no_dates_and_no_price_but_those_of_a_named_provider(
    folder: Path,
) -> None:
    late = date(2027, 6, 1)
    nameless = plan(folder, base_url="http://127.0.0.1:1/v1/", today=late)
    assert (nameless.base_url, nameless.dollars, nameless.passed) == (
        "http://127.0.0.1:1/v1",
        None,
        True,
    )
    named = plan(folder, base_url="http://127.0.0.1:1/v1", provider="openai", today=late)
    assert not named.passed


def test_nebius_is_reached_at_its_own_address_with_its_own_key(folder: Path) -> None:
    made = made_of(folder, provider="nebius", model="meta-llama/Llama-3.3-70B-Instruct")
    assert made.base_url == "https://api.tokenfactory.nebius.com/v1"
    assert made.key_variable == "NEBIUS_API_KEY"
    assert dict(made.rows())["price"] == "unknown"
    assert dict(made.rows())["cost"] == "unknown"


def test_a_model_that_the_table_does_not_know_is_said_to_be_unknown(folder: Path) -> None:
    made = made_of(folder, model="gpt-9")
    assert "The table does not know this model: its price and end are unknown." in made.notes
    assert made.request["model"] == "gpt-9"


def test_examples_beyond_the_limit_of_the_model_are_told(tmp_path: Path) -> None:
    long = example(1)
    long["messages"][1]["content"] = "word " * 70_000
    folder = folder_with(tmp_path / "out", [long, *(example(n) for n in range(10))])
    assert made_of(folder).notes[-1] == (
        "train: 1 of 11 examples exceed 65,536 tokens; the platform cuts their end, the "
        "answer, and says nothing."
    )


# Gates.


@pytest.mark.parametrize(
    ("today", "platform", "model"),
    [
        (date(2026, 11, 6), True, True),
        (date(2026, 11, 7), False, True),
        (date(2026, 11, 14), False, True),
        (date(2026, 11, 15), False, False),
        (date(2027, 1, 5), False, False),
    ],
)
def test_sixty_days_before_the_end_a_gate_shuts_and_opens_by_name(
    folder: Path, today: date, platform: bool, model: bool
) -> None:
    made = plan(folder, today=today)
    assert (gate(made, "platform").passed, gate(made, "model").passed) == (platform, model)
    if not platform:
        assert gate(made, "platform").override == "--accept shutdown"
    assert plan(folder, today=today, accept_shutdown=True).passed


@pytest.mark.parametrize("today", [date(2027, 1, 6), date(2027, 2, 1)])
def test_a_platform_that_has_shut_opens_for_nobody(folder: Path, today: date) -> None:
    made = plan(folder, today=today, accept_shutdown=True)
    shut = gate(made, "platform")
    assert (shut.passed, shut.override) == (False, "")
    assert shut.detail == "OpenAI has been shut since 2027-01-06"
    assert "dataprep train t5 FOLDER" in shut.remedy


def test_a_model_that_is_shut_down_opens_for_nobody(folder: Path) -> None:
    made = plan(folder, model="gpt-4.1-nano", today=date(2026, 11, 22), accept_shutdown=True)
    assert gate(made, "model").detail == ("gpt-4.1-nano-2025-04-14 has been shut since 2026-10-23")
    with pytest.raises(Refused) as caught:
        gates.refuse(made.gates)
    assert caught.value.exit_code == 5


def test_the_days_that_are_left_are_counted(folder: Path) -> None:
    made = plan(folder, today=date(2026, 11, 22))
    assert gate(made, "platform").detail == ("OpenAI takes new jobs until 2027-01-06: 45 days left")
    assert gate(made, "model").detail == (
        "gpt-4o-mini-2024-07-18 runs until 2027-01-14: 53 days left"
    )
    last = plan(folder, today=date(2027, 1, 5), accept_shutdown=True)
    assert gate(last, "platform").detail.endswith("1 day left, accepted")


def test_azure_trains_gpt_4o_for_longer(folder: Path) -> None:
    made = plan(
        folder,
        provider="azure",
        base_url="https://x.openai.azure.com/openai/v1/",
        today=date(2026, 11, 22),
    )
    assert gate(made, "platform").detail == (
        "Azure OpenAI takes new jobs until 2027-04-01: 130 days left"
    )


def test_nine_examples_are_too_few_and_ten_are_enough(tmp_path: Path) -> None:
    few = made_of(folder_with(tmp_path / "a", [example(n) for n in range(9)]))
    assert (gate(few, "examples").passed, gate(few, "examples").detail) == (
        False,
        "9 to train on, at least 10",
    )
    assert gate(made_of(folder_with(tmp_path / "b", [example(n) for n in range(10)])), "examples")
    enough = made_of(folder_with(tmp_path / "b", [example(n) for n in range(10)]))
    assert gate(enough, "examples").passed


@pytest.mark.parametrize("split", ["train", "validation"])
def test_a_file_that_was_changed_after_convert_is_not_uploaded(folder: Path, split: str) -> None:
    path = folder / "openai-chat" / f"{split}.jsonl"
    path.write_text(path.read_text("utf-8") + json.dumps(example(55)) + "\n", "utf-8")
    made = made_of(folder)
    assert gate(made, "unchanged").detail == f"{path} was changed after convert"
    assert gate(made, "unchanged").override == ""


@pytest.mark.parametrize(
    ("cap", "passed", "detail"),
    [
        (None, True, "no cap was set (--max-cost)"),
        (1.0, True, "at most 0.0089 USD, the cap is 1.00 USD"),
        (0.008, False, "at most 0.0089 USD, the cap is 0.0080 USD"),
    ],
)
def test_the_cost_is_held_to_the_cap(
    folder: Path, cap: float | None, passed: bool, detail: str
) -> None:
    cost = gate(made_of(folder, max_cost=cap), "cost")
    assert (cost.passed, cost.detail) == (passed, detail)
    assert cost.override == ("" if passed else "--max-cost 0.01")


def test_the_cap_is_held_to_the_highest_cost_that_an_estimate_allows(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    guess = Tokeniser(lambda text: len(text.split()), "estimate", 0.25)
    monkeypatch.setattr("trainers.openai.cost.tokeniser", lambda _: guess)
    made = made_of(folder, max_cost=0.01)
    assert made.dollars == pytest.approx(0.008928)
    assert made.most == pytest.approx(0.01116)
    assert not gate(made, "cost").passed


def test_a_cap_cannot_be_held_without_a_price(folder: Path) -> None:
    made = made_of(folder, model="gpt-4o-2024-11-20", max_cost=5)
    assert gate(made, "cost").detail == (
        "the price is unknown, so the cap of 5.00 USD cannot be held"
    )


def test_a_model_for_reinforcement_takes_no_chat_examples(folder: Path) -> None:
    made = plan(folder, model="o4-mini", today=BEFORE)
    assert gate(made, "method").detail == ("o4-mini-2025-04-16 is trained by reinforcement only")


def test_a_file_beyond_the_limit_is_refused(folder: Path, tmp_path: Path) -> None:
    table = _table_with(tmp_path, file_bytes=1000)
    made = made_of(folder, table=table)
    assert gate(made, "size").passed is False
    assert gate(made, "size").detail.endswith("bytes, at most 1,000")


def test_a_users_own_table_sets_the_price(folder: Path, tmp_path: Path) -> None:
    made = made_of(folder, table=_table_with(tmp_path, price=30.0), max_cost=0.01)
    assert made.dollars == pytest.approx(0.08928)
    assert not gate(made, "cost").passed


def _table_with(
    tmp_path: Path, *, file_bytes: int | None = None, price: float | None = None
) -> Path:
    shipped = Path("dataprep/providers/table.json")
    table = json.loads((Path(__file__).parents[3] / shipped).read_text("utf-8"))
    openai = table["providers"][0]
    if file_bytes:
        openai["limits"]["file_bytes"] = file_bytes
        openai["limits"]["upload_bytes"] = file_bytes
    if price:
        mini = next(m for m in openai["models"] if m["name"] == "gpt-4o-mini-2024-07-18")
        mini["price"]["training_usd_per_million"] = price
    path = tmp_path / "table.json"
    path.write_text(json.dumps(table), "utf-8")
    return path


def test_all_shut_gates_are_named_in_one_refusal(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "out", [example(1)])
    with pytest.raises(Refused) as caught:
        gates.refuse(plan(folder, today=date(2027, 1, 6), max_cost=0.0001).gates)
    for words in ("examples: 1 to train on", "platform: OpenAI has been shut", "cost: at most"):
        assert words in caught.value.message
    assert caught.value.message.startswith("No job was made.")


# Bad input.


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"suffix": ""}, "0 characters"),
        ({"suffix": "x" * 65}, "65 characters"),
        ({"seed": -1}, "seed -1"),
        ({"seed": 2**31}, "seed 2147483648"),
        ({"n_epochs": 0}, "0 epochs"),
        ({"n_epochs": 51}, "51 epochs"),
        ({"base_url": "api.openai.com"}, "not the address of a server"),
        ({"provider": "opnai"}, "Did you mean openai?"),
        ({"provider": "fireworks"}, "does not speak the protocol"),
        ({"provider": "azure"}, "export AZURE_OPENAI_ENDPOINT="),
        ({"batch_size": 257}, "batch of 257"),
        ({"learning_rate_multiplier": 0.0}, "--learning-rate-multiplier is 0.0"),
        ({"learning_rate_multiplier": float("nan")}, "--learning-rate-multiplier is nan"),
        ({"beta": 0.1}, "--beta belongs to preference data"),
        ({"learning_rate": 1e-4}, "takes neither a learning rate"),
        ({"provider": "nebius", "learning_rate_multiplier": 2.0}, "Pass --learning-rate."),
        ({"provider": "together", "suffix": "x" * 28}, "28 characters"),
        ({"accept": ("everything",)}, "findings, secrets, personal-data, cost, shutdown"),
        ({"provider": "azure", "base_url": "http://x/v1", "suffix": "x" * 19}, "19 characters"),
        ({"table": Path("missing.json")}, "missing.json"),
    ],
)
def test_an_option_that_cannot_be_is_told(
    folder: Path, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError) as caught:
        made_of(folder, **options)
    assert words in str(caught.value)


def test_a_folder_that_convert_did_not_make_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no output of dataprep"):
        made_of(tmp_path)


def test_a_folder_without_the_target_says_how_to_make_it(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    del manifest["files"]["openai-chat/train.jsonl"]
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(UsageError, match=r"dataprep convert \.\.\. --to openai-chat"):
        made_of(folder)


def test_a_folder_without_examples_is_nothing_to_do(tmp_path: Path) -> None:
    with pytest.raises(NothingToDo):
        made_of(folder_with(tmp_path / "out", []))


def test_a_missing_file_is_told(folder: Path) -> None:
    (folder / "openai-chat" / "train.jsonl").unlink()
    with pytest.raises(UsageError, match="Convert again"):
        made_of(folder)


@pytest.mark.parametrize(
    "line", [b"{", b"[]", b'"x"', b"{}", b'{"messages": 1}', b'{"messages": ["x"]}', b"\xff"]
)
def test_a_bad_line_is_named_by_file_and_number(folder: Path, line: bytes) -> None:
    path = folder / "openai-chat" / "train.jsonl"
    path.write_bytes(path.read_bytes() + line + b"\n")
    with pytest.raises(DataprepError) as caught:
        made_of(folder)
    assert f"{path}:13" in str(caught.value)


# What dataprep check finds in the files.


def with_answer(tmp_path: Path, answer: str) -> Path:
    return folder_with(tmp_path / "out", [example(n) for n in range(10)] + [example(77, answer)])


@pytest.mark.parametrize(
    ("name", "answer", "detail"),
    [
        ("findings", "", "1 of C003 (empty-answer)"),
        ("secrets", "use AKIAQ3EGUIS7QWERTYUI for it", "1 of P001 (secret-in-the-data)"),
        ("personal-data", "write to ann.smith@acme-bakery.com", "1 of P101 (e-mail-address)"),
    ],
)
def test_what_check_finds_shuts_a_gate_that_opens_by_its_name(
    tmp_path: Path, name: str, answer: str, detail: str
) -> None:
    folder = with_answer(tmp_path, answer)
    shut = gate(made_of(folder), name)
    assert (shut.passed, shut.detail, shut.override) == (False, detail, f"--accept {name}")
    assert not made_of(folder).passed
    opened = made_of(folder, accept=(name,))
    assert gate(opened, name).detail == f"{detail}, accepted"
    assert opened.passed
    with pytest.raises(Refused, match=f"--accept {name}"):
        gates.refuse(made_of(folder).gates)


def test_the_content_of_a_finding_is_not_in_the_plan(tmp_path: Path) -> None:
    made = made_of(with_answer(tmp_path, "use AKIAQ3EGUIS7QWERTYUI for it"))
    assert "AKIAQ3EGUIS7QWERTYUI" not in made.text() + shown(made, 120)


def test_the_cost_is_accepted_by_name_also_where_it_is_unknown(folder: Path) -> None:
    assert gate(made_of(folder, max_cost=0.001, accept=("cost",)), "cost").detail == (
        "at most 0.0089 USD, accepted"
    )
    unknown = made_of(folder, model="gpt-4o-2024-11-20", max_cost=5, accept=("cost",))
    assert gate(unknown, "cost").detail == "an unknown sum, accepted"


def test_the_plan_tells_the_days_that_are_left_and_the_age_of_the_table(folder: Path) -> None:
    rows = dict(plan(folder, today=date(2026, 11, 22)).rows())
    assert rows["life"] == (
        "new jobs: 45 days left (until 2027-01-06); the model: 53 days left (until 2027-01-14)"
    )
    assert rows["table"] == "of 2026-11, at most 21 days old"


# Preference pairs, and other providers.


def preference(number: int) -> dict[str, Any]:
    return {
        "input": {"messages": [{"role": "user", "content": f"Greet guest {number} of the inn."}]},
        "preferred_output": [{"role": "assistant", "content": "Good evening, and welcome."}],
        "non_preferred_output": [{"role": "assistant", "content": "What?"}],
    }


def test_preference_pairs_are_trained_by_dpo_with_beta(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "out", [preference(n) for n in range(10)], target="preference")
    made = made_of(folder, model="gpt-4o", beta=0.3, batch_size=4, n_epochs=2)
    assert made.method == "dpo"
    assert made.request["method"] == {
        "type": "dpo",
        "dpo": {"hyperparameters": {"n_epochs": 2, "batch_size": 4, "beta": 0.3}},
    }
    assert made.passed
    refused = gate(made_of(folder, model="gpt-4o-mini"), "method")
    assert refused.detail == "gpt-4o-mini-2024-07-18 is trained by supervised only"


def test_every_hyperparameter_goes_into_the_request_and_the_run_key(folder: Path) -> None:
    made = made_of(folder, n_epochs=2, batch_size=8, learning_rate_multiplier=0.5)
    assert made.request["method"]["supervised"]["hyperparameters"] == {
        "n_epochs": 2,
        "batch_size": 8,
        "learning_rate_multiplier": 0.5,
    }
    assert made.key != made_of(folder, n_epochs=2, batch_size=9, learning_rate_multiplier=0.5).key


def test_azure_takes_its_own_files_with_a_mark_at_the_address_of_the_resource(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://tea.openai.azure.com/")
    rows = [example(n) for n in range(10)]
    folder = folder_with(tmp_path / "out", rows, target="azure", mark=True)
    made = plan(folder, provider="azure", today=BEFORE, suffix="x" * 18)
    assert made.base_url == "https://tea.openai.azure.com/openai/v1"
    assert (made.target, made.key_variable) == ("azure", "AZURE_OPENAI_API_KEY")
    assert made.passed
    assert made.files[0].examples == 10


def test_azure_is_told_where_the_mark_is_missing(folder: Path) -> None:
    made = plan(folder, provider="azure", base_url="http://x/openai/v1", today=BEFORE)
    assert made.notes[-1] == (
        "Azure OpenAI asks for a byte-order mark: convert --to azure writes it."
    )


def test_nebius_takes_loras_fields(folder: Path) -> None:
    made = made_of(
        folder,
        provider="nebius",
        model="meta-llama/Llama-3.3-70B-Instruct",
        n_epochs=3,
        learning_rate=2e-5,
        lora_rank=16,
    )
    assert made.request["hyperparameters"] == {
        "n_epochs": 3,
        "lora": True,
        "learning_rate": 2e-5,
        "lora_r": 16,
    }
    assert "method" not in made.request


def test_together_takes_its_own_fields_and_carries_the_run_key_in_the_suffix(folder: Path) -> None:
    made = made_of(
        folder, provider="together", model="meta-llama/M", suffix="tea", lora_rank=8, seed=3
    )
    assert made.base_url == "https://api.together.ai/v1"
    assert made.request == {
        "model": "meta-llama/M",
        "n_epochs": 8,
        "training_method": {"method": "sft", "train_on_inputs": "auto"},
        "training_type": {"type": "Lora", "lora_r": 8, "lora_alpha": 16},
        "suffix": f"tea-{made.key[:12]}",
        "random_seed": 3,
        "training_file": f"(the id of {made.files[0].name})",
        "validation_file": f"(the id of {made.files[1].name})",
    }


def test_a_platform_that_is_gone_is_planned_and_refused(folder: Path) -> None:
    shut = gate(made_of(folder, provider="mistral", model="mistral-small"), "platform")
    assert not shut.passed
    assert "dataprep train together FOLDER --model MODEL" in shut.remedy


# On the terminal.


def shown(made: JobPlan, width: int) -> str:
    out = io.StringIO()
    show_plan(made, Console(file=out, width=width))
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 120])
def test_the_plan_fits_the_terminal_and_cuts_nothing(folder: Path, width: int) -> None:
    text = shown(plan(folder, today=date(2026, 11, 22)), width)
    body = text.split("The request:")[0].splitlines()
    assert max(map(len, body)) <= width
    assert "…" not in text


@pytest.mark.parametrize("width", [80, 120])
def test_the_plan_shows_what_a_person_must_know(folder: Path, width: int) -> None:
    text = " ".join(shown(plan(folder, today=date(2026, 11, 22), run_dir=Path("r")), width).split())
    for words in (
        "The job at OpenAI, as it would be on 2026-11-22",
        "gpt-4o-mini (gpt-4o-mini-2024-07-18)",
        "372 per epoch (words, in this test)",
        "3.00 USD per million trained tokens (as of late 2025, second-hand; table of 2026-11)",
        "cost 0.0089 USD",
        "SHUT platform OpenAI takes new jobs until 2027-01-06: 45 days left. Opens with "
        "--accept shutdown.",
        "pass examples 12 to train on, at least 10",
        "the job is refused with 403",
        '"n_epochs": 8',
    ):
        assert words in text


def test_the_request_on_the_terminal_is_json(folder: Path) -> None:
    made = made_of(folder)
    assert json.loads(shown(made, 80).split("jobs\n", 1)[1]) == made.request


def test_brackets_in_a_name_are_no_markup(tmp_path: Path) -> None:
    folder = ready_folder(tmp_path / "[red]out[/nonsense]")
    text = "".join(line.strip() for line in shown(made_of(folder), 200).splitlines())
    assert "[red]out[/nonsense]" in text


def test_the_plain_text_says_the_same(folder: Path) -> None:
    text = made_of(folder).text()
    assert "model: gpt-4o-mini (gpt-4o-mini-2024-07-18)" in text
    assert "gate examples: passed, 12 to train on, at least 10" in text
    assert f"sha256 {made_of(folder).files[0].sha256}" in text


# The door.


def console() -> tuple[Console, io.StringIO]:
    out = io.StringIO()
    return Console(file=out, width=100), out


def test_a_dry_run_shows_shut_gates_and_does_not_fail(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    screen, out = console()
    assert train(folder, console=screen, dry_run=True, today=date(2027, 3, 1)) is None
    assert "OpenAI has been shut since 2027-01-06" in out.getvalue()
    assert not Path("runs").exists() or not (made_of(folder).run_dir).exists()


def test_a_shut_gate_refuses_before_anybody_is_asked(folder: Path) -> None:
    screen, _ = console()
    with pytest.raises(Refused):
        train(folder, console=screen, confirm=_never, today=date(2027, 3, 1))


def _never(_: str) -> bool:
    raise AssertionError("asked")


def test_where_nobody_is_there_to_answer_it_is_a_dry_run_and_says_so(folder: Path) -> None:
    screen, out = console()
    assert train(folder, console=screen, today=BEFORE) is None
    words = " ".join(out.getvalue().split())
    assert "this was a dry run, and nothing was sent. To start it: --yes, and --max-cost" in words


def test_a_no_is_a_no(folder: Path) -> None:
    screen, _ = console()
    asked = []

    def no(question: str) -> bool:
        asked.append(question)
        return False

    assert train(folder, console=screen, confirm=no, today=BEFORE) is None
    assert asked == ["Upload the files and start the job for at most 0.0089 USD?"]
