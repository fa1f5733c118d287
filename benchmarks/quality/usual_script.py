"""The script that people write with transformers: a Trainer, batches of rows, good settings.

It gets the rows, the model to begin with and its numbers in one JSON file, and leaves a model
folder. Nothing in it is ours. `python usual_script.py order.json`
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from transformers import (
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    DataCollatorForSeq2Seq,
    Seq2SeqTrainer,
    Seq2SeqTrainingArguments,
    set_seed,
)

CHECKS = 10
"""How often the held-out loss is taken; the model with the lowest is kept."""


def main(order: dict[str, Any]) -> None:
    """Train as the order says."""
    set_seed(order["seed"])
    tokenizer = AutoTokenizer.from_pretrained(order["tokenizer"])
    if order["kind"] == "t5":
        model: Any = AutoModelForSeq2SeqLM.from_pretrained(order["start"])
        encode = _encode_pair
    else:
        model = AutoModelForCausalLM.from_pretrained(order["start"], dtype="float32")
        encode = _encode_chat
    if order["kind"] == "lora":
        from peft import LoraConfig, get_peft_model

        adapters = LoraConfig(
            r=order["rank"],
            lora_alpha=2 * order["rank"],
            target_modules="all-linear",
            task_type="CAUSAL_LM",
        )
        model = get_peft_model(model, adapters)
    rows: dict[str, Any] = {
        split: [encode(tokenizer, prompt, answer) for prompt, answer in order[split]]
        for split in ("train", "validation")
    }
    every = max(order["steps"] // CHECKS, 1)
    settings = Seq2SeqTrainingArguments(
        output_dir=f"{order['out']}-checkpoints",
        per_device_train_batch_size=order["batch"],
        per_device_eval_batch_size=order["batch"],
        max_steps=order["steps"],
        learning_rate=order["rate"],
        optim=order["optimiser"],
        warmup_steps=round(0.05 * order["steps"]),
        lr_scheduler_type="linear",
        eval_strategy="steps",
        save_strategy="steps",
        eval_steps=every,
        save_steps=every,
        save_total_limit=1,
        load_best_model_at_end=True,
        metric_for_best_model="eval_loss",
        seed=order["seed"],
        report_to="none",
        use_cpu=True,
        disable_tqdm=True,
        dataloader_pin_memory=False,
    )
    trainer = Seq2SeqTrainer(
        model=model,
        args=settings,
        train_dataset=rows["train"],
        eval_dataset=rows["validation"],
        data_collator=DataCollatorForSeq2Seq(tokenizer, model=model),
    )
    trainer.train()
    model.save_pretrained(order["out"])


def _encode_pair(tokenizer: Any, prompt: str, answer: str) -> dict[str, list[int]]:
    return {
        "input_ids": tokenizer(prompt)["input_ids"],
        "labels": tokenizer(text_target=answer)["input_ids"],
    }


def _encode_chat(tokenizer: Any, prompt: str, answer: str) -> dict[str, list[int]]:
    """The loss is on the answer alone, as TRL has it for prompts and completions."""
    asked = [{"role": "user", "content": prompt}]
    whole = [*asked, {"role": "assistant", "content": answer}]
    plain = {"tokenize": True, "return_dict": False}
    before = tokenizer.apply_chat_template(asked, add_generation_prompt=True, **plain)
    ids = tokenizer.apply_chat_template(whole, **plain)
    if ids[: len(before)] != before:
        raise SystemExit("the chat template renders a question otherwise before its answer")
    return {"input_ids": ids, "labels": [-100] * len(before) + ids[len(before) :]}


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text("utf-8")))
