"""Tokenizers by path and by hub name, and what is said of those that will not do."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from huggingface_hub import constants
from transformers import AutoTokenizer

from dataprep.finding import EnvironmentProblem, UsageError
from dataprep.tokens import Tokenizer, load_tokenizer, save_tokenizer

LINES = [
    "The river rises in the hills.",
    "  two  spaces, and ½ a {brace}\n",
    "the mayor of 12,345 people",
    "",
]


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hub cache with nothing in it, and no proxy."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.parametrize("spec", ["t5/spiece.model", "t5"])
def test_a_model_file_and_its_folder_are_the_same_tokenizer(
    t5_model: Path, tmp_path: Path, spec: str
) -> None:
    (tmp_path / "t5").mkdir()
    (tmp_path / "t5" / "spiece.model").write_bytes(t5_model.read_bytes())
    loaded = load_tokenizer(spec, tmp_path)
    assert loaded.sha256 == load_tokenizer(str(t5_model)).sha256
    assert (loaded.name, loaded.kind) == (spec, "given")


def test_a_t5_model_is_rebuilt_from_its_tokenizer_json(t5_model: Path, tmp_path: Path) -> None:
    original = load_tokenizer(str(t5_model))
    save_tokenizer(original, tmp_path)
    rebuilt = load_tokenizer(str(tmp_path / "tokenizer.json"))
    assert rebuilt.sha256 == original.sha256
    assert rebuilt.vocabulary == original.vocabulary
    assert rebuilt.encode_batch(LINES) == original.encode_batch(LINES)


def test_a_tokenizer_of_ours_is_rebuilt_from_its_tokenizer_json(
    trained: Tokenizer, tmp_path: Path
) -> None:
    save_tokenizer(trained, tmp_path)
    rebuilt = load_tokenizer(str(tmp_path / "tokenizer.json"))
    assert rebuilt.sha256 == trained.sha256
    assert rebuilt.encode_batch(LINES) == trained.encode_batch(LINES)
    assert rebuilt.decode(rebuilt.encode_batch(["<0x41>\n{😀}"])[0]) == "<0x41>\n{😀}"


def test_the_older_spelling_of_t5s_pipeline_is_understood(t5_model: Path, tmp_path: Path) -> None:
    """tokenizer.json of t5-small: Strip and Replace where version 5 has WhitespaceSplit."""
    original = load_tokenizer(str(t5_model))
    save_tokenizer(original, tmp_path)
    path = tmp_path / "tokenizer.json"
    written = json.loads(path.read_text())
    written["normalizer"] = {
        "type": "Sequence",
        "normalizers": [
            written["normalizer"],
            {"type": "Strip", "strip_left": False, "strip_right": True},
            {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": "▁"},
        ],
    }
    written["pre_tokenizer"] = {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True}
    path.write_text(json.dumps(written))
    assert load_tokenizer(str(path)).sha256 == original.sha256


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.model", b"", "is not a SentencePiece model"),
        ("a.model", b"<html>no</html>", "is not a SentencePiece model"),
        ("tokenizer.json", b"{", "is not a tokenizer.json"),
        ("tokenizer.json", b"[]", "is not a tokenizer.json"),
        ("tokenizer.json", b'{"model": {"type": "BPE"}}', "is a BPE tokenizer"),
        ("tokenizer.json", b'{"model": {"type": "Unigram"}}', "is not a tokenizer.json"),
    ],
)
def test_what_is_no_t5_tokenizer_is_refused(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError, match=said):
        load_tokenizer(name, tmp_path)


def test_a_model_without_padding_is_refused(tmp_path: Path) -> None:
    import sentencepiece

    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["some words to learn from"]),
        model_prefix=str(tmp_path / "llama"),
        vocab_size=40,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    with pytest.raises(UsageError, match="has no <pad>"):
        load_tokenizer("llama.model", tmp_path)


@pytest.mark.parametrize("spec", ["./gone", "gone/spiece.model", "a/b/c", "no such thing", "~/x.q"])
def test_a_path_that_is_not_there_is_never_asked_of_the_hub(tmp_path: Path, spec: str) -> None:
    with pytest.raises(UsageError, match="no such file or folder"):
        load_tokenizer(spec, tmp_path)


def test_a_folder_without_a_tokenizer_says_what_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no tokenizer"):
        load_tokenizer(".", tmp_path)


def test_a_hub_that_cannot_be_reached_is_said_at_once(
    empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setattr(constants, "ENDPOINT", f"http://127.0.0.1:{free.getsockname()[1]}")
        with pytest.raises(EnvironmentProblem, match="could not be reached for 'google-t5/t5-smal"):
            load_tokenizer("google-t5/t5-small")


@pytest.fixture
def hub(
    t5_model: Path, empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ThreadingHTTPServer]:
    """A hub on this machine with one model, team/t5."""

    class Hub(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            there = self.path == "/team/t5/resolve/main/spiece.model"
            body = t5_model.read_bytes() if there else b""
            self.send_response(200 if there else 404)
            self.send_header("ETag", '"1"')
            self.send_header("X-Repo-Commit", "a" * 40)
            missing = "EntryNotFound" if "/team/t5/" in self.path else "RepoNotFound"
            if not there:
                self.send_header("X-Error-Code", missing)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    template = endpoint + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    yield server
    server.shutdown()
    server.server_close()


def test_a_hub_name_is_fetched_and_then_comes_from_the_cache(
    hub: ThreadingHTTPServer, t5_model: Path
) -> None:
    loaded = load_tokenizer("team/t5")
    assert loaded.sha256 == load_tokenizer(str(t5_model)).sha256
    assert loaded.name == "team/t5"
    hub.shutdown()
    hub.server_close()
    assert load_tokenizer("team/t5").sha256 == loaded.sha256


def test_a_name_that_the_hub_does_not_have_is_a_usage_error(hub: ThreadingHTTPServer) -> None:
    with pytest.raises(UsageError, match="no model 'team/nothing'"):
        load_tokenizer("team/nothing")


def test_autotokenizer_loads_what_was_saved(t5_model: Path, tmp_path: Path) -> None:
    ours = load_tokenizer(str(t5_model))
    save_tokenizer(ours, tmp_path)
    theirs = AutoTokenizer.from_pretrained(tmp_path)
    assert type(theirs).__name__ == "T5Tokenizer"
    assert len(theirs) == ours.vocabulary
    assert theirs.convert_tokens_to_ids("<extra_id_0>") == ours.sentinel(0)
    for line in LINES:
        assert theirs(line)["input_ids"] == [*ours.encode_batch([line])[0], 1]


def test_t5tokenizer_takes_special_strings_of_a_text_for_tokens_and_we_do_not(
    t5_model: Path, tmp_path: Path
) -> None:
    ours = load_tokenizer(str(t5_model))
    save_tokenizer(ours, tmp_path)
    theirs = AutoTokenizer.from_pretrained(tmp_path)
    assert theirs("the </s> sea")["input_ids"].count(1) == 2
    assert 1 not in ours.encode_batch(["the </s> sea"])[0]


def test_autotokenizer_reads_a_trained_one_as_we_do(trained: Tokenizer, tmp_path: Path) -> None:
    save_tokenizer(trained, tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "t5"}')
    theirs = AutoTokenizer.from_pretrained(tmp_path)
    assert len(theirs) == trained.vocabulary
    special = ["</s>", "<pad> a", "<unk>", "x<extra_id_0>y", "<0x0A>", "\n{}\t", "é😀", " a  b "]
    for line in [*LINES, *special]:
        ids = [*trained.encode_batch([line])[0], 1]
        assert theirs(line)["input_ids"] == ids
        assert theirs.decode(ids, skip_special_tokens=True) == line


def test_of_two_equal_ways_the_two_libraries_may_take_different_ones(
    trained: Tokenizer, tmp_path: Path
) -> None:
    """0 and 00 or 00 and 0: the one disagreement; it costs no token and no character."""
    save_tokenizer(trained, tmp_path)
    theirs = AutoTokenizer.from_pretrained(tmp_path)
    line = "the mayor of 12,000 people"
    ids = [*trained.encode_batch([line])[0], 1]
    said = theirs(line)["input_ids"]
    assert sorted(said) == sorted(ids)
    assert trained.decode(said) == line
