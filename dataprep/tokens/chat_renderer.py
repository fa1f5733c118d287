"""What a chat template writes: rendered in full, or filled into the outline of its like."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from dataprep.example import Message
from dataprep.finding import DataprepError
from dataprep.tokens.messages import TemplateError
from dataprep.tokens.metered_jinja import compiled
from dataprep.tokens.outlines import Drawing, Drawn, FilledOutline, Outlines, SpellMessages
from dataprep.tokens.template_marks import Regions, mark_loops, marks, regions
from dataprep.tokens.traced_jinja import parts_of, traced_template
from dataprep.tokens.traced_texts import Trace, Untraceable


class ChatRenderer:
    """The template of a `transformers` tokenizer, which is called `name` in errors.

    `values` is what the template knows beside the conversation and its tools.
    """

    def __init__(self, backend: Any, name: str, values: dict[str, Any]) -> None:
        self._backend = backend
        self._name = name
        self._fixed = {**backend.special_tokens_map, "documents": None, **values}
        self._outlines = Outlines()

    def source(self, tools: Any) -> str:
        """The version of the template that is used with such tools."""
        return str(self._backend.get_chat_template(None, tools))

    def text(
        self, messages: list[Message], tools: Any, *, asked: bool, shape: SpellMessages = list
    ) -> str:
        """Messages as the model reads them; `shape` spells them as the template takes them.

        Raises TemplateError for a conversation that the template refuses, OversizedTemplate for a
        template over its limits.
        """
        draw = partial(self._drawn, tools=tools, asked=asked)
        return self.filled(("text", asked), messages, tools, draw, asked=asked, shape=shape).text

    def filled(
        self,
        key: Any,
        messages: list[Message],
        tools: Any,
        draw: Drawing,
        *,
        asked: bool = False,
        shape: SpellMessages = list,
    ) -> FilledOutline:
        """The same, with the spans of answers that `draw` finds; `key` is all that decides it."""

        def render() -> str:
            return self.rendered(shape(messages), tools, asked=asked)

        return self._outlines.filled((*key, repr(tools)), messages, draw, render, shape)

    def rendered(self, said: list[Message], tools: Any, *, asked: bool) -> str:
        """Messages in the template's shape as the model reads them, without an outline."""
        try:
            if not said:
                raise ValueError("there is no message")
            return self._render(said, tools, asked=asked)
        except DataprepError:
            raise
        except Exception as error:  # the template is foreign code, and may fail in any way
            said_of_it = str(error).splitlines()[0][:100] if str(error) else type(error).__name__
            raise TemplateError(
                f"the chat template refuses the conversation: {said_of_it}",
                "Change the roles or their order, or use another template.",
            ) from None

    def regions(self, said: list[Message], tools: Any) -> Regions | None:
        """The runs that each message writes; None where the template hides them."""
        draw = partial(self._drawn, tools=tools, marked=True)
        render = partial(self._render, said, tools, marked=True)
        try:
            marked = self._outlines.filled(("marked", repr(tools)), said, draw, render).text
            return regions(self.source(tools), self._name, said, marked)
        except DataprepError:
            raise
        except Exception:  # the template is foreign code, and may fail in any way
            return None

    def traced_text(
        self,
        trace: Trace,
        said: Sequence[Message],
        tools: Any,
        *,
        asked: bool = False,
        marked: bool = False,
    ) -> str:
        """What the template makes of messages with the texts of a trace; with marks if `marked`.

        Raises what the template raises, and Untraceable.
        """
        if not said:
            raise Untraceable("no message")
        render = traced_template(self.source(tools), self._name, mark_loops if marked else None)
        return render(trace, self._values(said, tools, asked=asked, marked=marked))

    def _drawn(
        self,
        trace: Trace,
        said: list[Message],
        *,
        tools: Any,
        asked: bool = False,
        marked: bool = False,
    ) -> Drawn:
        text = self.traced_text(trace, said, tools, asked=asked, marked=marked)
        return Drawn(parts_of(trace.script, text))

    def _render(
        self, said: Sequence[Message], tools: Any, *, asked: bool = False, marked: bool = False
    ) -> str:
        template = compiled(self.source(tools), self._name, mark_loops if marked else None)
        return template.render(self._values(said, tools, asked=asked, marked=marked))

    def _values(
        self, said: Sequence[Message], tools: Any, *, asked: bool, marked: bool
    ) -> dict[str, Any]:
        """What the template knows."""
        more = marks(said) if marked else {}
        known = {"messages": said, **self._fixed, "tools": tools, **more}
        return {**known, "add_generation_prompt": asked}
