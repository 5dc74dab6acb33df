from django.urls import path, register_converter

from shanzhi.exchange.open311 import views


class FormConverter:
    """The end of an address: in which form the answer is wanted."""

    regex = "json|xml"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FormConverter, "open311_form")
app_name = "open311"
urlpatterns = [
    path("discovery.<open311_form:form>", views.discover, name="discovery"),
    path("v2/discovery.<open311_form:form>", views.discover, name="discovery-of-version"),
    path("v2/services.<open311_form:form>", views.services, name="services"),
    path("v2/services/<str:service_code>.<open311_form:form>", views.definition, name="service"),
    path("v2/requests.<open311_form:form>", views.many_requests, name="requests"),
    path("v2/requests/<str:request_id>.<open311_form:form>", views.one_request, name="request"),
    path("v2/tokens/<str:token>.<open311_form:form>", views.token, name="token"),
]
