"""Random damages of valid files, through every command: `python -m tests.damage --count N --seed S`.

A case is its seed and its number: files as they should be, one of them damaged, and a command or two.
Whatever the damage, a command ends in time and memory, with an exit code of its own choosing and a
sentence, and leaves nothing behind that is not whole.
"""
