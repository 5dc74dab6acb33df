"""The name by which the apps above register: `from shanzhi.files.guards import register`."""

from shanzhi.files.registry import register

__all__ = ["register"]
