"""The strip on every page of a phone leads to what waits in it."""

from shanzhi.access.permissions import SELF
from shanzhi.ui import nav

nav.link("waiting", "cases:waiting", permission=SELF)
