"""Reading notices, settings and the log; nothing here writes."""

from shanzhi.notices.selectors.notices import (
    BADGE_LIMIT,
    PAGE,
    notice_get_for,
    notice_page_for,
    notices_of,
    read_long_ago,
    unread_count,
)

__all__ = [
    "BADGE_LIMIT",
    "PAGE",
    "notice_get_for",
    "notice_page_for",
    "notices_of",
    "read_long_ago",
    "unread_count",
]
