"""Entries of the menu and of the shell, and how the trail calls a post."""

from typing import Final

from shanzhi.access.permissions import SELF
from shanzhi.accounts.permissions import STAND_INS, VIEW
from shanzhi.accounts.selectors import post_labels
from shanzhi.trail.trails import name_posts
from shanzhi.ui import nav

DESK: Final = frozenset({nav.DESK})
nav.register(
    nav.NavItem("我的", "user", "accounts:me", permission=SELF, order=90, densities=frozenset({nav.PHONE})),
    nav.NavItem("代班", "user-check", "accounts:stand-ins", permission=STAND_INS, order=75, densities=DESK),
    nav.NavItem("人员", "users", "accounts:user-list", permission=VIEW, order=70, densities=DESK),
)
nav.link("person", "accounts:me", permission=SELF)
nav.link("login", "account_login", with_county=False)
nav.link("signout", "account_logout", with_county=False)
name_posts(post_labels)
