"""Which results of an annotation are learned, and which the labeling config does not allow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from msgspec import UNSET

from dataprep.annotation import INDEX, Annotation, Control, LabelingConfig, Result
from dataprep.finding import excerpt
from dataprep.shapes.kind import AnswerKind, Problems


@dataclass(frozen=True, slots=True)
class AllowedResults:
    """The results that a config allows, by the objects that each control may answer (`known`).

    `joint` are the learned controls that answer several texts at once. `sufficient` are the
    (from_name, to_name) of a result that may be all of an annotation: it is learned, the config
    allows it, and requires no other. `config` may be inferred: then other controls may follow.
    """

    config: LabelingConfig
    reads: frozenset[str]
    relations: bool
    known: Mapping[str, frozenset[str]]
    joint: tuple[str, ...]
    required: frozenset[str]
    sufficient: frozenset[tuple[str, str]]

    def __call__(self, annotation: Annotation) -> tuple[Sequence[Result], Problems]:
        """The results that are learned, and what in the annotation the config does not allow."""
        results = annotation.result or ()
        if len(results) == 1 and (results[0].from_name, results[0].to_name) in self.sufficient:
            return results, []
        mine: list[Result] = []
        problems: Problems = []
        reads, known = self.reads, self.known
        for result in results:
            name = result.from_name
            if name in reads or (name is UNSET and self.relations):
                mine.append(result)
            if name is UNSET:
                continue
            allowed = known.get(name)
            if allowed is None:
                if not self.config.inferred:
                    self._repeated(result, name, mine, problems)
            elif result.to_name not in allowed and result.to_name is not UNSET:
                problems.append(("A012", self._astray(name, result.to_name, allowed)))
        problems += self._apart(mine)
        if self.required and results:
            missing = self.required.difference([result.from_name for result in results])
            for name in sorted(missing):
                problems.append(("A011", f"there is no answer to {name!r}"))
        return mine, problems

    def _repeated(self, result: Result, name: str, mine: list[Result], problems: Problems) -> None:
        """A result that is known by its name only with an index in it, or not at all."""
        control = self.config.control_of(name)
        match = control.pattern.fullmatch(name) if control and control.pattern else None
        if control is None or match is None:
            said = f"answers {excerpt(name)!r}, which the config does not have"
            problems.append(("A006", said))
            return
        if control.name in self.reads:
            mine.append(result)
        allowed = frozenset(n.replace(INDEX, match[1]) for n in control.to_names)
        if result.to_name is not UNSET and result.to_name not in allowed:
            problems.append(("A012", self._astray(name, result.to_name, allowed)))

    def _apart(self, mine: Iterable[Result]) -> Problems:
        """Answers about one text each, where the control is asked of several texts at once."""
        problems: Problems = []
        for name in self.joint:
            about = {r.to_name for r in mine if r.from_name == name and r.to_name is not UNSET}
            if len(about) > 1:
                said = f"{excerpt(name)!r} is answered apart about {', '.join(sorted(about))}"
                problems.append(("A012", f"{said}, and is asked about them at once"))
        return problems

    def _astray(self, name: str, to_name: str, allowed: frozenset[str]) -> str:
        where = "first tasks" if self.config.inferred else "config"
        known = ", ".join(sorted(filter(None, allowed)))
        return f"{excerpt(name)!r} is about {excerpt(to_name)!r}, and in the {where} about {known}"


def allowed_results(config: LabelingConfig, kind: AnswerKind) -> AllowedResults:
    """The results that a config allows of all its controls, of which `kind` learns some."""
    controls = config.controls.values()
    unsaid = frozenset([""] if config.inferred else [])
    known = {c.name: _objects(c) | unsaid for c in controls}
    required = frozenset(
        c.name for c in controls if c.required and not c.per_region and INDEX not in c.name
    )
    return AllowedResults(
        config=config,
        reads=kind.reads,
        relations=kind.relations,
        known=known,
        joint=tuple(
            c.name
            for c in controls
            if c.name in kind.reads and c.more_names and c.task not in ("spans", "preference")
        ),
        required=required,
        sufficient=frozenset(
            (name, about)
            for name in kind.reads.intersection(known)
            if required <= {name}
            for about in known[name]
        ),
    )


def _objects(control: Control) -> frozenset[str]:
    """What the results of a control may be about; Pairwise names itself."""
    names = frozenset(control.to_names)
    return names | {control.name} if control.tag == "Pairwise" else names
