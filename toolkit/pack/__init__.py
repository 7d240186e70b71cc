"""From a record to the files of its pack."""
