"""The one HTTP client: where it goes, how long it waits, and how much it takes in."""

from __future__ import annotations

import gzip
import time
import tracemalloc
import zlib
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx2
import pytest

from dataprep.finding import UsageError
from dataprep.network import (
    LIMITS,
    AnswerTooLarge,
    NetworkLimits,
    NetworkProblem,
    RedirectRefused,
    guarded,
)
from tests.unit.network.hostile import STATUSES, answering, hostile, redirecting, two_hosts

KEY = {"authorization": "Bearer sk-test-abcdefgh", "api-key": "sk-test-abcdefgh"}
METHODS = ("GET", "POST", "PUT")


# Where it goes.


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("follow", [None, True])
def test_no_redirect_to_another_server_is_followed(
    status: int, method: str, follow: bool | None
) -> None:
    more = {} if follow is None else {"follow_redirects": follow}
    with two_hosts(status) as (first, other), guarded(httpx2, first.url) as client:
        body = None if method == "GET" else b"the training file"
        with pytest.raises(RedirectRefused) as refused:
            client.request(method, first.url + "/v1/files", headers=KEY, content=body, **more)
        assert other.untouched
        assert len(first.requests) == 1
    said = str(refused.value)
    assert f"{first.url}/v1/files asks to go on at {other.url}/v1/files ({status})" in said
    assert "Nothing was sent there" in said
    assert f"pass its address yourself: {other.url}" in said
    assert refused.value.exit_code == 4


@pytest.mark.parametrize("status", STATUSES)
def test_another_scheme_or_name_of_the_same_machine_is_another_server(status: int) -> None:
    with hostile(answering()) as other:
        port = other.url.rpartition(":")[2]
        for place in (f"https://127.0.0.1:{port}", f"http://localhost:{port}"):
            with hostile(redirecting(status, place)) as first:
                client = guarded(httpx2, first.url)
                with pytest.raises(RedirectRefused, match="asks to go on at"):
                    client.get(first.url + "/x", headers=KEY)
        assert other.untouched


def test_a_redirect_within_one_server_is_followed_by_a_reading_call() -> None:
    def behave(request: BaseHTTPRequestHandler) -> None:
        there = request.path == "/api/projects/"
        answer = answering(b"[]") if there else redirecting(301, "")
        if not there:
            request.path += "/"
        answer(request)

    with hostile(behave) as server, guarded(httpx2, server.url) as client:
        assert client.get(server.url + "/api/projects", headers=KEY).json() == []
        assert server.calls == ["GET /api/projects", "GET /api/projects/"]
        assert server.requests[1][1]["authorization"] == KEY["authorization"]


@pytest.mark.parametrize("status", STATUSES)
def test_what_was_sent_is_not_sent_again_by_itself(status: int) -> None:
    with hostile(redirecting(status, "")) as server, guarded(httpx2, server.url) as client:
        with pytest.raises(RedirectRefused, match="what is sent once is not sent again"):
            client.post(server.url + "/v1/files", content=b"x")
        assert server.calls == ["POST /v1/files"]


def test_requests_that_are_sent_round_in_circles_end() -> None:
    with hostile(redirecting(302, "")) as server, guarded(httpx2, server.url) as client:
        with pytest.raises(RedirectRefused, match="round in circles"):
            client.get(server.url + "/x")
        assert len(server.requests) == 6


def test_a_call_that_wants_the_redirect_itself_gets_it() -> None:
    with two_hosts(302) as (first, other), guarded(httpx2, first.url) as client:
        answer = client.get(first.url + "/x", follow_redirects=False)
        assert answer.headers["location"] == f"{other.url}/x"
        assert other.untouched


def test_what_goes_to_this_machine_goes_through_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with hostile(answering()) as proxy, hostile(answering(b'"here"')) as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert guarded(httpx2, server.url).get(server.url, headers=KEY).json() == "here"
        assert proxy.untouched
        far = guarded(httpx2, "http://far.example").get("http://far.example/x")
        assert far.status_code == 200
        assert proxy.calls == ["GET http://far.example/x"]


def test_a_netrc_adds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login ann password s3cr3t\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with hostile(answering()) as server:
        guarded(httpx2, server.url).get(server.url)
        address = server.url.replace("//", "//ann:s3cr3t@")
        guarded(httpx2, server.url).get(address)
        assert [headers.get("authorization") for _, headers, _ in server.requests] == [None, None]


def test_an_address_that_two_readers_read_differently_is_refused() -> None:
    with pytest.raises(UsageError, match="two ways"):
        guarded(httpx2, "https://ａpi.openai.com/v1")


# How much it takes in.


def packed(raw: bytes, coding: str) -> bytes:
    if coding == "gzip":
        return gzip.compress(raw)
    if coding == "deflate":
        return zlib.compress(raw)
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(raw) + engine.flush()


@pytest.mark.parametrize("coding", ["gzip", "deflate", "raw deflate"])
def test_what_comes_packed_though_we_asked_otherwise_is_unpacked(coding: str) -> None:
    raw = b'{"id": "' + b"x" * 100_000 + b'"}'
    headers = {"content-encoding": coding.rsplit(maxsplit=1)[-1]}
    with hostile(answering(packed(raw, coding), headers=headers)) as server:
        answer = guarded(httpx2, server.url).get(server.url)
        assert answer.content == raw
        assert server.requests[0][1]["accept-encoding"] == "identity"


