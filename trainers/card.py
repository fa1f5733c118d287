"""The model card of a run folder: what was trained on what, how good it is, how to use it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dataprep.formats.feedback import evening_weight
from dataprep.report import counted
from trainers.rows import Family
from trainers.tasks import TITLES


def card(settings: dict[str, Any], scores: dict[str, Any], family: Family) -> str:
    """Markdown with the fields that the hub reads on top."""
    loss = scores["loss"]
    data = settings["dataset"]
    lines = [
        "---",
        "library_name: transformers",
        f"pipeline_tag: {'text2text-generation' if family == 't5' else 'text-generation'}",
        "tags: [dataprep]",
        "---",
        "",
        f"# A {'T5' if family == 't5' else 'causal model'}, trained {_how(settings)}",
        "",
        f"- model: {_plain(str(settings['model']))}, {settings['parameters']:,} parameters"
        + _adapters(settings),
        f"- dataset: {data['digest']}",
        f"- tokenizer: {data['tokenizer'].get('sha256', 'see model/')}",
        f"- {_length(settings, scores)}, learning rate {settings['learning_rate']:g}, "
        f"{_optimiser(settings)}{settings['precision']}, seed {settings['seed']}",
    ]
    lines += _base(settings)
    if saved := scores.get("saved"):
        lines.append(_saved(saved, scores))
    if loss:
        lines.append(f"- training loss: {loss['first']:.3f} at first, {_then(loss, scores)}")
    lines += _aligned(settings, scores)
    if held := scores.get("held_out_loss"):
        lines.append(f"- held-out loss: {held['first']:.3f} at first, {_then(held, scores)}")
    for shape, score in scores.get("shapes", {}).items():
        lines.append(_scored(shape, score, scores["split"]))
    return "\n".join([*lines, "", "## How to use it", "", "".join(_use(settings, family))])


def _saved(saved: dict[str, Any], scores: dict[str, Any]) -> str:
    """Whose weights these are."""
    if saved["of"] == "best":
        return f"- weights: those of step {saved['step']:,}, of the lowest held-out loss"
    held = scores.get("held_out_loss")
    better = held is not None and held["lowest"] < held.get("saved", held["last"])
    said = f"; the lowest held-out loss was {held['lowest']:.3f}" if held and better else ""
    return f"- weights: those of the last step, {saved['step']:,}{said}"


def _then(losses: dict[str, float], scores: dict[str, Any]) -> str:
    """The loss of the weights that are saved; in words that hold where none was taken there."""
    if "saved" not in losses:
        return f"{losses['last']:.3f} at last"
    return f"{losses['saved']:.3f} at step {scores['saved']['step']:,}, whose weights these are"


def _plain(text: str) -> str:
    """A name that stays within its line, and is no markup of Markdown or HTML."""
    flat = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return "".join(f"\\{c}" if c in "\\`*[]<>#|!" else c for c in flat)


def _adapters(settings: dict[str, Any]) -> str:
    """The adapters of a run: their rank and scale, and which layers learn by them."""
    if not settings.get("lora"):
        return ""
    made = settings.get("adapters")
    method = "QLoRA" if settings.get("load_in_4bit") else "LoRA"
    if not made:
        return f", {method} of rank {settings['lora']}"
    alpha = settings.get("lora_alpha") or 2 * settings["lora"]
    learned = f"{made['parameters']:,} parameters on {', '.join(made['on'])} learn"
    return f", {method} of rank {settings['lora']}, alpha {alpha}: {learned}"


def _optimiser(settings: dict[str, Any]) -> str:
    """Its name where it was asked for."""
    name = settings.get("optim", "auto")
    return "" if name == "auto" else f"{name}, "


def _base(settings: dict[str, Any]) -> Iterator[str]:
    """What the base of QLoRA was while it was read, and what it is in the model that is saved."""
    if base := settings.get("adapters", {}).get("base"):
        yield (
            f"- base: {base['parameters']:,} of its {base['of']:,} parameters were read in 4 bits "
            f"({base['type'].upper()}), and losses are over these; in model/ the adapters are "
            "merged into the base as it was before"
        )


def _how(settings: dict[str, Any]) -> str:
    method = _METHODS.get(settings.get("target", ""))
    return f"{method}, beta {settings['beta']:g}" if method else "by dataprep"


_METHODS = {
    "preference": "on preferences by TRL's DPO",
    "kto": "on verdicts by TRL's KTO",
    "reinforcement": "on a grader's rewards by TRL's GRPO",
}
"""By the target that is trained on, where TRL trains."""


def _aligned(settings: dict[str, Any], scores: dict[str, Any]) -> Iterator[str]:
    """What preferences, verdicts and rewards came to."""
    if "chosen_over_rejected" in scores:
        share = scores["chosen_over_rejected"]
        yield f"- of the training pairs, the chosen answer is the likelier in {share:.1%}"
    if "held_out_chosen_over_rejected" in scores:
        share = scores["held_out_chosen_over_rejected"]
        yield f"- of the held-out pairs, in {share:.1%}"
    if "verdicts" in settings:
        good, bad = settings["verdicts"]
        of_good, of_bad = settings["desirable_weight"], settings["undesirable_weight"]
        said = f"- {good:,} approved answers, {bad:,} others; weights {of_good:g} and {of_bad:g}"
        if (even := evening_weight(good, bad, of_good, of_bad)) is not None:
            said += f" (uneven: --undesirable-weight {even:.3g} would let both kinds count alike)"
        yield said
    if margin := scores.get("reward_margin"):
        yield (
            f"- reward of approved answers above that of others: {margin['first']:.3f} at first, "
            f"{margin['last']:.3f} at last"
        )
    if reward := scores.get("reward"):
        taught, steps = scores["taught"]
        yield f"- mean reward: {reward['first']:.3f} at first, {reward['last']:.3f} at last"
        yield f"- in {taught:,} of {steps:,} steps the answers to an item had different rewards" + (
            "" if taught else ": nothing was learned"
        )
    if held := scores.get("held_out_reward"):
        yield (
            f"- mean reward {held['mean']:.3f} on {held['examples']:,} held-out items "
            f"({held['split']}), answered greedily"
        )


def _length(settings: dict[str, Any], scores: dict[str, Any]) -> str:
    """How long the training was, and that it ended before its time, if it did."""
    done, planned = scores.get("steps", (0, 0))
    epochs = f"{settings['epochs']:g} epoch{'' if settings['epochs'] == 1 else 's'}"
    return epochs if done >= planned else f"{done:,} of the {planned:,} steps of {epochs}"


def _scored(shape: str, score: dict[str, Any], split: str) -> str:
    said = ", ".join(f"{name} {score[key]:.1%}" for key, name in TITLES.items() if key in score)
    usual = score["majority"]["exact_match"]
    told = "" if score["judged_as"] == shape else f", judged by its answers as {score['judged_as']}"
    number = counted(score["examples"], "held-out example")
    return (
        f"- {_plain(shape)}{told}: {said} on {number} ({split}), "
        f"judged by {TITLES[score['judged_by']]} first; always saying the most frequent answer "
        f"would reach {usual:.1%} exact match"
    )


def _use(settings: dict[str, Any], family: Family) -> list[str]:
    """Paragraphs, each with the blank line behind it."""
    if family == "causal":
        return [BY_TOOL, _CAUSAL.format(loader=settings.get("loader", "AutoModelForCausalLM"))]
    codec = settings["dataset"].get("codec")
    said = [_T5_CODEC.format(name=codec["name"])] if codec else []
    return [*said, BY_TOOL, _T5]


_T5_CODEC = """\
Texts are spelled by the codec {name}, which `dataprep predict` applies both ways. Elsewhere use
`Codec.recorded(tokenizer, entry)` of `dataprep.tokens`, with the entry `codec` in run.json.

"""

BY_TOOL = """\
By the tool, where `.` is the folder of this card, and `prompts.jsonl` a file of yours with a line
`{"prompt": "..."}` for each question:

```
dataprep predict . "a text"
dataprep predict . prompts.jsonl -o answers
```

"""
"""How a run is asked; what is exported of it is none."""

_T5 = """\
By hand:

```python
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("model")
model = AutoModelForSeq2SeqLM.from_pretrained("model")
asked = tokenizer(["the input, as the dataset spells it"], return_tensors="pt")
said = model.generate(**asked, max_new_tokens=64)
print(tokenizer.batch_decode(said, skip_special_tokens=True))
```
"""

_CAUSAL = """\
By hand:

```python
from transformers import {loader}, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("model")
model = {loader}.from_pretrained("model")
messages = [{{"role": "user", "content": "the input, as the dataset spells it"}}]
asked = tokenizer.apply_chat_template(
    messages, add_generation_prompt=True, return_dict=True, return_tensors="pt"
)
said = model.generate(**asked, max_new_tokens=64)
print(tokenizer.decode(said[0, asked["input_ids"].shape[1] :], skip_special_tokens=True))
```
"""
