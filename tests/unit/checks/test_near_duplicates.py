"""Near duplicates: the signatures, the clusters, and what the check says of them."""

import random
from itertools import combinations
from pathlib import Path

import polars as pl
import pytest

from dataprep import near
from dataprep.checks import Context, Selection, check_splits
from dataprep.checks.columnar import plain_of
from dataprep.checks.per_file import near_duplicates
from dataprep.checks.per_file.near_duplicates import Near, _unlike
from dataprep.finding import Finding, Place
from dataprep.formats import FORMATS
from dataprep.formats.chat import TURN
from dataprep.near import signatures as signing
from tests.unit.checks.near_texts import versions, words
from tests.unit.checks.rows import assistant, chat, check, pair, read, records, user

ONLY_NEAR = Context(selection=Selection(["D004", "D006"]))
HARBOUR = (
    "The harbour of the old town lies below the castle, and every morning the fishing boats come "
    "back before the sun has risen over the hills behind the church."
)
OTHER = HARBOUR.replace("behind the church", "behind the chapel")


def runs(text: list[str]) -> set[tuple[str, ...]]:
    return {tuple(text[at : at + 3]) for at in range(len(text) - 2)}


def pairs_of(texts: list[str], threshold: float = near.THRESHOLD) -> list[tuple[int, int]]:
    signatures = near.Signatures()
    signatures.add(texts)
    return [(a, b) for a, b, _ in signatures.pairs(threshold).iter_rows()]


def test_the_estimate_is_close_to_the_true_similarity() -> None:
    rng = random.Random(5)  # noqa: S311
    texts, true = [], {}
    for number, changed in enumerate((2, 5, 8) * 20):
        text = words(rng, 120)
        copy = list(text)
        for at in rng.sample(range(120), changed):
            copy[at] = f"changed{number}"
        true[2 * number] = len(runs(text) & runs(copy)) / len(runs(text) | runs(copy))
        texts += [" ".join(text), " ".join(copy)]
    signatures = near.Signatures()
    signatures.add(texts)
    found = {first: share for first, _, share in signatures.pairs(0.3).iter_rows()}
    assert found.keys() == true.keys()
    errors = [found[first] - true[first] for first in true]
    assert max(map(abs, errors)) < 0.17  # four standard errors
    assert abs(sum(errors) / len(errors)) < 0.02


def test_all_that_is_near_is_found_and_nothing_else() -> None:
    rng = random.Random(6)  # noqa: S311
    texts, planted = [], set()
    for number in range(1_000):
        text = words(rng, 60)
        texts.append(" ".join(text))
        if number % 10 == 0:
            text[0], text[-1] = "first", "last"
            planted.add((len(texts) - 1, len(texts)))
            texts.append(" ".join(text))
    assert set(pairs_of(texts)) == planted


def test_case_spaces_and_punctuation_make_no_difference() -> None:
    assert pairs_of([HARBOUR, HARBOUR.upper().replace(",", " -- ")]) == [(0, 1)]


def test_short_texts_are_never_compared() -> None:
    assert pairs_of(["six words are not enough here", "Six words are not enough here"]) == []
    assert pairs_of(["seven words are enough for it now"] * 2) == [(0, 1)]


def test_scripts_without_spaces_are_compared_by_characters() -> None:
    text = "東京の古い港は城の下にあり、毎朝漁船が帰ってくる。山の後ろに教会がある。"
    assert pairs_of([text, text.replace("教会", "寺院")]) == [(0, 1)]
    assert pairs_of([text, "昨日は雨が降ったので、私たちは家で本を読んで過ごしました。"]) == []


def test_a_template_that_all_rows_share_makes_them_not_alike() -> None:
    rng = random.Random(7)  # noqa: S311
    task = " ".join(words(rng, 80))
    texts = [f"{task} {' '.join(words(rng, 12))}" for _ in range(200)]
    assert pairs_of(texts) == []


def roots_of(folder: Path, *batches: list[str]) -> list[int]:
    """The first text of the set of each text."""
    files, count = [], 0
    common = near.common_runs(batches[0])
    for number, texts in enumerate(batches):
        path = folder / f"{number}.arrow"
        near.SignatureFiles.write(texts, common, path)
        files.append((path, count))
        count += len(texts)
    sets = near.DisjointSets(count)
    near.SignatureFiles(files).join(sets)
    return sets.roots().to_list()


def test_batches_give_what_one_batch_gives() -> None:
    rng = random.Random(8)  # noqa: S311
    texts = [" ".join(words(rng, 30)) for _ in range(60)]
    texts += [f"{text} more" for text in texts[::3]]
    parts = near.Signatures()
    for start in range(0, len(texts), 7):
        parts.add(texts[start : start + 7])
    together = near.Signatures()
    together.add(texts)
    assert parts.pairs().equals(together.pairs())
    assert parts.pairs().height == 20


