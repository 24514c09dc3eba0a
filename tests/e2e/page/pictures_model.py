"""Plays the model of the pictures: it says what the example document says, and walks a little on the note graph."""

from longreader.agents.errors import ModelUnavailable
from longreader.agents.llm import ModelRequest
from longreader.agents.llm.scripted import Said

FIRST_CURRENT = "On what date did current from the sea first reach the grid?"
COUNTED = "How many contracts in the register were signed in 2019?"
NOT_THERE = "What is the name of the skipper of the trawler Golden Tansy?"
TABLE = "What did the Gut Row produce from July to September, in megawatt-hours?"
FAILING = "Who designed the Patient Margaret?"

ANSWERS = {
    FIRST_CURRENT: "12 October 2001",
    NOT_THERE: "not in the document",
    TABLE: "1,094",
}
SENTENCES = (
    "At nine minutes past four in the afternoon of 12 October 2001 current from the sea reached the grid.",
    "On 3 March 1987 forty-one people met in the schoolhouse and signed the rules of a cooperative.",
    "Each blade is held by twenty-four bolts.",
    "The accounts close with a loss of 127 thousand crowns.",
    "The Commission was told the same day and imposed a penalty of 4,000 crowns.",
)


class PicturesModel:
    """Answers by the question in the prompt. Walks go from node to node until they have made ``steps`` steps."""

    def __init__(self) -> None:
        self._moves = 0

    def __call__(self, request: ModelRequest) -> Said:
        """Return the reply to a request."""
        asked = request.messages[-1].content
        if FAILING in asked:
            raise ModelUnavailable("Connection refused")
        return getattr(self, f"_{request.purpose}", self._answer)(asked)

    def _plan(self, asked: str) -> Said:
        return {"steps": [next((question for question in ANSWERS if question in asked), "current from the sea")]}

    def _choose_nodes(self, _asked: str) -> Said:
        return {"nodes": [{"node": number, "score": 100 - number} for number in range(1, 11)]}

    def _explore_facts(self, _asked: str) -> Said:
        self._moves += 1
        note = "Current from the sea reached the grid on 12 October 2001."
        action = "read_chunk" if self._moves % 3 == 1 else "stop_and_read_neighbor"
        return {"notebook": note, "rationale": "It names the day.", "action": action, "chunks": [1]}

    def _explore_chunk(self, _asked: str) -> Said:
        note = "The first two real turbines were lowered in the summer of 2001; the grid was reached on 12 October."
        return {"passages": [1], "notebook": note, "rationale": "The day may stand near by.", "action": "search_more"}

    def _explore_neighbors(self, _asked: str) -> Said:
        self._moves += 1
        action = "termination" if self._moves % 4 == 0 else "read_neighbor_node"
        return {"rationale": "The turbines were lowered in the same summer.", "action": action, "neighbor": 1}

    def _summarise(self, asked: str) -> Said:
        return {"summary": " ".join([told for told in SENTENCES if told[:30] in asked] or SENTENCES[:2])}

    def _merge(self, asked: str) -> Said:
        return {"sentences": [told for told in SENTENCES if told[:30] in asked] or list(SENTENCES[:2])}

    def _answer(self, asked: str) -> Said:
        answer = next((answer for question, answer in ANSWERS.items() if question in asked), "12 October 2001")
        return {"thought": "So it says.", "answer": answer}
