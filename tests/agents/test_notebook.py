from hypothesis import given, settings
from hypothesis import strategies as st
from longreader.agents.notebook import CommunicationUnit, Finding, Notebook


def test_an_empty_update_keeps_the_notes():
    notebook = Notebook("Ada built it", ("p1",)).updated("  ", ["p2", "p1"])
    assert notebook == Notebook("Ada built it", ("p1", "p2"))


def test_a_worker_that_found_nothing_erases_nothing():
    unit = CommunicationUnit().with_finding(Finding("who?", "Ada", ("p1",)))
    assert unit.with_finding(Finding("who?", "", ())) == unit


def test_a_second_finding_for_a_look_up_adds_its_passages():
    unit = CommunicationUnit((Finding("who?", "", ("p1",)),)).with_finding(Finding("who?", "Ada", ("p2",)))
    assert unit.findings == (Finding("who?", "Ada", ("p1", "p2")),)


findings = st.builds(
    Finding, st.sampled_from(["a", "b"]), st.sampled_from(["", "x", "y"]), st.lists(st.sampled_from("pqr")).map(tuple)
)


@settings(deadline=None)
@given(st.lists(findings))
def test_evidence_and_answers_only_grow(added: list[Finding]):
    unit = CommunicationUnit()
    for finding in added:
        after = unit.with_finding(finding)
        assert set(unit.passage_ids) | set(finding.passage_ids) == set(after.passage_ids)
        assert all(after.finding(f.query).answer == f.answer for f in unit.findings if f.answer)
        unit = after
