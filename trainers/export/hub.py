"""A push to a name on the hub that the user typed: private unless told otherwise."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from dataprep.finding import EnvironmentProblem, Refused, UsageError
from dataprep.network import hub_is_open
from trainers.export import merged
from trainers.export.source import TrainedModel

_EMPTY = {".gitattributes", "README.md"}
"""What a repository holds that was made and never filled."""


def refuse_name(name: str) -> None:
    """Raise UsageError for what is no OWNER/NAME of the hub."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils._validators import validate_repo_id

    try:
        validate_repo_id(name)
    except HFValidationError as error:
        raise UsageError(f"{name!r} is no name on the hub: {error}", "Write OWNER/NAME.") from None
    if "/" not in name:
        raise UsageError(f"{name!r} names no owner.", "Write OWNER/NAME.")


def push(model: TrainedModel, net: Any, name: str, *, public: bool) -> tuple[str, tuple[str, ...]]:
    """Make the repository and fill it; its address, and what was sent.

    The token is huggingface_hub's own (HF_TOKEN, or hf auth login). Raises UsageError where the
    name holds files already, Refused where HF_ENDPOINT is not encrypted, and EnvironmentProblem for
    the network and for permissions.
    """
    if hub_is_open():
        raise Refused(
            "The token of the Hub would go unencrypted to the server in HF_ENDPOINT.",
            "Give it an address with https://.",
        )
    from huggingface_hub import HfApi

    api = HfApi()
    merged.refuse_full(Path(tempfile.gettempdir()), merged.size_of(net))
    with tempfile.TemporaryDirectory(prefix="dataprep-push-") as folder:
        notes = merged.write(model, net, Path(folder))
        card = Path(folder) / "README.md"
        if card.is_file():
            text = card.read_text("utf-8")
            card.write_text(text.replace('from_pretrained(".")', f'from_pretrained("{name}")'))
        try:
            _make(api, name, public=public)
            api.upload_folder(
                repo_id=name, folder_path=folder, commit_message="Model trained by dataprep"
            )
        except UsageError:
            raise
        except Exception as error:  # whatever a network brings
            raise _explained(name, error) from None
    seen = "public" if public else "private"
    return f"{api.endpoint}/{name}", (*notes, f"{seen}: {name}")


def _make(api: Any, name: str, *, public: bool) -> None:
    if api.repo_exists(name):
        if set(api.list_repo_files(name)) - _EMPTY:
            raise UsageError(
                f"{name} holds files already, and no export replaces anything.",
                "Choose another --name.",
            )
        return
    api.create_repo(name, private=not public)


def _explained(name: str, error: Exception) -> EnvironmentProblem:
    status = getattr(getattr(error, "response", None), "status_code", None)
    if status in (401, 403):
        return EnvironmentProblem(
            f"The hub refuses to write to {name} ({status}).",
            "Log in with `hf auth login`, or set HF_TOKEN to a token that may write there.",
        )
    said = f"status {status}" if status else type(error).__name__
    return EnvironmentProblem(
        f"The push to {name} failed: {said}.",
        "Check the network, and run the same command again; what was sent is sent again.",
    )
