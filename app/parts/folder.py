"""The reader's data folder as a whole: backed up, restored, repaired."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from ...graph_store.errors import ConfigurationError
from ...graph_store.progress import Progress
from .part import ReaderPart

if TYPE_CHECKING:
    from ..upkeep import Repaired

# What mends a folder reads files in too, so it is loaded by the calls that need it.


class FolderPart(ReaderPart):
    """What keeps the data folder."""

    async def backup(self, path: Path | str) -> None:
        """Write a backup of the whole data folder into a new file, as of one moment; reading and adding may go on.

        Of a folder that a service used, tenants and keys are in it too.

        Args:
            path: the file, a zip.

        Raises:
            StoreError: the file is there already, would lie in the data folder, or cannot be written.
            ConfigurationError: a database keeps the documents; it is backed up with its own tools.
        """
        from ..upkeep import write_backup

        await asyncio.to_thread(write_backup, self._services.store, Path(path))

    async def restore(self, path: Path | str) -> None:
        """Unpack a backup into the data folder, which holds no documents. It is checked before it takes effect.

        Args:
            path: the backup.

        Raises:
            StoreError: the data folder is not empty, or the backup cannot be read, is not whole, or is of a newer
                version; the folder is as before.
            ConfigurationError: a database keeps the documents.
        """
        if self.settings.database_url:
            raise ConfigurationError(
                "A backup of a data folder is not restored into a database.",
                hint="Unset LONGREADER_DATABASE_URL, restore it into a folder, and move that: `longreader migrate`.",
            )
        from ..upkeep import restore

        await asyncio.to_thread(restore, self.settings.data_folder, Path(path))

    async def repair(self, progress: Callable[[Progress], None] | None = None) -> "Repaired":
        """Mend the data folder: make everything derived anew, read half-done documents to their end, and where the
        database is broken, read the stored files in again. The first call of a reader, or nothing that it uses yet.

        Args:
            progress: told after every step.

        Returns:
            What was broken and what was done.

        Raises:
            StoreLocked: the data folder is in use, by this reader too.
        """
        from ..upkeep import repair

        return await repair(self._services, self.settings.data_folder, progress)
