"""Addresses of batches and kept lists, below cases/."""

from django.urls import path

from shanzhi.cases.worklists import batch_views, saved_views

urlpatterns = [
    path("cases/batches/new/", batch_views.batch_new, name="batch-new"),
    path("cases/batches/<int:batch_id>/", batch_views.batch_show, name="batch"),
    path("cases/lists/", saved_views.saved_list, name="saved-list"),
    path("cases/lists/new/", saved_views.saved_new, name="saved-new"),
    path("cases/lists/<int:saved_id>/", saved_views.saved_change, name="saved"),
    path("cases/lists/<int:saved_id>/restorations/", saved_views.saved_restore, name="saved-restore"),
]
