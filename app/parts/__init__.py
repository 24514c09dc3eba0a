"""What an `AsyncReader` can do, a module a noun; the reader (async_reader.py) joins them. Nothing is built here."""
