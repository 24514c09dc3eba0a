import pytest
from longreader.graph_store.marked_name import marked_names


@pytest.mark.parametrize(
    ("fact", "names"),
    [
        ("OWEN (quietly): I know.", ["OWEN"]),
        ("Professor Holt: We begin.", ["Professor Holt"]),
        ("why it matters: nobody knows", []),
        ("Grey Head (lighthouse)\nGrey Head is a lighthouse.", ["Grey Head"]),
        ('She wrote "The Last Lamp" and “Songs of the Tide,” in 1871.', ["The Last Lamp", "Songs of the Tide"]),
        ('He said "Stop it!" and left.', []),
        ('a so-called "plain word" here', []),
    ],
)
def test_marked_names(fact: str, names: list[str]) -> None:
    assert [span.of(fact) for span in marked_names(fact)] == names
