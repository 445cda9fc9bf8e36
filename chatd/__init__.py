"""chatd: a self-hosted chat server that speaks the gateway and REST dialect of Discord, version 10."""

__version__ = "0.1.0"
