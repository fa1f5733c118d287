"""Two ranks that were killed go on to the weights of one that was not."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.unit.trainers import whole_run
from tests.unit.trainers.converted import convert_causal
from tests.unit.trainers.test_ranks import torchrun

pytestmark = pytest.mark.long


def test_two_ranks_that_were_killed_go_on(tmp_path: Path) -> None:
    dataset = convert_causal(tmp_path / "out", {"train": 40})
    two = (str(dataset), str(tmp_path / "two"))
    assert torchrun(whole_run.__file__, "causal", "killed", *two).returncode != 0
    assert (tmp_path / "two" / "checkpoints" / "checkpoint-2" / "whole").is_file()
    done = torchrun(whole_run.__file__, "causal", "resumed", *two)
    assert done.returncode == 0, done.stderr[-3000:]
    whole_run.run("causal", dataset, tmp_path / "one", accumulate=2)
    found, wanted = (
        load_file(tmp_path / name / "model" / "model.safetensors") for name in ("two", "one")
    )
    for name in wanted:
        assert torch.allclose(found[name], wanted[name], atol=5e-4), name
    journal = (tmp_path / "two" / "metrics.jsonl").read_text()
    assert '"step": 2, "resumed": true' in journal
