"""Many packs in one run: what is to be built, where it runs, and how it went."""
