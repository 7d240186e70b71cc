"""All meetings together: what was agreed, what is due."""
