import pytest
from longreader.graph_store.parsers import parse

PYTHON = '''"""Doc of the module."""
import os

# About boats.
@decorated
class Boat:
    """A boat."""

    size = 2

    def sail(self):
        def inner():
            pass

        return 1


def moor(boat):
    return boat
'''


def headings(name: str, code: str) -> list[str]:
    parsed = parse(code.encode(), name)
    return [heading.span.of(parsed.text) for heading in parsed.headings]


def test_definitions_get_their_full_name_as_heading() -> None:
    parsed = parse(PYTHON.encode(), "boat.py")
    assert (parsed.title, parsed.media_type) == ("boat", "text/x-python")
    assert parsed.text == (
        '"""Doc of the module."""\nimport os\n\n'
        'Boat\n\n# About boats.\n@decorated\nclass Boat:\n    """A boat."""\n\nsize = 2\n\n'
        "Boat.sail\n\ndef sail(self):\n    def inner():\n        pass\n\nreturn 1\n\n"
        "moor\n\ndef moor(boat):\n    return boat"
    )
    assert [heading.level for heading in parsed.headings] == [1, 2, 1]


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        ("a.js", "export class K { m() {} }\nconst f = (x) => x;\nlet z = 3;", ["K", "K.m", "f"]),
        ("a.ts", "namespace N { export function q() {} }\ninterface I { a: string }", ["N", "N.q", "I"]),
        ("a.tsx", "export const App = () => <p/>;", ["App"]),
        ("A.java", "/** d */ class A { A() {} int m() { return 1; } enum E { X } }", ["A", "A.A", "A.m", "A.E"]),
        ("a.c", "#ifdef X\nint f(int a) { return a; }\n#endif\nstruct s { int a; };", ["f", "s"]),
        ("a.cpp", "namespace n { class A { int m() {} }; }\nint n::A::q() {}", ["n", "n.A", "n.A.m", "n::A::q"]),
        ("a.h", "class A { void m() {} };", ["A", "A.m"]),
        ("a.cs", "namespace N.M { class A { void M() {} } }", ["N.M", "N.M.A", "N.M.A.M"]),
        ("a.go", "package p\nfunc F() {}\ntype T struct {}\nfunc (t *T) M() {}", ["F", "T", "T.M"]),
        ("a.rs", "impl T for S { fn m() {} }\nmod i { fn z() {} }", ["impl T for S", "impl T for S.m", "i", "i.z"]),
        ("a.rb", "module M\n class A\n  def m; end\n end\nend", ["M", "M.A", "M.A.m"]),
        ("a.php", "<?php class A { function m() {} }", ["A", "A.m"]),
        ("a.sh", "foo() {\n echo hi\n}", ["foo"]),
        ("tool", "#!/usr/bin/env python3\ndef f(): pass", ["f"]),
    ],
)  # fmt: skip
def test_languages(name: str, code: str, expected: list[str]) -> None:
    assert headings(name, code) == expected


def test_nothing_is_left_out() -> None:
    broken = PYTHON + "\n@@@ this is (no python\n" + PYTHON.replace("Boat", "Ship")
    words = parse(broken.encode(), "a.py").text.split()
    for word in broken.split():
        assert word in words


def test_other_languages_are_plain_text() -> None:
    assert parse(b"sub f { return 1 }", "a.pl").media_type == "text/plain"
    assert parse(b"#!/usr/bin/perl\nprint 1", "tool").media_type == "text/plain"
