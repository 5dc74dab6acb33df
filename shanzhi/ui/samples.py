"""Invented values for the page of components: Friday 20 November 2026, 15:30, in Yangcun."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import HttpRequest

from shanzhi.lib.times import SHANGHAI
from shanzhi.ui.filters import Choice, Dates, filter_bar
from shanzhi.ui.nav import NavItem
from shanzhi.ui.parts import Crumb, PhotoItem, StepItem, Tile, TimelineItem
from shanzhi.ui.templatetags.ui import asset_url

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=SHANGHAI)
COLOURS = (
    ("#1f6f5c", "主色"), ("#e7f2ee", "主色浅"), ("#1c2430", "正文"), ("#5b6675", "次要文字"), ("#f6f7f9", "页面底"),
    ("#b45309", "临近期限"), ("#b42318", "超期、出错"), ("#175cd3", "提示"), ("#067647", "已完成"),
)  # fmt: skip
STATES = ("new", "handling", "handled", "suspended", "returned", "closed")
DENSITIES = (
    ("ui-desk", "电脑（14 px）"), ("ui-phone", "手机（17 px）"), ("ui-public", "村民（18 px）"),
    ("ui-elder", "大字（20 px）"),
)  # fmt: skip


class SampleForm(forms.Form):
    """Shows a field of each kind; bound with what makes two errors."""

    id_number = forms.RegexField(
        r"^\d{17}X$",
        label="身份证号",
        help_text="18 位，末位可以是 X",
        error_messages={"invalid": "身份证号第 18 位应为 X，请核对后重填"},
    )
    amount = forms.DecimalField(
        label="金额（元）", min_value=1, error_messages={"min_value": "金额要大于 0"}, localize=False
    )
    kind = forms.ChoiceField(label="类别", choices=[("road", "道路水电设施"), ("clean", "环境卫生")])
    note = forms.CharField(label="说明", required=False, widget=forms.Textarea(attrs={"rows": 2}))


class ChoiceForm(forms.Form):
    """Choices as lines, for a thumb."""

    how = forms.ChoiceField(
        label="怎么办",
        choices=[("up", "我处理不了，报给小关社区"), ("self", "我能当场处理，办完拍照")],
        widget=forms.RadioSelect,
        initial="up",
    )
    danger = forms.BooleanField(label="有人身危险，1 小时内要有人到", required=False)


def _at(day: int, hour: int, minute: int) -> datetime:
    return NOW.replace(day=day, hour=hour, minute=minute)


def _photos() -> list[PhotoItem]:
    named = (("cover", "井盖断裂"), ("junction", "路口全景"), ("cone", "已放警示锥"))
    return [PhotoItem(url := asset_url(f"ui/samples/{name}.svg"), url, alt) for name, alt in named]


def _timeline() -> list[TimelineItem]:
    return [
        TimelineItem("镇城建中心报到", _at(20, 13, 58), "徐立军·镇城建中心 副主任", kind="now", icon="user-check"),
        TimelineItem("超过处理时限", _at(19, 10, 20), kind="late", icon="alert-triangle"),
        TimelineItem("补录现场情况", _at(18, 16, 40), "潘小芳·网格长", "沟里都是淤泥，要清一车。", "note", "history",
                     _photos()[:2], _at(18, 14, 5)),
        TimelineItem("派给镇城建中心，24 小时", _at(18, 10, 20), "刘敏·镇综治中心 受理员", icon="send"),
        TimelineItem("居民扫码反映", _at(18, 9, 12), icon="qrcode"),
    ]  # fmt: skip


def _steps() -> list[StepItem]:
    done = [("支部提议", "11月2日"), ("两委商议", "11月6日 9/9"), ("党员审议", "11月10日 21/24"),
            ("代表决议", "11月14日 31/33")]  # fmt: skip
    return [
        *(StepItem(label, sub, "done") for label, sub in done),
        StepItem("决议公开", "到 11月29日", "now"),
        StepItem("结果公开", "还没开始"),
    ]


def _clocks() -> list[dict[str, Any]]:
    return [
        {"due": NOW + timedelta(days=2, hours=3)},
        {"due": NOW.replace(hour=23, minute=59)},
        {"due": NOW.replace(hour=17)},
        {"due": NOW + timedelta(minutes=40)},
        {"due": NOW - timedelta(hours=3, minutes=5)},
        {"due": NOW, "state": "paused"},
        {"due": NOW, "state": "done", "met_at": NOW - timedelta(hours=1)},
        {"due": NOW - timedelta(days=3), "state": "done", "met_at": NOW - timedelta(hours=20)},
    ]


def _rows() -> list[dict[str, Any]]:
    return [
        {"title": "张庄路口污水井盖断裂", "code": "2611-0203", "grid": "小关社区第四网格", "who": "王桂兰", "kind": "道路水电设施",
         "due": NOW - timedelta(hours=3), "state": "handling", "act": "填写处理结果", "on": True},
        {"title": "两户因宅基地边界争执，村调解两次未成，申请镇里联合调处", "code": "2611-0187", "grid": "龙集社区第五网格",
         "who": "韩小军", "kind": "矛盾纠纷", "due": NOW.replace(hour=17), "state": "handled", "act": "核查处理结果"},
        {"title": "门口塘南岸缺警示牌", "code": "2611-0210", "grid": "小关社区第四网格", "who": "王桂兰", "kind": "防溺水",
         "due": NOW + timedelta(days=2, hours=1), "state": "new", "act": "去现场核实"},
    ]  # fmt: skip


def _tabs() -> list[SimpleNamespace]:
    items = (
        NavItem("待办", "checklist", "-"), NavItem("事件", "message-circle", "-"),
        NavItem("随手拍", "camera", "-", prominent=True), NavItem("通知", "bell", "-", badge="notices"),
        NavItem("我的", "user", "-"),
    )  # fmt: skip
    return [SimpleNamespace(item=item, url="#main", current=number == 0) for number, item in enumerate(items)]


def context(request: HttpRequest) -> dict[str, Any]:
    """Everything that the page of components shows."""
    form = SampleForm({"id_number": "341181190003040091", "amount": "0.00", "kind": "road", "note": ""})
    query = request.GET.copy()
    query.setdefault("due", "today")
    village = [("1", "杨村社区"), ("2", "小关社区"), ("3", "桥南村")]
    return {
        "now": NOW,
        "colours": COLOURS,
        "states": STATES,
        "densities": DENSITIES,
        "clocks": _clocks(),
        "photos": _photos(),
        "timeline": _timeline(),
        "steps": _steps(),
        "rows": _rows(),
        "tabs": _tabs(),
        "crumbs": [Crumb("天长市", "#main"), Crumb("杨村镇")],
        "form": form,
        "choices": ChoiceForm(),
        "tiles": [
            Tile("按期办结率", "95.6", "%", "应办 229，按期 219", "#main", "到期应办结的里面，按期办结的占几成"),
            Tile("满意率", sub="本月还没有评价", definition="评价里满意和非常满意的占几成"),
        ],
        "money": [("鱼塘承包款 第 2 期", 4_200_000), ("秋季清沟工钱 12 人", -960_000), ("路灯维修 6 盏", -386_000)],
        "bar": filter_bar(
            query,
            [
                Choice("due", "时限", [("today", "今天到期"), ("late", "已超期")]),
                Choice("village", "村（社区）", village, True),
                Dates("received", "收到日期"),
            ],
        ),
        "failure": "文件里没有“代码”一列，请补上后再传。",
        "consequences": ["这一件会回到小关社区，由文书重新分派", "王桂兰会收到通知", "退回以后不能撤回"],
        "keyset": SimpleNamespace(next_cursor="b", previous_cursor="a"),
    }
