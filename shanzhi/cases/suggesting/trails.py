"""That suggestions were switched on or off is on the trail; what they learn is not: it decides nothing."""

from shanzhi.cases.models import SuggestionSwitch
from shanzhi.trail.trails import track, trail_labels

track(SuggestionSwitch)
trail_labels({"cases.suggestions.switched_on": "打开推荐", "cases.suggestions.switched_off": "关掉推荐"})
