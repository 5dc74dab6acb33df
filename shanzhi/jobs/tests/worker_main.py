"""A real worker that knows the tests' kinds: `python -m shanzhi.jobs.tests.worker_main`."""

import os
from importlib import import_module

import django
from django.core.management import call_command

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shanzhi.config.settings")
    django.setup()
    kinds = import_module("shanzhi.jobs.tests.kinds")  # only now: it imports models
    import_module("shanzhi.jobs.registry").job(kinds.STEPS)(kinds.steps)
    call_command("worker")
