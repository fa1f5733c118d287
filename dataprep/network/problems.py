"""What a server may not do to us, as errors of the environment."""

from __future__ import annotations

from dataprep.finding import EnvironmentProblem


class NetworkProblem(EnvironmentProblem):
    """The server answered in a way that is not accepted; asking again would bring the same."""


class RedirectRefused(NetworkProblem):
    """The server sent us elsewhere; nothing was sent there."""


class AnswerTooLarge(NetworkProblem):
    """An answer has more bytes, as it comes or unpacked, than any true one."""
