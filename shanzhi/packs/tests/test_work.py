"""How much work a page or an act is: statements that do not grow with the number of rules; plans that use an index."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shanzhi.access.actor import Actor
from shanzhi.accounts.tests import factories as accounts
from shanzhi.accounts.tests.factories import Town, browser, words
from shanzhi.packs.loading import load_files
from shanzhi.packs.models import Version
from shanzhi.packs.selectors import body_of, current_versions, forget_bodies
from shanzhi.packs.tests.factories import A, files, publish
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County

FRAMES = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SET LOCAL")


@pytest.fixture
def town(county_a: County) -> Town:
    return accounts.build_town(A)


@pytest.fixture
def desk(town: Town) -> Client:
    return browser(accounts.person(town, "system_admin", "county", "李系统"))


def counted(call: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as caught:
        call()
    return sum(not query["sql"].startswith(FRAMES) for query in caught.captured_queries)


@pytest.mark.django_db
class TestStatements:
    @pytest.mark.parametrize("rest", ["definitions/", "definitions/sample/x0/versions/", "definitions/export/"])
    def test_a_page_takes_no_more_for_many(self, town: Town, desk: Client, rest: str) -> None:
        for number in range(3):
            publish(f"x{number}", label=f"第{number}")
        url = town.url(rest)
        desk.get(url)
        few = counted(lambda: desk.get(url))
        for number in range(3, 40):
            publish(f"x{number}", label=f"第{number}")
        desk.get(url)
        assert counted(lambda: desk.get(url)) <= few
        assert few <= 12

    def test_loading_the_same_again_takes_no_more_for_many(self, town: Town) -> None:
        def pack(size: int) -> Any:
            return files(**{f"x{number}": f"label: 第{number}\n" for number in range(size)})

        load_files(pack(30), actor=town.system)
        few = counted(lambda: load_files(pack(3), actor=town.system))
        assert counted(lambda: load_files(pack(30), actor=town.system)) == few

    def test_publishing_is_cheap(self, town: Town) -> None:
        publish("lamp")
        assert counted(lambda: publish("lamp", label="新")) <= 16

    def test_a_long_list_has_pages(self, town: Town, desk: Client) -> None:
        for number in range(60):
            publish(f"x{number:02}", label=f"第{number:02}号")
        first = words(desk.get(town.url("definitions/")))
        assert "第49号" in first
        assert "第50号" not in first
        assert "下一页" in first


@pytest.mark.django_db
@pytest.mark.postgres
def test_what_counts_now_is_found_by_an_index(town: Town) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("plans are read on PostgreSQL")
    for number in range(50):
        publish(f"x{number}", label="甲")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT current_id FROM packs_definition WHERE county_id = %s AND family IN ('sample')"
            " AND retired_at IS NULL AND current_id IS NOT NULL ORDER BY family, code",
            [A],
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "definition_once" in plan, plan


@pytest.mark.django_db
class TestAnyText:
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(text=st.text(max_size=120), step=st.sampled_from(["look", "publish", "write", "", "x"]))
    def test_the_editor_answers_whatever_is_sent(self, town: Town, desk: Client, text: str, step: str) -> None:
        sent = text.encode("utf-8", "replace").decode()
        said = {"text": sent, "expected": 0, "code": "any", "step": step, "note": sent[:10] or "改"}
        answer = desk.post(town.url("definitions/sample/new/"), said)
        assert answer.status_code in (200, 302, 409, 422)

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.binary(max_size=300), name=st.sampled_from(["a.yaml", "p.zip"]))
    def test_so_does_the_loader(self, town: Town, data: bytes, name: str) -> None:
        loaded = load_files({"pack.yaml": data, f"sample/{name}": data, "sample/b.yaml": data}, actor=town.system)
        assert loaded.faults
        assert all(fault.line >= 1 and fault.sentence.endswith("。") for fault in loaded.faults)
        assert not Version.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_readers_beside_writers_see_whole_versions() -> None:
    """Several threads share what is parsed; each sees a body that was published, never half of one."""
    with county(A):
        publish("lamp", label="第0", words=["0"])
    forget_bodies()
    stop, seen, wrong = threading.Event(), set(), []

    def read() -> None:
        try:
            while not stop.is_set():
                with county(A):
                    for version in current_versions("sample"):
                        body = body_of(version)
                        seen.add(body.label)
                        if body.label != f"第{body.words[0]}" or version.title != body.label:
                            wrong.append((version.title, body))
        finally:
            connection.close()

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(1, 9):
        with county(A):
            publish("lamp", label=f"第{number}", words=[str(number)])
    stop.set()
    for reader in readers:
        reader.join(30)
    assert wrong == []
    with county(A):
        assert [body_of(version).label for version in current_versions("sample")] == ["第8"]
        assert Actor.system(A).can("packs.edit")
