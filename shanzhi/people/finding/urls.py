from django.urls import path

from shanzhi.people.finding import views

app_name = "people_find"
urlpatterns = [
    path("people/search/", views.search, name="search"),
    path("people/search/<int:search_id>/", views.found, name="found"),
]
