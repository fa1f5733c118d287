"""Dialogues in one text: what is cut from an answer is the mark that it begins with."""

from dataprep.formats.dialogues import dialogues

ASKED = "\n\nHuman: Which plan?\n\nAssistant:"


def test_a_mark_within_an_answer_stays_in_it() -> None:
    both = dialogues(ASKED, "\n\nAssistant: Plan A: wait.", "Plan A: go.")
    assert both is not None
    asked = {"role": "user", "content": "Which plan?"}
    assert both[0] == [asked, {"role": "assistant", "content": "Plan A: wait."}]
    assert both[1] == [asked, {"role": "assistant", "content": "Plan A: go."}]
