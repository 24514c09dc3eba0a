"""The collection that is meant where none is named. By itself, so that the command line starts without the rest."""

DEFAULT_COLLECTION = "default"
