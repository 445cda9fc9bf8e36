"""The WebSocket door: opcodes in, events out. Begin with dispatch.py, then hub.py.

What a client may send is one table (dispatch.RECEIVE); what it gets is the store's feed, seen by who is
asking (visibility.py) and made into bytes once (broadcast.py). docs/gateway.md is its page for clients.
"""

from chatd.gateway.app import Gateway
from chatd.gateway.settings import GatewaySettings

__all__ = ["Gateway", "GatewaySettings"]
