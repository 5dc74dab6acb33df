from django.urls import path

from shanzhi.portal import views
from shanzhi.portal.village.urls import urlpatterns as village

app_name = "portal"
urlpatterns = [path("", views.start, name="start"), *village]
