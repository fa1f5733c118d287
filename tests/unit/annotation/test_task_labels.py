"""Labels that come with each task: where the config says that they stand, and what they are."""

from __future__ import annotations

from typing import Any

import pytest

from dataprep.annotation import Control, LabelingConfig, parse_config

TEXT = '<Text name="text" value="$text"/>'


def config(inside: str) -> LabelingConfig:
    return parse_config(f"<View>{TEXT}{inside}</View>".encode())


def control(inside: str) -> Control:
    (made,) = config(inside).controls.values()
    return made


def labels(inside: str, **data: Any) -> tuple[str, ...] | None:
    return control(inside).of_task(data).labels


@pytest.mark.parametrize("tag", ["Labels", "HyperTextLabels", "ParagraphLabels"])
def test_a_label_with_a_variable_is_not_known_from_the_config(tag: str) -> None:
    inside = f'<{tag} name="l" toName="text"><Label value="$one"/><Label value="ORG"/></{tag}>'
    made = control(inside)
    assert made.labels is None
    assert made.task_labels is not None
    assert made.task_labels.fields == ("one",)
    assert labels(inside, one="PER") == ("PER", "ORG")


def test_a_choice_whose_field_is_absent_or_blank_is_not_offered() -> None:
    inside = '<Choices name="c" toName="text">'
    inside += "".join(f'<Choice value="${name}"/>' for name in ("a", "b", "c", "d")) + "</Choices>"
    assert labels(inside, a="yes", b=" ", d=4) == ("yes", "4")
    assert labels(inside, text="Hi") is None


def test_a_list_in_the_data_holds_texts_or_objects_with_a_value_or_an_alias() -> None:
    inside = '<Choices name="c" toName="text" value="$options"/>'
    options = ["a", {"value": "b"}, {"value": "c", "alias": "C"}, {"html": "<b>"}, None, 5, True]
    assert labels(inside, options=options) == ("a", "b", "C", "5")
    assert labels(inside, options="a") is None
    assert labels(inside) is None


def test_labels_of_the_config_and_of_the_task_stand_together() -> None:
    inside = (
        '<Choices name="c" toName="text" value="$more.options"><Choice value="none"/></Choices>'
    )
    assert labels(inside, more={"options": [{"value": "a"}]}) == ("none", "a")


def test_a_taxonomy_of_the_task_gives_paths() -> None:
    inside = '<Taxonomy name="c" toName="text" value="$tree"/>'
    tree = [{"value": "Life", "children": [{"value": "Dog"}]}, {"value": "Rock"}]
    assert labels(inside, tree=tree) == ("Life", "Life > Dog", "Rock")


def test_choices_of_the_task_nest_where_the_config_allows_it() -> None:
    inside = '<Choices name="c" toName="text" value="$tree" allowNested="{}"/>'
    tree = [{"value": "Life", "children": [{"value": "Dog"}]}]
    assert labels(inside.format("true"), tree=tree) == ("Life", "Life / Dog")
    assert labels(inside.format("false"), tree=tree) == ("Life", "Dog")


def test_a_taxonomy_that_a_service_fills_has_unknown_paths() -> None:
    made = control('<Taxonomy name="c" toName="text" apiUrl="https://example.org/tree"/>')
    assert (made.labels, made.task_labels) == (None, None)


def test_a_price_is_a_label_and_no_variable() -> None:
    inside = (
        '<Choices name="c" toName="text"><Choice value="under $5"/><Choice value="{}"/></Choices>'
    )
    assert control(inside.format("over $5")).labels == ("under $5", "over $5")
    assert labels(inside.format("in $US")) == ("under $5", "in $US")
    assert labels(inside.format("is it $name?"), name="Bob") == ("under $5", "is it Bob?")


def test_relations_whose_labels_come_with_the_task_take_any_label() -> None:
    inside = '<Labels name="l" toName="text"><Label value="A"/></Labels>'
    relations = '<Relations><Relation value="$kind"/><Relation value="near"/></Relations>'
    assert config(inside + relations).relations == ()


def test_an_object_that_is_named_twice_is_one() -> None:
    made = control('<Choices name="c" toName="text, text"><Choice value="a"/></Choices>')
    assert made.to_names == ("text",)
