"""Photos of a step are seen by whoever sees its case."""

from shanzhi.cases.selectors import step_guard
from shanzhi.files.registry import register

register("cases.step", step_guard)
