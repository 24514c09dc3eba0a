"""What every part of a reader has: the settings, and the services of its data folder."""

from ..services import Services
from ..settings import Settings


class ReaderPart:
    """The calls of one noun. A reader inherits from all parts."""

    settings: Settings
    _services: Services
