"""The model card of a run folder: what was trained on what, how good it is, how to use it."""

from __future__ import annotations

from typing import Any

from trainers.rows import Family

_SCORES = {
    "exact_match": "exact match",
    "accuracy": "accuracy",
    "macro_f1": "macro F1",
    "span_f1": "span F1",
    "rouge_l": "ROUGE-L",
    "chrf": "chrF",
}


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
        f"# A {'T5' if family == 't5' else 'causal model'}, trained by dataprep",
        "",
        f"- model: {settings['model']}, {settings['parameters']:,} parameters"
        + (f", LoRA of rank {settings['lora']}" if settings.get("lora") else ""),
        f"- dataset: {data['digest']}",
        f"- tokenizer: {data['tokenizer'].get('sha256', 'see model/')}",
        f"- {settings['epochs']} epochs, learning rate {settings['learning_rate']}, "
        f"{settings['precision']}, seed {settings['seed']}",
    ]
    if loss:
        lines.append(f"- training loss: {loss['first']:.3f} at first, {loss['last']:.3f} at last")
    for shape, score in scores.get("shapes", {}).items():
        lines.append(_scored(shape, score, scores["split"]))
    return "\n".join([*lines, "", "## How to use it", "", *_use(settings, family)])


def _scored(shape: str, score: dict[str, Any], split: str) -> str:
    said = ", ".join(f"{name} {score[key]:.1%}" for key, name in _SCORES.items() if key in score)
    return (
        f"- {shape}: {said} on {score['examples']:,} held-out examples ({split}); always saying "
        f"the most frequent answer would reach {score['majority']['exact_match']:.1%} exact match"
    )


def _use(settings: dict[str, Any], family: Family) -> list[str]:
    if family == "causal":
        return [_CAUSAL]
    codec = settings["dataset"].get("codec")
    said = [_T5_CODEC.format(name=codec["name"])] if codec else []
    return [*said, _T5]


_T5_CODEC = """\
Texts are spelled by the codec {name}, which `dataprep predict` applies both ways. By hand:
`Codec.recorded(tokenizer, entry)` of `dataprep.tokens`, with the entry `codec` in run.json.
"""

_T5 = """\
Or with the tool: `dataprep predict RUN prompts.jsonl`.

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
Or with the tool: `dataprep predict RUN prompts.jsonl`.

```python
from transformers import AutoModelForCausalLM, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("model")
model = AutoModelForCausalLM.from_pretrained("model")
messages = [{"role": "user", "content": "the input, as the dataset spells it"}]
asked = tokenizer.apply_chat_template(
    messages, add_generation_prompt=True, return_dict=True, return_tensors="pt"
)
said = model.generate(**asked, max_new_tokens=64)
print(tokenizer.decode(said[0, asked["input_ids"].shape[1] :], skip_special_tokens=True))
```
"""
