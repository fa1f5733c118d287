"""The pace of a connection, by a clock that the test turns."""

from __future__ import annotations

import httpcore2
import pytest

from dataprep.network.limits import NetworkLimits
from dataprep.network.pace import PacedStream


class Wire:
    """A connection whose every read or write takes `seconds` and moves `size` bytes at most."""

    def __init__(self, seconds: float, size: int) -> None:
        self.seconds, self.size, self.now = seconds, size, 0.0
        self.written = 0

    def clock(self) -> float:
        return self.now

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self.now += self.seconds
        return b"x" * min(self.size, max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self.now += self.seconds
        self.written += len(buffer)


def stream(wire: Wire) -> PacedStream:
    limits = NetworkLimits(grace=600, pace=1000, clock=wire.clock)
    return PacedStream(wire, httpcore2, limits)


def test_a_byte_a_minute_is_given_up_after_the_grace() -> None:
    wire = Wire(59, 1)
    slow = stream(wire)
    with pytest.raises(httpcore2.ReadTimeout):
        for _ in range(10_000):
            slow.read(65_536)
    assert 600 < wire.now <= 660


def test_a_server_that_takes_an_upload_at_a_trickle_is_given_up() -> None:
    wire = Wire(59, 0)
    slow = stream(wire)
    with pytest.raises(httpcore2.WriteTimeout):
        slow.write(bytes(64_000_000))
    assert 600 < wire.now <= 660
    assert wire.written < 200_000


def test_a_slow_line_that_moves_is_left_alone_for_hours() -> None:
    wire = Wire(10, 20_000)
    slow = stream(wire)
    for _ in range(2000):
        assert slow.read(65_536)
    slow.write(bytes(1_000_000))
    assert wire.now > 20_000


def test_the_wait_for_an_answer_begins_when_the_question_has_been_sent() -> None:
    wire = Wire(500, 1)
    patient = stream(wire)
    for _ in range(20):
        patient.write(b"question")
        assert patient.read(10) == b"x"
