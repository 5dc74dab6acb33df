"""The settings of the house, with one middleware around everything that writes down the SQL of a marked request."""

from shanzhi.config.settings import *  # noqa: F403
from shanzhi.config.settings import INSTALLED_APPS as APPS
from shanzhi.config.settings import MIDDLEWARE as HOUSE

INSTALLED_APPS = [*APPS, "bench"]  # for `manage.py bench_seed`
MIDDLEWARE = ["bench.meter.MeterMiddleware", *HOUSE]
