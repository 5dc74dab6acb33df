"""What of the exchange the trail proves: where what is told goes, and who said so; never the secret."""

from shanzhi.exchange.models import Hook
from shanzhi.trail.trails import track, trail_labels

track(Hook)
trail_labels(
    {
        "exchange.hook.added": "添加推送地址",
        "exchange.hook.changed": "修改推送地址",
        "exchange.hook.renewed": "更换推送密钥",
        "exchange.hook.paused": "暂停推送",
        "exchange.hook.resumed": "恢复推送",
        "exchange.hook.removed": "删除推送地址",
    }
)
