"""The words of an instruction: what a name, a title or a placeholder asks for.

Used for controls of a labeling config and for columns of tables. A name that says nothing
(`textarea2`, `out`) gives no words, so that none of it is put before a model.
"""

from __future__ import annotations

import re

from dataprep.patterns import LatePattern

_WORD = LatePattern(r"[^\W\d_]+")
_HUMP = LatePattern(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ENDS = (".", "?", "!", ":", ";", "…")
_TRAILING = " .…:"
_OWNER = LatePattern(r"^(?:your|an?|the|my|this|its)\s+", re.IGNORECASE)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_EMPTY = _set(
    "text textarea area box field input output out result value txt str string item data entry "
    "control name content ta column col free form open generated gen"
)
"""Words in a name that say nothing of what is written."""

_ORDERS = _set(
    "assess assign categorize categorise choose classify compare complete continue correct "
    "create decide describe detect determine evaluate explain extract find generate give identify "
    "indicate locate paraphrase pick please produce provide read rephrase respond rewrite "
    "select simplify specify suggest summarise summarize tell transcribe translate "
    "what when where which who whose why how is are do does did can could should would was "
    "were has have write"
)
"""First words of a sentence that asks, as it stands, for something."""
_QUESTIONS = _set("what where which who whose why how is are do does did was were")
_NAMES_TOO = _set(
    "answer draft draw fill grade highlight judge label list mark name note rank rate reply review "
    "score state tag use"
)
"""Such words that name something as well: they ask where the next is one of those below."""
_AFTER_ORDERS = _set(
    "a all an any as both each every how if in it one only the these this those to what whether "
    "which with your"
)

_TYPED = _set("enter type insert put add fill provide input")
"""First words of a placeholder that tell where to type, and not what."""

_CHOICE = LatePattern(
    r"^(?:please )?(?:choose|select|pick|classify|categori[sz]e)\b", re.IGNORECASE
)

LANGUAGES = {
    **{"ar": "Arabic", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German"},
    **{"el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian"},
    **{"fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian"},
    **{"hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean"},
    **{"lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish"},
    **{"pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian"},
    **{"sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "th": "Thai", "tr": "Turkish"},
    **{"uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese"},
}
"""Languages by their two letters (ISO 639-1), those of common parallel corpora."""

_NO_CODES = ("id", "no", "he", "hi")
"""Codes that mean something else in the name of what is a translation by another word."""
_NAMED = {name.casefold(): name for name in LANGUAGES.values()}

_TRANSLATION = _set("translation translations translated translate tgt")
_FORMS: dict[str, frozenset[str]] = {
    "Summarise {about}.": _set("summary summaries highlights abstract tldr synopsis recap gist"),
    "Write an answer to {about}.": _set("answer answers"),
    "Write a reply to {about}.": _set("response responses reply replies"),
    "Paraphrase {about}.": _set("paraphrase paraphrases paraphrased"),
    "Write {about} in other words.": _set("rewrite rewritten rephrased rewording rephrase"),
    "Write {about} in simpler words.": _set("simplification simplified simple simpler"),
    "Correct {about}.": _set("correction corrections corrected"),
    "Continue {about}.": _set("continuation"),
    "List the keywords of {about}.": _set("keywords keyword keyphrases keyphrase"),
    "Write a question about {about}.": _set("question questions"),
    "Write a comment on {about}.": _set("comment comments remark remarks"),
    "Write the code for {about}.": _set("code"),
}
"""How a text is asked for whose name is one of these words."""
_ADJECTIVES = _set(
    "short brief long detailed concise one sentence final human new my good gold ideal"
)
_NOUNS = {"summary": "summary of", "abstract": "abstract of", "answer": "answer to"}
_NOUNS |= {"response": "response to", "reply": "reply to", "title": "title for"}
_NOUNS |= {
    "headline": "headline for",
    "explanation": "explanation of",
    "description": "description of",
}


def words_of(name: str) -> list[str]:
    """The words of a name, in small letters: of `shortSummary_2`, short and summary."""
    return [word.lower() for word in _WORD.findall(_HUMP.sub(" ", name))]


def spoken(name: str) -> str:
    """A name as it is spoken; "" for one that says nothing, as `ta1` or `text_area`."""
    words = [word for word in words_of(name) if word not in _EMPTY]
    telling = [word for word in words if len(word) > 2 and _is_sayable(word)]
    return " ".join(words) if telling else ""


def _is_sayable(word: str) -> bool:
    return not word.isascii() or any(letter in "aeiouy" for letter in word)


def language_in(name: str) -> str | None:
    """The language that a name names, by its English name or its code: `tgt_de`, `german`."""
    words = words_of(name)
    named = next((_NAMED[word] for word in words if word in _NAMED), None)
    return named or next((LANGUAGES[word] for word in words if word in LANGUAGES), None)


def text_asked_for(name: str, about: str) -> str | None:
    """How a text is asked for by what it is called; None for a name that says nothing known.

    `about` is what it is written from: "the text".
    """
    words = words_of(name)
    if _TRANSLATION.intersection(words):
        into = language_in(" ".join(word for word in words if word not in _NO_CODES))
        return f"Translate {about} into {into}." if into else f"Translate {about}."
    *before, last = words or [""]
    adjectives = [word for word in before if word in _ADJECTIVES]
    if adjectives and last in _NOUNS:
        article = "an" if adjectives[0][0] in "aeiou" and adjectives[0] != "one" else "a"
        return f"Write {article} {' '.join((*adjectives, _NOUNS[last]))} {about}."
    if last in ("title", "headline"):
        return f"Write a {last} for {about}."
    return next((form.format(about=about) for form, of in _FORMS.items() if last in of), None)


def asks(text: str) -> bool:
    """Whether a header or a title is an instruction as it stands, and no mere name."""
    first, *others = (word.strip(",.:;!?").casefold() for word in (text or " ").split(" "))
    orders = first in _ORDERS or (first in _NAMES_TOO and {*others[:1]} <= _AFTER_ORDERS)
    ends = text.rstrip().endswith((".", "?", "!"))
    return bool(orders and others) or ends or len(text.split()) > _MANY


_MANY = 5
"""Words that a name of something has at most."""


def is_choice(text: str) -> bool:
    """Whether an instruction of one sentence orders to choose: its labels can follow a colon."""
    return bool(_CHOICE.match(text)) and not re.search(r"[.?!:]\s", text)


def sentence(text: str) -> str:
    """An instruction with a mark at its end, so that another sentence can follow."""
    text = " ".join(text.split())
    first = text.partition(" ")[0].casefold()
    return text if text.endswith(_ENDS) else f"{text}{'?' if first in _QUESTIONS else '.'}"


def noun_of(title: str) -> str:
    """What a title names, as it stands within a sentence: of "Your answer:", answer."""
    said = _OWNER.sub("", " ".join(title.split()).rstrip(" :;.…*"))
    first, _, rest = said.partition(" ")
    return said if first.isupper() and len(first) > 1 else f"{first.lower()} {rest}".strip()


def said_by_placeholder(text: str) -> str:
    """What a placeholder asks for: an instruction, or what is to be typed; "" for none.

    Of "Enter your translation here..." that is translation.
    """
    text = " ".join(text.split()).rstrip(_TRAILING)
    if text[-5:].casefold() == " here":
        text = text[:-5].rstrip(_TRAILING)
    first, _, rest = text.partition(" ")
    if first.casefold().startswith(("e.g", "eg", "ex.", "example", "http")):
        return ""
    if first.casefold() in _TYPED:
        return noun_of(rest) if rest and len(rest.split()) <= _MANY else ""
    return text if text and (asks(text) or spoken(text)) else ""
