"""A phone with a bad line: a browser profile that lasts, and a line that can be cut, mended and slowed."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, BrowserType, Page, expect

from e2e.browsing import ARGUMENTS, CHROMIUM, TIMEOUT_MS, eventually
from e2e.screens import HERE
from e2e.server import HOST

OLD_PHONE: Final[Any] = {"width": 360, "height": 640}
SPOT: Final[Any] = HERE
PIECE: Final = 4096
COUNT: Final = """async () => { const base = await new Promise((done) => {
    const asked = indexedDB.open("shanzhi-queue", 1); asked.onsuccess = () => done(asked.result); });
  if (!base.objectStoreNames.contains("items")) { base.close(); return []; }
  const get = (name, what) => new Promise((done) => { const asked = base.transaction(name).objectStore(name)[what]();
    asked.onsuccess = () => done(asked.result); });
  const found = { items: await get("items", "getAll"), keys: await get("keys", "getAllKeys"),
                  photos: await get("photos", "getAll") };
  base.close();
  return { keys: found.keys, sealed: found.photos.filter((one) => one.data && !one.bytes).length,
           photos: found.photos.length, items: found.items.map((one) => ({ state: one.state, words: one.words,
             open: Boolean(one.open), box: Boolean(one.box) })) }; }"""
KEPT: Final = """async () => (await (await caches.open("sz-copies")).keys()).map((one) => new URL(one.url).pathname)"""


# What a phone believes of its signal. A browser that goes on to another page forgets what it was told (Chromium 150),
# so that each page is told anew, by a mark of this profile.
BELIEF: Final = """Object.defineProperty(Navigator.prototype, "onLine", { configurable: true, get() {
  try { return localStorage.getItem("e2e-no-signal") === null; } catch { return true; } } });"""
TOLD: Final = """(off) => {
  if (off) localStorage.setItem("e2e-no-signal", "1"); else localStorage.removeItem("e2e-no-signal");
  dispatchEvent(new Event(off ? "offline" : "online")); }"""


class Line:
    """What lies between a phone and the server. Cut, it refuses like a dead line; `delay` is seconds for each answer's
    first byte, `rate` bytes in a second, 0 for as fast as it goes."""

    def __init__(self, url: str) -> None:
        self.to = (urlsplit(url).hostname or HOST, urlsplit(url).port or 80)
        self.open, self.delay, self.rate = True, 0.0, 0
        self.flows = threading.Event()  # cleared, answers wait on the way until it is set again
        self.flows.set()
        self.pairs: set[socket.socket] = set()
        self.door = socket.create_server((HOST, 0))
        self.url = f"http://{HOST}:{self.door.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        self.open = False
        for one in list(self.pairs):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self.open = True

    def close(self) -> None:
        self.cut()
        self.door.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.door.accept()
                if not self.open:
                    near.close()
                    continue
                far = socket.create_connection(self.to)
                self.pairs |= {near, far}
                for source, target, slow in ((near, far, False), (far, near, True)):
                    threading.Thread(target=self._carry, args=(source, target, slow), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, slow: bool) -> None:
        last = 0.0
        with contextlib.suppress(OSError):
            while data := source.recv(PIECE):
                if slow:
                    self.flows.wait(TIMEOUT_MS / 1000)
                if slow and self.delay and time.monotonic() - last > self.delay / 2:
                    time.sleep(self.delay)
                if slow and self.rate:
                    time.sleep(len(data) / self.rate)
                last = time.monotonic()
                target.sendall(data)
        for one in (source, target):
            self.pairs.discard(one)
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
                one.close()


class Phone:
    """One profile on the disk; it can be closed and opened again like a phone that was switched off."""

    def __init__(self, made: BrowserType, folder: Path, line: Line) -> None:
        self.made, self.folder, self.line = made, folder, line
        self.context: BrowserContext | None = None
        self.wrong: list[str] = []

    def start(self, *, signal: bool = True) -> Page:
        self.context = self.made.launch_persistent_context(
            str(self.folder), executable_path=str(CHROMIUM), args=list(ARGUMENTS), viewport=OLD_PHONE,
            base_url=self.line.url, locale="zh-CN", timezone_id="Asia/Shanghai", is_mobile=True, has_touch=True,
            geolocation=SPOT, permissions=["geolocation"],
        )  # fmt: skip
        self.context.set_default_timeout(TIMEOUT_MS)
        self.context.add_init_script(BELIEF)
        self.context.on("weberror", lambda error: self.wrong.append(str(error.error)))
        self.context.on(
            "console",
            lambda said: self.wrong.append(said.text) if "Content Security" in said.text else None,
        )
        if not signal:
            self.off()
        return self.context.pages[0]

    def stop(self) -> None:
        if self.context is not None:
            self.context.close()
            self.context = None

    def off(self) -> None:
        """No signal, and the phone knows it."""
        assert self.context is not None
        self.line.cut()
        self.context.set_offline(True)
        self._told(True)

    def on(self) -> None:
        assert self.context is not None
        self.line.mend()
        self.context.set_offline(False)
        self._told(False)

    def _told(self, off: bool) -> None:
        assert self.context is not None
        for page in self.context.pages:
            if page.url.startswith(self.line.url):
                page.evaluate(TOLD, off)


@contextmanager
def phone(made: BrowserType, folder: Path, url: str) -> Iterator[Phone]:
    line = Line(url)
    one = Phone(made, folder, line)
    try:
        yield one
        assert not one.wrong, one.wrong
    finally:
        one.stop()
        line.close()


def queue(page: Page) -> dict[str, Any]:
    """What lies in the phone: items with their states, whose keys, and how many pictures are sealed."""
    found: dict[str, Any] = page.evaluate(COUNT)
    return found


def wait_for_copies(page: Page, *paths: str) -> None:
    """Until the worker has kept these pages."""
    assert eventually(page, lambda: set(paths) <= set(page.evaluate(KEPT))), page.evaluate(KEPT)
    page.reload()
    expect(page.locator("#main")).to_be_visible()
