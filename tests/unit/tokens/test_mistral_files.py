"""Which files are Mistral's own, and what is said of those that are damaged or of another model."""

from __future__ import annotations

import base64
import io
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants
from sentencepiece import SentencePieceProcessor, SentencePieceTrainer
from transformers import AutoTokenizer

from dataprep.finding import EnvironmentProblem, UsageError
from dataprep.tokens import (
    MistralChatTokenizer,
    counter,
    load_chat_tokenizer,
    save_chat_tokenizer,
    train_chat_tokenizer,
)
from tests.unit.tokens import mistral_oracle as oracle
from tests.unit.tokens.chat_tokenizers import assistant, user

V1 = oracle.DATA / "tokenizer.model.v1"
V2 = oracle.DATA / "mistral_instruct_tokenizer_240216.model.v2"
V3 = oracle.DATA / "mistral_instruct_tokenizer_240323.model.v3"
V7 = oracle.DATA / "mistral_instruct_tokenizer_241114.model.v7"
TALK = [user("Hi"), assistant("Hello")]
FORMAT = "mistral-common, instruct format "


def template_of(path: Path) -> str:
    return load_chat_tokenizer(str(path)).template


def test_a_folder_with_a_tekken_json_alone_is_read(tmp_path: Path) -> None:
    oracle.tekken(tmp_path, "v11")
    assert template_of(tmp_path) == FORMAT + "v11"
    inner = tmp_path / "run" / "tokenizer"
    inner.mkdir(parents=True)
    oracle.tekken(inner, "v13")
    assert template_of(tmp_path / "run") == FORMAT + "v13"


def test_a_folder_with_a_tokenizer_json_is_read_by_its_template(tmp_path: Path) -> None:
    save_chat_tokenizer(train_chat_tokenizer(["a b"], 300), tmp_path)
    oracle.tekken(tmp_path, "v11")
    (tmp_path / "config.json").write_text('{"model_type": "mistral"}', "utf-8")
    loaded = load_chat_tokenizer(str(tmp_path))
    assert loaded.render(TALK).text == "<|user|>Hi<|end|><|assistant|>Hello<|end|>"
    assert template_of(tmp_path / "tekken.json") == FORMAT + "v11"


def test_of_several_versions_in_a_folder_the_highest_is_read(tmp_path: Path) -> None:
    for path, name in ((V3, "tokenizer.model.v3"), (V3, "tokenizer.model"), (V7, "a.model.v7m1")):
        shutil.copyfile(path, tmp_path / name)
    loaded = load_chat_tokenizer(str(tmp_path))
    assert isinstance(loaded, MistralChatTokenizer)
    assert (loaded.template, loaded.file.name) == (FORMAT + "v7", "tokenizer.model.v7m1")


@pytest.mark.parametrize(("source", "version"), [(V3, "v3"), (V7, "v7")])
def test_a_model_without_a_version_in_its_name_is_known_by_its_marks(
    tmp_path: Path, source: Path, version: str
) -> None:
    shutil.copyfile(source, tmp_path / "tokenizer.model")
    assert template_of(tmp_path / "tokenizer.model") == FORMAT + version
    assert template_of(tmp_path) == FORMAT + version


def test_a_model_that_may_be_of_two_versions_is_refused(tmp_path: Path) -> None:
    shutil.copyfile(V2, tmp_path / "tokenizer.model")
    with pytest.raises(UsageError, match="version 2 or 3") as refused:
        load_chat_tokenizer(str(tmp_path))
    assert "tokenizer.model.v3" in str(refused.value.remedy)


@pytest.mark.parametrize("folder", [True, False])
def test_a_model_that_transformers_reads_otherwise_than_sentencepiece_is_refused(
    tmp_path: Path, folder: bool
) -> None:
    shutil.copyfile(V1, tmp_path / "tokenizer.model")
    config = {"tokenizer_class": "LlamaTokenizer", "eos_token": "</s>"}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config), "utf-8")
    with pytest.raises(UsageError, match="other ids from transformers") as refused:
        load_chat_tokenizer(str(tmp_path if folder else tmp_path / "tokenizer.model"))
    assert "tokenizer.model.v1" in str(refused.value.remedy)


def test_a_model_that_transformers_reads_as_sentencepiece_does_is_read(tmp_path: Path) -> None:
    text = ["def f(x):\n    return  x\n" * 3, "a b c d e f g h i j k l m n o p"] * 20
    trained = io.BytesIO()
    SentencePieceTrainer.train(
        sentence_iterator=iter(text), model_writer=trained, model_type="bpe", vocab_size=300,
        byte_fallback=True, normalization_rule_name="identity", remove_extra_whitespaces=False,
        minloglevel=2,
    )  # fmt: skip
    (tmp_path / "own.model").write_bytes(trained.getvalue())
    model = SentencePieceProcessor(model_proto=trained.getvalue())
    coded = load_chat_tokenizer(str(tmp_path / "own.model")).encode_text(text[0])
    assert coded.input_ids[1:-1] == model.encode(text[0])


@pytest.mark.parametrize(
    ("source", "name", "said"),
    [
        (V1, "tokenizer.model.v3", "is named as of version 3, and its vocabulary has no [INST]"),
        (V3, "tokenizer.model.v7", "and its vocabulary has no [SYSTEM_PROMPT]"),
        (V3, "tokenizer.model.v1", "is named as of version 1, and its vocabulary has [INST]"),
        (V7, "tokenizer.model.v8", "is no tokenizer that mistral-common reads"),
        (V7, "tokenizer.model.v7m9", "is no tokenizer that mistral-common reads"),
        (V7, "tokenizer.model.v11", "and its vocabulary has no [ARGS]"),
    ],
)
def test_a_model_under_the_name_of_another_version_is_refused(
    tmp_path: Path, source: Path, name: str, said: str
) -> None:
    shutil.copyfile(source, tmp_path / name)
    with pytest.raises(UsageError) as refused:
        load_chat_tokenizer(str(tmp_path / name))
    assert said in refused.value.message


