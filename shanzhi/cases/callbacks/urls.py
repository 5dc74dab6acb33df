"""Addresses of call-backs inside a county; taken into the case app's own."""

from django.urls import path

from shanzhi.cases.callbacks.views import callback, callback_list, callbacks, callbacks_export, draw_show, draws

urlpatterns = [
    path("cases/call-backs/", callbacks, name="callbacks"),
    path("cases/call-backs/export/", callbacks_export, name="callbacks-export"),
    path("cases/call-backs/draws/", draws, name="draws"),
    path("cases/call-backs/draws/<slug:draw_id>/", draw_show, name="draw"),
    path("cases/<case_number:number>/call-back/", callback, name="callback"),
    path("cases/<case_number:number>/call-back/listing/", callback_list, name="callback-list"),
]
