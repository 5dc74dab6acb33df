"""What of the registers the trail proves; numbers only as blind indexes, care groups likewise."""

from collections.abc import Iterator, Sequence

from shanzhi.areas.elsewhere import lying_elsewhere
from shanzhi.areas.registry import path_holder
from shanzhi.people.importing.trails import EXPORTS
from shanzhi.people.models import Dwelling, Household, Kin, Look, Membership, RegisterImport, Request, Resident, Stay
from shanzhi.trail.trails import track, trail_labels


def dwellings_agree(rows: Sequence[Dwelling]) -> Iterator[str]:
    """A sentence for each row that lies elsewhere than its place."""
    for row in lying_elsewhere(rows):
        yield f"房屋（编号 {row.id}）所在的地方被改过，和区划对不上。"


def households_agree(rows: Sequence[Household]) -> Iterator[str]:
    for row in lying_elsewhere(rows):
        yield f"户 {row.number} 所在的地方被改过，和区划对不上。"


def residents_agree(rows: Sequence[Resident]) -> Iterator[str]:
    """A path that was altered would hide a person from the village, or show them to another one."""
    for way, word in (("lives", "居住地"), ("registered", "户籍地")):
        for row in lying_elsewhere(rows, way, path=f"{way}_path"):
            yield f"居民（编号 {row.id}）{word}的路径被改过，和区划对不上。"


track(Dwelling, also=dwellings_agree)
track(Household, also=households_agree)
track(Resident, also=residents_agree)
for model in (Stay, Kin, Membership, Look, Request, RegisterImport, EXPORTS):
    track(model)
for name, field in (
    ("Dwelling", "area_path"), ("Household", "area_path"), ("Resident", "lives_path"), ("Resident", "registered_path"),
    ("Resident", "last_path"), ("Stay", "lives_path"), ("Stay", "registered_path"), ("Membership", "path"),
    ("RegisterImport", "path"), ("Request", "path"),
):  # fmt: skip
    path_holder(f"people.{name}", field)
trail_labels(
    {
        "people.register.imported": "导入人口名册",
        "people.resident.first": "登记居民",
        "people.resident.imported": "按名册登记居民",
        "people.resident.born": "登记出生",
        "people.resident.moved_in": "登记迁入",
        "people.resident.moved": "登记搬家",
        "people.resident.left": "登记外出",
        "people.resident.back": "登记返回",
        "people.resident.moved_out": "登记迁出",
        "people.resident.registered": "登记户籍迁移",
        "people.resident.household": "变更户和关系",
        "people.resident.died": "登记去世",
        "people.resident.corrected": "更正居住和户籍",
        "people.resident.taken_back": "撤回登记",
        "people.resident.changed": "更正居民资料",
        "people.resident.erased": "依法删除居民资料",
        "people.stay.begun": "居住和户籍起",
        "people.stay.ended": "居住和户籍止",
        "people.stay.drawn": "变更日期随更正改动",
        "people.stay.corrected": "更正的居住和户籍",
        "people.stay.reopened": "撤回后恢复",
        "people.stay.recounted": "人口类别随证件改动",
        "people.stay.voided": "原记录作废",
        "people.stay.erased": "依法删除居住和户籍",
        "people.dwelling.added": "登记房屋",
        "people.dwelling.changed": "更正房屋",
        "people.dwelling.gone": "房屋拆除",
        "people.household.opened": "立户",
        "people.household.head": "变更户主",
        "people.household.split": "分户",
        "people.household.closed": "销户",
        "people.membership.begun": "登记关爱对象",
        "people.membership.seen": "走访关爱对象",
        "people.membership.ended": "结束关爱登记",
        "people.membership.erased": "删除到期的关爱登记",
        "people.kin.added": "登记亲属和联系人",
        "people.kin.ended": "结束亲属、联系人登记",
        "people.kin.erased": "依法删除亲属和联系人",
        "people.look.noted": "查看居民资料",
        "people.request.taken": "受理个人信息申请",
        "people.request.done": "办结个人信息申请",
        "people.request.refused": "不同意个人信息申请",
        "people.request.unnamed": "申请去掉姓名",
    }
)
