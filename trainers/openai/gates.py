"""What stands between a command and a paid job. A gate passes or not; some have an override."""

from __future__ import annotations

from datetime import date

import msgspec

from dataprep.finding import Refused, UsageError, excerpt
from dataprep.providers import NOTICE_DAYS, Limits, Model, Provider, days_left
from dataprep.rules import CATALOGUE
from trainers.openai import cost
from trainers.openai.dataset import DataFile
from trainers.openai.judging import Judged
from trainers.openai.roads import OTHER_ROADS

NAMES = ("findings", "secrets", "personal-data", "cost", "shutdown")
"""What can be accepted by name."""


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """One gate; `override` is the option that opens it, empty where nothing does."""

    name: str
    passed: bool
    detail: str
    remedy: str = ""
    override: str = ""


def accepted_names(names: tuple[str, ...]) -> frozenset[str]:
    """The gates that the user opens by name; raises UsageError for an unknown one."""
    for name in names:
        if name not in NAMES:
            raise UsageError(
                f"There is no gate {excerpt(name)!r} to accept.", f"There are: {', '.join(NAMES)}."
            )
    return frozenset(names)


def content(judged: Judged, accepted: frozenset[str]) -> list[Gate]:
    """What `dataprep check` finds in the files: errors, secrets, personal data."""
    kinds = (
        ("findings", judged.errors, "Correct them: dataprep check names each line."),
        ("secrets", judged.secrets, "Take them out: dataprep check --select P names each line."),
        ("personal-data", judged.personal, "Take them out, or make sure that they may leave."),
    )
    return [
        _content(name, found, remedy, accepted=name in accepted) for name, found, remedy in kinds
    ]


def _content(name: str, found: dict[str, int], remedy: str, *, accepted: bool) -> Gate:
    if not found:
        return Gate(name=name, passed=True, detail="none")
    detail = ", ".join(
        f"{count:,} of {code} ({CATALOGUE[code].name})" for code, count in sorted(found.items())
    )
    return Gate(
        name=name,
        passed=accepted,
        detail=detail + (", accepted" if accepted else ""),
        remedy=remedy,
        override="" if accepted else f"--accept {name}",
    )


def files(found: tuple[DataFile, ...], limits: Limits | None) -> list[Gate]:
    """The gates of the files: unchanged since convert, enough examples, not too big."""
    changed = [str(file.path) for file in found if not file.unchanged]
    return [
        Gate(
            name="unchanged",
            passed=not changed,
            detail=f"{' and '.join(changed)} was changed after convert"
            if changed
            else "the files are those that convert wrote and checked",
            remedy="Convert again, so that what is uploaded is what was checked.",
        ),
        _examples(found[0].examples, limits),
        _size(found, limits),
    ]


def _examples(count: int, limits: Limits | None) -> Gate:
    least = (limits.min_examples if limits else None) or 1
    most = limits.max_examples if limits else None
    detail = f"{count:,} to train on, at least {least}" + (f", at most {most:,}" if most else "")
    passed = count >= least and (most is None or count <= most)
    remedy = "Annotate or convert more." if count < least else "Convert fewer."
    return Gate(name="examples", passed=passed, detail=detail, remedy=remedy)


def _size(found: tuple[DataFile, ...], limits: Limits | None) -> Gate:
    largest = max(file.bytes for file in found)
    # In parts a file may be larger than in one piece.
    known = (limits.file_bytes, limits.upload_bytes) if limits else ()
    limit = max(filter(None, known), default=None)
    return Gate(
        name="size",
        passed=limit is None or largest <= limit,
        detail=f"{largest:,} bytes, "
        + (f"at most {limit:,}" if limit else "the provider's limit is unknown"),
        remedy="Convert with fewer or shorter examples.",
    )


