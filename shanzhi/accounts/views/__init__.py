"""Pages inside a county: 我的, and the security administrator's accounts, posts and tokens."""
