"""What the header and the tables of a compiled library say, of Linux, macOS or Windows.

ELF: System V ABI, and Linux Standard Base for versions; Mach-O: <mach-o/loader.h>; PE: Microsoft's
"PE Format". Only 64 bits and little endian are read, which is all that we build.
"""

from __future__ import annotations

import re
import struct
from typing import NamedTuple

_ELF, _MACHO, _PE = b"\x7fELF\x02\x01", b"\xcf\xfa\xed\xfe", b"MZ"
_ELF_MACHINES = {62: "x86_64", 183: "aarch64"}
_MACHO_MACHINES = {0x01000007: "x86_64", 0x0100000C: "aarch64"}
_PE_MACHINES = {0x8664: "x86_64", 0xAA64: "aarch64"}
_ELF_SHARED, _MACHO_DYLIB, _PE_DLL = 3, 6, 0x2000


class CompiledLibrary(NamedTuple):
    """A library as its own file describes it.

    `oldest` is the oldest glibc or macOS that it says it runs on, (0, 0) where it says none;
    `signed` is whether it has a signature of code, without which macOS on arm64 opens nothing.
    """

    system: str
    machine: str
    functions: frozenset[str]
    needs: tuple[str, ...]
    oldest: tuple[int, int] = (0, 0)
    signed: bool = False


def read_library(data: bytes) -> CompiledLibrary:
    """The library in these bytes; raises ValueError for what is none, or is cut short."""
    try:
        if data.startswith(_ELF):
            return _elf(data)
        if data.startswith(_MACHO):
            return _macho(data)
        if data.startswith(_PE):
            return _pe(data)
    except (struct.error, KeyError, IndexError) as error:
        raise ValueError(f"a library that cannot be read: {error!r}") from error
    raise ValueError("no library of Linux, macOS or Windows with 64 bits")


def _elf(data: bytes) -> CompiledLibrary:
    kind, machine = struct.unpack_from("<HH", data, 16)
    if kind != _ELF_SHARED:
        raise ValueError("an ELF file, and no shared library")
    (table,) = struct.unpack_from("<Q", data, 40)
    size, count = struct.unpack_from("<HH", data, 58)
    sections = [struct.unpack_from("<IIQQQQIIQQ", data, table + size * i) for i in range(count)]
    functions, needs, names = set(), [], b""
    for _, what, _, _, at, length, link, *_ in sections:
        strings = sections[link][4] if link < count else 0
        if what == 11:  # SHT_DYNSYM
            names = data[strings : strings + sections[link][5]]
            for place in range(at, at + length, 24):
                name, info, _, section = struct.unpack_from("<IBBH", data, place)
                if section and info >> 4 == 1:  # defined here, and global
                    functions.add(_text(data, strings + name))
        elif what == 6:  # SHT_DYNAMIC
            for place in range(at, at + length, 16):
                tag, value = struct.unpack_from("<QQ", data, place)
                if tag == 1:  # DT_NEEDED
                    needs.append(_text(data, strings + value))
    versions = re.findall(rb"\0GLIBC_(\d+)\.(\d+)", names)
    oldest = max(((int(major), int(minor)) for major, minor in versions), default=(0, 0))
    return CompiledLibrary(
        "Linux", _ELF_MACHINES[machine], frozenset(functions), tuple(needs), oldest
    )


def _macho(data: bytes) -> CompiledLibrary:
    machine, _, kind, count = struct.unpack_from("<IIII", data, 4)
    if kind != _MACHO_DYLIB:
        raise ValueError("a Mach-O file, and no shared library")
    functions, needs, oldest, signed = set(), [], (0, 0), False
    at = 32
    for _ in range(count):
        command, size = struct.unpack_from("<II", data, at)
        if command == 0x02:  # LC_SYMTAB
            symbols, number, strings = struct.unpack_from("<III", data, at + 8)
            for place in range(symbols, symbols + 16 * number, 16):
                name, what = struct.unpack_from("<IB", data, place)
                if what & 0x1F == 0x0F:  # defined in a section, and external
                    functions.add(_text(data, strings + name).removeprefix("_"))
        elif command in (0x0C, 0x0D):  # LC_LOAD_DYLIB, and LC_ID_DYLIB, by which it is needed
            needs.append(_text(data, at + struct.unpack_from("<I", data, at + 8)[0]))
        elif command == 0x32:  # LC_BUILD_VERSION
            (version,) = struct.unpack_from("<I", data, at + 12)
            oldest = (version >> 16, version >> 8 & 0xFF)
        elif command == 0x1D:  # LC_CODE_SIGNATURE
            signed = True
        at += size
    return CompiledLibrary(
        "Darwin", _MACHO_MACHINES[machine], frozenset(functions), tuple(needs), oldest, signed
    )


def _pe(data: bytes) -> CompiledLibrary:
    (at,) = struct.unpack_from("<I", data, 60)
    machine, count, _, _, _, optional, traits = struct.unpack_from("<HHIIIHH", data, at + 4)
    if data[at : at + 4] != b"PE\0\0" or not traits & _PE_DLL:
        raise ValueError("a program of Windows, and no library")
    first = at + 24 + optional
    sections = [struct.unpack_from("<IIII", data, first + 40 * i + 8) for i in range(count)]

    def place(address: int) -> int:
        """Where in the file lies what is loaded at this address."""
        for size, begin, kept, offset in sections:
            if begin <= address < begin + max(size, kept):
                return address - begin + offset
        raise ValueError("a library of Windows whose tables lie nowhere")

    exports, _, imports = struct.unpack_from("<III", data, at + 24 + 112)
    functions, needs = set(), []
    if exports:
        number, _, names = struct.unpack_from("<III", data, place(exports) + 24)
        listed = struct.unpack_from(f"<{number}I", data, place(names))
        functions = {_text(data, place(name)) for name in listed}
    entry = place(imports) if imports else 0
    while entry and (name := struct.unpack_from("<I", data, entry + 12)[0]):
        needs.append(_text(data, place(name)))
        entry += 20
    return CompiledLibrary("Windows", _PE_MACHINES[machine], frozenset(functions), tuple(needs))


def _text(data: bytes, at: int) -> str:
    """What stands there up to a zero."""
    return data[at : data.index(b"\0", at)].decode("utf-8", "replace")
