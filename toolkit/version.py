"""The version of the installed distribution."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("briefpack")
except PackageNotFoundError:  # pragma: no cover - a checkout on the path, not installed
    VERSION = "0"
