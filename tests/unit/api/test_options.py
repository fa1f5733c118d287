"""What Python is told for a value that an option does not take: the words of the command line."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from cyclopts.argument import Argument

import dataprep
from dataprep.api import numbers
from dataprep.api.training_kinds import KINDS
from dataprep.cli import run
from tests.command_tree import arguments, required
from tests.unit.cli.test_numbers import numeric, range_of

pytest.importorskip("torch")


def trained(kind: str) -> Callable[..., Any]:
    model = {"model": "m"} if KINDS[kind].given else {}
    return lambda source, **options: dataprep.train(kind, source, **model, **options)  # type: ignore[call-overload]


def job(provider: str) -> Callable[..., Any]:
    return lambda source, **options: dataprep.train(provider, source, model="m", **options)  # type: ignore[call-overload]


def predict(source: str, **options: Any) -> Any:
    return dataprep.predict(source, source, **options)


DOORS: dict[tuple[str, ...], tuple[Callable[..., Any], Mapping[str, Any]]] = {
    ("convert",): (dataprep.convert, numbers.CONVERT),
    ("check",): (dataprep.check, numbers.CHECK),
    ("predict",): (predict, numbers.PREDICT),
    ("evaluate",): (dataprep.evaluate, numbers.EVALUATE),
    **{
        ("train", kind): (trained(kind), {**numbers.TRAINING, **numbers.OF_KINDS.get(kind, {})})
        for kind in KINDS
    },
    **{("train", name): (job(name), numbers.JOBS) for name in ("openai", "together")},
}
NUMBERS = [
    (words, argument)
    for words in DOORS
    for argument in arguments(words)
    if numeric(argument) is not None
]


def name_of(argument: Argument) -> str:
    return argument.name.lstrip("-").replace("-", "_")


@pytest.mark.parametrize("words", DOORS)
def test_the_ranges_of_python_are_those_of_the_command(words: tuple[str, ...]) -> None:
    flags = {name_of(a): range_of(a) for a in arguments(words) if numeric(a) is not None}
    assert {name: DOORS[words][1][name] for name in flags} == flags


def test_every_range_is_one_of_a_flag() -> None:
    named = {words: {name_of(a) for w, a in NUMBERS if w == words} for words in DOORS}
    for words in [("convert",), ("check",), ("predict",), ("evaluate",)]:
        assert DOORS[words][1].keys() == named[words]
    assert numbers.TRAINING.keys() <= named["train", "t5"]
    assert all(numbers.OF_KINDS[kind].keys() <= named["train", kind] for kind in numbers.OF_KINDS)
    assert numbers.JOBS.keys() == named["train", "openai"] | named["train", "together"]


@pytest.mark.parametrize(
    ("words", "argument"), NUMBERS, ids=[f"{' '.join(w)} {a.name}" for w, a in NUMBERS]
)
def test_a_number_out_of_range_is_told_as_by_the_command(
    words: tuple[str, ...],
    argument: Argument,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    held, whole = range_of(argument), numeric(argument) is int
    wrong: float = int(held.least) - 1 if whole else held.least - 0.5
    if held == numbers.ANY:
        wrong = float("inf")
    call, _ = DOORS[words]
    for value in (wrong, "x"):
        assert run([*words, *required(words), f"{argument.name}={value}"]) == 2
        with pytest.raises(dataprep.UsageError) as caught:
            call("nowhere", **{name_of(argument): value})
        assert f"dataprep: {caught.value}\n" == capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_choice_that_is_none_is_told_as_by_the_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for words, flag in [
        (("check",), "fail-on"),
        (("convert",), "near-duplicates"),
        (("evaluate",), "split"),
        (("predict",), "split"),
        (("train", "t5"), "optim"),
        (("train", "t5"), "size"),
    ]:
        assert run([*words, *required(words), f"--{flag}=bogus"]) == 2
        with pytest.raises(dataprep.UsageError) as caught:
            DOORS[words][0]("nowhere", **{flag.replace("-", "_"): "bogus"})
        assert f"dataprep: {caught.value}\n" == capsys.readouterr().err


@pytest.mark.parametrize(
    ("function", "given", "named", "said"),
    [
        ("check", ("a",), {"epochs": 1.5}, "--epochs is 1.5. Give a whole number, 1 or more."),
        ("check", ("a",), {"epochs": True}, "--epochs is True. Give a whole number, 1 or more."),
        ("check", ("a",), {"fail_on": "eror"}, "--fail-on is 'eror'. Did you mean error?"),
        ("check", ("a",), {"tokens": "yes"}, "--tokens is 'yes'. Give True or False."),
        ("check", ("a",), {"target": 3}, "--target is 3. Give a text."),
        ("check", ("a",), {"select": 3}, "--select is 3. Give a text, or a list of them."),
        ("check", ("a",), {"select": ["C", 3]}, "--select is ['C', 3]. Give a text, or a list of"),
        (
            "check",
            ("a",),
            {"evaluation": {}},
            "--evaluation is {}. Give a path, or a list of them.",
        ),
        ("check", ("a",), {"providers": 3}, "--providers is 3. Give a path."),
        ("check", ("a", 3), {}, "files is 3. Give a path."),
        ("convert", (["a"],), {}, "sources is ['a']. Give a path."),
        ("convert", ("a",), {"workers": "2"}, "--workers is '2'. Give a whole number, 1 or more."),
        ("convert", ("a",), {"recipe": {}}, "--recipe is {}. Give a path or a Recipe."),
        ("convert", ("a",), {"out": None}, "--out is None. Give a path."),
        ("convert", ("a",), {"from_": 3}, "--from is 3. Give a text."),
        ("convert", ("a",), {"to": 3}, "--to is 3. Give a text, or a list of them."),
        ("convert", ("a",), {"drop_invalid": 1}, "--drop-invalid is 1. Give True or False."),
        ("convert", ("a",), {"progress": 3}, "progress is 3. Give a function."),
        ("check", ("",), {}, "files is '', and names nothing. As a path, . is this folder."),
        ("convert", ("a",), {"out": ""}, "--out is '', and names nothing."),
        ("evaluate", ("a",), {"run": ["b", ""]}, "--run is ['b', ''], and names nothing."),
        ("train", ("t5", ""), {}, "source is '', and names nothing."),
        ("train", (3, "a"), {}, "kind is 3. Give a text."),
        ("train", ("t5", 3), {}, "source is 3. Give a path."),
        ("train", ("t5", "a"), {"recipe": []}, "--recipe is []. Give a path or a Recipe."),
        ("train", ("t5", "a"), {"progress": 3}, "progress is 3. Give a function."),
        ("train", ("t5", "a"), {"packing": 3}, "--packing is 3. Give True or False."),
        ("train", ("grpo", "a"), {"model": "m", "grader": 3}, "--grader is 3. Give a path."),
        ("train", ("openai", "a"), {"accept": 3}, "--accept is 3. Give a text, or a list of them."),
        ("plan", ("t6", "a"), {}, "kind is 't6'. It is one of: t5, llama, mistral."),
        ("plan", ("dpo", "a"), {}, "kind is 'dpo'. It is one of: t5, llama, mistral."),
        ("plan", ("t5", "a"), {"gpu": 3}, "--gpu is 3. Give a text."),
        ("predict", (3, "a"), {}, "run is 3. Give a path."),
        ("evaluate", ("a",), {"run": 3}, "--run is 3. Give a path, or a list of them."),
        ("load", (3,), {}, "folder is 3. Give a path."),
        ("verify", (None,), {}, "folder is None. Give a path."),
        ("load_recipe", ({},), {}, "file is {}. Give a path."),
    ],
)
def test_a_value_of_another_type_is_told_with_its_name_and_what_to_give(
    function: str, given: tuple[Any, ...], named: dict[str, Any], said: str
) -> None:
    with pytest.raises(dataprep.UsageError) as caught:
        getattr(dataprep, function)(*given, **named)
    assert str(caught.value).startswith(said)


def test_names_that_a_function_does_not_take_are_python_s_to_tell() -> None:
    with pytest.raises(TypeError, match=r"check\(\) got an unexpected keyword argument 'epoks'"):
        dataprep.check("a", epoks=3)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"load\(\) missing 1 required positional argument"):
        dataprep.load()  # type: ignore[call-arg]


def test_numbers_of_numpy_and_collections_of_all_kinds_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "".join(f'{{"prompt": "{n}?", "completion": "{n}", "id": {n}}}\n' for n in range(9))
    Path("rows.jsonl").write_text(rows)
    made = dataprep.convert(
        Path("rows.jsonl"),
        to=pl.Series(["openai-chat"]),  # type: ignore[arg-type]
        workers=np.int64(1),  # type: ignore[arg-type]
        seed=np.uint8(3),  # type: ignore[arg-type]
        carry={"id"},  # type: ignore[arg-type]
    )
    assert made.manifest["recipe"]["seed"] == 3
    found = dataprep.check(made, epochs=np.int32(2), near_duplicates=np.bool_(False))  # type: ignore[arg-type]
    assert found.rows == 9


def test_the_signature_and_the_words_of_a_function_stay_what_they_are() -> None:
    assert [*inspect.signature(dataprep.load).parameters] == ["folder"]
    assert str(dataprep.load.__doc__).startswith("A folder that `convert` made")
