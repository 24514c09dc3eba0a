"""Which programming language a file is in, by its name or its first line, and which grammar reads it.

The grammars are the wheels of the tree-sitter project itself (MIT, 12 languages in 2.4 MB). The pack of hundreds of
languages was left out: its wheel holds no grammar and downloads each when it is first asked for. A language without a
grammar here is read as plain text.
"""

import re
from pathlib import PurePath

GRAMMARS = {
    "bash": ("tree_sitter_bash", "language"),
    "c": ("tree_sitter_c", "language"),
    "cpp": ("tree_sitter_cpp", "language"),
    "csharp": ("tree_sitter_c_sharp", "language"),
    "go": ("tree_sitter_go", "language"),
    "java": ("tree_sitter_java", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "php": ("tree_sitter_php", "language_php"),
    "python": ("tree_sitter_python", "language"),
    "ruby": ("tree_sitter_ruby", "language"),
    "rust": ("tree_sitter_rust", "language"),
    "tsx": ("tree_sitter_typescript", "language_tsx"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
}
"""Language: module of its grammar, and the function in it."""

_ENDINGS = {
    "bash": "sh bash zsh ksh",
    "c": "c",
    "cpp": "cc cpp cxx c++ hh hpp hxx h++ ipp tpp cu cuh",
    "csharp": "cs",
    "go": "go",
    "java": "java",
    "javascript": "js jsx mjs cjs",
    "php": "php phtml",
    "python": "py pyi pyw",
    "ruby": "rb rake gemspec",
    "rust": "rs",
    "tsx": "tsx",
    "typescript": "ts mts cts",
}
_LANGUAGES = {f".{ending}": language for language, endings in _ENDINGS.items() for ending in endings.split()}
_INTERPRETERS = {
    "python": "python",
    "node": "javascript",
    "ruby": "ruby",
    "php": "php",
    "bash": "bash",
    "sh": "bash",
    "zsh": "bash",
}
_SHEBANG = re.compile(rb"#![^\n]*?([a-z]+)[\d.]*\s*(?:\n|$|\s-)")
_CPP_WORD = re.compile(rb"^\s*(?:class\s+\w+|namespace\b|template\s*<|public:|private:|protected:|using\s+\w+)", re.M)


def language_of(name: str, start: bytes) -> str | None:
    """Return the language of a file, None where it is not one that is known.

    Args:
        name: the file's name.
        start: its first bytes.
    """
    suffix = PurePath(name).suffix
    if suffix.lower() == ".h":
        return "cpp" if _CPP_WORD.search(start) else "c"
    if not suffix and (shebang := _SHEBANG.match(start)):
        return _INTERPRETERS.get(shebang[1].decode())
    return _LANGUAGES.get(suffix.lower())
