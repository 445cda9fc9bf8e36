"""Password hashing off the event loop: scrypt takes a core for a while, and others are talking.

Two threads of its own, so that a storm of sign-ins queues here and nowhere else.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from chatd.model import credentials

_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="scrypt")


async def hash_password(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_threads, credentials.hash_password, password)


async def verify_password(password: str, stored: str | None) -> bool:
    """Whether the password is right; for an account that does not exist, no, after as long a time."""
    stored = stored or credentials.NOBODYS_PASSWORD
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_threads, credentials.verify_password, password, stored)
