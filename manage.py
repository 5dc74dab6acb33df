#!/usr/bin/env python3
"""Django's command line for Shanzhi."""

import os
import sys

from django.core.management import execute_from_command_line

# These write the schema and need the role that owns it; everything else runs as the application's role.
OWNER_COMMANDS = {"migrate", "distribute", "makemigrations", "sqlmigrate", "dbshell"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shanzhi.config.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ["SHANZHI_AS_OWNER"] = "1"
    execute_from_command_line(sys.argv)
