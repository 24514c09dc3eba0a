"""A property that is computed once, also where threads meet at its first use."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Generic, Protocol, TypeVar, overload


class Locked(Protocol):
    """What has such properties."""

    @property
    def lock(self) -> AbstractContextManager[object]:
        """Held while one of them is computed. One may use another, so the thread that holds it must get it again."""
        ...


_O = TypeVar("_O", bound=Locked)
_T = TypeVar("_T")


class Once(Generic[_O, _T]):
    """Like functools.cached_property, which has no lock since Python 3.12: the owner's lock is held meanwhile."""

    def __init__(self, compute: Callable[[_O], _T]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, owner: None, _type: type) -> "Once[_O, _T]": ...
    @overload
    def __get__(self, owner: _O, _type: type) -> _T: ...
    def __get__(self, owner: _O | None, _type: type) -> "_T | Once[_O, _T]":
        if owner is None:
            return self
        with owner.lock:
            if self._name not in owner.__dict__:
                # Found in the instance from now on, without coming here.
                owner.__dict__[self._name] = self._compute(owner)
            return owner.__dict__[self._name]
