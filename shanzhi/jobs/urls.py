from django.urls import path

from shanzhi.jobs import views

app_name = "jobs"
urlpatterns = [
    path("jobs/", views.job_list, name="list"),
    path("jobs/<int:job_id>/", views.job_show, name="job"),
    path("jobs/<int:job_id>/cancellations/", views.cancellation_create, name="cancellation-create"),
    path("trail/checks/", views.trail_check_create, name="trail-check-create"),
]
