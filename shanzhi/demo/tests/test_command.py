"""`manage.py demo` in an empty database: whole or not at all, never among real data, the same each time."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.transaction import atomic
from django.utils import timezone
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from shanzhi.accounts.models import User
from shanzhi.areas.models import Area
from shanzhi.cases.models import Case
from shanzhi.demo import loading
from shanzhi.demo.cast import roles_list
from shanzhi.demo.packs import pack_get
from shanzhi.demo.tests.loaded import YANGCUN, A, B, load_pack, picture_of
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from shanzhi.tenancy.selectors import forget_counties

pytestmark = pytest.mark.django_db


class Undone(Exception):
    """Raised to roll a load back."""


def run(command: str, *args: str) -> str:
    out = StringIO()
    call_command(command, *args, stdout=out)
    return out.getvalue()


def foreign_task(func: str = loading.DELIVER, args: tuple[Any, ...] = (1, A)) -> str:
    """A delivery of another event, as the queue keeps it."""
    task = {"id": "x", "name": "x", "func": func, "args": args, "kwargs": {}, "started": timezone.now()}
    return SignedPackage.dumps(task)


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    forget_counties()


def test_the_command() -> None:
    text = run("demo", "small", "--date", "2024-06-30", "--seed", "another")
    assert "演示数据已装好" in text
    with county(A):
        path = Area.objects.get(code=YANGCUN).path
        assert Case.objects.filter(area_path__gte=path, area_path__lt=path + "~").count() == 16


def test_two_loads_are_alike() -> None:
    """The same seed and day: the same names, texts, numbers and times, whatever the ids."""
    digests = []
    for _ in range(2):
        with pytest.raises(Undone), atomic():
            load_pack("small")
            digests.append([picture_of(number) for number in (A, B)])
            raise Undone
    assert len(digests) == 2
    assert digests[0] == digests[1]


def test_a_load_that_fails_leaves_no_county(monkeypatch: pytest.MonkeyPatch) -> None:
    settle = loading._Loader.settle

    def fail_in_the_second(self: Any) -> None:
        if self.plan.number == B:
            raise Undone
        settle(self)

    monkeypatch.setattr(loading._Loader, "settle", fail_in_the_second)
    with pytest.raises(Undone):
        load_pack("small")
    assert not County.objects.exists()
    assert not User.objects.exists()
    assert not OrmQ.objects.exists()


def test_a_county_in_use_is_left_alone() -> None:
    County.objects.create(id=B, code=str(B), name="台前县", joined_at=timezone.now())
    with pytest.raises(CommandError, match="410927 已经开通并在使用"):
        run("demo", "small")
    assert not County.objects.filter(id=A).exists()


def test_a_day_to_come() -> None:
    with pytest.raises(CommandError, match="日期不能晚于今天"):
        run("demo", "small", "--date", str(timezone.localdate() + timedelta(days=1)))


def test_an_unknown_pack() -> None:
    with pytest.raises(CommandError, match="没有名为 province 的演示包"):
        run("demo", "province")


def test_tasks_of_others_stay_in_the_queue() -> None:
    others = [(loading.DELIVER, (1, A)), (loading.DELIVER_MANY, ([1, 2], A)), ("math.hypot", (3, 4))]
    for func, args in others:
        OrmQ.objects.create(key="shanzhi", payload=foreign_task(func, args), lock=timezone.now())
    load_pack("small")
    assert [(row.task["func"], row.task["args"]) for row in OrmQ.objects.order_by("id")] == others


def test_roles_without_a_demo() -> None:
    assert "还没有演示数据" in run("demo_roles")
    assert json.loads(run("demo_roles", "--json")) == []
    assert roles_list(pack_get("counties"), at=timezone.now()) == []


def test_roles_of_an_unknown_pack() -> None:
    with pytest.raises(CommandError, match="没有名为 province"):
        run("demo_roles", "province")
