"""Benches: what a delivery, a handshake, an idle connection and a message cost. See README.md."""
