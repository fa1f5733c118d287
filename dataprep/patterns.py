"""Regular expressions of modules: compiled when they are first used, since a command uses few."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, AnyStr, Generic


class LatePattern(Generic[AnyStr]):
    """A regular expression and its flags, with the methods of `re.Pattern`.

    A method is found once: from then on it costs what it costs there. What takes a `re.Pattern`
    is given `compiled`.
    """

    def __init__(self, pattern: AnyStr, flags: int = 0) -> None:
        self.pattern: AnyStr = pattern
        self._flags = flags

    def __reduce__(self) -> tuple[type[LatePattern[AnyStr]], tuple[AnyStr, int]]:
        """It is sent to another process as it is written."""
        return type(self), (self.pattern, self._flags)

    @cached_property
    def compiled(self) -> re.Pattern[AnyStr]:
        """The compiled pattern; raises `re.error` where it is none."""
        return re.compile(self.pattern, self._flags)

    @cached_property
    def search(self) -> Callable[..., re.Match[AnyStr] | None]:
        """The first match anywhere."""
        return self.compiled.search

    @cached_property
    def match(self) -> Callable[..., re.Match[AnyStr] | None]:
        """The match at the beginning."""
        return self.compiled.match

    @cached_property
    def fullmatch(self) -> Callable[..., re.Match[AnyStr] | None]:
        """The match of the whole."""
        return self.compiled.fullmatch

    @cached_property
    def finditer(self) -> Callable[..., Iterator[re.Match[AnyStr]]]:
        """The matches, one after the other."""
        return self.compiled.finditer

    @cached_property
    def findall(self) -> Callable[..., list[Any]]:
        """The texts of the matches, or of their groups."""
        return self.compiled.findall

    @cached_property
    def split(self) -> Callable[..., list[Any]]:
        """What stands between the matches."""
        return self.compiled.split

    @cached_property
    def sub(self) -> Callable[..., AnyStr]:
        """The text with its matches replaced."""
        return self.compiled.sub

    @cached_property
    def subn(self) -> Callable[..., tuple[AnyStr, int]]:
        """The same, and how many were."""
        return self.compiled.subn
