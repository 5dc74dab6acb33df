"""What the shipped care groups make of a finding is a case of a shipped kind, whole as it is."""

import yaml
from django.conf import settings

from shanzhi.access.actor import Actor
from shanzhi.cases.models import Case
from shanzhi.packs.loading import load_pack
from shanzhi.people.groups import Group, groups_all
from shanzhi.people.tests.world import dwelling, id_number, member, resident
from shanzhi.visits.services import Found, visit_make
from tests.cast import Cast

PACK = settings.PACKS_DIR / "county"


def answers(group: Group) -> dict[tuple[str, str], str]:
    free = {"yes_no": "no", "text": "和上次一样"}
    return {
        (group.code, one.code): one.choices[0] if one.type == "choice" else free[one.type]
        for one in group.body.questions if one.required
    }  # fmt: skip


def test_every_group_that_is_visited_says_what_a_finding_becomes() -> None:
    bodies = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in (PACK / "care_group").glob("*.yaml")]
    assert len(bodies) > 10
    assert all(bool(body.get("visit_every_days")) is ("found_as" in body) for body in bodies)


def test_a_finding_of_each_becomes_a_case(cast: Cast) -> None:
    assert not load_pack(PACK, actor=Actor.system(cast.county.id)).faults
    home = dwelling(cast)
    visited = [group for group in groups_all().values() if group.body.found_as is not None]
    assert len(visited) > 8
    for order, group in enumerate(visited, 301):
        row = resident(cast, name="张小平", order=order, paper_number=id_number(order=order), dwelling=home.id)
        member(cast, row, group.code, by=group.body.seen_by[-1])
        found = Found("need", "想要一床棉被", answers(group), report=True)
        made = visit_make(actor=cast.actor(group.body.visited_by[0]), resident=row.id, found=found)
        assert made.case is not None, group.code
        assert (made.case.kind, made.case.source) == ("care", "visit")
        assert made.case.answers["group"], group.code
    assert Case.objects.count() == len(visited)
