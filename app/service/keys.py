"""API keys: made, listed, revoked and recognised. Each belongs to a tenant; only a hash of it is stored.

Other processes (the command line, other workers) may write while the service reads: what is made or revoked counts at
once. Where they are kept is key_file.py's, or, of workers that share a database, workers/key_rows.py's.
"""

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from ipaddress import ip_address

from ...graph_store.errors import ConfigurationError, InputError, NotFound
from ..settings import Settings
from .key import Key, KeyStore
from .key_file import KeyFile

LOCAL = "local"
"""The tenant that has the data folder itself: what the command line adds is its. The service's operator."""

KEY_ID: ContextVar[str | None] = ContextVar("KEY_ID", default=None)
"""The id of the key with which the request came that is being served, if it came with one."""

_TENANT = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_KEY = re.compile(r"lr_([0-9a-f]{8})_([0-9a-f]{64})", re.ASCII)


class Keys:
    """The keys of a service. Its methods block."""

    def __init__(self, store: KeyStore) -> None:
        self._store = store
        self._were_made = False

    def make(self, tenant: str, label: str = "") -> tuple[Key, str]:
        """Make a key and return it with its text, which is told this once.

        Args:
            tenant: whose it is: small letters, digits, _ and -; a new one has no documents yet.
            label: what it is for, for people.

        Raises:
            InputError: no tenant can be called so.
            StoreError: it cannot be stored.
        """
        if not _TENANT.fullmatch(tenant):
            hint = "Use small letters, digits, _ and -, at most 63."
            raise InputError(f"A tenant cannot be called “{tenant}”.", hint=hint, tenant=tenant)
        key = Key(secrets.token_hex(4), tenant, label, time.time(), None)
        secret = secrets.token_hex(32)
        self._store.insert(key, _hash(secret))
        return key, f"lr_{key.key_id}_{secret}"

    def list(self) -> list[Key]:
        """Return all keys, revoked ones too, the oldest first."""
        return self._store.all()

    def revoke(self, key_id: str) -> None:
        """Revoke a key: from now on it is refused.

        Raises:
            NotFound: there is none of this id that is not revoked.
        """
        if not self._store.revoke(key_id, time.time()):
            raise NotFound(f"There is no key {key_id} in force.", hint="`longreader keys list` shows them.")

    def find(self, text: str) -> Key | None:
        """Return the key that a text is, if it is one in force."""
        match = _KEY.fullmatch(text)
        if match is None:
            return None
        found = self._store.in_force(match[1])
        # Compared in constant time, also where there is no such id.
        same = hmac.compare_digest(found[1] if found else bytes(32), _hash(match[2]))
        return found[0] if found and same else None

    def were_ever_made(self) -> bool:
        """Tell whether any key was ever made: from then on, one is asked for. Revoking the last does not open doors."""
        # What was once so stays so, and is not looked up at every request.
        self._were_made = self._were_made or bool(self.list())
        return self._were_made

    def are_needed(self, host: str) -> bool:
        """Tell whether a service that listens on this address asks for keys."""
        return not is_loopback(host) or self.were_ever_made()

    def require_for(self, host: str) -> None:
        """Refuse to listen where others can reach the service, while there is no key.

        Raises:
            ConfigurationError: the address is not a loopback one, and no key is in force.
        """
        if not is_loopback(host) and all(key.revoked for key in self.list()):
            hint = "Make a key first: `longreader keys add TENANT`. Or listen on 127.0.0.1."
            raise ConfigurationError(f"Without a key, the service does not listen on {host}.", hint=hint, host=host)


@contextmanager
def opened_keys(settings: Settings) -> Iterator[Keys]:
    """Open the keys of the service with these settings.

    Raises:
        ConfigurationError: the database's URL cannot be used.
        StoreError: the database's server cannot be reached.
    """
    if settings.database_url is None:
        yield Keys(KeyFile(settings.data_folder))
        return
    from ..workers.key_rows import KeyRows
    from ..workers.tables import open_shared

    with closing(open_shared(settings.database_url.get_secret_value())) as database:
        yield Keys(KeyRows(database))


def is_loopback(host: str) -> bool:
    """Tell whether only programs of this machine reach an address."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _hash(secret: str) -> bytes:
    # The secret has 256 random bits: nothing slower is needed to keep it from being guessed.
    return hashlib.sha256(secret.encode()).digest()
