"""What is counted, and what is not: persons in post today, cases of the township, no value without records."""

from datetime import timedelta

import pytest
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.accounts.models import Post, User
from shanzhi.areas.models import Area
from shanzhi.areas.selectors import area_get
from shanzhi.areas.services import area_abolish
from shanzhi.cases.models import Case
from shanzhi.cases.services import case_reject
from shanzhi.demo.tests.loaded import TONGCHENG, YANGCUN, A, B, Loaded
from shanzhi.lib.errors import NotFound
from shanzhi.portal.figures import case_figures, people_figures
from shanzhi.portal.selectors import (
    TownshipCounts,
    people_in_post,
    township_counts,
    township_first,
    township_get,
    townships,
)
from shanzhi.tenancy.context import county

pytestmark = pytest.mark.django_db
NOTHING = TownshipCounts(None, None, None, None, None, None, None)


@pytest.fixture
def now(small: Loaded):
    with county(A):
        yield timezone.now()


def counts(code: str = YANGCUN, at=None) -> TownshipCounts:
    return township_counts(area_get(code), at=at or timezone.now())


def volunteer_posts():
    return Post.objects.filter(role="volunteer", area__code__startswith=YANGCUN[:9])


def test_the_small_demo(now) -> None:
    assert counts() == TownshipCounts(grids=3, leaders=3, workers=7, volunteers=5, reported=16, closed=12, open=4)


def test_a_township_without_records(now) -> None:
    assert counts("341181102000") == NOTHING
    assert NOTHING.rejected == 0


def test_grids_without_cases(now) -> None:
    assert counts(TONGCHENG) == TownshipCounts(1, 1, 1, 1, None, None, None)


def test_a_zero_that_is_true(now) -> None:
    volunteer_posts().update(revoked_at=now, revoked_by=0)
    assert counts(at=now).volunteers == 0


def test_revoked_posts_do_not_count(now) -> None:
    post = volunteer_posts().order_by("id").first()
    Post.objects.filter(id=post.id).update(revoked_at=now, revoked_by=0)
    assert counts(at=now).volunteers == 4


def test_terms_that_ended_or_have_not_begun_do_not_count(now) -> None:
    today = timezone.localdate()
    first, second, third, *_ = volunteer_posts().order_by("id")
    Post.objects.filter(id=first.id).update(valid_to=today - timedelta(days=1))
    Post.objects.filter(id=second.id).update(valid_from=today + timedelta(days=1))
    Post.objects.filter(id=third.id).update(valid_to=today)
    assert counts(at=now).volunteers == 3


def test_a_person_with_two_posts_counts_once(now) -> None:
    first, *_, last = volunteer_posts().order_by("id")
    assert first.area_id != last.area_id
    Post.objects.filter(id=last.id).update(user_id=first.user_id)
    assert counts(at=now).volunteers == 4
    assert Post.objects.filter(user_id=first.user_id).count() == 2


def test_somebody_who_can_not_sign_in_still_holds_the_post(now) -> None:
    User.objects.filter(username="tianchang.grid_leader").update(is_active=False)
    assert counts(at=now).leaders == 3


def test_people_elsewhere_do_not_count(now) -> None:
    assert people_in_post(area_get(YANGCUN), at=now) == {"leaders": 3, "workers": 7, "volunteers": 5}
    assert people_in_post(area_get("341181000000"), at=now) == {"leaders": 4, "workers": 8, "volunteers": 6}


def test_a_rejected_case_is_reported_only(now) -> None:
    case = Case.objects.get(state="reported", area_path__startswith=area_get(YANGCUN).path)
    case_reject(actor=Actor.system(A), case=case, version=case.version, text="不属于本镇。")
    assert counts() == TownshipCounts(3, 3, 7, 5, reported=16, closed=12, open=3)
    assert counts().rejected == 1
    assert "另有 1 件不予受理" in case_figures(counts())[0].definition


def test_abolished_grids_do_not_count(now) -> None:
    grid = Area.objects.filter(level="grid", code__startswith=YANGCUN[:9]).order_by("-path").first()
    area_abolish(actor=Actor.system(A), area=grid, version=grid.version, reason="网格调整", on=timezone.localdate())
    assert counts().grids == 2


def test_the_other_county_is_not_counted(now) -> None:
    with county(B):
        assert counts("410927101000") == TownshipCounts(2, 2, 2, 2, reported=3, closed=2, open=1)


def test_townships_in_the_order_of_the_register(now) -> None:
    names = [area.name for area in townships()]
    assert len(names) == 16
    assert names[0] == "广陵街道"
    assert "杨村镇" in names


def test_the_first_one_has_the_most_reports(now) -> None:
    assert township_first(townships()).code == YANGCUN
    others = [area for area in townships() if area.code != YANGCUN]
    assert township_first(others).name == "广陵街道"
    assert township_first([]) is None


def test_it_takes_one_statement(now, django_assert_num_queries) -> None:
    choices = townships()
    with django_assert_num_queries(1):
        township_first(choices)
    with django_assert_num_queries(5):
        township_counts(choices[6], at=now)


def test_only_townships_are_found(now) -> None:
    assert township_get(YANGCUN).name == "杨村镇"
    for code in ("341181000000", "341181104001", "999999999999"):
        with pytest.raises(NotFound):
            township_get(code)


def test_every_figure_says_how_it_is_counted() -> None:
    figures = [*people_figures(NOTHING), *case_figures(NOTHING)]
    assert [figure.label for figure in figures] == [
        "网格", "网格长", "网格员", "志愿者党员", "已上报", "已办结", "正在办",
    ]  # fmt: skip
    assert all(figure.definition.endswith("。") and figure.unit for figure in figures)
    assert all(figure.value is None for figure in figures)
    assert len({figure.name for figure in figures}) == 7
