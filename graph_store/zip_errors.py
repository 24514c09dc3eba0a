"""What Python's zipfile raises for an archive that is broken or encrypted. Owns no error of longreader."""

import errno
import lzma
import struct
import zipfile
import zlib

ZIP_ERRORS = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
)
"""All of it. An ``OSError`` may also come from the disk that the archive is on: `comes_from_disk` tells."""


def comes_from_disk(error: Exception) -> bool:
    """Tell whether one of `ZIP_ERRORS` says nothing about the archive itself.

    bz2 raises errors without a number, and a place before the start of the file is an invalid argument.
    """
    return isinstance(error, OSError) and error.errno not in {None, errno.EINVAL}
