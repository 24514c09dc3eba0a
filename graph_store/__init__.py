"""Documents, chunks, notes, the note graph, vectors and search, kept in a data folder. Never sees a model."""
