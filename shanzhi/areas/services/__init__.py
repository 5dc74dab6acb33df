"""Changing places. Every service checks the permission, writes history and trail, and takes an idempotency key."""

from shanzhi.areas.services.changing import area_abolish, area_add, area_move, area_rename
from shanzhi.areas.services.imports import (
    import_apply,
    import_apply_run,
    import_check_run,
    import_resume,
    import_send,
)
from shanzhi.areas.services.merging import area_merge
from shanzhi.areas.services.moving import paths_rewrite, paths_sweep
from shanzhi.areas.services.opening import county_open
from shanzhi.areas.services.outlines import outlines_put
from shanzhi.areas.services.register import register_import
from shanzhi.areas.services.splitting import grid_split
from shanzhi.areas.services.units import unit_add, unit_close, unit_rename

__all__ = [
    "area_abolish",
    "area_add",
    "area_merge",
    "area_move",
    "area_rename",
    "county_open",
    "grid_split",
    "import_apply",
    "import_apply_run",
    "import_check_run",
    "import_resume",
    "import_send",
    "outlines_put",
    "paths_rewrite",
    "paths_sweep",
    "register_import",
    "unit_add",
    "unit_close",
    "unit_rename",
]
