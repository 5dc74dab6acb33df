"""People of the demo who sign in: with password, the administrators with a one-time code as well."""

import base64
import hmac
import json
import struct
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import BrowserContext, Page, expect

from e2e.browsing import DESK, PHONE, Watched
from e2e.server import Site

STEP_SECONDS: Final = 30
A, B = "341181", "410927"
GRID, CLERK, SECRETARY = "tianchang.grid_worker", "tianchang.village_clerk", "tianchang.branch_secretary"
OFFICER, HANDLER, LEADER = "tianchang.township_officer", "tianchang.department_handler", "tianchang.county_leader"
SYSTEM, SECURITY, AUDIT = "tianchang.system_admin", "tianchang.security_admin", "tianchang.audit_admin"
OUTSIDER = "taiqian.township_officer"


def totp(secret: str, at: float) -> str:
    """The six digits of RFC 6238 for this secret at this second."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    digest = hmac.new(key, struct.pack(">Q", int(at // STEP_SECONDS)), "sha1").digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


@dataclass(frozen=True)
class Person:
    county: str
    role: str
    name: str
    login: str
    password: str
    first_page: str
    token: str


def fill_login(page: Page, login: str, password: str) -> None:
    page.get_by_label("登录账号").fill(login)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


class People:
    """The cast of the demo by login; who signed in once keeps the session for later journeys."""

    def __init__(self, site: Site) -> None:
        self.site = site
        rows = [Person(**row) for row in json.loads(site.manage("demo_roles", "--json"))]
        self.cast = {row.login: row for row in rows if row.role != "outsider"}
        self.states: dict[str, Any] = {}
        self.secrets: dict[str, str] = {}
        self.used: dict[str, float] = {}

    def __getitem__(self, login: str) -> Person:
        return self.cast[login]

    def sign_in(self, page: Page, login: str, password: str = "") -> None:
        """From the login page to the first page, through a second factor where one is asked for."""
        page.goto("/accounts/login/")
        fill_login(page, login, password or self.cast[login].password)
        expect(page.get_by_role("heading", name="登录", exact=True)).to_have_count(0)
        if "/2fa/authenticate/" in page.url:
            self.answer(page, login)
        elif login in self.cast and self.cast[login].role.endswith("_admin"):
            expect(page.get_by_role("heading", name="开启动态口令")).to_be_visible()
            self.set_up(page, login)

    def confirm(self, page: Page, login: str) -> None:
        """Ten minutes after the login, acts on accounts ask for the password again."""
        if page.get_by_role("heading", name="确认是你本人").count():
            page.get_by_label("密码").fill(self.cast[login].password)
            page.get_by_role("button", name="核对密码").click()
            expect(page.get_by_role("heading", name="确认是你本人")).to_have_count(0)

    def answer(self, page: Page, login: str) -> None:
        """The challenge of the second factor."""
        page.get_by_label("动态口令").fill(self.code(login))
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.get_by_role("heading", name="填动态口令")).to_have_count(0)

    def set_up(self, page: Page, login: str) -> None:
        """The first time: the secret is read off the page, as if typed into a phone."""
        self.secrets[login] = page.locator("code.num").inner_text().strip()
        page.get_by_label("手机上显示的 6 位数字").fill(self.code(login))
        page.get_by_role("button", name="开启动态口令").click()
        page.get_by_role("link", name="抄好了，继续").click()

    def code(self, login: str) -> str:
        """Each code is good once; that of the next thirty seconds is taken early, a later one is waited for."""
        at = max(time.time(), self.used.get(login, 0) + STEP_SECONDS)
        time.sleep(max(0, at - STEP_SECONDS + 1 - time.time()))
        self.used[login] = at
        return totp(self.secrets[login], at)

    def context(self, watched: Watched, login: str, *, phone: bool = False, **options: Any) -> BrowserContext:
        """One in which this person is signed in."""
        context = watched.context(PHONE if phone else DESK, storage_state=self.states.get(login), **options)
        if login not in self.states:
            page = context.new_page()
            self.sign_in(page, login)
            self.states[login] = context.storage_state()
            page.close()
        return context

    @contextmanager
    def at(self, watched: Watched, login: str, *, phone: bool = False, **options: Any) -> Iterator[Page]:
        """A page on which this person is signed in."""
        context = self.context(watched, login, phone=phone, **options)
        yield context.new_page()
        context.close()

    # What stands before a journey's own subject is done by the API, which takes no time.

    def call(self, login: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Answer of the API to this person in the own county; a body is posted."""
        person = self.cast[login]
        request = urllib.request.Request(
            f"{self.site.url}/api/v1/{person.county}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {person.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def report(self, login: str, area: str, body: str, **more: Any) -> str:
        """Number of a new case; of facilities, unless another kind is named with its answers."""
        sent = {"kind": "facilities", "answers": {"what": "路灯"}, "area": area, "body": body, **more}
        return str(self.call(login, "/cases", sent)["number"])

    def act(self, login: str, number: str, resource: str, **body: Any) -> Any:
        """One act on the case as it is now."""
        version = self.call(login, f"/cases/{number}")["version"]
        return self.call(login, f"/cases/{number}/{resource}", {"version": version, **body})

    def unit(self, name: str) -> str:
        """Code of a unit of the township with the figures."""
        units = self.call(OFFICER, "/units?limit=200")["items"]
        return str(next(one["code"] for one in units if one["name"] == name and one["code"].startswith("341181104")))
