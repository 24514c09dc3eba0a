"""Errors of the model and of reading with it; the rest of the tree is in graph_store/errors.py.

ReaderError
├── ModelError                the model did not do its part
│   ├── ModelUnavailable      no connection, refused, overloaded, out of memory (retryable)
│   ├── ModelCutOff           the stream ended before the reply did (retryable)
│   ├── WindowExceeded        the prompt does not fit: nothing was sent
│   ├── WeightsError          the weights cannot be fetched, or are not the expected bytes
│   ├── ReplyTooLong          structured output was cut at its limit: use a smaller unit
│   └── ReplyMalformed        not the asked schema, also after the repair turn
└── ReadingError              the question cannot be read as it is
    ├── QuestionTooLong       longer than the window leaves room for
    ├── NothingToRead         the collection holds no readable document
    ├── CollectionChanged     a document was deleted while it was read (retryable)
    └── BudgetSpent           inside the reader only: it becomes an answer's status
"""

from ..graph_store.errors import ReaderError


class ModelError(ReaderError):
    """The model did not do its part."""

    code = "model_error"


class ModelUnavailable(ModelError):
    """The server cannot be reached, refuses, or is overloaded."""

    code = "model_unavailable"
    retryable = True
    hint = "Check that the model server runs: `longreader doctor`."


class ModelCutOff(ModelError):
    """The stream ended before the reply did."""

    code = "model_cut_off"
    retryable = True
    hint = "Ask again; if it happens often, look at the model server's log."


class WindowExceeded(ModelError):
    """The prompt does not fit the window; nothing was sent."""

    code = "window_exceeded"
    hint = "Shorten the input, or serve the model with a longer window."


class WeightsError(ModelError):
    """The weights cannot be fetched, or the bytes are not the expected ones."""

    code = "weights_error"


class ReplyTooLong(ModelError):
    """Structured output was cut at its token limit."""

    code = "reply_too_long"
    hint = "The model did not come to an end: ask something narrower, or try another model."


class ReplyMalformed(ModelError):
    """The reply does not match the asked schema, also after the repair turn."""

    code = "reply_malformed"
    hint = "Try a model that follows JSON schemas, or a server with structured output."


class ReadingError(ReaderError):
    """The question cannot be read as it is."""

    code = "reading_error"


class QuestionTooLong(ReadingError):
    """The question is longer than the window leaves room for."""

    code = "question_too_long"
    hint = "Ask a shorter question, and put long material into a document."


class NothingToRead(ReadingError):
    """The collection holds no readable document."""

    code = "nothing_to_read"
    hint = "Add a document first: `longreader add FILE`."


class CollectionChanged(ReadingError):
    """A document was deleted while a question was being read from it."""

    code = "collection_changed"
    retryable = True
    hint = "Ask again."


class BudgetSpent(ReadingError):
    """A budget does not allow the next call. The manager turns it into an answer's status."""

    code = "budget_spent"
