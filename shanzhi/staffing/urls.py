from django.urls import path

from shanzhi.staffing.views import acts, here, overview, people, rule

app_name = "staffing"
urlpatterns = [
    path("staffing/", overview.overview, name="overview"),
    path("staffing/print/", overview.overview_print, name="overview-print"),
    path("staffing/export/", overview.overview_export, name="overview-export"),
    path("staffing/vacancies/", overview.gap_list, name="gaps"),
    path("staffing/vacancies/export/", overview.gap_export, name="gaps-export"),
    path("staffing/here/", here.here, name="here"),
    path("staffing/rule/", rule.rule_show, name="rule"),
    path("staffing/rule/changes/", rule.rule_change, name="rule-change"),
    path("staffing/people/", people.people, name="people"),
    path("staffing/people/searches/", people.people_search, name="people-search"),
    path("staffing/people/export/", people.people_export, name="people-export"),
    path("staffing/people/new/", acts.appoint, name="appoint"),
    path("staffing/people/<int:staff_id>/", people.person, name="person"),
    path("staffing/people/<int:staff_id>/corrections/", acts.correct, name="correct"),
    path("staffing/people/<int:staff_id>/terms/", acts.set_term, name="term"),
    path("staffing/people/<int:staff_id>/renewals/", acts.renew, name="renew"),
    path("staffing/people/<int:staff_id>/ends/", acts.end, name="end"),
    path("staffing/people/<int:staff_id>/phone/", people.phone, name="phone"),
]
