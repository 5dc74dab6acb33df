"""The instructions of the demo: in every state, by the people of the first township, nothing after the chosen day."""

from shanzhi.demo.tests.loaded import Loaded
from shanzhi.duties.catalogue import State
from shanzhi.duties.history import steps_agree
from shanzhi.duties.models import Duty, Line, LineStep
from shanzhi.notices.models import Notice
from shanzhi.tenancy.context import county
from shanzhi.trail.verifying import verify_county


def test_two_of_the_first_township_in_many_states(small: Loaded) -> None:
    plan = small.first
    with county(plan.number):
        duties = list(Duty.objects.select_related("area").order_by("issued_at"))
        assert [duty.role for duty in duties] == ["township_officer", "command_centre"]
        assert {duty.area.code for duty in duties} == {plan.townships[0].code}
        assert duties[1].urgent
        assert len(set(Line.objects.values_list("state", flat=True))) >= 3
        assert Line.objects.count() == sum(duty.size for duty in duties)


def test_the_cast_has_something_to_do(small: Loaded) -> None:
    plan = small.first
    with county(plan.number):
        first = plan.townships[0].villages[0]
        for code in (first.code, first.grids[0].code):
            line = Line.objects.get(area__code=code)
            assert line.state in (State.ISSUED, State.RECEIVED), code


def test_nothing_lies_ahead_and_all_of_it_is_proved(small: Loaded) -> None:
    plan = small.first
    with county(plan.number):
        assert not LineStep.objects.filter(at__gt=plan.end).exists()
        assert not list(steps_agree(list(Line.objects.all())))
    assert [one for one in verify_county(plan.number).findings if "交办" in one] == []


def test_open_lines_are_told_of(small: Loaded) -> None:
    with county(small.first.number):
        told = set(Notice.objects.filter(object_type="duties.line").values_list("object_id", flat=True))
        ended = set(Line.objects.filter(ended_at__isnull=False).values_list("id", flat=True))
        assert told
        assert not told & ended
