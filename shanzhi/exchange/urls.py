from django.urls import path

from shanzhi.exchange.views import hooks, log

app_name = "exchange"
urlpatterns = [
    path("hooks/", hooks.hook_list, name="hooks"),
    path("hooks/new/", hooks.hook_create, name="hook-create"),
    path("hooks/log/", log.delivery_list, name="log"),
    path("hooks/log/export/", log.delivery_export, name="log-export"),
    path("hooks/log/<int:hook_delivery_id>/retries/", log.delivery_resend_create, name="delivery-resend-create"),
    path("hooks/<int:hook_id>/", hooks.hook_detail, name="hook"),
    path("hooks/<int:hook_id>/changes/", hooks.hook_change, name="hook-change"),
    path("hooks/<int:hook_id>/tests/", hooks.hook_test_create, name="hook-test-create"),
    path("hooks/<int:hook_id>/<slug:hook_act>/", hooks.hook_act, name="hook-act"),
]
