"""The recipe that `init` writes makes of an export what is made without it."""

from __future__ import annotations

import json
from pathlib import Path

from dataprep.conversion import convert, starter_recipe
from dataprep.recipe import Source
from dataprep.recipe_file import parse
from tests.building import annotated, of_task

CONFIG = """<View>
  <Text name="a" value="$left"/><Text name="b" value="$right"/>
  <Choices name="same" toName="a,b"><Choice value="yes"/><Choice value="no"/></Choices>
</View>"""


def test_a_control_on_two_texts_shows_both_by_the_recipe_too(tmp_path: Path) -> None:
    value = {"choices": ["yes"]}
    answer = {"from_name": "same", "to_name": "a", "type": "choices", "value": value}
    task = of_task({"left": "Acme sold.", "right": "It was sold."}, annotated(answer))
    (tmp_path / "export.json").write_text(json.dumps([task]), "utf-8")
    (tmp_path / "config.xml").write_text(CONFIG, "utf-8")
    text = starter_recipe.recipe_for(
        [Source(path="export.json", label_config="config.xml")], tmp_path / "dataprep.yaml"
    ).text
    convert(parse(text), tmp_path, tmp_path / "out")
    (file,) = (tmp_path / "out" / "openai-chat").glob("*.jsonl")
    (row,) = map(json.loads, file.read_text("utf-8").splitlines())
    assert row["messages"][0]["content"] == (
        "Choose one label for the texts: yes, no.\n\na: Acme sold.\n\nb: It was sold."
    )
