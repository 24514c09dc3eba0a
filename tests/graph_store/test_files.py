from longreader.graph_store.files import FolderFiles


def test_a_file_is_found_under_its_hash(tmp_path):
    files = FolderFiles(tmp_path)
    files.save("abcd", b"content")
    files.save("abcd", b"content")
    assert files.path("abcd").read_bytes() == b"content"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["abcd"]


def test_deleting_twice_is_no_error(tmp_path):
    files = FolderFiles(tmp_path)
    files.save("abcd", b"content")
    files.delete({"abcd"})
    files.delete({"abcd"})
    assert not files.path("abcd").exists()


def test_what_no_row_knows_is_removed(tmp_path):
    files = FolderFiles(tmp_path)
    files.save("abcd", b"kept")
    files.save("ab99", b"orphan")
    (tmp_path / "ab" / "ab77.part").write_bytes(b"half written")
    files.keep_only({"abcd"})
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["abcd"]
