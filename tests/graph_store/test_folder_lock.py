import os
import subprocess
import sys

import pytest
from longreader.graph_store.errors import StoreLocked
from longreader.graph_store.folder_lock import FolderLock

_TAKE = """
import sys
from pathlib import Path
from longreader.graph_store.errors import StoreLocked
from longreader.graph_store.folder_lock import FolderLock
try:
    FolderLock(Path(sys.argv[1]))
except StoreLocked as error:
    print(error.fields["pid"], error.retryable)
else:
    print("taken")
"""


def _take_in_another_process(folder):
    done = subprocess.run([sys.executable, "-c", _TAKE, str(folder)], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_another_process_is_told_who_owns_the_folder(tmp_path):
    lock = FolderLock(tmp_path)
    assert _take_in_another_process(tmp_path) == f"{os.getpid()} True"
    assert _take_in_another_process(tmp_path) == f"{os.getpid()} True"  # asking does not spoil the lock
    lock.release()
    assert _take_in_another_process(tmp_path) == "taken"


def test_the_lock_of_a_process_that_ended_is_free(tmp_path):
    assert _take_in_another_process(tmp_path) == "taken"
    FolderLock(tmp_path).release()


def test_the_same_process_cannot_take_it_twice(tmp_path):
    lock = FolderLock(tmp_path)
    with pytest.raises(StoreLocked):
        FolderLock(tmp_path)
    lock.release()