@pytest.mark.parametrize("coding", ["gzip", "deflate", "raw deflate"])
@pytest.mark.parametrize("status", [200, 500])
def test_ten_megabytes_that_would_become_ten_gigabytes_are_not_unpacked(
    coding: str, status: int
) -> None:
    member = packed(bytes(10_000_000), coding)
    bomb = member * 1000 if coding == "gzip" else packed(bytes(70_000_000), coding)
    headers = {"content-encoding": coding.rsplit(maxsplit=1)[-1]}
    with hostile(answering(bomb, status, headers)) as server:
        tracemalloc.start()
        try:
            with pytest.raises(AnswerTooLarge, match="64,000,000 bytes") as refused:
                guarded(httpx2, server.url).get(server.url)
            assert tracemalloc.get_traced_memory()[1] < 150_000_000
        finally:
            tracemalloc.stop()
    assert refused.value.exit_code == 4


def test_a_stream_may_be_large_and_has_a_limit_of_its_own() -> None:
    limits = NetworkLimits(answer_bytes=1000, stream_bytes=5000)
    with hostile(answering(bytes(3000))) as server:
        client = guarded(httpx2, server.url, limits)
        with client.stream("GET", server.url) as answer:
            assert sum(map(len, answer.iter_bytes())) == 3000
        with pytest.raises(AnswerTooLarge, match="1,000 bytes"):
            client.get(server.url)
    with hostile(answering(bytes(3000), 404)) as server:
        client = guarded(httpx2, server.url, limits)
        with pytest.raises(AnswerTooLarge), client.stream("GET", server.url) as answer:
            answer.read()


@pytest.mark.parametrize("packing", [False, True])
def test_a_stream_without_an_end_stops_at_its_limit(packing: bool) -> None:
    sent = [0]
    member = gzip.compress(bytes(1_000_000))

    def behave(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        if packing:
            request.send_header("content-encoding", "gzip")
        request.end_headers()
        while True:
            request.wfile.write(member if packing else bytes(10_000))
            sent[0] += 1

    with hostile(behave) as server:
        client = guarded(httpx2, server.url, NetworkLimits(stream_bytes=2_500_000))
        got = 0
        with (
            pytest.raises(AnswerTooLarge, match="2,500,000 bytes"),
            client.stream("GET", server.url) as answer,
        ):
            for piece in answer.iter_bytes():
                got += len(piece)
        assert 0 < got <= 2_500_000


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "compress", "x" * 5000])
def test_a_packing_that_nobody_asked_for_is_refused(coding: str) -> None:
    with (
        hostile(answering(b"\x0b\x02", headers={"content-encoding": coding})) as server,
        pytest.raises(NetworkProblem, match="was not asked for") as refused,
    ):
        guarded(httpx2, server.url).get(server.url)
    assert "xxx" not in str(refused.value)


@pytest.mark.parametrize(
    "body", [b"no gzip at all", gzip.compress(b"x" * 5000)[:-9]], ids=["no gzip", "cut off"]
)
def test_a_damaged_packing_is_a_broken_connection(body: bytes) -> None:
    with (
        hostile(answering(body, headers={"content-encoding": "gzip"})) as server,
        pytest.raises(httpx2.RemoteProtocolError),
    ):
        guarded(httpx2, server.url).get(server.url)


# How long it waits.


def dripping(head: bool) -> Any:
    """A header or a body whose bytes come one by one, for as long as somebody listens."""

    def behave(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nx-drip: ")
        if not head:
            request.wfile.write(b"\r\ncontent-length: 1000000\r\n\r\n")
        for _ in range(400):
            request.wfile.write(b"x")
            request.wfile.flush()
            time.sleep(0.01)

    return behave


@pytest.mark.parametrize("head", [True, False])
@pytest.mark.parametrize("streamed", [True, False])
def test_bytes_that_drip_are_given_up_in_the_head_and_in_the_body(
    head: bool, streamed: bool
) -> None:
    limits = NetworkLimits(grace=0.1)
    began = time.monotonic()
    with hostile(dripping(head)) as server:
        client = guarded(httpx2, server.url, limits)
        with pytest.raises(httpx2.ReadTimeout, match="slower than 1,000 bytes a second"):
            if streamed:
                with client.stream("GET", server.url) as answer:
                    list(answer.iter_bytes())
            else:
                client.get(server.url)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("streamed", "limits"),
    [
        (False, NetworkLimits(answer_seconds=0.1)),
        (True, NetworkLimits(stream_seconds=0.1)),
    ],
)
def test_a_whole_answer_has_a_limit_too(streamed: bool, limits: NetworkLimits) -> None:
    with hostile(dripping(head=False)) as server:
        client = guarded(httpx2, server.url, limits)
        with pytest.raises(httpx2.ReadTimeout, match="took longer than 0 seconds"):
            if streamed:
                with client.stream("GET", server.url) as answer:
                    list(answer.iter_bytes())
            else:
                client.get(server.url)


def test_a_slow_connection_through_a_proxy_is_given_up_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with hostile(dripping(head=True)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        client = guarded(httpx2, "http://far.example", NetworkLimits(grace=0.1))
        with pytest.raises(httpx2.ReadTimeout, match="slower than"):
            client.get("http://far.example/x")


def test_every_single_wait_has_a_limit() -> None:
    timeout = guarded(httpx2, "https://api.openai.com").timeout
    assert (timeout.connect, timeout.read, timeout.write, timeout.pool) == (10, 600, 120, 60)
    assert LIMITS.clock is time.monotonic
