"""Nobody gets more by going around: by parts, by batches, by numbers that are none, by what comes back."""

from uuid import uuid4

import pytest
from django.urls import reverse

from shanzhi.cases.acts import Act
from shanzhi.cases.models import Case
from shanzhi.cases.services import Part, case_act
from shanzhi.cases.tests.pages import act, address, text_of
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Invalid
from shanzhi.notices.models import Notice
from tests.cast import Cast, report

PARTS = [Part("路面坏了"), Part("路灯不亮")]


def parts_of(case: Case) -> list[Case]:
    return list(Case.objects.filter(parent_id=case.id).order_by("id"))


def through(cast: Cast, case: Case, *names: str) -> Case:
    """By the clerk, step after step."""
    for name in names:
        words = {"text": "已经办好"} if name in ("handle", "reopen", "merge") else {}
        case = act(cast, "village_clerk", name, case, **words)
    return case


def split(cast: Cast) -> Case:
    whole = report(cast, by="resident", source="resident")
    act(cast, "village_clerk", "accept", whole)
    return act(cast, "village_clerk", "split", whole, parts=PARTS)


def test_who_split_a_case_does_not_rate_the_own_work(cast: Cast) -> None:
    part = through(cast, parts_of(split(cast))[0], "handle", "verify")
    client = cast["village_clerk"].client()
    assert "等反映人评价" not in text_of(client.get(address(part)))
    assert "满意" not in text_of(client.get(address(part, "close-create")))
    with pytest.raises(Invalid, match="只有反映人"):
        act(cast, "village_clerk", "close", part, satisfied=True)
    assert act(cast, "village_clerk", "close", part).state == "closed"


def test_a_part_that_was_opened_again_is_waited_for_after_an_undone_merge(cast: Cast) -> None:
    whole = split(cast)
    first, second = (through(cast, part, "handle", "verify", "close") for part in parts_of(whole))
    main = report(cast, body="同一条路")
    act(cast, "village_clerk", "merge", whole, into=main, text="同一件")
    through(cast, first, "reopen")
    back = act(cast, "village_clerk", "unmerge", whole)
    assert (back.parts, second.is_open) == (1, False)
    through(cast, first, "handle", "verify", "close")
    assert Case.objects.get(id=whole.id).parts == 0


def test_one_person_s_rating_is_not_read_by_another_after_a_merge(cast: Cast) -> None:
    main = report(cast, by="resident", source="resident")
    other = report(cast)
    act(cast, "village_clerk", "merge", other, into=main, text="同一件")
    through(cast, main, "accept", "handle", "verify")
    drain()
    case_act(actor=cast.actor("resident"), case=(one := Case.objects.get(id=main.id)), act=Act.CLOSE,
             version=one.version, satisfied=True, text="赵医生来过两次")  # fmt: skip
    drain()
    told = Notice.objects.filter(recipient_id=cast["grid_worker"].user.id, title__startswith="你上报的事并入")
    assert [notice.body for notice in told] == [""]


def test_covered_words_are_gone_from_notices_that_were_told_before(cast: Cast) -> None:
    case = report(cast, body="周某某家在门口烧东西")
    drain()
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"], text="周某某不讲理，小心")
    drain()
    assert Notice.objects.filter(title__contains="周某某").exists()
    assert Notice.objects.filter(body__contains="周某某").exists()
    for what in ("title", "step:3"):
        case_act(
            actor=cast.actor("village_clerk"), case=case, act=Act.MODERATE, what=what, text="姓名", instead="有人烧东西"
        )
    drain()
    assert not Notice.objects.filter(title__contains="周某某").exists()
    assert not Notice.objects.filter(body__contains="周某某").exists()
    assert Notice.objects.filter(title__endswith="：有人烧东西").exists()


@pytest.mark.parametrize("version", ["9" * 5000, "²", "-1", "1e309", ""])
def test_a_version_that_is_no_number_is_no_row_of_a_batch(cast: Cast, version: str) -> None:
    case = report(cast)
    sent = {"act": "accept", "case": f"{case.number}:{version}", "idempotency_key": uuid4().hex}
    answer = cast["village_clerk"].client().post(reverse("cases:batch-new", args=[case.county_id]), sent)
    assert answer.status_code == 422
    assert Case.objects.get(id=case.id).state == "reported"


def test_a_number_with_a_nul_is_a_case_that_is_not_there(cast: Cast) -> None:
    case = report(cast)
    sent = {"act": "accept", "case": ["26\x0011-0001:1", f"{case.number}:1"], "idempotency_key": uuid4().hex}
    answer = cast["village_clerk"].client().post(reverse("cases:batch-new", args=[case.county_id]), sent)
    assert answer.status_code == 302
    assert Case.objects.get(id=case.id).state == "accepted"
