"""Imports all that a worker needs; the server from which workers are forked imports this once."""

from toolkit.batch import work
from toolkit.export import docx, pdf, xlsx

__all__ = ["docx", "pdf", "work", "xlsx"]
