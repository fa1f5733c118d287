"""A name is held against the pattern of secrets only where one of its words stands in it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from dataprep.sensitive import names

WORDS = (
    "pass passw ord wd PW Pw pSk mdp cl ave token cre ds security credentials bind parola geslo "
    "mot de senha x api k ey KEY K ſ ı _ - . 1 şifre Ş secret s get"
)
PIECES = st.sampled_from([*WORDS.split(), " "])


@settings(max_examples=300, deadline=None)
@given(name=st.lists(PIECES, max_size=7).map("".join))
def test_the_short_way_and_the_pattern_agree(name: str) -> None:
    plural = name.lower().endswith(("passwords", "secrets", "keys"))
    one = name.removesuffix("s") if plural else name
    said = names._NAME.match(one) is not None and not names._NOBODYS.search(one)
    assert names.names_secret(name) == said
