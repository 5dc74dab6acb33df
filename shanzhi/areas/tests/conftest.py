"""Fixtures: the register, a county opened from it, its people, and browsers that are signed in."""

from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from shanzhi.accounts.models import User
from shanzhi.accounts.tests.factories import browser
from shanzhi.areas.tests import factories
from shanzhi.areas.tests.factories import OTHER_COUNTY, XIAOGUAN, YANGCUN, Tree
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County


@pytest.fixture(autouse=True)
def var_dir(settings: Any, tmp_path: Path) -> Path:
    """What a test stores beside the database stays with the test."""
    settings.VAR_DIR = tmp_path
    settings.SHANZHI_REQUIRE_TOTP = False
    cache.clear()
    return tmp_path


@pytest.fixture
def register(db: None) -> None:
    factories.load()


@pytest.fixture
def tree(register: None, county_a: County) -> Tree:
    return factories.open_tree(county_a.id)


@pytest.fixture
def admin(tree: Tree) -> User:
    return tree.person("system_admin", factories.COUNTY, "李系统")


@pytest.fixture
def clerk(tree: Tree) -> User:
    """A village clerk of 小关社区."""
    return tree.person("village_clerk", XIAOGUAN, "赵文书")


@pytest.fixture
def officer(tree: Tree) -> User:
    """An officer of 杨村镇."""
    return tree.person("township_officer", YANGCUN, "钱受理")


@pytest.fixture
def resident(tree: Tree) -> User:
    return tree.person("resident", XIAOGUAN, "孙居民")


@pytest.fixture
def outsider(tree: Tree, county_b: County) -> User:
    """A system administrator of the other county."""
    other = factories.open_tree(county_b.id)
    with county(county_b.id):
        return other.person("system_admin", OTHER_COUNTY, "周外县")


@pytest.fixture
def desk(admin: User) -> Client:
    """The system administrator's browser."""
    return browser(admin)
