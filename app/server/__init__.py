"""The ASGI form of the dashboard: routes of our own, guards in front of everything, streamed uploads."""
