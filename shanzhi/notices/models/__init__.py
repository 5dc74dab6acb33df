from shanzhi.notices.models.address import Address
from shanzhi.notices.models.delivery import Delivery
from shanzhi.notices.models.notice import Notice
from shanzhi.notices.models.preference import Preference

__all__ = ["Address", "Delivery", "Notice", "Preference"]
