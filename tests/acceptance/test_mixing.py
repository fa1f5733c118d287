"""Sources are mixed by shares, and labels capped, without a repeated example and by hash."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dataprep.cli import run
from dataprep.recipe_file import load


def question(source: str, n: int) -> str:
    """A question that no other row is a near copy of."""
    return f"{source}{n} what{n} of{n} it{n} is{n} there{n} that{n} we{n} see{n}?"


def rows(name: str, number: int, answers: int = 4) -> list[dict[str, str]]:
    return [
        {"prompt": question(name, n), "completion": f"{name} says {n % answers}."}
        for n in range(number)
    ]


def write(path: Path, given: list[dict[str, str]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in given))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, number in (("faq", 100), ("chat", 90), ("old", 300)):
        write(tmp_path / f"{name}.jsonl", rows(name, number))


def made(*flags: str, out: str = "out") -> Path:
    assert run(["convert", *flags, "--to", "prompt-completion", "-o", out, "--quiet"]) == 0
    return Path(out)


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


def prompts(out: Path) -> list[str]:
    files = sorted((out / "prompt-completion").glob("*.jsonl"))
    return [json.loads(line)["prompt"] for file in files for line in lines(file)]


def counts(out: Path) -> dict[str, int]:
    return dict(
        Counter(prompt.rstrip("?").split()[0].rstrip("0123456789") for prompt in prompts(out))
    )


def manifest(out: Path) -> dict[str, Any]:
    held: dict[str, Any] = json.loads((out / "manifest.json").read_text())
    return held


ALL = ("faq.jsonl", "chat.jsonl", "old.jsonl")


def test_each_source_has_its_share_and_the_others_the_rest() -> None:
    out = made(*ALL, "--mix", "faq.jsonl=0.5", "--mix", "chat=0.2")
    assert counts(out) == {"faq": 100, "chat": 40, "old": 60}
    assert len(set(prompts(out))) == 200


def test_a_source_is_named_by_any_path_that_leads_to_it() -> None:
    whole = Path("faq.jsonl").absolute()
    out = made("faq.jsonl", f"{Path('chat.jsonl').absolute()}", "--mix", f"{whole}=0.5")
    assert counts(out) == {"faq": 90, "chat": 90}
    out = made(str(whole), "chat.jsonl", "--mix", "./faq.jsonl=0.5")
    assert counts(out) == {"faq": 90, "chat": 90}


def test_shares_of_all_sources_sum_to_one() -> None:
    out = made(*ALL, "--mix", "faq=0.25", "--mix", "chat=0.25", "--mix", "old=0.5")
    assert counts(out) == {"faq": 90, "chat": 90, "old": 180}


def test_what_is_left_out_stands_in_the_ledger_in_dropped_and_in_the_manifest() -> None:
    out = made(*ALL, "--mix", "faq=0.5")
    held = manifest(out)
    assert held["mix"] == {
        "at_most": None,
        "left_out": 0,
        "sources": [
            {"path": "faq.jsonl", "share": 0.5, "examples": 100, "taken": 100},
            {"path": "chat.jsonl and 1 other", "share": 0.5, "examples": 390, "taken": 100},
        ],
    }
    (stage,) = [one for one in held["ledger"] if one["stage"] == "mix"]
    assert (stage["in"], stage["out"], stage["dropped"]) == (490, 200, {"share": 290})
    drops = [json.loads(line) for line in lines(out / "dropped.jsonl")]
    assert len(drops) == 290
    assert {(drop["reason"], drop["unit"]) for drop in drops} == {("share", "example")}
    assert {drop["place"]["file"] for drop in drops} == {"chat.jsonl", "old.jsonl"}
    assert held["recipe"]["sources"][0]["mix"] == 0.5


def test_the_manifest_keeps_its_schema() -> None:
    schema = json.loads((Path(__file__).parents[2] / "schemas/manifest.schema.json").read_text())
    held = manifest(made(*ALL, "--mix", "faq=0.5", "--at-most", "9"))
    assert [e.message for e in Draft202012Validator(schema).iter_errors(held)] == []


def test_at_most_so_many_of_an_answer_go_on() -> None:
    out = made("faq.jsonl", "chat.jsonl", "--at-most", "7")
    said = [
        json.loads(line)["completion"]
        for file in (out / "prompt-completion").glob("*.jsonl")
        for line in lines(file)
    ]
    assert set(Counter(said).values()) == {7}
    assert len(said) == 56
    assert manifest(out)["mix"] == {"at_most": 7, "left_out": 134, "sources": []}


def test_at_most_so_many_of_a_label_go_on() -> None:
    labelled = [{**row, "kind": "ab"[n % 10 == 0]} for n, row in enumerate(rows("x", 60, 60))]
    write(Path("x.jsonl"), labelled)
    out = made("x.jsonl", "--label", "kind", "--at-most", "20")
    strata = {k: sum(v.values()) for k, v in manifest(out)["strata"].items()}
    assert strata == {"a": 20, "b": 6}


def test_a_talk_counts_by_its_last_answer() -> None:
    talks = [
        {
            "messages": [
                {"role": "user", "content": question("a", n)},
                {"role": "assistant", "content": f"one{n} two{n} three{n}"},
                {"role": "user", "content": "And so?"},
                {"role": "assistant", "content": "I do not know."},
            ]
        }
        for n in range(30)
    ]
    Path("t.jsonl").write_text("".join(json.dumps(talk) + "\n" for talk in talks))
    assert sum(manifest(made("t.jsonl", "--at-most", "4"))["splits"].values()) == 4


def test_labels_are_capped_before_sources_are_mixed() -> None:
    out = made("faq.jsonl", "old.jsonl", "--at-most", "10", "--mix", "faq=0.5")
    assert counts(out) == {"faq": 40, "old": 40}
    (stage,) = [one for one in manifest(out)["ledger"] if one["stage"] == "mix"]
    assert stage["dropped"] == {"at-most": 320}


def tree(out: Path) -> dict[str, bytes]:
    return {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()}


@pytest.mark.parametrize("near", ["on", "off"])
def test_the_same_input_gives_the_same_bytes_with_any_number_of_workers(
    near: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dataprep.sources.PART_SIZE", 8_000)  # many shards
    flags = (*ALL, "--mix", "faq=0.3", "--at-most", "20", "--near-duplicates", near)
    first = tree(made(*flags))
    assert tree(made(*flags, out="again")) == first
    assert tree(made(*flags, "--workers", "2", out="two")) == first


def test_a_new_row_moves_few_others_and_no_split() -> None:
    before = prompts(made(*ALL, "--mix", "faq=0.5", out="before"))
    write(Path("faq.jsonl"), rows("faq", 101))
    after = prompts(made(*ALL, "--mix", "faq=0.5", out="after"))
    assert len(after) == 202
    assert set(before) < set(after)
    write(Path("old.jsonl"), rows("old", 301))
    grown = prompts(made(*ALL, "--mix", "faq=0.5", out="grown"))
    assert len(set(grown) ^ set(after)) in (0, 2)


def test_another_seed_takes_others() -> None:
    one = set(prompts(made(*ALL, "--mix", "faq=0.5")))
    other = set(prompts(made(*ALL, "--mix", "faq=0.5", "--seed", "1", out="other")))
    assert one != other


def test_equal_rows_count_one_by_one_and_none_is_repeated() -> None:
    write(Path("same.jsonl"), [*rows("same", 3), *rows("same", 3)])
    out = made("faq.jsonl", "same.jsonl", "--mix", "same=0.5")
    assert counts(out) == {"faq": 6, "same": 6}


def test_converted_folders_are_mixed_by_folder() -> None:
    for name in ("faq", "old"):
        made(f"{name}.jsonl", out=f"{name}-out")
    out = made("faq-out", "old-out", "--mix", "old-out=0.2", out="both")
    assert counts(out) == {"faq": 100, "old": 25}


def test_a_recipe_says_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    Path("dataprep.yaml").write_text(
        "sources: [{path: faq.jsonl, mix: 0.5}, {path: chat.jsonl}]\nat_most: 20\n"
        "targets: [prompt-completion]\n"
    )
    assert run(["convert", "-o", "out"]) == 0
    assert counts(Path("out")) == {"faq": 80, "chat": 80}
    said = " ".join(capsys.readouterr().err.split())
    assert "mix: faq.jsonl 50 % (80 of 80), chat.jsonl 50 % (80 of 80)" in said
    assert "at most 20 examples of each label, or answer: 30 left out" in said


def test_init_writes_it_down() -> None:
    assert run(["init", "faq.jsonl", "old.jsonl", "--mix", "faq=0.7", "--at-most", "5"]) == 0
    recipe = load(Path("dataprep.yaml"))
    assert ([s.mix for s in recipe.sources], recipe.at_most) == ([0.7, None], 5)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--mix", "faq=0.7", "--mix", "chat=0.7"], "more than 1 together (1.4)"),
        (["--mix", "faq=0.5", "--mix", "chat=0.2", "--mix", "old=0.2"], "no source is left for"),
        (["--mix", "faq=0.5", "--mix", "chat=0.5"], "nothing is left for old.jsonl"),
        (["--mix", "faq=7"], "a share is a number between 0 and 1"),
        (["--mix", "faq"], "a share is a number between 0 and 1"),
        (["--mix", "faq=nan"], "a share is a number between 0 and 1"),
        (["--mix", "mine=0.5"], "No source is called 'mine'"),
        (["--mix", "faq=0.5", "--mix", "./faq.jsonl=0.3"], "has a share already, 0.5"),
        (["--at-most", "0"], "--at-most is 0. Give 1 or more."),
    ],
)
def test_shares_that_are_no_mix_are_refused_before_anything_is_read(
    flags: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["convert", *ALL, *flags, "--to", "openai-chat", "-o", "out"]) == 2
    assert said.replace(" ", "") in "".join(capsys.readouterr().err.split())
    assert not Path("out").exists()


def test_a_share_on_the_command_line_stands_above_that_of_the_recipe() -> None:
    Path("mine.yaml").write_text("sources: [{path: faq.jsonl, mix: 0.5}, {path: chat.jsonl}]\n")
    out = made("-r", "mine.yaml", "--mix", "faq=0.2")
    assert manifest(out)["recipe"]["sources"][0]["mix"] == 0.2


def test_a_source_of_which_nothing_comes_can_have_no_share(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write(Path("none.jsonl"), [{"prompt": "Why?", "completion": ""}])
    flags = ["--mix", "none=0.5", "--drop-invalid", "--to", "openai-chat", "-o", "out"]
    assert run(["convert", "faq.jsonl", "none.jsonl", *flags]) == 2
    assert "none.jsonl gives no example" in " ".join(capsys.readouterr().err.split())
