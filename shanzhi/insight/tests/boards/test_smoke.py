from shanzhi.cases.tests.pages import statements, text_of
from tests.cast import Cast, report
def test_x(cast: Cast) -> None:
    report(cast)
    c = cast["county_leader"].client()
    for a in ("dashboard/","wall/","morning/","dashboard/print/","dashboard/export/", "dashboard/export/?format=csv&part=days"):
        r=c.get("/341181/"+a); print(a, r.status_code)
    r=c.get("/api/v1/341181/dashboard"); print(r.status_code, r.content.decode()[:1500])
    with statements() as out:
        r=c.get("/341181/dashboard/?period=year")
    print(text_of(r))
    for s in out: print(s[:250])
