"""From a file's bytes to a parsed document, one module a format."""
