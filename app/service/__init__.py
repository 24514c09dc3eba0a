"""The REST service over `AsyncReader`; needs the extra ``service``."""
