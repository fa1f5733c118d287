"""The words of the kinds of secrets are found in a text in one pass, all of them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.sensitive import matches
from dataprep.sensitive.assignments import NAMED, NAMED_IN_WORDS
from dataprep.sensitive.kind_matches import _tried, of_kind
from dataprep.sensitive.personal import PERSONAL
from dataprep.sensitive.reading import ViewReading, compiled
from dataprep.sensitive.replies import _ASKED_FOR, _STEMS, question_in
from dataprep.sensitive.secrets import SECRETS
from dataprep.sensitive.views import View
from dataprep.sensitive.words import PASSWORDS_TOO, is_short_word

WORDS = sorted({word for kind in PASSWORDS_TOO if kind.at != "names" for word in kind.words})
KINDS = [kind for kind in (*SECRETS, *PERSONAL) if kind not in (NAMED, NAMED_IN_WORDS)]

spelled = st.sampled_from(WORDS).flatmap(
    lambda word: st.sampled_from([word, word.upper(), word.title(), word[1:], word[:-1]])
)


def test_there_are_words_and_kinds() -> None:
    assert len(WORDS) > 500
    assert len(KINDS) > 300


@given(st.lists(spelled | st.text(max_size=5), max_size=8).map("".join))
@settings(max_examples=400, deadline=None)
def test_the_words_found_in_one_pass_are_those_that_stand_in_a_text(text: str) -> None:
    reading = ViewReading(View(text))
    lower = reading.lower_case()
    standing = {word for word in WORDS if word in (lower if word.islower() else text)}
    assert reading.words(every=True) == standing


@given(st.from_regex(r"[A-Za-z]{1,19}", fullmatch=True) | st.sampled_from(WORDS))
@settings(max_examples=60, deadline=None)
def test_no_kind_matches_in_a_short_word(text: str) -> None:
    reading = ViewReading(View(text))
    if is_short_word(text):
        assert [kind.name for kind in KINDS if any(of_kind(kind, reading))] == []


NUMBERS = [kind for kind in PERSONAL if kind.at == "numbers"]
digits = st.text("0123456789 +-.()/ABXYZ", max_size=20)
shapes = st.sampled_from(NUMBERS).flatmap(lambda kind: st.from_regex(compiled(kind.pattern)))


@given(st.lists(digits | shapes | st.text(max_size=4), max_size=6).map("".join))
@settings(max_examples=400, deadline=None)
def test_numbers_are_found_where_a_search_everywhere_finds_them(text: str) -> None:
    assert len(NUMBERS) == 10
    reading = ViewReading(View(text))
    for kind in NUMBERS:
        pattern = compiled(kind.pattern)
        tried = [found.span() for found in _tried(kind, pattern, reading, kind.words)]
        assert tried == [found.span() for found in pattern.finditer(text)]


stems = st.sampled_from([*_STEMS, "door code", "unlock code", "Zugangscode", "PIN", "PW"])


@given(st.lists(stems | st.text("ab .?\u0130", max_size=20), min_size=1, max_size=6).map("".join))
@settings(max_examples=300, deadline=None)
def test_a_question_for_a_password_is_found_wherever_it_stands(text: str) -> None:
    asked = any(_ASKED_FOR.finditer(text[-400:]))
    assert bool(question_in(text)) <= asked
    if asked and text.strip() and not set(text) & set(".?\n"):
        assert question_in(text) == text[-400:].strip()


def test_half_a_surrogate_pair_hides_no_word() -> None:
    reading = ViewReading(View("my \ud800 password: hunter2"))
    assert reading.places("passw") == [5]
    assert [match.start for match in matches(reading.text)] == [15]
