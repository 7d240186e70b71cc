"""The version of the installed distribution."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("briefpack")
except PackageNotFoundError:  # pragma: no cover - a checkout on the path, not installed
    VERSION = "0"


_LIBRARIES = ("openpyxl", "fonttools")


@cache
def libraries() -> dict[str, str]:
    """Return the versions of the libraries that make bytes."""
    return {name: version(name) for name in _LIBRARIES}
