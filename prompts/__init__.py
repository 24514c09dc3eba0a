"""The prompts, one Markdown file each, and their loader."""

from .loader import Prompt, load, names

__all__ = ["Prompt", "load", "names"]
