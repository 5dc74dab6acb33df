"""Messages as lines of JSON in a folder: for development and tests, and for a county that has no provider yet."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from shanzhi.lib.times import local
from shanzhi.notices.channels.base import Message, SendError


@dataclass(frozen=True)
class FileSender:
    """A line for each attempt in `<folder>/<day>.jsonl`, mode 600: lines of several processes never mix."""

    channel: str
    folder: Path

    def send(self, message: Message) -> str:
        line = {
            "id": str(message.id),
            "channel": self.channel,
            "to": message.to,
            "template": message.template,
            "title": message.title,
            "text": message.text,
            "params": dict(message.params),
            "url": message.url,
            "place": message.place,
            "at": local(message.at).isoformat(),
        }
        data = (json.dumps(line, ensure_ascii=False) + "\n").encode()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path = self.folder / f"{local(message.at):%Y-%m-%d}.jsonl"
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(descriptor, data)
            finally:
                os.close(descriptor)
        except OSError:
            raise SendError("消息文件写不进去，请检查磁盘和文件夹权限。", down=True) from None
        return ""