def test_nothing_gives_nothing(tmp_path: Path) -> None:
    signatures = near.Signatures()
    assert signatures.pairs().height == 0
    signatures.add(["", "short"])
    assert signatures.pairs().height == 0
    assert roots_of(tmp_path, ["", "short"], []) == [0, 1]


def test_what_is_near_in_a_chain_is_one_set(tmp_path: Path) -> None:
    rng = random.Random(9)  # noqa: S311
    text = words(rng, 60)
    chain = [" ".join(text[at : at + 48]) for at in (0, 4, 8, 12)]
    texts = [" ".join(words(rng, 40)), *chain, " ".join(words(rng, 40))]
    assert roots_of(tmp_path, texts) == [0, 1, 1, 1, 1, 5]
    assert roots_of(tmp_path, texts[:2], texts[2:]) == [0, 1, 1, 1, 1, 5]
    assert (1, 4) not in pairs_of(texts)


@pytest.mark.parametrize("limits", [{}, {"_MANY_PAIRS": 10, "_VERIFIED": 3, "_READ": 100}])
def test_a_large_set_stays_one_without_all_its_pairs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limits: dict[str, int]
) -> None:
    for name, limit in limits.items():
        monkeypatch.setattr(signing, name, limit)
    rng = random.Random(10)  # noqa: S311
    text = words(rng, 40)
    texts = [" ".join([*text, f"end{n}"]) for n in range(300)]
    others = [" ".join(words(rng, 30)) for _ in range(50)]
    signatures = near.Signatures()
    signatures.add(others)
    signatures.add(texts)
    assert signatures.pairs().height < 50 * len(texts)
    assert roots_of(tmp_path, others, texts[:9], texts[9:]) == [*range(50), *[50] * 300]


def shown(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(f.code, str(f.place), f.message.partition(":")[0]) for f in findings]


def test_a_near_copy_is_told_at_the_later_row_with_its_likeness() -> None:
    rows = [pair("Describe the town.", HARBOUR), pair("Describe that town.", OTHER)]
    (finding,) = check(*rows)
    assert (finding.code, finding.place.line) == ("D004", 2)
    assert finding.message.startswith("is nearly the same as line 1: about ")
    assert finding.message.endswith("% of their words in common")


def test_copies_and_conflicts_are_left_to_their_own_rules() -> None:
    rows = [pair("Describe the town.", HARBOUR), pair("Describe the town.", HARBOUR)]
    assert check(*rows, context=ONLY_NEAR) == []
    rows = [pair("Describe the town.", HARBOUR), pair("Describe the town.", OTHER)]
    assert check(*rows, context=ONLY_NEAR) == []


def test_a_near_copy_in_another_split_is_a_leak() -> None:
    train = records([pair("Describe the town.", HARBOUR)], "train.jsonl")
    later = records([pair("Describe that town.", OTHER)], "validation.jsonl")
    found = list(check_splits({"train.jsonl": train, "validation.jsonl": later}))
    assert shown(found) == [("D006", "validation.jsonl:1", "is nearly the same as train.jsonl")]


def test_near_duplicates_can_be_left_out() -> None:
    rows = [pair("Describe the town.", HARBOUR), pair("Describe that town.", OTHER)]
    assert check(*rows, context=Context(near_duplicates=False)) == []


@pytest.mark.parametrize("form", ["openai-chat", "prompt-completion"])
def test_rows_by_the_quick_way_and_one_by_one_are_signed_alike(form: str) -> None:
    one, many = Near(ONLY_NEAR), Near(ONLY_NEAR)
    asked, answers = ["Describe the town.", "Describe that town."], [HARBOUR, OTHER]
    for line, (question, answer) in enumerate(zip(asked, answers, strict=True), 1):
        row = pair(question, answer)
        if form == "openai-chat":
            row = chat(user(question), assistant(answer))
        one.add(read(row), Place(file="t.jsonl", line=line), "t.jsonl")
    before = [f"user{TURN}{q}" for q in asked] if form == "openai-chat" else asked
    rows = plain_of([1, 2], before, list(zip(asked, answers, strict=True)))
    many.add_plain(rows, FORMATS[form], "t.jsonl", "t.jsonl")
    assert list(one.findings()) == list(many.findings())
    assert shown(list(many.findings())) == [("D004", "t.jsonl:2", "is nearly the same as line 1")]


