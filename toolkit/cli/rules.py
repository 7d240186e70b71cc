"""The commands about what a record may hold: `rules`, `rule`, `schema`."""

from __future__ import annotations

import argparse

from toolkit.cli.shown import Commands
from toolkit.errors import UsageError


def add(commands: Commands) -> None:
    """Add the commands to the parser."""
    listed = commands.add_parser("rules", help="list the rules of validation")
    listed.set_defaults(run=_rules)

    rule = commands.add_parser("rule", help="explain a rule of validation")
    rule.add_argument("code", metavar="CODE", help="the code behind a message, as missing-key")
    rule.set_defaults(run=_rule)

    schema = commands.add_parser("schema", help="print the JSON Schema of records")
    schema.add_argument(
        "name",
        nargs="?",
        choices=("meeting", "project", "style"),
        default="meeting",
        help="of what: a meeting's record (usual), briefpack.toml, or a house style",
    )
    schema.set_defaults(run=_schema)


def _rules(_: argparse.Namespace) -> int:
    from toolkit.record.rules import RULES

    for rule in sorted(RULES.values(), key=lambda rule: rule.code):
        print(f"{rule.code:<24} {rule.severity:<8} {rule.summary}")
    return 0


def _rule(options: argparse.Namespace) -> int:
    from toolkit.record.guess import closest
    from toolkit.record.rules import RULES

    rule = RULES.get(options.code)
    if rule is None:
        match = closest(options.code, list(RULES))
        hint = f'did you mean "{match}"?' if match else '"briefpack rules" lists them'
        raise UsageError(f'there is no rule "{options.code}"; {hint}')
    print(f"{rule.code} ({rule.severity}): {rule.summary}\n\n{rule.why}")
    for title, example in (("Wrong", rule.wrong), ("Right", rule.right)):
        if example:
            shown = example if len(example) < 1000 else f"{example[:1000]}..."
            print(f"\n{title}:\n  {shown}")
    return 0


def _schema(options: argparse.Namespace) -> int:
    from toolkit.resources import resource

    print(resource("schemas", f"{options.name}.schema.json").read_text("utf-8"), end="")
    return 0
