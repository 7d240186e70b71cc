"""From blocks and sheets to bytes. An exporter never reads the record.

A document library is imported in its exporter only, and only when that exporter runs.
"""
