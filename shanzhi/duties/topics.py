"""What instructions tell people about; each person chooses the channels."""

from typing import Final

from shanzhi.notices.topics import topic

GIVEN: Final = topic("duties.given", "交办给我的", channels=("wechat", "dingtalk"))
DUE: Final = topic("duties.due", "交办快到期和超期", channels=("wechat", "dingtalk"))
ANSWERED: Final = topic("duties.answered", "我交办的有回音", channels=("wechat", "dingtalk"))
