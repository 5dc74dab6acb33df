"""Who was kept out, and what became of held reports, can be proved; who they are stands nowhere."""

from shanzhi.cases.models import Block, Held
from shanzhi.trail.trails import track, trail_labels

track(Block)
track(Held)
trail_labels(
    {
        "cases.block.placed": "限制反映", "cases.block.extended": "延长限制", "cases.block.lifted": "解除限制",
        "cases.block.replaced": "限制到期，重新限制", "cases.held.received": "集中反映，先收下待甄别",
        "cases.held.released": "甄别后受理登记", "cases.held.discarded": "甄别后不登记",
        "cases.held.forgotten": "待甄别的反映到期删除",
    }
)  # fmt: skip
