#!/usr/bin/env python
"""Haodian's command line: every Django command, and `up`, which runs the whole system."""

import os
import sys


def main() -> None:
    """Run one command. `up` starts without loading the apps: it must outlive their settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["up"]:
        from config.supervisor import main as up  # noqa: PLC0415 -- only this command needs it

        sys.exit(up(sys.argv[2:]))
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- see above

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
