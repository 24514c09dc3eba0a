"""The rows that are finished, a JSON object a line: what a run that was cut off need not ask again."""

from pathlib import Path

from longreader.app.evaluation.row import Row
from pydantic import BaseModel

from .line_file import append_line, whole_lines


class Finished(BaseModel, frozen=True):
    """A row, and what it was made with: the same digest means that asking again would give the same."""

    set_name: str
    digest: str
    row: Row


class RowsFile:
    """Finished rows on disk. The newest row of a question counts; one that ended in an error is asked again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[tuple[str, str, str, str], Row] = {}
        for line in whole_lines(path):
            self._know(Finished.model_validate_json(line))

    def get(self, set_name: str, question_id: str, way: str, digest: str) -> Row | None:
        """Return the finished row of a question."""
        return self._known.get((set_name, question_id, way, digest))

    def add(self, set_name: str, digest: str, row: Row) -> None:
        """Keep a row."""
        finished = Finished(set_name=set_name, digest=digest, row=row)
        self._know(finished)
        append_line(self._path, finished.model_dump_json())

    def _know(self, finished: Finished) -> None:
        row = finished.row
        if not row.error:
            self._known[finished.set_name, row.question_id, row.way, finished.digest] = row
