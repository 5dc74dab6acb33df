from shanzhi.packs.history import versions_agree
from shanzhi.packs.models import Definition
from shanzhi.trail.trails import track, trail_labels

track(Definition, also=versions_agree)
trail_labels(
    {
        "packs.definition.published": "发布办事规则",
        "packs.definition.retired": "停用办事规则",
        "packs.definition.restored": "恢复办事规则",
    }
)