def test_all_pairs_of_a_small_cluster_are_given() -> None:
    texts = [HARBOUR, f"{HARBOUR} Yes.", f"{HARBOUR} No."]
    assert pairs_of(texts) == list(combinations(range(3), 2))


def test_versions_of_a_text_are_told_in_a_small_file_too() -> None:
    rng = random.Random(19)  # noqa: S311
    texts = versions(rng, 30, edits=1)
    assert not _unlike(texts)
    rows = [pair(text, f"answer {number}") for number, text in enumerate(texts)]
    assert len(check(*rows, context=ONLY_NEAR)) == 29


def test_a_few_rows_are_alike_without_frames_where_they_are_with_them() -> None:
    dice = random.Random(4)  # noqa: S311
    known = [f"word{n}" for n in range(60)]
    template = "please answer the question that follows in one short and simple sentence"
    for _ in range(60):
        first = dice.choices(known, k=20)
        second = [*first]
        for _ in range(dice.randrange(5)):
            second[dice.randrange(20)] = dice.choice(known)
        texts = [" ".join(dice.choices(known, k=20)) for _ in range(6)]
        texts += [f"{template} {' '.join(said)}" for said in (first, second)]
        texts += [f"{template} {text}" for text in texts[:3]]
        signatures = near.Signatures()
        signatures.add(texts)
        assert not (_unlike(texts) and signatures.pairs().height)
    assert _unlike(["one two three four five six seven", "one two three and now other words"])
    assert not _unlike([template, f"{template} now"])


@pytest.mark.parametrize(
    "text",
    [
        "这家餐厅的菜味道很好而且价格也不贵我们全家每个星期天中午都会去那里吃饭",
        "iPhone手机拍的照片比去年买的相机还要清楚只是电池到了晚上总是不够用",
        "ร้านอาหารนี้อร่อยมากและราคาไม่แพงพนักงานสุภาพเราไปกินข้าวเที่ยงที่นี่ทุกวันอาทิตย์",
        "ボートは毎朝日の出前に港へ戻り魚市場では七時から競りが始まるので人が集まる",
        "😀😃😄😁😆😅😂🤣🥲🥹😊😇🙂🙃😉😌😍🥰😘😗😙😚😋😛😝😜🤪🤨🧐🤓😎🥸🤩🥳",
        "क्या यह दुकान रविवार को भी खुली रहती है या हमें सोमवार की सुबह नौ बजे फिर से यहाँ आना पड़ेगा"
        " क्योंकि पिछले हफ़्ते दरवाज़े पर कोई सूचना नहीं लगी थी",
    ],
)
@pytest.mark.parametrize("others", [0, 120])
def test_scripts_without_spaces_and_emoji_are_told_apart_by_the_character(
    text: str, others: int
) -> None:
    rng = random.Random(7)  # noqa: S311
    more = [pair(" ".join(words(rng, 20)), f"answer {number}") for number in range(others)]
    found = check(pair(text, "1"), pair(f"{text[:-2]} 2", "2"), *more, context=ONLY_NEAR)
    assert [finding.code for finding in found] == ["D004"]


@pytest.mark.parametrize("seed", range(20))
def test_joining_all_pairs_at_once_makes_the_sets_that_joining_them_one_by_one_makes(
    seed: int,
) -> None:
    rng = random.Random(seed)  # noqa: S311
    count = rng.choice((1, 5, 60, 900))
    one_by_one, at_once = near.DisjointSets(count), near.DisjointSets(count)
    for _ in range(3):
        pairs = [(rng.randrange(count), rng.randrange(count)) for _ in range(rng.randrange(count))]
        for first, later in pairs:
            one_by_one.join(first, later)
        columns = {"first": [a for a, _ in pairs], "later": [b for _, b in pairs]}
        at_once.join_all(pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.UInt32)))
        assert at_once.roots().equals(one_by_one.roots())


def copied_rows() -> list[dict[str, str]]:
    rng = random.Random(8)  # noqa: S311
    rows = [pair(" ".join(words(rng, 30)), " ".join(words(rng, 30))) for _ in range(60)]
    return [*rows, *({**row, "prompt": f"{row['prompt']} once"} for row in rows[::5])]


@pytest.mark.parametrize("batch", [1, 7, 72, 73])
def test_what_is_signed_beside_the_reading_is_found_as_in_one_batch(
    batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(near_duplicates, "_BATCH", batch)
    found = check(*copied_rows(), context=ONLY_NEAR)
    assert [finding.code for finding in found] == ["D004"] * 12


def test_what_fails_beside_the_reading_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(near_duplicates, "_BATCH", 10)
    monkeypatch.setattr(near.Signatures, "add", full)
    with pytest.raises(MemoryError):
        check(*copied_rows(), context=ONLY_NEAR)
