"""The model client: one contract, one stack for every server, structured replies, and a scripted double."""
