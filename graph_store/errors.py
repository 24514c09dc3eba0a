"""The root of every error, and those of reading input and of the store.

    ReaderError
    ├── InputError                what was handed in cannot be read
    │   ├── EmptyInput            nothing in it
    │   ├── UnsupportedInput      not a format that is read here
    │   ├── DamagedInput          the format is known, the bytes are broken
    │   ├── EncryptedInput        needs a password
    │   ├── NoTextInput           pages, but no text on them (scans)
    │   └── TooLargeInput         beyond a limit
    ├── ConfigurationError        a setting or an installation must change
    ├── StoreError                the data folder cannot be used
    │   ├── StoreLocked           another process owns it
    │   ├── StoreDamaged          its database is broken or gone
    │   ├── StoreTooNew           a newer longreader wrote it
    │   └── NotFound              no such document, chunk, trace, chat or collection
    └── (agents.errors)           ModelError, ReadingError

An error keeps its data as fields, says in ``hint`` what to do next, and is raised ``from`` its cause.
"Not enough evidence" is an answer's status, never an error.
"""


class ReaderError(Exception):
    """The root. ``code`` is stable for machines, ``retryable`` tells whether the same call may work later."""

    code = "reader_error"
    retryable = False
    hint = ""

    def __init__(self, message: str, *, hint: str | None = None, **fields: object) -> None:
        super().__init__(message)
        self.message = message
        if hint is not None:
            self.hint = hint
        self.fields = fields


class InputError(ReaderError):
    """What was handed in cannot be read."""

    code = "input_error"


class EmptyInput(InputError):
    """Nothing in it: a file of no bytes or only white space, or an empty question."""

    code = "empty_input"
    hint = "Give something with text in it."


class UnsupportedInput(InputError):
    """Not a format that is read here."""

    code = "unsupported_input"
    hint = (
        "Convert it to a format that is read: PDF, EPUB, Word, PowerPoint, Excel, OpenDocument, HTML, JATS, Markdown, "
        "CSV, e-mail, source code, plain text, or a picture of text."
    )


class DamagedInput(InputError):
    """The format is known but the bytes are broken."""

    code = "damaged_input"
    hint = "Open it in its own program, save it again, and add that copy."


class EncryptedInput(InputError):
    """A password is needed to open it."""

    code = "encrypted_input"
    hint = "Save a copy without a password and add that."


class NoTextInput(InputError):
    """There are pages but no text on them."""

    code = "no_text_input"
    hint = "The pages are pictures: run OCR first (for example ocrmypdf), then add the result."


class TooLargeInput(InputError):
    """Beyond a limit."""

    code = "too_large_input"
    hint = "Split it, and add the parts."


class ConfigurationError(ReaderError):
    """A setting or the installation must change before this works."""

    code = "configuration_error"


class StoreError(ReaderError):
    """The data folder cannot be used as it is."""

    code = "store_error"


class StoreLocked(StoreError):
    """Another process owns the data folder."""

    code = "store_locked"
    retryable = True
    hint = "Wait until the other longreader process ends, or stop it."


class StoreDamaged(StoreError):
    """The database of the data folder is broken or gone."""

    code = "store_damaged"
    hint = (
        "Restore a backup into an empty data folder (`longreader restore FILE`), or let `longreader doctor --repair` "
        "read the stored files in again."
    )


class StoreTooNew(StoreError):
    """The data folder was written by a newer longreader. It was not touched."""

    code = "store_too_new"
    hint = "Install that version or a newer one, or use another data folder."


class NotFound(StoreError):
    """No such document, chunk, trace, chat or collection."""

    code = "not_found"
    hint = "`longreader list` shows what is there."
