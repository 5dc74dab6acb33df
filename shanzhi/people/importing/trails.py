"""What the trail says of lists that came in and went out."""

from typing import Final

from shanzhi.areas.registry import path_holder
from shanzhi.people.models import RegisterExport
from shanzhi.trail.trails import trail_labels

EXPORTS: Final = RegisterExport
path_holder("people.RegisterExport", "path")
trail_labels(
    {
        "people.import.sent": "上传人口名册",
        "people.import.mapped": "对应名册的列",
        "people.import.checked": "检查人口名册",
        "people.import.refused": "名册无法读取",
        "people.import.started": "开始导入名册",
        "people.import.resumed": "重新开始处理名册",
        "people.import.cancelled": "放弃导入名册",
        "people.import.finished": "名册导入完毕",
        "people.import.faults": "下载名册错行",
        "people.import.forgotten": "名册文件到期销毁",
        "people.export.asked": "要求导出人口名册",
        "people.export.made": "导出人口名册",
        "people.export.taken": "下载导出的名册",
        "people.export.over": "导出的名册到期销毁",
    }
)
