"""The console script `run-clinic`: `serve` (the default) shows the dashboard, `diagnose` prints a report."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from app import settings as settings_module

EXIT_SETTINGS = 3
LANGUAGES = ("en", "pt_BR")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = _parser()
    if not given or (given[0].startswith("-") and given[0] not in ("-h", "--help", "--version")):
        given.insert(0, "serve")
    chosen = parser.parse_args(given)
    if chosen.command == "diagnose":
        from app.diagnose import diagnose

        # What went wrong inside belongs into the report; the traces are for whoever asks.
        logging.basicConfig(level=logging.INFO if chosen.verbose else logging.CRITICAL)
        try:
            return diagnose(chosen.paths, as_json=chosen.json, language=chosen.language)
        except BrokenPipeError:  # the reader of our output (head, less) has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
    return _serve(chosen)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run-clinic",
        description="Says what is wrong with a training run or its predictions, why, and what to change.",
        epilog="Without a command: serve.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and leave")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    serve = commands.add_parser("serve", help="start the dashboard and print its address")
    serve.add_argument("--host", help="address to listen on (default 127.0.0.1; others need RUN_CLINIC_SECRET)")
    serve.add_argument("--port", type=_port, help="port (default 8501, or the next free one; 0 picks any)")
    serve.add_argument("--home", type=Path, help="folder for what is stored (default ~/.run-clinic)")

    diagnose = commands.add_parser(
        "diagnose",
        help="read files or folders and print what they show, without a browser",
        description="Exit code 0: everything was read. 2: some file was not; one line a file says why.",
    )
    diagnose.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="PATH",
        help="run logs, prediction files, folders or zips, with the pictures that rows name",
    )
    diagnose.add_argument("--json", action="store_true", help="print JSON in the place of Markdown")
    diagnose.add_argument(
        "--language", choices=LANGUAGES, default=_language(), help="language of the report (default %(default)s)"
    )
    diagnose.add_argument("--verbose", action="store_true", help="print warnings and traces too")
    return parser


class _Version(argparse.Action):
    """Looks the version up only when somebody asks: the metadata of all packages is slow to open."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        print(f"run-clinic {version('run-clinic')}")
        parser.exit()


def _language() -> str:
    chosen = os.environ.get("RUN_CLINIC_LANGUAGE", "")
    return chosen if chosen in LANGUAGES else "en"


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port (0 to 65535)")
    return int(text)


def _serve(chosen: argparse.Namespace) -> int:
    try:
        settings = settings_module.load()
        settings = replace(
            settings,
            host=chosen.host or settings.host,
            port=chosen.port,
            home=settings.home if chosen.home is None else chosen.home.expanduser().absolute(),
        )
        settings_module.check(settings)
        settings_module.check_database(settings)
    except settings_module.SettingsError as error:
        print(f"run-clinic: {error}", file=sys.stderr)
        return EXIT_SETTINGS
    from app.server.asgi import serve

    serve(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
