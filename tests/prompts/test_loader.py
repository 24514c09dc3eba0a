import re
from importlib import resources

import pytest
from jinja2 import Environment, meta
from longreader.agents import replies
from longreader.prompts import load, names

SAMPLES: dict[str, object] = {
    "options": {"A": "one"},
    "chunks": [["a fact", "another"]],
    "passages": ["one", "two"],
    "candidates": ["a"],
    "neighbors": ["b"],
}


def sample(prompt) -> dict[str, object]:
    return {name: SAMPLES.get(name, 3 if name.endswith("_count") else "words") for name in prompt.variables}


def test_there_is_a_prompt_for_every_call():
    assert names() == [
        "aggregate",
        "answer",
        "choose",
        "choose_nodes",
        "explain",
        "explore_chunk",
        "explore_facts",
        "explore_neighbors",
        "fill",
        "join",
        "merge",
        "note",
        "plan",
        "read",
        "route",
        "scan",
        "standalone",
        "summarise",
        "update",
        "work",
    ]


@pytest.mark.parametrize("name", names())
def test_declared_variables_are_those_of_the_template(name: str):
    text = (resources.files("longreader.prompts") / f"{name}.md").read_text(encoding="utf-8")
    body = text.split("\n---\n", 1)[1]
    assert meta.find_undeclared_variables(Environment().parse(body)) == load(name).variables


@pytest.mark.parametrize("name", names())
def test_every_prompt_renders_and_ends_with_the_user(name: str):
    prompt = load(name)
    messages = prompt.render(**sample(prompt))
    assert [messages[0][0], messages[-1][0]] == ["system", "user"]
    assert all(content and "{{" not in content and "{%" not in content for _, content in messages)


@pytest.mark.parametrize("name", names())
def test_the_output_is_a_reply_form_and_the_source_is_named(name: str):
    prompt = load(name)
    assert hasattr(replies, prompt.output)
    assert re.search(r"arXiv \d{4}\.\d{5}", prompt.source)


def test_a_missing_or_unknown_variable_is_an_error():
    prompt = load("plan")
    with pytest.raises(TypeError, match="step_count"):
        prompt.render(question="?")
    with pytest.raises(TypeError, match="colour"):
        prompt.render(question="?", step_count=3, colour="red")


def test_the_digest_tells_prompts_apart():
    assert len({load(name).digest for name in names()}) == len(names())


def test_a_prompt_of_another_package_is_loaded_by_its_name():
    assert load("longreader.prompts/plan").sections[0][0] == "system"
    assert load("longreader.prompts/plan").digest == load("plan").digest
