"""Addresses of the public pages inside a county; taken into the case app's own."""

from django.urls import path

import shanzhi.areas.urls  # noqa: F401  (registers the codes of places)
from shanzhi.cases.residents import follow_views, report_views, wechat_views

urlpatterns = [
    path("report/", report_views.choose, name="public-choose"),
    path("report/photos/<int:file_id>/", report_views.photo, name="public-photo"),
    path("villages/<area_code:code>/report/", report_views.report, name="public-report"),
    path("villages/<area_code:code>/complain/", follow_views.complain, name="public-complain"),
    path("follow/", follow_views.follow, name="follow"),
    path("follow/receipt/", follow_views.receipt, name="public-receipt"),
    path("follow/add/", follow_views.add, name="public-add"),
    path("follow/rate/", follow_views.rate, name="public-rate"),
    path("follow/reopen/", follow_views.reopen, name="public-reopen"),
    path("follow/complain/", follow_views.complain_held, name="public-complain-held"),
    path("follow/wechat/", wechat_views.ask, name="public-wechat"),
    path("follow/wechat/back/", wechat_views.answered, name="public-wechat-back"),
    path("follow/wechat/stop/", wechat_views.stop, name="public-wechat-stop"),
    path("follow/leave/", follow_views.leave, name="public-leave"),
    path("follow/photos/<int:file_id>/", follow_views.held_photo, name="public-held-photo"),
]
