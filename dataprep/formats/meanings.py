"""What a column means by its name: the one table, and when a text without a name must be asked for.

Gathered from public data sets and what trainers read (TRL, LLaMA-Factory, Axolotl, ms-swift),
2026-11. Names are compared without case, blanks, hyphens and underscores.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from string import ascii_lowercase
from typing import Any

from dataprep.patterns import LatePattern


class Meaning(enum.StrEnum):
    """What a column holds, beside what is asked and what is answered."""

    CONTEXT = "context"
    OPTIONS = "options"
    SYSTEM = "system"
    HISTORY = "history"
    REASONING = "reasoning"
    MEDIA = "pictures or sound"
    VERDICT = "a verdict"
    REJECTED = "a worse answer"
    CORRECTED = "a corrected answer"
    WEIGHT = "a weight"
    SPLIT = "a split"
    INDEX = "an index"
    METADATA = "metadata"


TOGETHER = frozenset((Meaning.CONTEXT, Meaning.OPTIONS, Meaning.SYSTEM, Meaning.HISTORY))
"""What stands with the question where it is there."""

_NAMES: dict[Meaning, str] = {
    Meaning.CONTEXT: (
        "context contexts passage passages article document documents evidence background "
        "paragraph paragraphs facts fact knowledge ctx ctxs retrieved retrieved_contexts table "
        "schema create_table db_schema table_schema ddl columns reference_text source_text"
    ),
    Meaning.OPTIONS: "options choices endings candidates answer_choices alternatives distractors",
    Meaning.SYSTEM: (
        "system system_prompt system_message sys_prompt persona preamble role_prompt instructions "
        "system_instruction system_instructions developer_message"
    ),
    Meaning.HISTORY: "history dialog_history dialogue_history previous conversation_history",
    Meaning.REASONING: (
        "rationale reasoning reasoning_content cot explanation thought thoughts thinking chain "
        "chain_of_thought steps thinking_trajectories analysis"
    ),
    Meaning.MEDIA: (
        "image images img image_path image_url image_urls pixel_values audio audios video videos "
        "picture pictures"
    ),
    Meaning.VERDICT: (
        "label kto_tag is_good good is_correct correct correctness rating score scores reward "
        "thumbs thumbs_up feedback status quality accepted accept approved rejected_flag deleted "
        "is_deleted toxic verdict vote votes helpfulness preference winner is_impossible "
        "review_result test_result check_result eval_result impossible unanswerable "
        "is_unanswerable"
    ),
    Meaning.REJECTED: (
        "rejected rejected_response rejected_message rejected_messages rejected_completion "
        "rejected_answer non_preferred_output negative neg incorrect bad loser worse bad_answer "
        "wrong_answer incorrect_answer incorrect_answers plausible_answers"
    ),
    Meaning.WEIGHT: "weight sample_weight importance loss_weight",
    Meaning.SPLIT: "split subset partition fold is_test is_train dataset_split",
    Meaning.INDEX: "index __index_level_0__ unnamed:_0 unnamed:0 row row_id row_idx",
    Meaning.METADATA: (
        "id ids idx uid uuid guid qid pid doc_id docid document_id example_id sample_id prompt_id "
        "question_id answer_id message_id conversation_id conversation_hash dialog_id thread_id "
        "message_tree_id source_id task_id record_id hash sha md5 source sources origin dataset "
        "dataset_name data_source corpus category categories subcategory topic topics subtopic "
        "task task_type task_name type kind domain subject tag tags theme genre title model models "
        "model_name generator author annotator annotators user_id username timestamp date "
        "datetime time created created_at updated_at url urls link links views turn turns_count "
        "n_turns tokens num_tokens token_count length len word_count difficulty level license lang "
        "language languages locale country metadata meta info extra extras attributes file "
        "filename file_name path page year month version batch chosen_score rejected_score "
        "score_chosen score_rejected chosen_rating rejected_rating chosen_model rejected_model "
        "synthetic is_synthetic translated public private truncated multilingual human is_human "
        "multi_turn is_multi_turn stream streaming "
        "in_gsm8k_train parent_id rank review_count subreddit forum channel_id emojis detoxify "
        "tree_state toxicity openai_moderation detoxify_moderation redacted hashed_ip header state "
        "db_id sql_complexity avatar_url skip_prompt_formatting custom_instruction idx_in_file "
        "answer_start answer_index choice_index channel"
    ),
}


def folded(name: str) -> str:
    """A name for comparing: without case, width, blanks, hyphens and underscores."""
    return re.sub(r"[\s_\-.]+", "", unicodedata.normalize("NFKC", name).casefold())


_BY_NAME = {folded(name): meaning for meaning, names in _NAMES.items() for name in names.split()}
_OPTION = LatePattern(
    r"(option|choice|candidate|alternative|opt|op|ending|mc|sol|answer)?([a-z]|[0-9]{1,2})"
)
_OF_MANY = "answer"
"""A word whose columns are options where there are three, and none is called by it alone."""
USUAL_LETTERS = "abcdefghij"
"""The letters of ten options; a later one is an option only where all before it are."""


def several(text: str) -> frozenset[str]:
    """The words of a text, as a set of names."""
    return frozenset(text.split())


_PARTS = LatePattern(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+")
_JUDGING = several(
    "correct incorrect correctness accept accepted acceptable unacceptable approve approved "
    "approval disapproved valid invalid validity verify verified unverified pass passed "
    "passes fail failed safe unsafe harmful harmless toxic helpful unhelpful helpfulness "
    "factual factuality faithful faithfulness hallucination hallucinations hallucinated "
    "reject rejected discard discarded exclude excluded skip skipped flagged good bad wrong "
    "worse better rating ratings rated score scores stars reward grade graded quality verdict "
    "vote votes upvote upvotes downvote downvotes likes dislike dislikes thumbs thumb "
    "feedback review reviewed decision outcome success successful solved resolved usable keep "
    "win winner won preferred preference liked disliked removed deleted spam judgment "
    "judgement judge assessment desirable undesirable moderation disposition reaction "
    "reactions eval evaluation csat nps likert karma error errors violation complaint match gold "
    "fails blocked accuracy f1 bleu rouge meteor bertscore points superseded invalidated buggy "
    "broken problematic corrupt corrupted noisy garbage junk trash violations upvoted downvoted"
)
"""Words in the name of a column that judges the answer beside it."""

_OF_SOMETHING = several(
    "model name reason reasons category categories type source by id ids prompt question language "
    "version at date time text notes comment comments level until format seed settings"
)
"""Last words of a name that make it tell of something else, like the model of a score."""

_GONE = several(
    "deleted removed rejected discarded excluded flagged deletion removal rejection exclusion "
    "reject"
)
_WHEN_GONE = several("at by date time reason reasons category")
"""Last words of a name that is filled where a row is gone."""

_OF_PAIRS = several("chosen rejected margin gap")
_HARMLESS = several(
    "has have num contains enable enabled needs is was code english translated public private "
    "truncated stream thinking search multilingual long short math image images neutral"
)
"""Words of names that describe a row, and judge nothing."""

_MENDING = several("corrected correction edited revised rewritten improved fixed amended")
_RIGHT = several("correct right true real gold")
_THOUGHTS = several("reasoning thinking thought thoughts rationale cot trajectory")
_NOT = several("not non never wasnt isnt un")
_WRONG = several("incorrect wrong false bad")
_ANSWERS = several("answer answers response responses output completion reply")
_TEXTS = _ANSWERS | several("text content message")
_OF_RECORDS = several("id ids uuid hash url date time timestamp")


REMEMBERED = 16_384
"""Names of which the meaning is kept: more than the keys that a row may have, which is 10,000.

