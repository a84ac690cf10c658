"""``dafeng``: joins the commands, and turns what blocks into findings and an exit status.

Exit status: 0 done; 1 the input has findings that block; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from dafeng import __version__
from dafeng.cli.output import print_findings, print_json
from dafeng.findings import BlockingError

COMMANDS = ("plan", "district", "account", "serve")


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(
        prog="dafeng",
        description="达峰：运行一个地方的碳达峰方案 / runs a local government's carbon-peak plan",
    )
    root.add_argument("--version", action="version", version=f"dafeng {__version__}")
    subparsers = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in COMMANDS:
        importlib.import_module(f"dafeng.cli.{name}").add_parser(subparsers)
    return root


def main(argv: Sequence[str] | None = None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    args = parser().parse_args(argv)
    try:
        return int(args.handler(args))
    except BlockingError as error:
        if getattr(args, "json", False):
            print_json({"findings": [f.as_dict() for f in error.findings]})
        print_findings(error.findings)
        return 1
    except BrokenPipeError:  # the reader of our output went away, e.g. “| head”
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
