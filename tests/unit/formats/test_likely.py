"""A proposal for an unknown table is made where its names or its texts say so, and only there."""

from typing import Any

import pytest

from dataprep.formats.likely import likely_templates
from dataprep.formats.unknown import guessed_remedy, unknown_fault

TEXT = "A text of some words that says a thing."
OTHER = "Another text of as many words."
Sides = tuple[str, str] | None

LAYOUTS: dict[str, tuple[dict[str, Any], Sides]] = {
    "s1K": (
        {
            "solution": TEXT,
            "question": "What is 1 + 1?",
            "cot_type": "math",
            "source_type": "aime",
            "metadata": "{}",
            "cot": None,
            "thinking_trajectories": [TEXT],
            "attempt": TEXT,
        },
        ("{{ question }}", "{{ solution }}"),
    ),
    "OpenThoughts, metadata": (
        {
            "problem": TEXT,
            "deepseek_reasoning": TEXT,
            "deepseek_solution": OTHER,
            "domain": "math",
            "source": "aops",
            "test_cases": "",
            "starter_code": "",
        },
        ("{{ problem }}", "{{ deepseek_solution }}"),
    ),
    "glaive": ({"system": TEXT, "chat": f"USER: {TEXT} ASSISTANT: {OTHER}"}, None),
    "Social IQa": (
        {
            "context": TEXT,
            "question": "Why did he go?",
            "answerA": "to eat",
            "answerB": "to rest",
            "answerC": "to run",
            "label": "1",
        },
        None,
    ),
    "Cosmos QA": (
        {
            "id": "3",
            "context": TEXT,
            "question": "Why did he go?",
            "answer0": TEXT,
            "answer1": OTHER,
            "answer2": TEXT,
            "answer3": "None of the above.",
            "label": 2,
        },
        None,
    ),
    "DROP": (
        {
            "section_id": "nfl_1",
            "query_id": "f1",
            "passage": TEXT,
            "question": "How many yards?",
            "answers_spans": {"spans": ["4"], "types": ["number"]},
        },
        None,
    ),
    "QuAC": (
        {
            "dialogue_id": "C_1",
            "wikipedia_page_title": "Ada Lovelace and others",
            "background": TEXT,
            "section_title": "Life",
            "context": TEXT,
            "questions": ["Who?"],
            "answers": {"texts": [["Ada"]]},
        },
        None,
    ),
    "OpenBookQA": (
        {
            "id": "7",
            "question_stem": "The sun is responsible for",
            "choices": {"text": ["a", "b"], "label": ["A", "B"]},
            "fact1": TEXT,
            "humanScore": 1.0,
            "answerKey": "A",
        },
        None,
    ),
    "WinoGrande": (
        {"sentence": f"{TEXT} _", "option1": "Ann", "option2": "Bea", "answer": "2"},
        None,
    ),
    "MNLI": (
        {"premise": TEXT, "hypothesis": OTHER, "label": 1, "idx": 0},
        ("{{ premise }}\n\n{{ hypothesis }}", "{{ label }}"),
    ),
    "SNLI, raw": (
        {
            "gold_label": "neutral",
            "sentence1": TEXT,
            "sentence2": OTHER,
            "pairID": "3",
            "captionID": "4",
        },
        ("{{ sentence1 }}\n\n{{ sentence2 }}", "{{ gold_label }}"),
    ),
    "QQP": (
        {"question1": "Why?", "question2": "How so?", "label": 0, "idx": 3},
        ("{{ question1 }}\n\n{{ question2 }}", "{{ label }}"),
    ),
    "code_contests": (
        {
            "name": "1575_A. Another Sorting Problem",
            "description": TEXT,
            "public_tests": {"input": ["1"], "output": ["2"]},
            "difficulty": 7,
            "solutions": {"language": [3], "solution": ["x"]},
        },
        None,
    ),
    "ELI5": (
        {
            "q_id": "5",
            "title": "Why is the sky blue?",
            "selftext": TEXT,
            "document": "",
            "subreddit": "explainlikeimfive",
            "answers": {"a_id": ["c"], "text": [TEXT], "score": [4]},
        },
        None,
    ),
    "Self-Instruct": (
        {
            "id": "seed_task_0",
            "name": "breakfast_suggestion",
            "instruction": TEXT,
            "instances": [{"input": "", "output": TEXT}],
            "is_classification": False,
        },
        None,
    ),
    "LangSmith": (
        {"name": "ChatOpenAI", "run_type": "llm", "inputs": {"x": TEXT}, "outputs": {"y": TEXT}},
        None,
    ),
    "CommitPack": (
        {
            "commit": "d0f",
            "old_file": "a.py",
            "new_file": "a.py",
            "old_contents": TEXT,
            "new_contents": OTHER,
            "subject": "Fix a test",
            "message": "Fix a test\n",
            "lang": "Python",
        },
        None,
    ),
    "EmpatheticDialogues": (
        {
            "conv_id": "hit:0",
            "utterance_idx": 1,
            "context": "sentimental",
            "prompt": TEXT,
            "speaker_idx": 1,
            "utterance": OTHER,
            "selfeval": "5|5|5",
            "tags": "",
        },
        None,
    ),
    "AG News, CSV": (
        {"Class Index": "3", "Title": "Wall St. Bears", "Description": TEXT},
        ("{{ Title }}\n\n{{ Description }}", '{{ row["Class Index"] }}'),
    ),
    "HumanEval": (
        {
            "task_id": "HumanEval/0",
            "prompt": "def f():",
            "canonical_solution": "return 1",
            "test": "assert f()",
            "entry_point": "f",
        },
        ("{{ prompt }}", "{{ canonical_solution }}"),
    ),
    "NarrativeQA": (
        {
            "document": {"id": "1", "text": TEXT},
            "question": {"text": "Who?", "tokens": ["Who", "?"]},
            "answers": [{"text": "Ada", "tokens": ["Ada"]}],
        },
        ("{{ document.text }}\n\n{{ question.text }}", "{{ answers[0].text }}"),
    ),
    "OpenAI evals": ({"input": TEXT, "ideal": "Ada"}, ("{{ input }}", "{{ ideal }}")),
    "FEVER": (
        {"id": 1, "claim": TEXT, "label": "SUPPORTS", "evidence": [[1, 2, "Page", 0]]},
        ("{{ claim }}", "{{ label }}"),
    ),
    "reviews": ({"review": TEXT, "sentiment": "positive"}, ("{{ review }}", "{{ sentiment }}")),
    "mails": ({"mail": TEXT, "our reply": OTHER}, ("{{ mail }}", '{{ row["our reply"] }}')),
    "a table that asks": (
        {"frage": "Who was she?", "text_b": "Ada"},
        ("{{ frage }}", "{{ text_b }}"),
    ),
    "two columns of names": ({"city": "Nairobi", "land": "Kenya"}, None),
    "paraphrases": ({"sentence1": TEXT, "sentence2": OTHER}, None),
    "q and a": ({"q": "Who?", "a": "Ada"}, ("{{ q }}", "{{ a }}")),
    "PubMedQA, raw": (
        {"QUESTION": "Is it so?", "CONTEXTS": [TEXT], "LONG_ANSWER": TEXT},
        ("{{ QUESTION }}", "{{ LONG_ANSWER }}"),
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_of_the_world_is_proposed_as_it_is_meant_or_not_at_all(name: str) -> None:
    row, expected = LAYOUTS[name]
    assert likely_templates([row, row]) == expected


def test_without_a_guess_the_columns_of_texts_are_named_with_the_form_of_the_flags() -> None:
    row, _ = LAYOUTS["CommitPack"]
    assert guessed_remedy([row]) == (
        "Texts stand in commit, old_file, new_file, old_contents, new_contents, message. Say what "
        "is asked and what is answered, with --prompt and --completion: a column is '{{ commit }}' "
        "there. dataprep init FILE writes a first guess."
    )


COMPARED: dict[str, dict[str, Any]] = {
    "HelpSteer3": {
        "domain": "code",
        "context": [{"role": "user", "content": TEXT}],
        "response1": TEXT,
        "response2": OTHER,
        "overall_preference": -2,
    },
    "WebGPT": {
        "question": {"dataset": "eli5", "full_text": TEXT},
        "answer_0": TEXT,
        "answer_1": OTHER,
        "score_0": 1.0,
        "score_1": -1.0,
    },
    "pairs of outputs": {"instruction": TEXT, "output_a": TEXT, "output_b": OTHER, "better": "a"},
    "pairs in camel case": {"prompt": TEXT, "completionA": TEXT, "completionB": OTHER},
}


@pytest.mark.parametrize("name", COMPARED)
def test_two_answers_to_one_question_are_compared_answers(name: str) -> None:
    fault = unknown_fault(COMPARED[name])
    assert fault.message == "the row holds two answers, and a column that says which is better"
    assert fault.remedy == "Write the better one as chosen and the other as rejected."


@pytest.mark.parametrize("name", ["Cosmos QA", "Social IQa", "WinoGrande", "QQP"])
def test_more_answers_than_two_and_two_questions_are_none(name: str) -> None:
    assert "two answers" not in unknown_fault(LAYOUTS[name][0]).message
