"""An agreed answer of a task becomes examples: the templates filled, the lineage written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dataprep import jsonio
from dataprep.annotation import Agreed, Control, Task
from dataprep.example import INSTRUCTING, Example, Turn, content_id
from dataprep.finding import Place, UsageError
from dataprep.formats.example_of import named
from dataprep.formats.feedback import NOT_APPROVED
from dataprep.recipe import Source
from dataprep.shapes.kind import AnswerKind, SeenText, WrittenAnswer
from dataprep.templates import Render, compile_template


@dataclass(frozen=True, slots=True)
class ExampleTemplates:
    """The compiled templates of a source; without one of its own, the answer is the completion.

    `prompt` renders `of_prompt`.
    """

    of_prompt: str
    prompt: Render
    completion: Render | None
    system: Render | None

    @classmethod
    def compiled(cls, prompt: str, source: Source) -> ExampleTemplates:
        """Those of a source, with the prompt that it has or that was made for it."""
        answer, system = source.completion, source.system
        return cls(
            of_prompt=prompt,
            prompt=compile_template(prompt, "prompt"),
            completion=compile_template(answer, "completion") if answer else None,
            system=compile_template(system, "system") if system else None,
        )


@dataclass(frozen=True, slots=True)
class TaskExamples:
    """Writes the examples of one control of a source."""

    control: Control
    kind: AnswerKind
    source: Source
    templates: ExampleTemplates

    def __call__(
        self, agreed: Agreed[Any], task: Task, seen: SeenText, place: Place
    ) -> Iterator[Example]:
        """The examples of one agreed answer: one, several, or none where it cannot be written."""
        keys = [a.key for a in agreed.by]
        annotations = jsonio.canonical(keys).decode()
        annotators = jsonio.canonical([a.annotator for a in agreed.by]).decode()
        data, name = task.data or {}, str(place.task)
        source = self.source
        for one in self.kind.write(agreed.answer, seen):
            answer = one.completion
            text = seen.text if one.text is None else one.text
            held = {**data, **one.fields, "text": text, "answer": answer}
            prompt, completion, system = self._rendered(held, data, answer, place)
            worse = one.rejected
            rejected = None if worse is None else self._rejected(held, data, worse, place)
            apart = (rejected,) if rejected else ()
            yield Example(
                id=content_id(self.control.name, name, *keys, text, answer, *apart),
                file=place.file,
                task=name,
                annotations=annotations,
                annotators=annotators,
                probability=agreed.probability,
                shape=one.shape or self.kind.name,
                input=prompt,
                output="" if one.shape == NOT_APPROVED else completion,
                system=system,
                rejected=rejected,
                label=named(data, source.label) if source.label else one.label,
                group=named(data, source.group) if source.group else None,
                data=jsonio.canonical(held).decode(),
                turns=self._turns(one, system) if one.turns else (),
            )

    def _rendered(
        self, held: dict[str, Any], data: Mapping[str, Any], answer: str, place: Place
    ) -> tuple[str, str, str | None]:
        """Prompt, completion and system message; raises UsageError that names the task."""
        fields = {**held, "data": data, "instruction": self.kind.instruction}
        written = self.templates
        try:
            return (
                written.prompt(fields),
                written.completion(fields) if written.completion else answer,
                written.system(fields) if written.system else None,
            )
        except UsageError as error:
            raise UsageError(error.message, error.remedy, place=place) from None

    def _rejected(
        self, held: dict[str, Any], data: Mapping[str, Any], worse: str, place: Place
    ) -> str:
        """The worse answer, written as the better one is."""
        return self._rendered({**held, "answer": worse}, data, worse, place)[1]

    def _turns(self, one: WrittenAnswer, system: str | None) -> tuple[Turn, ...]:
        """The conversation, unless the recipe writes prompt or completion by itself."""
        if self.source.prompt or self.source.completion:
            return ()
        first = [Turn(role="system", content=system)] if system is not None else []
        kept = [t for t in one.turns if not (first and t.role in INSTRUCTING)]
        return (*first, *kept)
