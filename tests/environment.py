"""Loaded by pytest before settings are: a run of the tests has a folder of its own and never touches the real one."""

import atexit
import os
import shutil
import tempfile

if "SHANZHI_TEST_RUN" not in os.environ:
    folder = tempfile.mkdtemp(prefix="shanzhi-test-")
    os.environ["SHANZHI_TEST_RUN"] = os.environ["SHANZHI_VAR"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
os.environ["SHANZHI_STATIC_STORAGE"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
if "SHANZHI_DATABASE" not in os.environ:
    os.environ["SHANZHI_DATABASE"] = f"sqlite:///{os.environ['SHANZHI_VAR']}/shanzhi.sqlite3"