def life(
    provider: Provider | None, model: Model | None, today: date, *, accepted: bool
) -> list[Gate]:
    """Whether the platform still takes jobs, and the model still lives, in 60 days."""
    if provider is None:
        return [Gate(name="platform", passed=True, detail="another server: no dates are known")]
    closes = provider.platform.closes
    if model and model.training_ends and (closes is None or model.training_ends < closes):
        closes = model.training_ends
    platform = _ends(
        "platform", provider.title, "takes new jobs", closes, today=today, accepted=accepted
    )
    if provider.platform.status == "closed":
        detail = f"{provider.title} takes no new jobs"
        platform = Gate(name="platform", passed=False, detail=detail, remedy=OTHER_ROADS)
    shutdown = model.shutdown if model else None
    return [
        platform,
        _ends(
            "model",
            model.name if model else "the model",
            "runs",
            shutdown,
            today=today,
            accepted=accepted,
        ),
    ]


def _ends(
    name: str, subject: str, does: str, until: date | None, *, today: date, accepted: bool
) -> Gate:
    """Shut from the day `until` on; within the notice it opens with --accept shutdown."""
    left = days_left(until, today)
    if left is None:
        return Gate(name=name, passed=True, detail=f"{subject} {does}; no end date is known")
    if left <= 0:
        detail = f"{subject} has been shut since {until}"
        return Gate(name=name, passed=False, detail=detail, remedy=OTHER_ROADS)
    near = left <= NOTICE_DAYS
    return Gate(
        name=name,
        passed=not near or accepted,
        detail=f"{subject} {does} until {until}: {_days(left)} left"
        + (", accepted" if near and accepted else ""),
        override="--accept shutdown" if near and not accepted else "",
    )


def method(model: Model | None, wanted: str) -> Gate:
    """Whether the model can be trained on examples as we send them."""
    if model is None or wanted in model.methods:
        return Gate(name="method", passed=True, detail=_METHODS[wanted])
    detail = f"{model.name} is trained by {' and '.join(model.methods)} only"
    if not model.methods:
        detail = f"{model.name} cannot be trained"
    return Gate(name="method", passed=False, detail=detail, remedy="Choose another --model.")


_METHODS = {
    "supervised": "supervised, on answered examples",
    "dpo": "dpo, on preference pairs",
}


def spending(dollars: float | None, cap: float | None, *, accepted: bool = False) -> Gate:
    """The highest cost that the count allows, against --max-cost, in US dollars."""
    if accepted:
        most = "an unknown sum" if dollars is None else f"at most {cost.usd(dollars)}"
        return Gate(name="cost", passed=True, detail=f"{most}, accepted")
    if cap is None:
        return Gate(name="cost", passed=True, detail="no cap was set (--max-cost)")
    if dollars is None:
        return Gate(
            name="cost",
            passed=False,
            detail=f"the price is unknown, so the cap of {cost.usd(cap)} cannot be held",
            remedy="Give a table with the price.",
            override="--accept cost",
        )
    return Gate(
        name="cost",
        passed=dollars <= cap,
        detail=f"at most {cost.usd(dollars)}, the cap is {cost.usd(cap)}",
        remedy="",
        override=f"--max-cost {_cents_up(dollars):.2f}" if dollars > cap else "",
    )


def refuse(gates: tuple[Gate, ...]) -> None:
    """Raises Refused, naming every gate that is shut and what opens it."""
    shut = [gate for gate in gates if not gate.passed]
    if not shut:
        return
    what = "; ".join(f"{gate.name}: {gate.detail}" for gate in shut)
    remedies = [
        " ".join(
            filter(
                None,
                (
                    gate.remedy,
                    gate.override and f"Pass {gate.override} if that is what you want.",
                ),
            )
        )
        for gate in shut
        if gate.remedy or gate.override
    ]
    raise Refused(f"No job was made. {what}.", " ".join(dict.fromkeys(remedies)))


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"


def _cents_up(dollars: float) -> float:
    return -(-dollars * 100 // 1) / 100
