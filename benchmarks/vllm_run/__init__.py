"""Proves longreader on a real vLLM, and compares what it reads with the same weights under llama.cpp."""
