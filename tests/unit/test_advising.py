"""`advise`: the arithmetic of every road, on the user's own data, honest where nothing is known."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dataprep import advising, contracts
from dataprep.advising import Machine, this_machine
from dataprep.advising.architectures import ARCHITECTURES
from dataprep.advising.opened import ADAMW, LORA, activations, adapters
from dataprep.advising.portrait import entropy, quantile
from dataprep.conversion import convert
from dataprep.finding import NothingToDo, UsageError
from dataprep.recipe import Recipe

TODAY = date(2026, 11, 22)
SMALL = Machine(device="processor", memory=8_000_000_000, flops=100e9, measured_by="torch")
BY_NAME = {model.name: model for model in ARCHITECTURES}


def rows_file(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def labelled(count: int, **more: str) -> list[dict[str, Any]]:
    return [
        {"prompt": f"Animal number {n}: is it one?", "completion": "bird" if n % 4 else "fish"}
        | more
        for n in range(count)
    ]


def advice(path: Path, **more: Any) -> dict[str, Any]:
    made = advising.advise(path, **{"today": TODAY, "machine": SMALL, **more})
    broken = list(contracts.contract("advice").violations(made))
    assert broken == []
    return made


def road(made: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [r for r in made["roads"] if r["name"] == name]
    return dict(found)


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    return rows_file(tmp_path / "pairs.jsonl", labelled(40))


def test_the_sizes_are_those_that_the_models_are_published_with() -> None:
    known = {
        "google-t5/t5-small": 60_506_624,
        "google-t5/t5-base": 222_903_552,
        "google/flan-t5-base": 247_577_856,
        "google/flan-t5-large": 783_150_080,
        "google/flan-t5-xl": 2_849_757_184,
        "meta-llama/Llama-3.2-1B-Instruct": 1_235_814_400,
        "meta-llama/Llama-3.2-3B-Instruct": 3_212_749_824,
        "meta-llama/Llama-3.1-8B-Instruct": 8_030_261_248,
        "mistralai/Mistral-7B-Instruct-v0.3": 7_248_023_552,
        "mistralai/Mistral-Nemo-Instruct-2407": 12_247_782_400,
    }
    assert {name: model.parameters for name, model in BY_NAME.items()} == known
    # peft counts 41,943,040 for rank 16 on all linear layers of LLaMA 3.1 8B.
    assert adapters(BY_NAME["meta-llama/Llama-3.1-8B-Instruct"], 16) == 41_943_040


def test_memory_and_time_follow_from_bytes_and_operations(pairs: Path) -> None:
    made = advice(pairs)
    about = made["about"]["tokens"]
    llama = road(made, f"meta-llama/Llama-3.2-1B-Instruct ({ADAMW.name})")
    assert llama["memory"]["weights"] == 4 * 1_235_814_400
    assert llama["memory"]["optimiser"] == 8 * 1_235_814_400
    assert llama["memory_bytes"] == sum(llama["memory"].values())
    # 16 layers of 60,817,408 and an output of 128,256 x 2,048 are passed by every token.
    passed = 16 * 60_817_408 + 128_256 * 2_048
    assert llama["operations"] == 6 * made["epochs"] * passed * about["trained"]
    assert llama["hours_least"] == pytest.approx(llama["operations"] / 100e9 / 3600, abs=1e-4)
    assert llama["hours_most"] == pytest.approx(10 * llama["hours_least"], rel=1e-2)
    adapted = road(made, f"meta-llama/Llama-3.2-1B-Instruct ({LORA.name})")
    assert adapted["operations"] * 6 == llama["operations"] * 4
    assert adapted["memory_bytes"] < llama["memory_bytes"]
    assert llama["stops"] == [f"needs {llama['memory_bytes'] / 1e9:.1f} GB, and 8.0 GB are free"]


def test_the_activations_of_a_batch_are_those_of_the_paper() -> None:
    # Two rows of 500 tokens in 16 bits: 16 layers of 34 x 1,000 x 2,048 and 5 x 32 x 2 x 500^2,
    # then scores and gradients of 1,000 x 128,256 in 32 bits.
    model = BY_NAME["meta-llama/Llama-3.2-1B-Instruct"]
    assert activations(model, 1_000, 500, 2) == 16 * (69_632_000 + 80_000_000) + 1_026_048_000


def test_a_price_is_tokens_times_epochs_times_the_table(pairs: Path) -> None:
    made = advice(pairs, epochs=2)
    mini = road(made, "openai:gpt-4o-mini-2024-07-18")
    assert mini["dollars"] == pytest.approx(mini["tokens"] * 2 * 3 / 1e6, abs=1e-4)
    assert mini["trains_days"] == 45
    assert mini["lives_days"] == 53
    assert mini["stops"] == []
    gone = road(made, "openai:babbage-002")
    assert gone["stops"] == [
        "no new jobs since 2026-10-23",
        "the model was shut down on 2026-10-23",
    ]
    assert road(made, "mistral")["stops"] == ["the platform is closed"]


def test_what_the_table_does_not_say_is_unknown(pairs: Path) -> None:
    made = advice(pairs)
    together = road(made, "together")
    unknown = ("model", "dollars", "dollars_per_million", "price_as_of", "lives_until")
    assert {together[name] for name in unknown} == {None}
    assert "| together | unknown | unknown | unknown |" in advising.page(made)


def test_a_users_own_price_makes_a_cost(pairs: Path, tmp_path: Path) -> None:
    own = tmp_path / "mine.json"
    model = {"name": "m", "methods": ["supervised"], "price": {"training_usd_per_million": 5.0}}
    own.write_text(json.dumps({"providers": [{"name": "together", "models": [model]}]}))
    found = road(advice(pairs, table=own), "together:m")
    assert found["dollars"] == pytest.approx(found["tokens"] * found["epochs"] * 5 / 1e6, abs=1e-4)


def test_when_the_platform_is_closed_its_roads_leave_the_ranking(pairs: Path) -> None:
    later = advice(pairs, today=date(2027, 1, 6))
    assert not [r for r in later["ranking"] if r["road"].startswith("openai:")]
    assert [r for r in advice(pairs)["ranking"] if r["road"].startswith("openai:")]


def test_the_points_of_the_ranking_add_up_and_its_order_is_theirs(pairs: Path) -> None:
    ranking = advice(pairs)["ranking"]
    for row in ranking:
        assert row["points"] == 10 + sum(term["points"] for term in row["arithmetic"])
    assert [row["place"] for row in ranking] == list(range(1, len(ranking) + 1))
    points = [row["points"] for row in ranking]
    assert points == sorted(points, reverse=True)
    mini = next(r for r in ranking if r["road"] == "openai:gpt-4o-mini-2024-07-18")
    assert [term["points"] for term in mini["arithmetic"]] == [-4, -1]


def test_private_content_costs_the_closed_roads_and_is_never_quoted(tmp_path: Path) -> None:
    rows = [*labelled(20), {"prompt": "Write to ada.byron@lovelace-mill.com", "completion": "bird"}]
    clean = advice(rows_file(tmp_path / "clean.jsonl", labelled(21)))
    made = advice(rows_file(tmp_path / "rows.jsonl", rows))
    assert made["about"]["private"]["examples"] == 1
    points = [
        next(r["points"] for r in a["ranking"] if r["road"] == "together") for a in (clean, made)
    ]
    assert points[0] - points[1] == 4
    assert "byron" not in json.dumps(made) + advising.page(made)
    assert any("Redacting 1 example with" in change for change in made["changes"])


def test_the_data_is_told_labels_copies_and_conflicts(tmp_path: Path) -> None:
    rows = [*labelled(40), labelled(1)[0], {**labelled(2)[1], "completion": "fish"}]
    about = advice(rows_file(tmp_path / "rows.jsonl", rows))["about"]
    assert about["task"] == "labels"
    assert about["labels"]["examples"] == {"bird": 30, "fish": 12}
    assert about["labels"]["entropy_bits"] == 0.863
    assert about["duplicates"]["same"] == 1
    assert about["duplicates"]["conflicting"] == 1


def test_a_converted_folder_is_read_with_its_splits(pairs: Path, tmp_path: Path) -> None:
    recipe = Recipe.model_validate(
        {
            "sources": [{"path": pairs.name}],
            "targets": [{"name": "openai-chat"}],
            "splits": {"train": 0.5, "validation": 0.25, "test": 0.25},
        }
    )
    outcome = convert(recipe, tmp_path, tmp_path / "out")
    made = advice(tmp_path / "out")
    assert made["about"]["splits"] == dict(sorted(outcome.splits.items()))
    assert made["digest"]
    # Held-out tokens are not billed.
    assert made["about"]["tokens"]["trained"] < advice(pairs)["about"]["tokens"]["trained"]


def test_conversations_speak_against_t5_and_for_a_larger_model(tmp_path: Path) -> None:
    talk = [
        {"role": role, "content": f"{role} says something long and new, namely this {n}. " * 9}
        for n, role in enumerate(["user", "assistant"] * 3)
    ]
    made = advice(rows_file(tmp_path / "chat.jsonl", [{"messages": talk}] * 12))
    assert made["about"]["task"] == "dialogue"
    assert made["about"]["several_turns"] == 12
    t5 = next(r for r in made["ranking"] if r["road"].startswith("google-t5/t5-small"))
    said = [term["why"] for term in t5["arithmetic"]]
    assert any("larger model" in why for why in said)
    assert any("turns and tools" in why for why in said)


def test_an_unknown_machine_is_said_to_be_unknown(pairs: Path) -> None:
    made = advice(pairs, machine=Machine(device="processor", memory=None, flops=None))
    llama = road(made, f"meta-llama/Llama-3.1-8B-Instruct ({LORA.name})")
    assert (llama["fits"], llama["hours_least"], llama["stops"]) == (None, None, [])
    assert "unknown measured" in advising.page(made)


def test_this_machine_is_measured() -> None:
    here = this_machine(seconds=0.05)
    assert here.memory is not None
    assert here.memory > 10**8
    assert here.flops is not None
    assert 1e8 < here.flops < 1e16


def test_what_cannot_be_read_is_an_error_or_counted(pairs: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        advice(tmp_path / "none.jsonl")
    with pytest.raises(UsageError, match="0 epochs"):
        advice(pairs, epochs=0)
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(NothingToDo):
        advice(tmp_path / "empty.jsonl")
    with pairs.open("a") as file:
        file.write('{"prompt": \n')
    assert advice(pairs)["unread"] == 1


def test_agreement_is_told_where_the_manifest_has_it(pairs: Path) -> None:
    made = advice(pairs)
    measured = {"alpha": {"value": 0.714}, "observed": {"value": 0.8}, "fleiss": {"value": None}}
    made["agreement"] = [{"control": "kind", **measured}, {"control": "mood"}]
    page = advising.page(made)
    assert "- agreement on kind: alpha 0.71, observed 0.80\n" in page
    assert "- agreement on mood: no task has two answers\n" in page


def test_hostile_labels_stay_in_their_cells(tmp_path: Path) -> None:
    rows = [{"prompt": f"Row {n}", "completion": "a|b<script>\x1b[31m"} for n in range(12)]
    page = advising.page(advice(rows_file(tmp_path / "rows.jsonl", rows)))
    assert "\x1b" not in page
    assert "<script>" not in page


def test_small_numbers_are_told_as_a_person_would(tmp_path: Path) -> None:
    page = advising.page(advice(rows_file(tmp_path / "one.jsonl", labelled(1))))
    assert "1 example is fewer than 10" in page
    assert "1 examples" not in page
    assert "| under 0.01 USD |" in page
    assert "at most 0.00" not in page


def test_entropy_and_quantiles() -> None:
    assert entropy([1, 1, 1, 1]) == 2.0
    assert entropy([5]) == 0.0
    assert entropy([]) == 0.0
    assert quantile([3, 1, 2], 0.5) == 2
    assert quantile([], 0.5) == 0
