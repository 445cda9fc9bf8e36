"""The introduction: the one place where all rooms meet. Built from a Config, started, stopped.

Nothing is decided here; each room is made with what it needs, and given to those that need it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from typing import Any, NamedTuple

from chatd import __version__, assets, jobs
from chatd.actions import endpoints, first_run
from chatd.backlog import Backlog
from chatd.config import Config
from chatd.database import SERVER_WORKER, Database, DatabaseEnded, Prepared, open_store, prepare
from chatd.gateway.app import Gateway
from chatd.gateway.settings import GatewaySettings
from chatd.interaction_deadlines import InteractionDeadlines
from chatd.interaction_endpoint import ANSWER_BYTES_MAX, ANSWER_WITHIN_S, InteractionEndpoints
from chatd.link_previews import LinkPreviews
from chatd.log import logger
from chatd.model.actor import ANYONE
from chatd.model.jobs import AwaitAnswer, Job, PostInteraction, PreviewLinks
from chatd.net.addresses import AllowedAddresses
from chatd.net.client import Client, ClientSettings
from chatd.net.server import Server, ServerSettings
from chatd.net.systemd import Notifier, inherited_sockets
from chatd.net.tls import Certificates
from chatd.remote_avatars import RemoteAvatars
from chatd.rest.app import RestApp
from chatd.rest.live import Live
from chatd.rest.settings import LimitSettings, RestSettings
from chatd.store.store import Store
from chatd.wire.forwarded import TrustedProxies
from chatd.wire.http1 import HTTPLimits, Request
from chatd.wire.responses import Response

log = logger

SWEEP_S = 1.0
# How a host says that it listens everywhere.
EVERY_ADDRESS = ("", "*", "0.0.0.0", "::")
# A migration may take its time; systemd is told that the start is alive.
START_MAX_S = 600.0


class Doors(NamedTuple):
    """What the sockets are answered by: the HTTP door, and the WebSocket door's handlers."""

    respond: Callable[[Request], Awaitable[Response]]
    open_websocket: Callable[[Request], Any]


def nothing_between(doors: Doors) -> Doors:
    """Whoever asks stands at the doors themselves."""
    return doors


@dataclass(frozen=True, slots=True)
class Ready:
    """What a person or a script wants to know once the server accepts connections."""

    version: str
    url: str
    port: int
    pid: int
    data: str
    database: str
    database_pid: int | None
    schema_from: int
    schema_to: int
    first_run: bool
    setup: str | None

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


