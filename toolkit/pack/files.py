"""Files that appear whole or not at all, under the name by which packs know them."""

from toolkit.files import remove, remove_leftovers, write_all, written_whole

__all__ = ["remove", "remove_leftovers", "write_all", "written_whole"]
