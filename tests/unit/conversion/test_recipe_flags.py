"""What the command line says stands above what the recipe says."""

from __future__ import annotations

from pathlib import Path

import pytest

from dataprep.conversion.recipe_flags import assembled
from dataprep.finding import UsageError
from dataprep.recipe import Recipe
from dataprep.recipe_file import parse


def recipe_file(folder: Path, text: str, name: str = "dataprep.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def test_without_a_recipe_the_command_line_is_one() -> None:
    recipe, base = assembled(
        [Path("a.json"), Path("b.txt")], None, ["t5"], {"seed": 3, "way": None}
    )
    assert [s.path for s in recipe.sources] == ["a.json", "b.txt"]
    assert ([t.name for t in recipe.wanted], recipe.seed, base) == (["t5"], 3, Path())


def test_flags_stand_above_the_recipe_and_the_rest_stays(tmp_path: Path) -> None:
    file = recipe_file(
        tmp_path,
        "seed: 1\nsources:\n- {path: a, annotators: first, prompt: x}\n- {path: b}\n"
        "splits: {train: 1, validation: 0, test: 0}\ntargets: [openai-chat]",
    )
    recipe, base = assembled([], file, [], {"annotators": "latest", "seed": 2, "tokenizer": None})
    assert [(s.path, s.annotators, s.prompt) for s in recipe.sources] == [
        ("a", "latest", "x"),
        ("b", "latest", None),
    ]
    assert (recipe.seed, recipe.splits.train, base) == (2, 1.0, tmp_path)
    assert [t.name for t in recipe.wanted] == ["openai-chat"]
    assert assembled([], file, [], {"seed": 0})[0].seed == 0


def test_named_sources_stand_above_those_of_the_recipe(tmp_path: Path) -> None:
    file = recipe_file(tmp_path / "recipes", "sources: [{path: a}]\ntargets: [t5]")
    recipe, base = assembled([Path("b.json")], file, [], {})
    assert [s.path for s in recipe.sources] == [str(Path("b.json").absolute())]
    assert base == tmp_path / "recipes"


def test_named_targets_keep_what_the_recipe_says_of_them(tmp_path: Path) -> None:
    file = recipe_file(
        tmp_path, "targets: [{name: t5, max_input: 64}, openai-chat, {name: faq, schema: x}]"
    )
    recipe, _ = assembled([], file, ["faq", "t5", "prompt-completion", "t5"], {})
    assert [(t.name, t.max_input, t.json_schema) for t in recipe.wanted] == [
        ("faq", None, "x"),
        ("t5", 64, None),
        ("prompt-completion", None, None),
    ]


def test_a_tokenizer_is_given_to_t5(tmp_path: Path) -> None:
    file = recipe_file(tmp_path, "targets: [openai-chat, {name: t5, max_input: 64}]")
    recipe, _ = assembled([], file, [], {"tokenizer": "google-t5/t5-small"})
    assert [(t.name, t.tokenizer) for t in recipe.wanted] == [
        ("openai-chat", None),
        ("t5", "google-t5/t5-small"),
    ]
    assert recipe.wanted[1].max_input == 64
    (named,) = assembled([], None, ["t5"], {"tokenizer": "x"})[0].wanted
    assert named.tokenizer == "x"


def test_a_tokenizer_without_t5_is_refused() -> None:
    with pytest.raises(UsageError, match="neither is among the targets"):
        assembled([Path("a")], None, ["openai-chat"], {"tokenizer": "x"})


def test_limits_are_given_to_the_target_that_has_them() -> None:
    flags = {"max_input": 64, "max_target": 32, "max_length": 128}
    t5, causal = assembled([Path("a")], None, ["t5", "causal"], flags)[0].wanted
    assert (t5.max_input, t5.max_target, causal.max_length) == (64, 32, 128)
    with pytest.raises(UsageError, match="--max-target is for t5, and it is not among the targets"):
        assembled([Path("a")], None, ["causal"], {"max_target": 9})


def test_a_limit_that_is_too_small_is_named_as_such() -> None:
    with pytest.raises(UsageError, match=r"^--max-target: input should"):
        assembled([Path("a")], None, ["t5"], {"max_target": 1})


def test_a_wrong_flag_is_named_as_such() -> None:
    with pytest.raises(UsageError) as caught:
        assembled([Path("a")], None, ["t5"], {"annotators": "mean"})
    assert str(caught.value).startswith("--annotators: input should be")


def test_a_field_that_the_command_line_calls_otherwise_is_named_as_it_was_typed() -> None:
    with pytest.raises(UsageError, match=r"^--splits-from: input should be a valid string"):
        assembled([Path("a")], None, ["t5"], {"splits_from": 3, "from": "drafts"})
    with pytest.raises(UsageError, match=r"^--from: input should be"):
        assembled([Path("a")], None, ["t5"], {"from": "nowhere"})


def test_two_flags_that_contradict_each_other_are_both_named() -> None:
    with pytest.raises(UsageError, match=r"^--carry and --leave-out both name 'x'; name it in one"):
        assembled([Path("a")], None, ["t5"], {"carry": ["x"], "leave_out": ["x"], "text": "one"})


def test_a_target_that_does_not_exist_comes_to_the_table_by_its_name() -> None:
    # The table of targets says which was meant; the recipe does not know it.
    recipe, _ = assembled([Path("a")], None, ["openai_chat"], {})
    assert [t.name for t in recipe.wanted] == ["openai_chat"]
    assert [t.name for t in parse("targets: [T5]").wanted] == ["T5"]


def test_two_targets_of_one_name_are_both_kept_for_the_table_to_refuse(tmp_path: Path) -> None:
    file = recipe_file(tmp_path, "targets: [t5, {name: t5, max_input: 64}]")
    assert [t.name for t in assembled([], file, [], {})[0].wanted] == ["t5", "t5"]


def test_the_recipe_of_this_folder_is_used_when_nothing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert assembled([], None, [], {})[0] == Recipe()
    recipe_file(tmp_path, "sources: [{path: a}]")
    recipe, base = assembled([], None, [], {})
    assert ([s.path for s in recipe.sources], base) == (["a"], Path())
    assert [s.path for s in assembled([Path("b")], None, [], {})[0].sources] == ["b"]


def test_standard_input_is_not_a_path_beside_the_recipe(tmp_path: Path) -> None:
    file = tmp_path / "dataprep.yaml"
    file.write_text("targets: [openai-chat]\n")
    recipe, base = assembled([Path("-")], file, [], {})
    assert [source.path for source in recipe.sources] == ["-"]
    assert base == tmp_path


@pytest.mark.parametrize("name", ["data/faq.csv", "./data/faq.csv", "faq.csv", "faq"])
def test_a_share_is_for_the_source_of_that_path_or_name(tmp_path: Path, name: str) -> None:
    paths = [Path("data/faq.csv"), Path("chat")]
    recipe, _ = assembled(paths, None, ["t5"], {"mix": (f"{name}=0.7",)})
    assert [source.mix for source in recipe.sources] == [0.7, None]
    file = recipe_file(tmp_path, "targets: [t5]")
    beside, _ = assembled(paths, file, [], {"mix": (f"{name}=0.7",)})
    assert [source.mix for source in beside.sources] == [0.7, None]


def test_a_share_of_a_name_that_several_sources_have_is_refused() -> None:
    for paths in (["a/x.csv", "b/x.csv"], ["x.csv", "x.csv"]):
        with pytest.raises(UsageError, match="Several sources are called 'x'"):
            assembled([Path(path) for path in paths], None, ["t5"], {"mix": ("x=0.7",)})


def test_a_share_can_stand_behind_a_name_with_an_equals_sign() -> None:
    recipe, _ = assembled([Path("k=1.csv"), Path("b")], None, ["t5"], {"mix": ("k=1.csv=0.7",)})
    assert recipe.sources[0].mix == 0.7
