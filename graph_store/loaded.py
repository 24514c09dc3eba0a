"""How much of all collections stays loaded: beyond a bound, what was used longest ago is let go.

It is loaded again when it is asked for. What a collection loads is snapshot.py's.
"""

import threading
from typing import TYPE_CHECKING
from weakref import WeakSet

if TYPE_CHECKING:
    from .collection import Collection

BYTE_LIMIT = 1_000_000_000
"""So many bytes of collections stay loaded, as estimated."""


class LoadedCollections:
    """The collections among which the bound is shared. Safe to use from many threads."""

    def __init__(self, byte_limit: int = BYTE_LIMIT) -> None:
        self.byte_limit = byte_limit
        self._collections: WeakSet[Collection] = WeakSet()
        self._lock = threading.Lock()

    def add(self, collection: "Collection") -> None:
        """Count this collection too, for as long as it is used by others."""
        with self._lock:
            self._collections.add(collection)

    def make_room(self) -> None:
        """Unload the collections used longest ago until the rest fit; the one used last stays, however large.

        Whoever reads in what is let go keeps it. Linear in the number of collections.
        """
        with self._lock:
            loaded = [(found, collection) for collection in self._collections if (found := collection.loaded)]
            loaded.sort(key=lambda one: one[0].last_use)
            excess = sum(snapshot.byte_count for snapshot, _ in loaded) - self.byte_limit
            for snapshot, collection in loaded[:-1]:
                if excess <= 0:
                    break
                collection.unload()
                excess -= snapshot.byte_count


LOADED = LoadedCollections()
"""Of the whole process: its memory is one, however many stores it has open."""
