"""Documents of annotated text by chance, as the formats of other tools write them."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

LABELS = ("PER", "LOC", "B-cell")
FORMS = ("Ann", "left", "Rome", "😀", "naïve", "Å", "10", ".", "👩‍🚀", "日本", '"', "it's")
Mark = tuple[int, int, str]
"""Start, end and label."""


def runs(random: Random, size: int) -> list[Mark]:
    """Spans over some of so many places, that touch at times and never overlap."""
    found, at = [], 0
    while (start := at + random.choice((0, 0, 1, 2))) < size:
        at = min(start + random.choice((1, 1, 2, 3)), size)
        found.append((start, at, random.choice(LABELS)))
    return found


LETTERS = {"IOB1": "BI", "IOB2": "BI", "IOE1": "IE", "IOE2": "IE", "BIOES": "BIES", "BILOU": "BILU"}


def tags_of(scheme: str, size: int, spans: list[Mark]) -> list[str]:
    """The tags of spans, by the definition of their scheme; IOE is IOB read backwards."""
    if scheme.startswith("IOE"):
        turned = [(size - end, size - start, label) for start, end, label in reversed(spans)]
        back = tags_of(scheme.replace("E", "B"), size, turned)[::-1]
        return [f"E{tag[1:]}" if tag.startswith("B-") else tag for tag in back]
    tags = ["O"] * size
    ends = {"BIOES": "ES", "BILOU": "LU"}.get(scheme, "")
    before = (-1, -1, "")
    for start, end, label in spans:
        letters = ["B"] + ["I"] * (end - start - 1)
        if scheme == "IOB1" and before[1:] != (start, label):
            letters[0] = "I"
        if ends:
            letters[-1] = ends[0] if end - start > 1 else ends[1]
        tags[start:end] = [f"{letter}-{label}" for letter in letters]
        before = start, end, label
    return tags


class Treebank(NamedTuple):
    """A file of CoNLL-U, and the text and the spans that each of its sentences was made of."""

    text: str
    sentences: list[tuple[str, list[Mark]]]


def treebank(random: Random) -> Treebank:
    """Sentences with ranges, empty nodes, spaces of every kind and comments of every kind."""
    lines: list[str] = []
    made = []
    for number in range(random.randint(1, 4)):
        size = random.randint(1, 6)
        tags = tags_of("IOB2", size, runs(random, size))
        text, rows, spans, word = "", [], [], 0
        while word < size:
            many = min(random.choice((1, 1, 1, 2)), size - word)
            form = random.choice(FORMS) + random.choice(("", "", "\N{NO-BREAK SPACE}x", " y"))
            misc, after = random.choice(
                [
                    ("", " "),
                    ("SpaceAfter=No", ""),
                    ("SpacesAfter=\\s\\s", "  "),
                    ("SpacesAfter=\\n", "\n"),
                    ("Gloss=a=b", " "),
                    ("SpaceAfter=No|Lang=en", ""),
                ]
            )
            if many > 1:
                rows.append(row(f"{word + 1}-{word + 2}", form, misc))
            start, end = len(text), len(text) + len(form)
            for at in range(word, word + many):
                tag = "" if tags[at] == "O" else f"NER={tags[at]}"
                own = misc if many == 1 else ""
                rows.append(
                    row(
                        str(at + 1),
                        form if many == 1 else f"p{at}",
                        "|".join(filter(None, (own, tag))),
                    )
                )
                if tags[at].startswith("B-"):
                    spans.append((start, end, tags[at][2:]))
                elif tags[at] != "O":
                    spans[-1] = (spans[-1][0], end, spans[-1][2])
            if random.random() < 0.2:
                rows.append(row(f"{word + many}.1", "empty", "Copy=1"))
            text += form + after
            word += many
        text = text[: len(text) - len(after)]
        comments = [
            f"# sent_id = s{number}",
            f"# text = {text}",
            "# source = a = b",
            "#x",
            "# newpar",
        ]
        if "\n" in text:
            del comments[1]
        lines += [*random.sample(comments, len(comments)), *rows, ""]
        made.append((text, spans))
    return Treebank("\n".join(lines) + "\n", made)


def row(id: str, form: str, misc: str) -> str:
    return "\t".join([id, form, "_", "X", "_", "_", "0", "root", "_", misc or "_"])


def standoff(random: Random) -> dict[str, str]:
    """A text and the lines of its .ann: spans in pieces, and all that names a span."""
    text = "".join(
        random.choice(FORMS) + random.choice((" ", " ", "\n", "", "\r\n"))
        for _ in range(random.randint(2, 12))
    )
    counted = text.replace("\r\n", "\n")
    lines, ids = [], []
    for number in range(1, random.randint(2, 6)):
        cuts = sorted(random.sample(range(len(counted) + 1), k=min(4, len(counted) // 2 * 2)))
        pieces = list(zip(cuts[::2], cuts[1::2], strict=True))[: random.choice((1, 1, 2))]
        if not pieces or any("\n" in counted[slice(*piece)] for piece in pieces):
            continue
        quote = " ".join(counted[slice(*piece)] for piece in pieces)
        if quote != quote.strip():
            continue  # bioc takes the blanks from the end of a line
        ids.append(f"T{number}")
        places = ";".join(f"{start} {end}" for start, end in pieces)
        lines.append(f"T{number}\t{random.choice(LABELS)} {places}\t{quote}")
    for number, id in enumerate(ids, 1):
        other = random.choice(ids)
        lines += random.sample(
            [
                f"R{number}\tIn Arg1:{id} Arg2:{other}",
                f"A{number}\tNegated {id}",
                f"A{number + 50}\tSure {id} High",
                f"#{number}\tAnnotatorNotes {id}\tsaid 😀 twice",
                f"N{number}\tReference {id} Wiki:Q{number}\tname {number}",
            ],
            k=3,
        )
    if len(ids) > 2:
        lines.append(f"*\tEquiv {' '.join(ids)}")
    return {"text": text, "ann": "".join(f"{line}\n" for line in random.sample(lines, len(lines)))}


LAYER = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value"


def webanno(random: Random) -> str:
    """A TSV with spans over several tokens, stacked ones, and one on a piece of a token."""
    lines, place, id = ["#FORMAT=WebAnno TSV 3.2", f"#T_SP={LAYER}", "", ""], 0, 0
    for number in range(1, random.randint(2, 4)):
        forms = [random.choice(FORMS) for _ in range(random.randint(1, 7))]
        spans = [span for _ in range(random.randint(0, 2)) for span in runs(random, len(forms))]
        named = {id + at: span for at, span in enumerate(spans, 1)}
        id += len(spans)
        lines.append(f"#Text={' '.join(forms)}")
        for at, form in enumerate(forms):
            here = {n: span for n, span in named.items() if span[0] <= at < span[1]}
            ids = {
                n: f"[{n}]" if len(here) > 1 or b - a > 1 else "" for n, (a, b, _) in here.items()
            }
            empty = "|".join(f"*{ids[n]}" for n in here) or "_"
            value = "|".join(f"{label}{ids[n]}" for n, (_, _, label) in here.items()) or "_"
            end = place + units(form)
            lines.append(f"{number}-{at + 1}\t{place}-{end}\t{form}\t{empty}\t{value}\t")
            if len(form) > 2 and form.isalpha() and random.random() < 0.2:
                id += 1
                piece = f"{place + 1}-{place + 2}\t{form[1]}\t*[{id}]\tPART[{id}]\t"
                lines.append(f"{number}-{at + 1}.1\t{piece}")
            place = end + 1
        lines.append("")
    return "\n".join(lines)


def units(text: str) -> int:
    """How many units of UTF-16 a text has."""
    return len(text.encode("utf-16-le")) // 2
