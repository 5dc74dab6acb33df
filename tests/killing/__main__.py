"""For a database that is not the test's own: `python -m tests.killing world` makes the world and tells of it in JSON,
`python -m tests.killing check` reads the clients' book and prints what is wrong, one finding a line."""

import json
import os
import sys
from dataclasses import asdict
from importlib import import_module

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shanzhi.config.settings")
    django.setup()
    if sys.argv[1] == "world":  # imported only now: they import models
        json.dump(asdict(import_module("tests.killing.world").make()), sys.stdout)
    else:
        found = import_module("tests.killing.checking").findings(json.load(sys.stdin))
        sys.stdout.write("\n".join(found))
