"""Addresses: what is one, which are the same server, and what of them is never repeated."""

from __future__ import annotations

import pytest

from dataprep.finding import UsageError
from dataprep.network import address_in, is_loopback, origin_of, same_place, server_address, shown


def test_an_address_has_a_scheme_a_host_a_port_and_a_path() -> None:
    assert server_address("https://API.Example.com/v1/") == (
        "https",
        "api.example.com",
        443,
        "/v1",
    )
    assert str(server_address("http://[::1]:8080/v1")) == "http://[::1]:8080/v1"


@pytest.mark.parametrize(
    "other",
    [
        "http://api.example.com/v1",
        "https://api.example.com:8443/v1",
        "https://api.example.com.evil.org/v1",
        "https://evil.org/api.example.com/v1",
        "https://api.example.com\\.evil.org/v1",
        "https://api.example.com@evil.org/v1",
    ],
)
def test_another_scheme_host_or_port_is_another_server(other: str) -> None:
    assert origin_of(other) != origin_of("https://api.example.com/v1")
    assert not same_place(other, "https://api.example.com/v1")


def test_the_usual_port_and_a_slash_at_the_end_make_no_difference() -> None:
    assert same_place("https://api.example.com:443/v1/", "https://API.example.com/v1")
    assert not same_place("https://api.example.com/v2", "https://api.example.com/v1")


@pytest.mark.parametrize(
    "url",
    [
        "https://ann:s3cr3t-word@example.com/v1",
        "https://s3cr3t-word@example.com/v1",
        "https://example.com/v1?key=s3cr3t-word",
        "https://example.com/v1#s3cr3t-word",
        "ann:s3cr3t-word@example.com",
        "https://ann:s3cr3t-word@exa mple.com:x",
    ],
)
def test_an_address_with_a_user_or_a_query_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        server_address(url)
    assert "s3cr3t" not in str(refused.value)
    assert "s3cr3t" not in shown(url)


@pytest.mark.parametrize(
    "url",
    ["", "example.com/v1", "ftp://example.com", "https://", "https://x:port/", "https://a\nb"],
)
def test_what_is_no_address_is_said(url: str) -> None:
    with pytest.raises(UsageError, match="not the address of a server"):
        server_address(url)


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost.evil.org", False),
        ("127.0.0.1.evil.org", False),
        ("10.0.0.1", False),
        ("192.168.1.7", False),
    ],
)
def test_this_machine_is_a_number_or_localhost_alone(host: str, local: bool) -> None:
    assert is_loopback(host) is local


@pytest.mark.parametrize(
    "url", ["http://localhost.:9", "http://127.0.0.1.:9", "http://127.0.0.1..:9", "http://0.0.0.0"]
)
def test_what_the_network_is_asked_for_is_not_this_machine(url: str) -> None:
    found = address_in(url)
    assert found is not None
    assert not found.local


def test_a_port_of_zero_is_not_that_of_the_scheme() -> None:
    assert origin_of("https://api.openai.com:0/v1") == ("https", "api.openai.com", 0)
    assert origin_of("https://api.openai.com/v1") == ("https", "api.openai.com", 443)
