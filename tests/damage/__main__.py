"""`python -m tests.damage --count N --seed S [--only COMMAND]`; `--case N` repeats one of them."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from tests.damage.run import Limits, Result, counted, results


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.damage", description=__doc__)
    parser.add_argument("--count", type=int, default=500, help="how many cases")
    parser.add_argument("--seed", type=int, default=1, help="which cases")
    parser.add_argument("--case", type=int, help="only the case of this number, told in full")
    parser.add_argument("--only", metavar="COMMAND", help="only this command of briefpack")
    parser.add_argument("--keep", type=Path, help="with --case: a folder for its files")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seconds", type=float, default=60, help="what a case may take")
    return parser.parse_args()


def _main() -> int:
    options = _parsed()
    if not hasattr(os, "fork"):
        print("each case needs a process that is forked; this system has none", file=sys.stderr)
        return 2
    numbers = range(options.count) if options.case is None else [options.case]
    limits = Limits(options.seconds, options.jobs)
    done: list[Result] = []
    for result in results(
        options.seed, list(numbers), limits, only=options.only, keep=options.keep
    ):
        done.append(result)
        if options.case is not None:
            print(result.what)
        if result.complaints:
            _print(result, options)
    ran = ", ".join(f"{name} {number}" for name, number in sorted(counted(done).items()))
    failed = sum(bool(result.complaints) for result in done)
    print(f"{len(done)} cases ({ran}): {failed} failed")
    return 1 if failed else 0


def _print(result: Result, options: argparse.Namespace) -> None:
    only = f" --only {options.only}" if options.only else ""
    print(f"python -m tests.damage --seed {options.seed} --case {result.number}{only}")
    told = (line for line in result.what.splitlines() if line.startswith(("# ", "$ ")))
    print(*(f"    {line}" for line in (*told, *(f"! {c}" for c in result.complaints))), sep="\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(_main())