async def run(config: Config, database: Database, on_ready: Callable[[Ready], None]) -> None:
    """Serve until SIGTERM or SIGINT, then drain.

    Raises what stands in the way of a start, DatabaseEnded, Superseded and JournalCut.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    notifier = Notifier()
    notifier.extend_timeout(START_MAX_S)
    preparing = asyncio.create_task(prepare(database, config))
    if not await _unless_stopped(preparing, stop):
        return
    async with open_store(database, config, worker=SERVER_WORKER) as store:
        if not await _unless_stopped(asyncio.create_task(store.listen(alone=True)), stop):
            return
        app = App(config, store)
        try:
            await app.listen()
            on_ready(await app.ready(database, preparing.result()))
            notifier.ready(app.status())
            notifier.keep_watchdog(loop)
            loop.add_signal_handler(signal.SIGHUP, app.reload, notifier)
            await app.keep(stop, notifier, database)
            notifier.stopping("draining")
        finally:
            await app.stop()


class App:
    """The rooms of one server process, introduced to each other."""

    def __init__(
        self, config: Config, store: Store, between: Callable[[Doors], Doors] = nothing_between
    ) -> None:
        """`between` may put others before the doors, who see all that comes (testbench/watch.py)."""
        self.config = config
        self.store = store
        http = config.http
        self.certificates = (
            Certificates(http.tls_certificate, http.tls_key or None) if http.tls_certificate else None
        )
        self.rest = RestApp(store, settings=_rest_settings(config), assets=assets.web(), clock=store.clock)
        self.gateway = Gateway(
            store, settings=_gateway_settings(config), call=self.rest.call, public_url=lambda: self.url,
            clock=time.monotonic,
        )  # fmt: skip
        self.rest.is_online = self.gateway.is_online
        self.rest.is_connected = self.gateway.is_connected
        self.rest.session_start_limit = self.gateway.session_start_limit
        doors = between(Doors(self.rest.respond, self.gateway.open))
        self.server = Server(
            respond=doors.respond, open_websocket=doors.open_websocket, settings=_server_settings(config)
        )
        self.rest.live = Live(
            self.gateway.live_connections, self.gateway.close_connection,
            lambda: self.server.connections._asdict(), store.clock(), __version__,
        )  # fmt: skip
        self._jobs: list[asyncio.Task[None]] = []
        self._endpoint_client = Client(_endpoint_client_settings(config))
        self.endpoints = InteractionEndpoints(store, self._endpoint_client, self.rest.respond)
        self.rest.check_endpoint = self.endpoints.check
        self.rest.settle = self.endpoints.settle
        self._client: Client | None = None
        self._backlog: Backlog | None = None
        self._avatars: RemoteAvatars | None = None
        self._deadlines = InteractionDeadlines(store)
        store.later = self._later
        if config.files.link_previews:
            self._client = Client(_client_settings(config))
            self._backlog = Backlog({PreviewLinks: LinkPreviews(store, self._client)})
            self._avatars = RemoteAvatars(store, self._client, clock=store.clock)
            self.rest.fetch_avatar = self._avatars

    @property
    def url(self) -> str:
        """Where clients find the server: the public address, else the one it listens on."""
        if self.config.http.public_url:
            return self.config.http.public_url
        host = self.config.http.host
        host = "127.0.0.1" if host in EVERY_ADDRESS else host
        shown = f"[{host}]" if ":" in host else host
        return f"{'https' if self.certificates else 'http'}://{shown}:{self.server.port}"

    async def listen(self) -> None:
        """Take up the sessions of the run before, then accept connections."""
        self.store.feed.subscribe(self.gateway.deliver)
        await self.gateway.start()
        async with self.store.transaction(ANYONE) as tx:
            await endpoints.make_keys(tx)
        context = self.certificates.context if self.certificates else None
        inherited = [sock for sockets in inherited_sockets().values() for sock in sockets]
        for sock in inherited:
            await self.server.listen(sock=sock, ssl=context)
        if not inherited:
            await self.server.listen(self.config.http.host, self.config.http.port, ssl=context)
        self.rest.settings = replace(self.rest.settings, local_url=self.url)
        self.store.links.base_url = self.url
        if not self.config.http.public_url and self.config.http.host in EVERY_ADDRESS:
            log.warning("http.public_url is not set, so addresses of files name this one", url=self.url)
        journal_kept = timedelta(seconds=self.config.gateway.resume_window_s)
        for job in (
            jobs.run_forever(self.store, journal_kept=journal_kept),
            jobs.index_forever(self.store),
            jobs.purge_forever(self.store),
            jobs.copy_forever(self.store),
        ):
            self._jobs.append(asyncio.create_task(job))
        if self._backlog is not None:
            self._backlog.start()

    async def ready(self, database: Database, prepared: Prepared) -> Ready:
        """What to print; a set-up link is made anew as long as nobody owns the server."""
        async with self.store.pool.acquire() as conn:
            secret = await first_run.renew_setup_secret(conn)
        return Ready(
            version=__version__, url=self.url, port=self.server.port, pid=os.getpid(),
            data=str(self.config.data), database=database.description, database_pid=database.pid,
            schema_from=prepared.schema_from, schema_to=prepared.schema_to, first_run=prepared.first_run,
            setup=f"{self.url}/setup#k={secret}" if secret else None,
        )  # fmt: skip

    async def keep(self, stop: asyncio.Event, notifier: Notifier, database: Database) -> None:
        """Sweep once a second until told to stop; one timer for all time limits of the gateway.

        Raises DatabaseEnded: without its own PostgreSQL a server can only refuse, and would for ever. And
        Superseded, when another server has taken over the database, or JournalCut, when the journal no longer
        has what this process missed: both are cured by a new start.
        """
        status = ""
        while not stop.is_set():
            if database.has_ended():
                raise DatabaseEnded(f"its PostgreSQL has ended; {self.config.data}/postgres.log may say why")
            if (failure := self.store.listener.failure or self.store.feed.failure) is not None:
                raise failure
            self.gateway.sweep(time.monotonic())
            if status != (status := self.status()):
                notifier.status(status)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), SWEEP_S)

    def _later(self, job: Job) -> None:
        """What was named in a transaction that has ended well; a deadline runs from then on."""
        if isinstance(job, AwaitAnswer):
            self._deadlines.begin(job)
        elif isinstance(job, PostInteraction):
            self.endpoints.put(job)
        elif self._backlog is not None:
            self._backlog.put(job)

    def status(self) -> str:
        """One line for `systemctl status`."""
        connections = self.server.connections
        return f"{self.url}: {connections.websocket} gateway connections, {connections.http} HTTP connections"

    def reload(self, notifier: Notifier) -> None:
        """SIGHUP: serve the certificate that the files hold now."""
        notifier.reloading()
        try:
            if self.certificates:
                self.certificates.reload()
            log.info("reloaded")
        except OSError as error:  # ssl.SSLError among them: keep what works
            log.error("certificate not reloaded", reason=error)
        notifier.ready(self.status())

    async def stop(self) -> None:
        """Tell clients to come back, finish what runs, keep every session resumable."""
        for job in self._jobs:
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
        await self.gateway.shutdown()
        await self.server.drain(self.config.http.drain_timeout_s)
        if self._backlog is not None:
            await self._backlog.stop()
        await self._deadlines.stop()
        await self.endpoints.stop()
        if self._avatars is not None:
            await self._avatars.stop()
        if self._client is not None:
            self._client.close()
        self._endpoint_client.close()


async def _unless_stopped(task: asyncio.Task[Any], stop: asyncio.Event) -> bool:
    """Wait for a task; False when a signal came first. Raises what the task raises."""
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not task.done():
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return False
    task.result()
    return True


def _rest_settings(config: Config) -> RestSettings:
    return RestSettings(
        public_url=config.http.public_url,
        cors_origins=config.http.cors_origins,
        secure_cookies=config.http.secure_cookies,
        session=timedelta(days=config.accounts.session_days),
        attachment_bytes_max=config.files.attachment_bytes_max,
        signed_links=config.files.signed_links,
        guilds_owned_max=config.accounts.guilds_owned_max,
        applications=config.accounts.applications,
        applications_owned_max=config.accounts.applications_owned_max,
        limits=config.limits if config.limits.enabled else LimitSettings.off(),
    )


def _client_settings(config: Config) -> ClientSettings:
    return ClientSettings(
        user_agent=f"chatd/{__version__} (link previews)",
        allowed=AllowedAddresses(config.files.link_preview_networks),
    )


def _endpoint_client_settings(config: Config) -> ClientSettings:
    """An application has as long for its answer as for any other, and may send a few pictures with it."""
    return ClientSettings(
        timeout_s=ANSWER_WITHIN_S, bytes_max=ANSWER_BYTES_MAX, redirects_max=0, tls_to_public=True,
        user_agent=f"chatd/{__version__} (interactions)",
        allowed=AllowedAddresses(config.interactions.endpoint_networks),
    )  # fmt: skip


def _gateway_settings(config: Config) -> GatewaySettings:
    settings = replace(config.gateway, cors_origins=config.http.cors_origins)
    if config.limits.enabled:
        return settings
    return replace(settings, frames_limit=0, session_starts_per_day=0)


def _server_settings(config: Config) -> ServerSettings:
    http = config.http
    return ServerSettings(
        http=HTTPLimits(body_max=http.body_bytes_max),
        trusted_proxies=TrustedProxies(http.trusted_proxies),
        handshake_timeout_s=http.handshake_timeout_s,
        header_timeout_s=http.header_timeout_s,
        body_timeout_s=http.body_timeout_s,
        keepalive_timeout_s=http.keepalive_timeout_s,
        ping_interval_s=None,  # The gateway's heartbeats tell the living from the dead.
    )
