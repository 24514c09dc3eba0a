import pytest
from longreader.agents.comparison import comparison_of
from longreader.agents.comparison_plan import comparison_steps
from longreader.agents.llm import ScriptedModel


@pytest.mark.parametrize(
    ("question", "steps"),
    [
        ("Which film came out first, Niva or Salt?", ("When was Niva released?", "When was Salt released?")),
        ("Which magazine was founded earlier, Niva or Salt?", ("When was Niva founded?", "When was Salt founded?")),
        ("Which company is older, Niva or Salt?", ("When was Niva founded?", "When was Salt founded?")),
        ("Who is younger, Ada Brunn or Olaf Lund?", ("When was Ada Brunn born?", "When was Olaf Lund born?")),
        ("Which mountain is taller, Aske or Langfell?", ("How high is Aske?", "How high is Langfell?")),
        ("Are Aske and Norvik in the same country?", ("In which country is Aske?", "In which country is Norvik?")),
        (
            "Which film has the director who died earlier, Niva or Deep Water?",
            (
                "Who is the director of Niva?",
                "Who is the director of Deep Water?",
                "When did [1] die?",
                "When did [2] die?",
            ),
        ),
        ("Which film has more directors, Niva or Salt?", ()),
        (
            "Were Ada Lund and Olaf Berg born in the same country?",
            ("In which country was Ada Lund born?", "In which country was Olaf Berg born?"),
        ),
        (
            "Were Ada Lund and Olaf Berg born in the same year?",
            ("In which year was Ada Lund born?", "In which year was Olaf Berg born?"),
        ),
        ("Were the Alma and the Berta both built at the same yard?", ()),
        (
            "What profession do Ada Lund and Olaf Berg share?",
            ("What is the profession of Ada Lund?", "What is the profession of Olaf Berg?"),
        ),
        (
            "What type of boat do Alma and Berta have in common?",
            ("What type of boat is Alma?", "What type of boat is Berta?"),
        ),
        ("Which wall do Alma and Berta share?", ()),
        ("What kind of insurance do Alma and Berta both have?", ()),
    ],
)
def test_what_to_look_up_for_both_is_told_by_the_words(question, steps):
    asked = comparison_of(question)
    assert asked is not None
    assert comparison_steps(asked, question) == steps


async def test_a_comparison_needs_no_plan_of_the_model(ask_town):
    def reply(request):
        assert request.purpose == "work"
        asked = request.messages[-1].content.rpartition("Question: ")[2]
        return {"answer": "1831" if "Oskar" in asked else "1902"}

    trace = await ask_town(ScriptedModel(reply), "Who was born earlier, Signe Lind or Oskar Lind?")
    assert trace.plan == ("When was Signe Lind born?", "When was Oskar Lind born?")
    assert trace.answer.text == "Oskar Lind"
