"""The labeling config says which controls there are; what is wrong in it is named by its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dataprep.annotation import (
    Control,
    LabelingConfig,
    infer_config,
    parse_config,
    read_config,
    task_of,
)
from dataprep.finding import UsageError
from tests.building import (
    NER,
    SENTIMENT,
    SUMMARY,
    TOPICS,
    annotated,
    choices,
    corpus,
    decoded,
    of_task,
    region,
    written,
)

TEXT = '<Text name="text" value="$text"/>'


def parsed(inside: str) -> LabelingConfig:
    return parse_config(f"<View>{inside}</View>".encode())


def refused(raw: str | bytes) -> str:
    with pytest.raises(UsageError) as caught:
        parse_config(raw if isinstance(raw, bytes) else raw.encode(), "config.xml")
    return str(caught.value)


def only(config: LabelingConfig) -> Control:
    (control,) = config.controls.values()
    return control


def test_an_alias_is_the_label_that_the_export_holds() -> None:
    control = only(parse_config(SENTIMENT.encode()))
    assert control == Control(
        name="sentiment",
        tag="Choices",
        to_name="text",
        labels=("Positive", "Negative", "neu"),
        required=True,
    )


def test_a_control_may_allow_several_choices() -> None:
    assert only(parse_config(TOPICS.encode())).multiple
    assert not only(parsed(TEXT + '<Choices name="c" toName="text" choice="single"/>')).multiple
    assert not only(parsed(TEXT + '<Choices name="c" toName="text"/>')).multiple


def test_the_object_says_which_field_of_the_data_it_shows() -> None:
    (shown,) = parse_config(TOPICS.encode()).objects.values()
    assert (shown.name, shown.tag, shown.field, shown.by_url) == ("text", "Text", "review", False)


def test_a_text_that_is_fetched_from_a_url_is_known() -> None:
    config = parsed(
        '<Text name="text" value="$text" valueType="url"/><TextArea name="t" toName="text"/>'
    )
    assert config.objects["text"].by_url


def test_nested_choices_are_paths_from_the_root_with_aliases() -> None:
    inside = """<Choices name="kind" toName="text" allowNested="true">
      <Choice value="Animal"><Choice value="Dog" alias="d"/><Choice value="Cat"/></Choice>
      <View>
        <Choice value="Plant"><Choice value="Tree"><Choice value="Oak"/></Choice></Choice>
      </View>
    </Choices>"""
    assert only(parsed(TEXT + inside)).labels == (
        "Animal",
        "Animal / d",
        "Animal / Cat",
        "Plant",
        "Plant / Tree",
        "Plant / Tree / Oak",
    )


def test_choices_that_lie_in_other_tags_are_labels_by_themselves() -> None:
    inside = '<Choices name="c" toName="text"><View><Choice value="A"/></View></Choices>'
    assert only(parsed(TEXT + inside)).labels == ("A",)


@pytest.mark.parametrize("tag", ["Labels", "HyperTextLabels", "ParagraphLabels"])
def test_every_tag_of_labels_marks_spans(tag: str) -> None:
    inside = f'<{tag} name="l" toName="text"><Label value="PER"/></{tag}>'
    control = only(parsed(TEXT + inside))
    assert (control.tag, control.labels, control.task) == ("Labels", ("PER",), "spans")


def test_a_control_that_answers_for_one_region_is_known_and_not_learned() -> None:
    config = parsed(TEXT + '<Choices name="sure" toName="text" perRegion="true"/>')
    assert only(config).per_region
    assert config.learnable() == []


def test_dynamic_labels_are_unknown_labels() -> None:
    assert only(parsed(TEXT + '<Choices name="c" toName="text" value="$options"/>')).labels is None
    assert only(parsed(TEXT + '<Labels name="c" toName="text" value="$tags"/>')).labels is None
    assert only(parsed(TEXT + '<TextArea name="c" toName="text"/>')).labels is None


def test_required_controls_are_learned_first_then_the_order_of_the_document() -> None:
    config = parsed(
        TEXT
        + '<TextArea name="why" toName="text"/><Brush name="marks" toName="text" required="true"/>'
        + '<Choices name="mood" toName="text"/><Choices name="kind" toName="text" required="true"/>'
    )
    assert [c.name for c in config.learnable()] == ["kind", "why", "mood"]


def test_a_control_of_two_texts_is_read_for_the_first() -> None:
    both = TEXT + '<Text name="b" value="$b"/>'
    assert only(parsed(both + '<Choices name="c" toName="text,b"/>')).to_name == "text"
    assert only(parsed(both + '<Choices name="c" toName=" b , text"/>')).to_name == "b"


def test_the_instruction_is_the_first_header_that_is_the_same_for_every_task() -> None:
    choice = '<Choices name="c" toName="text"/>'
    config = parsed('<Header value="$title"/><Header value=" Is it kind? "/>' + TEXT + choice)
    assert config.instruction == "Is it kind?"
    assert parsed(TEXT + choice).instruction is None


def test_a_doctype_is_refused_with_its_line() -> None:
    said = refused(
        '<?xml version="1.0"?>\n<!DOCTYPE View SYSTEM "http://example.com/a.dtd">\n<View/>'
    )
    assert said == (
        "config.xml:2: a labeling config may not declare a DOCTYPE or an entity. "
        "Remove the declaration; Label Studio writes none."
    )


def test_an_external_entity_is_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the password")
    said = refused(
        f'<!DOCTYPE View [<!ENTITY x SYSTEM "file://{secret}">]>\n<View a="&x;">&x;</View>'
    )
    assert said.startswith("config.xml:1: a labeling config may not declare a DOCTYPE")
    assert "password" not in said


def test_a_billion_laughs_are_refused_before_the_first() -> None:
    entities = '<!ENTITY l0 "lol">\n' + "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">\n' for n in range(1, 10)
    )
    said = refused(f"<!DOCTYPE View [\n{entities}]>\n<View>&l9;</View>")
    assert said.startswith("config.xml:1: a labeling config may not declare a DOCTYPE")


def test_an_html_page_is_refused_as_a_config() -> None:
    assert "DOCTYPE" in refused("<!DOCTYPE html><html><body>Not found</body></html>")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("", "config.xml:1:1: is not XML: no element found. Pass the config.xml."),
        ("<View>\n  <Text", "config.xml:2:3: is not XML: unclosed token. Pass the config.xml."),
        ("<View>\n</Viw>", "config.xml:2:3: is not XML: mismatched tag. Pass the config.xml."),
        ('{"a": 1}', "config.xml:1:1: is not XML: not well-formed (invalid token)."),
        ("<View>&x;</View>", "config.xml:1:7: is not XML: undefined entity. Pass the config.xml."),
        (b"<View>\xff</View>", "config.xml:1:7: is not XML: not well-formed (invalid token)."),
        (b"\x00", "config.xml:1:1: is not XML: unclosed token."),
    ],
)
def test_what_is_not_xml_is_refused_with_line_and_column(raw: str | bytes, said: str) -> None:
    assert refused(raw).startswith(said)


@pytest.mark.parametrize("encoding", ["klingon", "shift_jis", "utf-7"])
def test_an_encoding_that_cannot_be_read_is_refused(encoding: str) -> None:
    said = refused(f'<?xml version="1.0" encoding="{encoding}"?>\n<View/>')
    assert said.startswith("config.xml:1")
    assert said.endswith("Save it as UTF-8.")


def test_a_config_in_utf_16_is_read() -> None:
    assert only(parse_config(SENTIMENT.encode("utf-16"))).name == "sentiment"


@pytest.mark.parametrize("deep", [200, 5_000, 100_000])
def test_tags_that_nest_without_end_are_refused(deep: int) -> None:
    assert refused("<View>" * deep + "</View>" * deep) == (
        "config.xml:1: nests deeper than 100 tags. Pass the config.xml of the project."
    )


@pytest.mark.parametrize("inside", ["", TEXT, "<Style>.a {}</Style>"])
def test_a_config_without_controls_is_refused(inside: str) -> None:
    assert refused(f"<View>{inside}</View>") == (
        "config.xml has no control that annotators answer. "
        "Pass the config.xml of the project (Settings, Labeling Interface, Code)."
    )


def test_a_control_that_answers_an_unknown_text_is_refused() -> None:
    said = refused(f'<View>{TEXT}<Choices name="mood" toName="txt"/></View>')
    assert said == (
        "config.xml: the control 'mood' answers 'txt', which the config does not have. "
        "Objects here: text."
    )


def test_a_config_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"config.xml: No such file or directory. Check the path."):
        read_config(tmp_path / "config.xml")
    with pytest.raises(UsageError, match="Is a directory"):
        read_config(tmp_path)


@pytest.mark.parametrize("path", corpus("exports/*/config.xml", "public/*config.xml"))
def test_every_config_of_the_corpus_is_read_or_refused_in_words(path: Path) -> None:
    try:
        config = read_config(path)
    except UsageError as error:
        assert str(path) in str(error)
        assert path.parent.name in ("chat",) or path.parent.name == "public"
    else:
        assert config.controls


def inferred(*tasks: dict[str, Any]) -> LabelingConfig:
    return infer_config(decoded(task) for task in tasks)


def test_controls_are_inferred_from_results_with_unknown_labels() -> None:
    config = inferred(
        of_task("Hi", annotated(choices("Positive"), written("A greeting."))),
        of_task("Bob", annotated(region(0, 3, "PER"))),
    )
    assert config.inferred
    assert list(config.controls.values()) == [
        Control("sentiment", "Choices", "text", None),
        Control("summary", "TextArea", "text", None),
        Control("label", "Labels", "text", None),
    ]
    assert [(o.name, o.field) for o in config.objects.values()] == [("text", "text")]


def test_a_choice_inside_a_region_is_inferred_as_per_region() -> None:
    sure = choices("sure", control="certainty")
    sure["value"] |= {"start": 0, "end": 3, "text": "Bob"}
    config = inferred(of_task("Bob", annotated(region(0, 3, "PER"), sure)))
    assert [c.name for c in config.learnable()] == ["label"]


def test_a_control_that_names_no_object_is_about_the_only_one() -> None:
    """As in Label Studio's template for the assessment of chatbots."""
    inside = '<Rating name="likert" maxRating="7"/>'
    control = only(parsed(TEXT + inside))
    assert (control.name, control.to_names, control.bounds) == ("likert", ("text",), (1, 7))
    labels = '<Choices name="c" toName="text"><Choice value="A"/></Choices>'
    assert only(parsed(TEXT + '<Text name="more" value="$more"/>' + labels + inside)).name == "c"


