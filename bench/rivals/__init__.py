"""Other people's WebSocket servers, each doing exactly what ../ws_server.py does."""
