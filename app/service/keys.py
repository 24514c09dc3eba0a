"""API keys: made, listed, revoked and recognised. Each belongs to a tenant; only a hash of it is stored.

    <data_folder>/service.sqlite

Other processes (the command line) may write while the service reads: what is made or revoked counts at once.
"""

import hashlib
import hmac
import re
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from ...graph_store.errors import ConfigurationError, InputError, NotFound, StoreError

FILE_NAME = "service.sqlite"
LOCAL = "local"
"""The tenant that has the data folder itself: what the command line adds is its. The service's operator."""

KEY_ID: ContextVar[str | None] = ContextVar("KEY_ID", default=None)
"""The id of the key with which the request came that is being served, if it came with one."""

_TENANT = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_KEY = re.compile(r"lr_([0-9a-f]{8})_([0-9a-f]{64})", re.ASCII)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS key (
    key_id TEXT PRIMARY KEY, tenant TEXT NOT NULL, label TEXT NOT NULL, hash BLOB NOT NULL,
    created REAL NOT NULL, revoked REAL
) WITHOUT ROWID
"""
_COLUMNS = "key_id, tenant, label, created, revoked"


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret."""

    key_id: str
    tenant: str
    label: str
    created: float
    revoked: float | None


class Keys:
    """The keys of a service.

    Args:
        folder: the service's data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME

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
        with self._open(make=True) as driver:
            row = (key.key_id, tenant, label, _hash(secret), key.created)
            driver.execute("INSERT INTO key VALUES (?, ?, ?, ?, ?, NULL)", row)
        return key, f"lr_{key.key_id}_{secret}"

    def list(self) -> list[Key]:
        """Return all keys, revoked ones too, the oldest first."""
        if not self._path.exists():
            return []
        with self._open() as driver:
            return [Key(*row) for row in driver.execute(f"SELECT {_COLUMNS} FROM key ORDER BY created, key_id")]

    def revoke(self, key_id: str) -> None:
        """Revoke a key: from now on it is refused.

        Raises:
            NotFound: there is none of this id that is not revoked.
        """
        changed = 0
        if self._path.exists():
            with self._open() as driver:
                told = (time.time(), key_id)
                changed = driver.execute(
                    "UPDATE key SET revoked = ? WHERE key_id = ? AND revoked IS NULL", told
                ).rowcount
        if not changed:
            raise NotFound(f"There is no key {key_id} in force.", hint="`longreader keys list` shows them.")

    def find(self, text: str) -> Key | None:
        """Return the key that a text is, if it is one in force."""
        match = _KEY.fullmatch(text)
        if match is None or not self._path.exists():
            return None
        with self._open() as driver:
            query = f"SELECT hash, {_COLUMNS} FROM key WHERE key_id = ? AND revoked IS NULL"
            row = driver.execute(query, (match[1],)).fetchone()
        # Compared in constant time, also where there is no such id.
        same = hmac.compare_digest(row[0] if row else bytes(32), _hash(match[2]))
        return Key(*row[1:]) if row and same else None

    def were_ever_made(self) -> bool:
        """Tell whether any key was ever made: from then on, one is asked for. Revoking the last does not open doors."""
        return self._path.exists() and bool(self.list())

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
    def _open(self, *, make: bool = False) -> Iterator[sqlite3.Connection]:
        try:
            if make:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._path.touch(mode=0o600)
            with closing(sqlite3.connect(self._path)) as driver, driver:
                if make:
                    driver.execute(_SCHEMA)
                yield driver
        except (sqlite3.DatabaseError, OSError) as error:
            raise StoreError(f"The keys in {self._path} cannot be used: {error}.", path=self._path) from error


def is_loopback(host: str) -> bool:
    """Tell whether only programs of this machine reach an address."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _hash(secret: str) -> bytes:
    # The secret has 256 random bits: nothing slower is needed to keep it from being guessed.
    return hashlib.sha256(secret.encode()).digest()