def test_the_shown_field_is_inferred_from_its_name_and_never_guessed() -> None:
    def field(data: dict[str, Any], to_name: str) -> str:
        result = {**choices("a"), "to_name": to_name}
        return inferred(of_task(data, annotated(result))).objects[to_name].field

    assert field({"text": "a", "body": "b"}, "body") == "body"
    assert field({"title": "a", "text": "b"}, "t") == "text"
    assert field({"n": 1, "title": "a"}, "t") == "title"
    assert field({"n": 1, "title": "a", "body": "b"}, "t") == ""
    assert field({}, "t") == "text"


def test_relations_and_controls_that_are_not_read_are_not_inferred() -> None:
    relation = {"from_id": "a", "to_id": "b", "type": "relation", "direction": "right"}
    brush = {"from_name": "marks", "to_name": "text", "type": "brush", "value": {"rle": [0]}}
    assert inferred(of_task("Hi", annotated(relation, brush))).controls == {}


@pytest.mark.parametrize(
    ("config", "task"),
    [(SENTIMENT, "classification"), (NER, "spans"), (SUMMARY, "generation")],
)
def test_what_a_control_means_follows_from_its_tag(config: str, task: str) -> None:
    assert only(parse_config(config.encode())).task == task


def test_a_dialogue_whose_context_scrolls_is_sorted_by_time() -> None:
    config = (
        '<View><Paragraphs name="a" value="$a" contextScroll="true"/>'
        '<Paragraphs name="b" value="$b"/><Rating name="r" toName="a"/></View>'
    )
    objects = parse_config(config.encode()).objects
    assert [objects[name].by_time for name in "ab"] == [True, False]


def test_results_of_old_exports_name_the_fields_that_their_objects_show() -> None:
    said = {"from_name": "a", "to_name": "talk", "type": "paragraphlabels"}
    said["source"] = "$dialogue"
    heard = {"from_name": "b", "to_name": "sound", "type": "labels", "source": "$video"}
    data = {"dialogue": [{"text": "Hi"}], "notes": ["x"]}
    results = [{**item, "value": {"start": "0", "end": "0"}} for item in (said, heard)]
    config = infer_config([task_of({"data": data, "annotations": [{"result": results}]})])
    talk, sound = config.objects["talk"], config.objects["sound"]
    assert (talk.tag, talk.field, talk.is_text) == ("Paragraphs", "dialogue", True)
    assert (sound.field, sound.is_text) == ("video", False)
