import pytest
from longreader.graph_store.english import is_english


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("The keeper of the lamp was paid by the Board for his work.", True),
        ("Der Leuchtturm in Grauhaupt war das Haus der Wärterin und ihrer Kinder.", False),
        ("Le phare a été construit par la ville en 1871 et il a brûlé.", False),
        ("灯台は港湾局によって建設された。", False),
        ("", False),
    ],
)
def test_is_english(text: str, english: bool) -> None:
    assert is_english(text) is english
