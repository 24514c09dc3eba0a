"""Sections of a scan: what search found stands first where not all of a section fits."""

from longreader.agents import selection
from longreader.graph_store.collection import Collection


def passages_of(collection: Collection) -> list:
    chunks = [chunk for id_ in collection.ready_ids() for chunk in collection.chunks(id_)]
    return [passage for chunk in chunks for passage in collection.passages(chunk.chunk_id)]


async def test_what_was_found_comes_before_its_neighbours(collection: Collection):
    section = passages_of(collection)
    assert len(section) >= 4
    first, second, third, fourth = section[:4]
    assert selection._near(section, [fourth, first])[:2] == [fourth, first]
    assert set(selection._near([first, second, third, fourth], [fourth, first])) == {first, second, third, fourth}
    assert selection._near([first, second, third, fourth], [first]) == [first, second]
