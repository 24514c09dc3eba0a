"""What a program shows of documents beside answers: the file, passages, the note graph, the place on a page."""

import io
from pathlib import Path

import pytest
from longreader import NotFound, Reader, Span
from longreader.agents.llm import ScriptedModel
from longreader.graph_store.embedder import HashEmbedder
from reportlab.pdfgen.canvas import Canvas

LINES = [
    "The club was founded by Ada Brunn in 1961.",
    "The yearly fee is twelve crowns.",
    "Ada Brunn built the boathouse.",
]


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(600, 800))
    for page in ([LINES[0]], LINES[1:]):
        for number, line in enumerate(page):
            canvas.drawString(50, 700 - 20 * number, line)
        canvas.showPage()
    canvas.save()
    path = tmp_path / "club.pdf"
    path.write_bytes(file.getvalue())
    return path


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path / "data", model=ScriptedModel([]), embedder=HashEmbedder())


@pytest.mark.data_folder_only
def test_the_file_and_the_line_of_a_document(reader: Reader, pdf: Path):
    with reader:
        added = reader.add(pdf)
        assert reader.file(added.document_id).read_bytes() == pdf.read_bytes()
        assert reader.document_info(added.document_id) == reader.documents()[0]
        reader.file(added.document_id).unlink()
        with pytest.raises(NotFound, match="gone"):
            reader.file(added.document_id)
        with pytest.raises(NotFound):
            reader.document_info("d0")


def test_a_search_tells_where_its_passages_stand(reader: Reader, pdf: Path):
    with reader:
        added = reader.add(pdf)
        best, *_ = reader.search("yearly fee in crowns")
        document = reader.document(added.document_id)
        assert (best.document_id, best.title) == (added.document_id, document.title)
        assert "twelve crowns" in best.text == best.span.of(document.text)
        assert best.page == document.page_at(best.span.start)
        assert reader.search("fee", document_ids=frozenset({"d0"})) == []


def test_nodes_are_listed_and_looked_at(reader: Reader, pdf: Path):
    with reader:
        reader.add(pdf)
        every = reader.nodes()
        assert every.nodes[0].name == "Ada Brunn"
        assert every.nodes[0].fact_count == 2
        assert reader.nodes(offset=1, limit=1).nodes == every.nodes[1:2]
        found = reader.nodes(containing="BRUNN")
        assert [node.key for node in found.nodes] == ["ada brunn"]
        assert found.total_count == 1
        node = reader.node("Ada Brunn", fact_limit=1)
        assert (node.key, node.fact_count, len(node.facts)) == ("ada brunn", 2, 1)
        assert {fact.page for fact in reader.node("Ada Brunn").facts} == {1, 2}
        assert {neighbor.weight for neighbor in node.neighbors} == {1}
        with pytest.raises(NotFound):
            reader.node("nobody")


def test_boxes_mark_a_span_on_its_page(reader: Reader, pdf: Path, tmp_path: Path):
    with reader:
        document = reader.document(reader.add(pdf).document_id)
        start = document.text.index("twelve")
        marked = reader.boxes(document.document_id, 2, Span(start, start + len("twelve crowns")))
        (box,) = marked.boxes
        assert (marked.width, marked.height) == (600, 800)
        assert 50 < box.left < box.right < 300
        assert box.top < 800 - 700 < box.bottom
        assert reader.boxes(document.document_id, 1, Span(start, start + 6)).boxes == ()
        assert len(reader.boxes(document.document_id, 2).boxes) == 2
        with pytest.raises(NotFound, match="no PDF with a page 3"):
            reader.boxes(document.document_id, 3)
        plain = tmp_path / "plain.txt"
        plain.write_text("No pages here.")
        with pytest.raises(NotFound):
            reader.boxes(reader.add(plain).document_id, 1)
