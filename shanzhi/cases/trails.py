"""What of a case the trail proves."""

import shanzhi.cases.gate.trails
import shanzhi.cases.suggesting.trails  # noqa: F401  (both declare their own)
from shanzhi.cases.acts import Act
from shanzhi.cases.history import steps_agree
from shanzhi.cases.models import CallBack, Case, Contact, Draw, Receipt, Reveal
from shanzhi.trail.trails import track, trail_labels

track(Case, also=steps_agree)
track(Contact)
track(Receipt)
track(Reveal)
track(Draw)
track(CallBack)
trail_labels({f"cases.case.{act.past}": f"事件{act.done}" for act in Act})
trail_labels({"cases.contact.taken": "登记来电（来访）人", "cases.contact.revealed": "查看来电（来访）人的电话"})
trail_labels(
    {"cases.draw.made": "抽签回访", "cases.callback.opened": "列入回访", "cases.callback.recorded": "记下回访"}
)
trail_labels({"cases.receipt.made": "开出回执"})
trail_labels({"cases.receipt.joined": "没有账号的人跟着反映"})
trail_labels(
    {"cases.receipt.wechat_set": "持回执的人要微信通知", "cases.receipt.wechat_ended": "持回执的人不要微信通知了"}
)
