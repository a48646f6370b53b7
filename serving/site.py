"""All that the REST port serves: the API, the metrics, a ready check, and the page."""

import html
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from serving.idle import IdleConnections
from serving.manager import ModelManager
from serving.metrics import Metrics
from serving.paths import is_api
from serving.rest import RestApi

PAGE_FOLDER = Path(__file__).parent / "page"
_PAGE_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}

Handler = Callable[[web.Request], Awaitable[web.Response]]


def build_site(
    rest: RestApi,
    manager: ModelManager,
    metrics: Metrics,
    metrics_path: str | None,
    idle: IdleConnections,
    max_request_bytes: int,
    model_name: str,
) -> web.Application:
    """The application behind the REST port.

    Args:
        rest: answers everything under `/v1/`.
        manager: knows whether all models are ready.
        metrics: what the metrics page shows.
        metrics_path: where it is; None for nowhere.
        idle: is told which connections are in use.
        max_request_bytes: bound on a body.
        model_name: the model that the page asks first.
    """
    fixed = {f"/{name}": _page_handler(PAGE_FOLDER / name, model_name) for name in _page_files()}
    fixed["/"] = fixed["/index.html"]
    fixed["/ready"] = _ready_handler(manager)
    if metrics_path:
        fixed[metrics_path] = _metrics_handler(metrics)

    async def handle(request: web.Request) -> web.Response:
        path = request.raw_path.partition("?")[0]
        with idle.busy(request):
            if is_api(path):
                return await rest.handle(request)
            if path in fixed:
                return await fixed[path](request)
            return web.Response(status=404, text="Not Found\n")

    site = web.Application(client_max_size=max_request_bytes)
    site.router.add_route("*", "/{path:.*}", handle)
    return site


def _page_files() -> list[str]:
    return [file.name for file in PAGE_FOLDER.iterdir() if file.suffix in _PAGE_TYPES]


def _page_handler(file: Path, model_name: str) -> Handler:
    body = file.read_text("utf-8").replace("{{model}}", html.escape(model_name)).encode()
    content_type = _PAGE_TYPES[file.suffix]

    async def handle(request: web.Request) -> web.Response:
        return web.Response(
            body=body, content_type=content_type, charset="utf-8", headers=_PAGE_HEADERS
        )

    return handle


def _ready_handler(manager: ModelManager) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        ready = manager.is_ready()
        return web.Response(status=200 if ready else 503, text="ready\n" if ready else "waiting\n")

    return handle


def _metrics_handler(metrics: Metrics) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        return web.Response(text=metrics.page(), content_type="text/plain")

    return handle