With fewer, a row of more names than are kept would find none of them when they are asked again.
"""


@lru_cache(maxsize=REMEMBERED)
def meaning_of(name: str) -> Meaning | None:
    """What a column means by its name; None for a name that says nothing."""
    if not name.strip():
        return Meaning.INDEX
    if known := _BY_NAME.get(folded(name)):
        return known
    parts = _PARTS.findall(unicodedata.normalize("NFKC", name))
    words, last = words_of(name), parts[-1].lower() if len(parts) > 1 else ""
    if words & _GONE and last in _WHEN_GONE:
        return Meaning.VERDICT
    if last.isdigit() and parts[-2].lower() in _ANSWERS and words & _WRONG:
        return None  # one of several wrong answers
    if words & _OF_PAIRS and words & _NOT:
        return Meaning.VERDICT
    is_of_record = (
        name.startswith("_") or last in _OF_RECORDS or (len(words) > 1 and words <= _HARMLESS)
    )
    if is_of_record or (len(words - {"is", "was"}) > 1 and words & _OF_PAIRS):
        return Meaning.METADATA
    if last == "parse":  # of a sentence of SNLI or MNLI, as a tree
        return Meaning.METADATA
    if last in _THOUGHTS:
        return Meaning.REASONING
    mends = words & _MENDING and (words & _TEXTS or len(words) == 1)
    if mends or (words & _RIGHT and words & _ANSWERS and not words & {"is", "was"}):
        return Meaning.CORRECTED
    if words & _JUDGING and last not in _OF_SOMETHING:
        return Meaning.VERDICT
    return Meaning.METADATA if words & {"has", "have", "num"} else None


def says_when_gone(name: str) -> bool:
    """Whether a column is filled where its row is gone, as by when or why it was deleted."""
    parts = _PARTS.findall(name)
    return bool(words_of(name) & _GONE) and parts[-1].lower() in _WHEN_GONE


@lru_cache(maxsize=REMEMBERED)
def words_of(name: str) -> frozenset[str]:
    """The words that a name is made of, whether by underscores, blanks, dots or capitals."""
    return frozenset(map(str.lower, _PARTS.findall(unicodedata.normalize("NFKC", name))))


def option_label(name: str) -> tuple[str, str] | None:
    """The word and the letter or number of a column that is an option by its name, folded."""
    match = _OPTION.fullmatch(folded(name))
    return (match[1] or "", match[2]) if match else None


def is_option(name: str) -> bool:
    """Whether a column is an option by a word in its name, and not by a letter or number alone."""
    word, label = option_label(name) or ("", "")
    is_usual = label.isdigit() or label in USUAL_LETTERS
    return word not in ("", _OF_MANY) and (is_usual or (len(word) > 3 and label != "s"))


def holds_options(name: str) -> bool:
    """Whether a column by its name holds options, or one of them."""
    return meaning_of(name) is Meaning.OPTIONS or option_label(name) is not None


def place_of(label: str) -> int:
    """The place of a letter in the alphabet, from 0; a number as it is."""
    return int(label) if label.isdigit() else ascii_lowercase.index(label)


def option_columns(names: Iterable[str]) -> dict[str, str]:
    """The columns that are the options of a question, by their letters or numbers, in order."""
    return dict(_option_columns(tuple(names)))


@lru_cache(maxsize=1024)
def _option_columns(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    groups: dict[tuple[str, bool, bool], dict[str, str]] = {}
    for name in names:
        if told := option_label(name):
            word, label = told
            is_upper = not word and name.strip("_ ").isupper()
            groups.setdefault((word, label.isdigit(), is_upper), {}).setdefault(label, name)
    if any(folded(name) == _OF_MANY for name in names):
        groups = {kind: labels for kind, labels in groups.items() if kind[0] != _OF_MANY}
    found = (_of_one_question(*kind, labels) for kind, labels in groups.items())
    return tuple(max(found, key=len, default={}).items())


def _of_one_question(
    word: str, are_numbers: bool, are_upper: bool, labels: dict[str, str]
) -> dict[str, str]:
    """Those of some columns with one word that are options; none where it is one, or no series."""
    keys = sorted(labels, key=place_of)
    if not are_numbers:
        keys = [k for n, k in enumerate(keys) if k in USUAL_LETTERS or place_of(k) == n]
    places = [place_of(key) for key in keys]
    if len(keys) < 2 or (word == _OF_MANY and len(keys) < 3):
        return {}
    if not word and are_numbers and places not in ([*range(len(keys))], [*range(1, len(keys) + 1)]):
        return {}
    if not word and not are_numbers:
        begins = places[0] == 0 if not are_upper else places[0] <= 1
        if not begins or places[1] != places[0] + 1:
            return {}
    return {key: labels[key] for key in keys}


def lettered(names: Iterable[str]) -> list[str]:
    """The columns that are the options of a question by their letters or numbers, in order."""
    return list(option_columns(names).values())


_SCENES = several(
    "scenario scenarios situation narrative persona personas personality character background "
    "setting backstory lore instruction instructions definitions definition bot guidelines policy "
    "hint hints context plot premise facts knowledge"
)
"""Words of names of what a conversation is to be understood by."""


def sets_a_scene(name: str, value: Any) -> bool:
    """Whether a column, or a key inside it, tells what a conversation is to be understood by."""
    if isinstance(value, Mapping):
        return any(sets_a_scene(key, inner) for key, inner in value.items())
    return bool(words_of(name) & _SCENES) and is_words(value)


WORDS = 4
"""Words from which on a text may say something that an example would lack."""


def is_words(value: Any) -> bool:
    """Whether a value holds a text of several words, in whichever depth."""
    if isinstance(value, str):
        return len(value.split(maxsplit=WORDS)) >= WORDS or _is_wide(value)
    if isinstance(value, Mapping):
        return any(map(is_words, value.values()))
    return isinstance(value, list) and any(map(is_words, value))


def _is_wide(text: str) -> bool:
    """Whether a text of a script without blanks is as long as several words."""
    return len(text) >= 12 and len(_WIDE.findall(text)) >= 8


_WIDE = LatePattern("[\u3040-\u9fff\uac00-\ud7af]")
