"""What a person calls the device behind a user agent; unknown ones are not guessed at."""

_DEVICES = (
    ("OpenHarmony", "鸿蒙设备"),
    ("HarmonyOS", "鸿蒙设备"),
    ("iPhone", "苹果手机"),
    ("iPad", "苹果平板"),
    ("Android", "安卓平板"),
    ("Windows", "Windows 电脑"),
    ("Macintosh", "苹果电脑"),
    ("CrOS", "笔记本电脑"),
    ("Linux", "Linux 电脑"),
)
_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Lark", "飞书"),
    ("Feishu", "飞书"),
    ("HuaweiBrowser", "华为浏览器"),
    ("MiuiBrowser", "小米浏览器"),
    ("VivoBrowser", "vivo 浏览器"),
    ("HeyTapBrowser", "OPPO 浏览器"),
    ("UCBrowser", "UC 浏览器"),
    ("QQBrowser", "QQ 浏览器"),
    ("QIHU", "360 浏览器"),
    ("360SE", "360 浏览器"),
    ("Edg", "Edge 浏览器"),
    ("Firefox", "火狐浏览器"),
    ("Chrome", "谷歌浏览器"),
    ("Safari", "Safari 浏览器"),
)


def device_words(user_agent: str) -> str:
    """安卓手机，微信; 未知设备 when nothing of it is known."""
    device = next((words for mark, words in _DEVICES if mark in user_agent), "")
    if device == "安卓平板" and "Mobile" in user_agent:
        device = "安卓手机"
    browser = next((words for mark, words in _BROWSERS if mark in user_agent), "")
    return "，".join(part for part in (device, browser) if part) or "未知设备"


def is_phone(user_agent: str) -> bool:
    """Whether the icon beside it is a phone; tablets count as phones."""
    return any(mark in user_agent for mark in ("iPhone", "iPad", "Android", "Harmony"))
