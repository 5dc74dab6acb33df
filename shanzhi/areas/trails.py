from shanzhi.areas.models import Area, DivisionImport, HouseholdCount, Outline, OutlineImport, Unit
from shanzhi.trail.trails import track, trail_labels

track(Area)
track(Unit)
track(DivisionImport)
track(Outline)
track(OutlineImport)
track(HouseholdCount)
trail_labels(
    {
        "areas.area.added": "新增区划",
        "areas.area.renamed": "区划改名",
        "areas.area.moved": "区划改隶属",
        "areas.area.received": "区划随并入改隶属",
        "areas.area.merged": "区划并入",
        "areas.area.abolished": "撤销区划",
        "areas.area.imported": "按文件导入区划",
        "areas.unit.added": "设立部门或中心",
        "areas.unit.renamed": "部门或中心改名",
        "areas.unit.received": "部门或中心随区划并入",
        "areas.unit.closed": "撤销部门或中心",
        "areas.import.sent": "上传区划文件",
        "areas.import.refused": "区划文件无法读取",
        "areas.import.checked": "检查区划文件",
        "areas.import.started": "开始导入区划",
        "areas.import.resumed": "重新开始区划导入",
        "areas.import.applied": "区划导入完成",
        "areas.households.stated": "登记户数",
        "areas.outline.set": "登记边界",
        "areas.outline.ended": "边界失效",
        "areas.outlines.sent": "上传边界文件",
        "areas.outlines.applied": "导入边界文件",
    }
)
