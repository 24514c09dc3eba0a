import pytest
from longreader.agents.llm import ScriptedModel
from longreader.agents.story_setting import SETTING, asks_setting
from longreader.agents.summary import topic_of


@pytest.mark.parametrize(
    "question",
    [
        "Describe the setting of the story.",
        "What is the setting for this novel?",
        "Describe the settings the story takes place in.",
        "Where does the story take place?",
        "Where and when is the play set?",
        "What is the novel's setting?",
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
        "Where was the author of the story set to work?",
        "When did the play of the gearbox take its toll?",
    ],
)
def test_other_places_and_settings_are_not_meant(question: str):
    assert not asks_setting(question)


async def test_the_story_is_read_from_begin_to_end(ask_town):
    model = ScriptedModel(lambda request: {"summary": "The harbour of Varn was built by Oskar Lind in 1874."})
    trace = await ask_town(model, "What is the setting of the story?", mode="auto")
    assert "setting of a story" in trace.steps[0].summary
    assert "the whole text" not in trace.steps[1].summary
    assert trace.answer.text.startswith("The harbour of Varn was built by Oskar Lind in 1874. [1]")
    read = "\n".join(request.messages[-1].content for request in model.requests)
    assert "lifeboat" in read
    assert "watchman" in read
    assert f"about {SETTING}" in read
