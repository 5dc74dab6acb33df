"""Forms of the register's pages. The rules are the services'; a form only reads what was typed."""
