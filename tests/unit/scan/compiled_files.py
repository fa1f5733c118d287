"""Libraries as bytes, with just what their formats demand, written by hand from their standards."""

from __future__ import annotations

import struct


def elf(machine: int, *, kind: int = 3) -> bytes:
    """An ELF library that has scan_one, takes another from libc.so.6, and wants glibc 2.14."""
    strings = b"\0scan_one\0taken\0libc.so.6\0GLIBC_2.14\0GLIBC_2.2.5\0"
    symbols = bytes(24)
    symbols += struct.pack("<IBBHQQ", 1, 0x12, 0, 1, 64, 8)
    symbols += struct.pack("<IBBHQQ", 10, 0x12, 0, 0, 0, 0)
    needs = struct.pack("<QQQQ", 1, strings.index(b"libc"), 0, 0)
    parts, at, places = [strings, symbols, needs], 64, []
    for part in parts:
        places.append(at)
        at += len(part)
    header = b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    header += struct.pack("<HHIQQQIHHHHHH", kind, machine, 1, 0, 0, at, 0, 64, 0, 0, 64, 4, 0)
    sections = bytes(64)
    for what, place, part, link in zip((3, 11, 6), places, parts, (0, 1, 1), strict=True):
        sections += struct.pack("<IIQQQQIIQQ", 0, what, 0, 0, place, len(part), link, 0, 1, 0)
    return header + b"".join(parts) + sections


def macho(machine: int, *, kind: int = 6) -> bytes:
    """A Mach-O library that has scan_one, for macOS 11.0, signed."""
    strings = b"\0_scan_one\0_taken\0"
    name = b"/usr/lib/libSystem.B.dylib\0".ljust(32, b"\0")
    symbols = struct.pack("<IBBHQ", 1, 0x0F, 1, 0, 0) + struct.pack("<IBBHQ", 11, 0x01, 0, 0, 0)
    after = 32 + 24 + (24 + len(name)) + 24 + 16
    commands = struct.pack("<6I", 0x02, 24, after, 2, after + len(symbols), len(strings))
    commands += struct.pack("<6I", 0x0C, 24 + len(name), 24, 0, 0, 0) + name
    commands += struct.pack("<6I", 0x32, 24, 1, 11 << 16, 0, 0)
    commands += struct.pack("<4I", 0x1D, 16, 0, 0)
    header = struct.pack("<8I", 0xFEEDFACF, machine, 0, kind, 4, len(commands), 0, 0)
    return header + commands + symbols + strings


def pe(machine: int, *, traits: int = 0x2022) -> bytes:
    """A library of Windows that has scan_one and takes another from KERNEL32.dll."""
    base, offset = 0x1000, 0x200
    exports = struct.pack("<10I", 0, 0, 0, 0, 1, 1, 1, 0, base + 80, 0)
    imports = struct.pack("<5I", 0, 0, 0, base + 100, 0) + bytes(20)
    names = struct.pack("<I", base + 84) + b"scan_one\0".ljust(16, b"\0") + b"KERNEL32.dll\0"
    tables = exports + imports + names
    start = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", machine, 1, 0, 0, 0, 128, traits)
    optional = bytes(112) + struct.pack("<IIII", base, 40, base + 40, 40)
    section = b".rdata\0\0" + struct.pack("<IIII", len(tables), base, len(tables), offset)
    return (start + coff + optional + section.ljust(40, b"\0")).ljust(offset, b"\0") + tables
