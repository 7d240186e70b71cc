"""What a ministry decides for all its records, in one file."""
