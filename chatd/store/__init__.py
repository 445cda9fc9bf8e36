"""Postgres: what is kept. sql/ holds the statements, `queries` names them, `Store` is the way in."""
