"""The full-text index behind CaseText: GIN on PostgreSQL, an FTS5 table kept by triggers on SQLite."""

from django.db import migrations

SQLITE = [
    "CREATE VIRTUAL TABLE cases_search USING fts5(tokens, tokenize='unicode61')",
    """CREATE TRIGGER cases_search_insert AFTER INSERT ON cases_casetext BEGIN
         INSERT INTO cases_search (rowid, tokens) VALUES (new.case_id, new.tokens);
       END""",
    """CREATE TRIGGER cases_search_update AFTER UPDATE OF tokens ON cases_casetext BEGIN
         UPDATE cases_search SET tokens = new.tokens WHERE rowid = new.case_id;
       END""",
    """CREATE TRIGGER cases_search_delete AFTER DELETE ON cases_casetext BEGIN
         DELETE FROM cases_search WHERE rowid = old.case_id;
       END""",
]
POSTGRESQL = ["CREATE INDEX cases_casetext_tokens ON cases_casetext USING gin (tokens) WITH (fastupdate = off)"]
UNDO = {
    "sqlite": [
        "DROP TRIGGER cases_search_insert",
        "DROP TRIGGER cases_search_update",
        "DROP TRIGGER cases_search_delete",
        "DROP TABLE cases_search",
    ],
    "postgresql": ["DROP INDEX cases_casetext_tokens"],
}


def index(apps, editor):
    for statement in SQLITE if editor.connection.vendor == "sqlite" else POSTGRESQL:
        editor.execute(statement)


def drop(apps, editor):
    for statement in UNDO[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunPython(index, drop)]
