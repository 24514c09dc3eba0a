import re
from collections.abc import Awaitable, Callable
from itertools import pairwise
from typing import Any

import pytest
from longreader.agents.ask import ask
from longreader.agents.graph import build
from longreader.agents.llm import ScriptedModel
from longreader.agents.settings import ReadingSettings
from longreader.agents.story_setting import SETTING, asks_setting
from longreader.agents.summary import topic_of
from longreader.agents.trace import Trace
from longreader.graph_store.store import Store


@pytest.mark.parametrize(
    "question",
    [
        "Describe the setting of the story.",
        "What is the setting for this novel?",
        "Describe the settings the story takes place in.",
        "Where does the story take place?",
        "Where and when is the play set?",
        "What is the novel's setting?",
        "What's the setting of this short story?",
        "In which city is the novel set?",
        "Where is most of this story set?",
    ],
)
def test_the_setting_of_a_story_is_asked_for(question: str):
    assert asks_setting(question)
    assert topic_of(question) == SETTING


@pytest.mark.parametrize(
    "question",
    [
        "Where did the annual meeting take place?",
        "Which setting of the valve is right?",
        "Where does the story say that the key is?",
        "What is the default setting of the timer?",
        "Where did the book launch take place?",
        "When is the book set to be published?",
        "Where is the narrative set out in the filing?",
        "What is the setting of the play in the gearbox?",
        "How does the setting of the story affect Mara's decision?",
        "Who is the narrator and what is the setting of the story?",
        "Where was the author of the story set to work?",
        "When did the play of the gearbox take its toll?",
    ],
)
def test_other_places_and_settings_are_not_meant(question: str):
    assert not asks_setting(question)


STORY = "\n\n".join(
    f"## Part {number}\n\nIn part {number} the crew sailed past island {number} and wrote down what they saw of its "
    "shore, its birds and its harbours."
    for number in range(200)
)
QUESTION = "What is the setting of the story?"


@pytest.fixture
def ask_story(store: Store, add_to_town: Callable[[str, str], Awaitable[str]]) -> Callable[..., Awaitable[Any]]:
    """Ask for the setting; returns the trace and the numbers of the parts that were read."""

    async def asker(*others: str, said: str = "The crew sailed past island 199.") -> tuple[Trace, list[int]]:
        for number, text in enumerate((STORY, *others)):
            await add_to_town(text, f"{number}.md")
        model = ScriptedModel(lambda request: {"summary": said})
        town = store.collection("town")
        *_, trace = [event async for event in ask(build(), town, model, QUESTION, ReadingSettings())]
        read = "\n".join(request.messages[-1].content for request in model.requests)
        assert f"about {SETTING}" in read
        return trace, [int(number) for number in re.findall(r"In part (\d+)", read)]

    return asker


def is_spread(parts: list[int]) -> bool:
    """Tell whether parts go from the first to the last without a large gap."""
    return max(after - before for before, after in pairwise([-1, *parts, 200])) <= 20


async def test_a_story_that_stands_alone_is_read_from_begin_to_end(ask_story):
    trace, parts = await ask_story()
    assert "setting of a story" in trace.steps[0].summary
    assert "The crew sailed past island 199. [" in trace.answer.text
    assert is_spread(parts)
    assert len(parts) < 60


async def test_among_other_documents_a_story_is_searched_for(ask_story):
    _, parts = await ask_story("# Minutes\n\nThe council spoke about rope.")
    assert not is_spread(parts)


async def test_where_nothing_that_is_said_of_it_holds_the_text_is_quoted(ask_story):
    trace, _ = await ask_story(said="A brave crew sailed past the shore of Vesta, saw harbours and wrote of its birds.")
    assert trace.answer.citations
    assert "Vesta" not in trace.answer.text
    assert "the crew sailed past island" in trace.answer.text