@pytest.mark.parametrize("name", ["tokenizer.model.v3", "tekken.json"])
@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 100_000, b"\xff\x00" * 50])
def test_what_is_no_tokenizer_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError):
        load_chat_tokenizer(str(tmp_path))


@pytest.mark.parametrize("share", [0.001, 0.3, 0.999])
def test_a_file_that_was_cut_is_refused(tmp_path: Path, share: float) -> None:
    whole = oracle.tekken(tmp_path, "v11").read_bytes()
    (tmp_path / "tekken.json").write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(UsageError, match="is no tokenizer that mistral-common reads"):
        load_chat_tokenizer(str(tmp_path))
    model = V3.read_bytes()
    (tmp_path / "cut.model.v3").write_bytes(model[: int(share * len(model))])
    with pytest.raises(UsageError):
        load_chat_tokenizer(str(tmp_path / "cut.model.v3"))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("version", "v99"),
        ("version", 11),
        ("default_vocab_size", 10**9),
        ("default_vocab_size", "many"),
        ("default_num_special_tokens", 3),
        ("pattern", "(unclosed"),
    ],
)
def test_a_tekken_json_with_a_wrong_setting_is_refused(
    tmp_path: Path, key: str, value: Any
) -> None:
    oracle.tekken(tmp_path, "v11", config={key: value})
    with pytest.raises(UsageError, match="is no tokenizer that mistral-common reads"):
        load_chat_tokenizer(str(tmp_path))


def test_a_tekken_json_that_lacks_a_mark_of_its_version_is_refused(tmp_path: Path) -> None:
    path = oracle.tekken(tmp_path, "v11")
    made = json.loads(path.read_bytes())
    made["special_tokens"] = made["special_tokens"][:20]
    path.write_text(json.dumps(made), "utf-8")
    with pytest.raises(UsageError, match=r"\[ARGS\]"):
        load_chat_tokenizer(str(path))


def test_a_template_has_no_place_beside_it(tmp_path: Path) -> None:
    (tmp_path / "a.jinja").write_text("{{ messages }}", "utf-8")
    with pytest.raises(UsageError, match="has a format of its own"):
        load_chat_tokenizer(str(V3), template=tmp_path / "a.jinja")


def test_without_the_library_the_command_that_installs_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "mistral_common.tokens.tokenizers.mistral", None)
    with pytest.raises(EnvironmentProblem, match="mistral-common is not installed") as problem:
        load_chat_tokenizer(str(V3))
    assert problem.value.remedy == "Install it with: pip install 'dataprep-tune[mistral]'"
    with pytest.raises(EnvironmentProblem, match="mistral-common is not installed"):
        counter(tokenizer="mistral-common:v3")


@pytest.mark.parametrize("version", ["v3", "tekken"])
def test_the_saved_folder_is_the_same_to_us_and_to_transformers(
    tmp_path: Path, version: str
) -> None:
    path = oracle.tekken(tmp_path, "v11") if version == "tekken" else V3
    loaded = load_chat_tokenizer(str(path))
    save_chat_tokenizer(loaded, tmp_path / "saved")
    again = load_chat_tokenizer(str(tmp_path / "saved"))
    assert again.sha256 == loaded.sha256
    assert again.encode(TALK) == loaded.encode(TALK)
    theirs = AutoTokenizer.from_pretrained(tmp_path / "saved")
    asked = theirs.apply_chat_template(TALK[:1], return_dict=False)
    assert loaded.encode(TALK).input_ids[: len(asked)] == asked


def test_a_repository_with_a_tekken_json_alone_is_read_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    revision = "0" * 40
    repository = tmp_path / "models--mistralai--Small"
    snapshot = repository / "snapshots" / revision
    snapshot.mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(revision, "utf-8")
    oracle.tekken(snapshot, "v11")
    loaded = load_chat_tokenizer("mistralai/Small")
    assert (loaded.name, loaded.template) == ("mistralai/Small", FORMAT + "v11")


@pytest.mark.parametrize("source", [V3, "tekken"])
def test_texts_are_counted_by_the_same_vocabulary(tmp_path: Path, source: Path | str) -> None:
    path = oracle.tekken(tmp_path, "v11") if isinstance(source, str) else source
    text = "def f():\n    return  1\n"
    ids = load_chat_tokenizer(str(path)).encode_text(text).input_ids
    assert counter(tokenizer=str(path)).size(text) == len(ids) - 2


def test_a_million_blanks_are_counted(tmp_path: Path) -> None:
    path = oracle.tekken(tmp_path, "v11")
    assert counter(tokenizer=str(path)).size(" " * 1_000_000) > 1_000


def test_a_broken_file_is_refused_where_texts_are_counted(tmp_path: Path) -> None:
    (tmp_path / "tekken.json").write_text("{}", "utf-8")
    with pytest.raises(UsageError, match="is no tokenizer that mistral-common reads"):
        counter(tokenizer=str(tmp_path))


def test_a_vocabulary_of_odd_bytes_is_no_crash(tmp_path: Path) -> None:
    path = oracle.tekken(tmp_path, "v11")
    made = json.loads(path.read_bytes())
    made["vocab"][500]["token_bytes"] = base64.b64encode(b"\xff\xfe").decode()
    path.write_text(json.dumps(made), "utf-8")
    assert load_chat_tokenizer(str(path)).pieces_of([1500]) == ["<0xFF><0xFE>"]
