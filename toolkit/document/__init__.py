"""What the documents say, in blocks and sheets; no file format in sight."""
