"""What cases tell people about; each person chooses the channels (notices.topics)."""

from typing import Final

from shanzhi.notices.topics import topic

ASSIGNED: Final = topic("cases.assigned", "派给我的", channels=("wechat", "dingtalk"))
DUE: Final = topic("cases.due", "快到期和超期", channels=("wechat", "dingtalk"))
SUPERVISED: Final = topic("cases.supervised", "督办", channels=("wechat", "dingtalk", "sms"))
WHISTLED: Final = topic("cases.whistled", "吹哨", channels=("wechat", "dingtalk", "sms"), at_night=True)
PROGRESS: Final = topic("cases.progress", "我上报的事的进展", channels=("wechat", "sms"))
MENTIONED: Final = topic("cases.mentioned", "@我", channels=("wechat", "dingtalk"))
FLOOD: Final = topic("cases.flood", "群众反映来得太快", channels=("wechat", "dingtalk"))
