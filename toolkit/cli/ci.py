"""."""

from toolkit.cli.shown import Commands


def add(commands: Commands) -> None:
    """Add."""
