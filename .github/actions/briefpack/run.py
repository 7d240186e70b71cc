"""Run briefpack as the inputs of the action say: arguments are parted as by a shell, and no more."""

import os
import shlex
import sys

from toolkit.cli import main

try:
    arguments = shlex.split(os.environ["BRIEFPACK_ARGUMENTS"])
except ValueError:
    print('briefpack: the input "arguments" ends within quotation marks', file=sys.stderr)
    sys.exit(2)
sys.exit(main([os.environ["BRIEFPACK_COMMAND"], *arguments]))
