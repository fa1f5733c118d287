"""Columns of the library as series of Polars, by Arrow's C data interface."""

from __future__ import annotations

import ctypes
from typing import Any

import polars as pl

from dataprep.scan.library import DONE

_ROOM = 128
"""Bytes that hold either struct of the interface, of 72 and 80."""

_RELEASE_AT = {"arrow_schema": 56, "arrow_array": 64}
"""Where the pointer to the function stands that frees a struct; NULL once somebody took it over."""

_new_capsule = ctypes.pythonapi.PyCapsule_New
_new_capsule.restype = ctypes.py_object
_new_capsule.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
_RELEASE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_NAMES = {name: name.encode() for name in _RELEASE_AT}


class _Given:
    """A column on its way; whoever reads it takes its memory over."""

    def __init__(self) -> None:
        self.structs = {name: ctypes.create_string_buffer(_ROOM) for name in _RELEASE_AT}

    def address(self, name: str) -> int:
        return ctypes.addressof(self.structs[name])

    def __arrow_c_array__(self, requested_schema: Any = None) -> tuple[Any, Any]:
        schema, array = (
            _new_capsule(self.address(name), _NAMES[name], None) for name in _RELEASE_AT
        )
        return schema, array

    def release(self) -> None:
        """Free what nobody took over."""
        for name, at in _RELEASE_AT.items():
            function = ctypes.c_void_p.from_buffer(self.structs[name], at).value
            if function:
                _RELEASE(function)(self.address(name))


def take(library: ctypes.CDLL, found: int, number: int) -> pl.Series | None:
    """A column of what was found, which loses it; None where there is no memory for that."""
    given = _Given()
    array, schema = given.address("arrow_array"), given.address("arrow_schema")
    if library.scan_take(found, number, array, schema) != DONE:
        return None
    try:
        return pl.Series(given)
    finally:
        given.release()
