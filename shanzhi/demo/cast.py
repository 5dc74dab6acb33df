"""The people of the demo who can sign in: their password and their tokens, and the list that `demo_roles` prints."""

import base64
import hmac
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from django.conf import settings

from shanzhi.access.actor import Actor
from shanzhi.access.permissions import ROLES
from shanzhi.accounts.models import ApiToken, User
from shanzhi.accounts.selectors import actor_for, first_page
from shanzhi.accounts.services.users import write_act
from shanzhi.demo.packs import Pack
from shanzhi.tenancy.context import county

PASSWORD: Final = "Shanzhi-2026"  # noqa: S105  # of invented people; SHANZHI_DEMO_PASSWORD sets another one
TOKEN_NAME: Final = "演示"  # noqa: S105
TOKEN_DAYS: Final = 3_660
OUTSIDER: Final = "outsider"


@dataclass(frozen=True)
class RoleRow:
    """One line of the list; an outsider is somebody of another county, whose token and first page are of that one."""

    county: str
    role: str
    name: str
    login: str
    password: str
    first_page: str
    token: str

    @property
    def label(self) -> str:
        return "外县人员" if self.role == OUTSIDER else ROLES[self.role].label

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def demo_password() -> str:
    """What the cast signs in with, when the demo was loaded."""
    return os.environ.get("SHANZHI_DEMO_PASSWORD") or PASSWORD


def demo_token(login: str) -> str:
    """The API token of a demo login: known to whoever has this installation's secret key, stored as a digest only."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"demo-token:{login}".encode(), sha256).digest()
    return ApiToken.PREFIX + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def tokens_issue(*, actor: Actor, users: Iterable[User], at: datetime) -> None:
    """Store the digest of each one's token, with its act in the trail; call it inside a transaction in the county."""
    for user in users:
        token = ApiToken.objects.create(
            user=user, county_id=actor.county_id, name=TOKEN_NAME, digest=ApiToken.digest_of(demo_token(user.username)),
            created_by=actor.user_id, created_at=at, expires_at=at + timedelta(days=TOKEN_DAYS),
        )  # fmt: skip
        write_act(actor=actor, user=user, kind="token_issued", at=at, reason=TOKEN_NAME, token_id=token.pk)


def roles_list(pack: Pack, *, at: datetime) -> list[RoleRow]:
    """The cast of every county that is loaded, in the order of the contract, each followed by one outsider."""
    people = {one.code: _cast_of(one.number, one.login, at=at) for one in pack.counties}
    rows: list[RoleRow] = []
    for code, here in people.items():
        rows += [_row(code, role, user) for role, user in here]
        others = [(role, user) for other, there in people.items() if other != code for role, user in there]
        if here and others:
            stranger = next((user for role, user in others if role == "township_officer"), others[0][1])
            rows.append(_row(code, OUTSIDER, stranger))
    return rows


def _cast_of(number: int, login: str, *, at: datetime) -> Sequence[tuple[str, User]]:
    """People of the county whose login is its own and a role's, with that role."""
    found: list[tuple[int, str, User]] = []
    order = {role: place for place, role in enumerate(ROLES)}
    with county(number):
        for user in User.objects.filter(home_county=number, username__startswith=f"{login}.").order_by("id"):
            role = user.username.split(".")[1]
            if role in order and actor_for(user=user, county_id=number, at=at).posts:
                found.append((order[role], user.username, user))
    return [(user.username.split(".")[1], user) for _, _, user in sorted(found, key=lambda row: row[:2])]


def _row(code: str, role: str, user: User) -> RoleRow:
    return RoleRow(
        county=code, role=role, name=user.name, login=user.username, password=demo_password(),
        first_page=first_page(user), token=demo_token(user.username),
    )  # fmt: skip
