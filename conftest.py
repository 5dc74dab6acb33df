"""What every test shares: the two databases, a county to be in, and a cheap password hash."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from shanzhi.config import env
from shanzhi.portal.village.caching import COPIES
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from shanzhi.tenancy.selectors import forget_counties
from shanzhi.trail import guards
from tests.cast import Cast, build_cast

COUNTY_A, COUNTY_B = 341181, 410927
VAR_DIR = Path(settings.VAR_DIR)  # of the run; a fixture of a module may work in a folder of its own


def pytest_configure() -> None:
    TransactionTestCase._fixture_teardown = _flush_unguarded  # type: ignore[attr-defined]
    # A busy machine is no failing example; what must be fast is measured in bench/.
    # One commit gives one answer: the examples are the same each time, new ones are looked for with SHANZHI_EXPLORE=1.
    explore = os.environ.get("SHANZHI_EXPLORE") == "1"
    hypothesis.settings.register_profile("house", deadline=None, derandomize=not explore)
    hypothesis.settings.load_profile("house")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Pure functions and templates are tried once, on SQLite: `lib` and `ui` know no database."""
    if not settings.DATABASE_URL.startswith("postgres"):
        return
    once = [item for item in items if not _knows_a_database(item)]
    config.hook.pytest_deselected(items=once)
    items[:] = [item for item in items if _knows_a_database(item)]


def _knows_a_database(item: pytest.Item) -> bool:
    below = item.nodeid.startswith(("shanzhi/lib/", "shanzhi/ui/"))
    return not below or "db" in getattr(item, "fixturenames", ()) or item.get_closest_marker("django_db") is not None


def pytest_collection_finish() -> None:
    """Twelve thousand tests and the whole house stay in memory: the collector need not look at them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def become(url: str) -> None:
    """Connect as the role of this URL from now on (PostgreSQL): the schema is the owner's, the tests are not."""
    if connection.vendor == "postgresql":
        connection.close()
        wanted = env.database(url, root=settings.ROOT)
        connection.settings_dict["USER"] = wanted["USER"]
        connection.settings_dict["PASSWORD"] = wanted["PASSWORD"]


def allow_flush() -> None:
    """Tests that commit are cleaned up by TRUNCATE, which the application's role may not do outside of tests."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO shanzhi_app")


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Migrate and distribute as the owner, then run every test as the application's role."""
    with django_db_blocker.unblock():
        become(settings.DATABASE_OWNER_URL)
        databases = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
        call_command("distribute", verbosity=0, stdout=_Silent())
        allow_flush()
        become(settings.DATABASE_URL)
    yield
    with django_db_blocker.unblock():
        become(settings.DATABASE_OWNER_URL)
        teardown_databases(databases, verbosity=0)


class _Silent:
    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None: ...


_flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]


def _flush_unguarded(self: Any) -> None:
    """The trail refuses deletion; only the flush after a committing test on SQLite lifts that (TRUNCATE needs not)."""
    if connection.vendor == "sqlite":
        guards.remove(connection)
    _flush(self)
    if connection.vendor == "sqlite":
        guards.install(connection)


@pytest.fixture(autouse=True)
def _forget_counties() -> None:
    forget_counties()
    COPIES.forget()


@pytest.fixture(autouse=True)
def _forget_seals() -> Iterator[None]:
    """Copies of seals outlive the database of a test that commits: the next one would miss them there."""
    yield
    for number in (COUNTY_A, COUNTY_B):
        Path(VAR_DIR, "seals", f"{number}.jsonl").unlink(missing_ok=True)


@pytest.fixture
def counties(db: None) -> dict[int, County]:
    """The two counties of the cast."""
    now = timezone.now()
    return {
        number: County.objects.create(id=number, code=str(number), name=name, joined_at=now)
        for number, name in ((COUNTY_A, "天长市"), (COUNTY_B, "台前县"))
    }


@pytest.fixture
def county_a(counties: dict[int, County]) -> Iterator[County]:
    """Inside the first county."""
    with county(COUNTY_A):
        yield counties[COUNTY_A]


@pytest.fixture
def county_b(counties: dict[int, County]) -> County:
    """The other county, not entered."""
    return counties[COUNTY_B]


@pytest.fixture
def cast(counties: dict[int, County]) -> Iterator[Cast]:
    """The cast of the first county, inside it; it is also `county_a`."""
    with county(COUNTY_A):
        yield build_cast(counties[COUNTY_A])


@pytest.fixture
def cast_outside(counties: dict[int, County]) -> Cast:
    """The cast of the first county, not entered: for what is asked over all counties in transactions of its own."""
    return build_cast(counties[COUNTY_A])


@pytest.fixture
def cast_b(counties: dict[int, County]) -> Cast:
    """The cast of the other county, not entered."""
    return build_cast(counties[COUNTY_B])
