from django.urls import path

from shanzhi.notices.views import log, notices, settings

app_name = "notices"
urlpatterns = [
    path("notices/", notices.notice_list, name="list"),
    path("notices/reads/", notices.read_all_create, name="read-all-create"),
    path("notices/settings/", settings.preferences, name="settings"),
    path("notices/addresses/<slug:channel>/", settings.address, name="address"),
    path(
        "notices/addresses/<slug:channel>/verifications/",
        settings.address_verification_create,
        name="address-verification-create",
    ),
    path("notices/addresses/<slug:channel>/removals/", settings.address_removal_create, name="address-removal-create"),
    path("notices/log/", log.delivery_list, name="log"),
    path("notices/log/searches/", log.delivery_search, name="log-search"),
    path("notices/log/export/", log.delivery_export, name="log-export"),
    path("notices/log/<int:delivery_id>/retries/", log.delivery_retry_create, name="delivery-retry-create"),
    path("notices/<int:notice_id>/", notices.notice_open, name="open"),
]
