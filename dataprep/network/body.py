"""The body of an answer, as it comes: counted, unpacked piece by piece, and ended in time."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator

from dataprep.network.limits import NetworkLimits
from dataprep.network.problems import AnswerTooLarge, NetworkProblem

_PIECE = 1 << 20
_WINDOW_BITS = {"gzip": (31,), "x-gzip": (31,), "deflate": (15, -15)}


class DamagedBody(Exception):
    """What came is not packed as the server says, or ends too early."""


class SlowBody(Exception):
    """The answer takes longer than any true one."""


def measured(
    pieces: Iterable[bytes], where: str, most: int, seconds: float, limits: NetworkLimits
) -> Iterator[bytes]:
    """The same pieces; raises AnswerTooLarge above `most` bytes, SlowBody after `seconds`."""
    until, got = limits.clock() + seconds, 0
    for piece in pieces:
        got += len(piece)
        if got > most:
            raise too_large(where, most)
        if limits.clock() > until:
            raise SlowBody(f"the answer took longer than {seconds:,.0f} seconds")
        yield piece


def unpacker(coding: str, where: str, most: int) -> Callable[[Iterable[bytes]], Iterator[bytes]]:
    """What takes a packed body apart in pieces of at most a megabyte, up to `most` bytes.

    We ask for bodies that are not packed; gzip and deflate come all the same from some proxies.
    Raises NetworkProblem for any other coding.
    """
    if coding in ("", "identity"):
        return iter
    bits = _WINDOW_BITS.get(coding)
    if bits is None:
        raise NetworkProblem(
            f"{where} packed its answer in a way that was not asked for.",
            "Is a proxy in between that packs answers? Ask the server directly.",
        )
    return lambda pieces: _counted(_unpacked(pieces, bits), where, most)


def _counted(pieces: Iterable[bytes], where: str, most: int) -> Iterator[bytes]:
    got = 0
    for piece in pieces:
        got += len(piece)
        if got > most:
            raise too_large(where, most)
        yield piece


def _unpacked(pieces: Iterable[bytes], bits: tuple[int, ...]) -> Iterator[bytes]:
    """gzip may have several members; deflate stands in a frame of zlib's, or in none."""
    engine, begun = zlib.decompressobj(bits[0]), False
    for piece in pieces:
        if not begun and len(bits) > 1 and piece and piece[0] & 0x0F != zlib.DEFLATED:
            engine = zlib.decompressobj(bits[1])
        begun = begun or bool(piece)
        left = piece
        while left:
            if engine.eof:
                engine = zlib.decompressobj(bits[0])
            try:
                out = engine.decompress(left, _PIECE)
            except zlib.error as error:
                raise DamagedBody(f"the answer cannot be unpacked ({error})") from None
            if out:
                yield out
            left = engine.unused_data if engine.eof else engine.unconsumed_tail
    if begun and not engine.eof:
        yield from _rest(engine)


def _rest(engine: zlib._Decompress) -> Iterator[bytes]:
    rest = engine.flush()
    if not engine.eof:
        raise DamagedBody("the answer ends in the middle of what was packed")
    if rest:
        yield rest


def too_large(where: str, most: int) -> AnswerTooLarge:
    """The error for an answer above the limit."""
    return AnswerTooLarge(
        f"{where} answered with more than {most:,} bytes, which no true answer has.",
        "Is the address right? Nothing of it was kept.",
    )
