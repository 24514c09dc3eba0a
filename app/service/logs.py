"""How the service logs: lines for people, or JSON for programs. Nothing of what a document says is logged anywhere."""

import json
import logging
from datetime import UTC, datetime
from typing import Literal, TypeAlias

LogForm: TypeAlias = Literal["text", "json"]

_QUIET = ("alembic", "httpx", "httpx2", "dbos", "mcp")


def set_up(form: LogForm) -> None:
    """Send the process's log to standard error.

    Args:
        form: a line for people, or an object a line: time, level, logger, message, and what the message is about.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == "json" else logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "request", {}),
        }
        if record.exc_info:
            told["exception"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)
