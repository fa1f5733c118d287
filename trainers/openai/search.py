"""Which jobs at the server are the job of a plan, whoever made them, and which of them counts."""

from __future__ import annotations

import math
from typing import Any

from trainers.openai.preview import JobPlan
from trainers.openai.together import KEY_CHARACTERS, TogetherWire
from trainers.openai.wire import CANCELLED, FAILED, Job, OpenAIWire


class JobSearch:
    """The search for the jobs of one plan; `ids` are the uploads of this run, by split.

    `seen` is what the last search has found.
    """

    def __init__(self, plan: JobPlan, wire: OpenAIWire | TogetherWire) -> None:
        self.plan, self.wire = plan, wire
        self.ids: dict[str, str] = {}
        self.seen: list[Job] = []

    def jobs(self) -> list[Job]:
        """All of them, the one that counts first."""
        copies = _Copies(self.plan, self.wire, self.ids)
        self.seen = sorted((j for j in self.wire.jobs() if self._is_ours(j, copies)), key=rank)
        return self.seen

    def find(self) -> str | None:
        """The id of the one that counts."""
        return next((job.id for job in self.jobs()), None)

    def made_by(self, attempt: str) -> str | None:
        """The id of the job of one creation, among those that the last search has found."""
        return next((job.id for job in self.seen if job.attempt == attempt), None)

    def _is_ours(self, job: Job, copies: _Copies) -> bool:
        """By its run key; where the server keeps none, by files, model and options."""
        if job.run_key is not None:
            return job.run_key in (self.plan.key, self.plan.key[:KEY_CHARACTERS])
        return self._same_options(job, self.plan.request) and copies.trains(job)

    def _same_options(self, job: Job, request: dict[str, Any]) -> bool:
        return request.get("model") == job.model and all(
            given is None or given == there
            for given, there in (
                (request.get("suffix"), job.suffix or request.get("suffix")),
                (request.get("seed"), job.seed),
                (self.plan.epochs, job.epochs or self.plan.epochs),
            )
        )


def rank(job: Job) -> tuple[bool, float, str]:
    """The order in which jobs with one run key count: alive ones first, the earliest, by id.

    It depends on what the server says and on nothing else, so that all who ask choose the same.
    """
    return (
        job.status in (FAILED, CANCELLED),
        math.inf if job.created is None else job.created,
        job.id,
    )


class _Copies:
    """The ids of the plan's files at the server: two machines may upload one content twice."""

    def __init__(self, plan: JobPlan, wire: OpenAIWire | TogetherWire, ids: dict[str, str]) -> None:
        self.plan, self.wire = plan, wire
        self.known: dict[str, set[str]] = {split: {file_id} for split, file_id in ids.items()}
        self.listed = False

    def trains(self, job: Job) -> bool:
        """Whether a job trains on these files and on no others."""
        wanted = {"train": job.training_file, "validation": job.validation_file}
        splits = {file.split for file in self.plan.files}
        if {split for split, file_id in wanted.items() if file_id} != splits:
            return False
        return all(
            file_id in self._ids(split, file_id) for split, file_id in wanted.items() if file_id
        )

    def _ids(self, split: str, asked: str) -> set[str]:
        known = self.known.setdefault(split, set())
        if asked not in known and not self.listed:
            self.listed = True
            for there in self.wire.files():
                for file in self.plan.files:
                    if there.name == file.name and there.bytes in (file.bytes, None):
                        self.known.setdefault(file.split, set()).add(there.id)
        return known
