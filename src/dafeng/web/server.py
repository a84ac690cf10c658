"""gunicorn with one process and some threads: the opened district is shared by all of them."""

from __future__ import annotations

from typing import Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]


class Server(BaseApplication):
    def __init__(self, options: dict[str, Any]):
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for key, value in self._options.items():
            self.cfg.set(key, value)

    def load(self) -> Any:
        from dafeng.web.wsgi import application

        warm()
        return application


def warm() -> None:
    """Opens the district and builds the first page, so that the first reader does not wait."""
    from django.test import RequestFactory

    from dafeng.web.views.overview import overview

    try:
        overview(RequestFactory().get("/"))
    except Exception:  # the page itself will say what is wrong
        return


def run(bind: str, port: int, threads: int) -> None:
    host = f"[{bind}]" if ":" in bind else bind
    Server(
        {
            "bind": f"{host}:{port}",
            "workers": 1,
            "threads": threads,
            "worker_class": "gthread",
            "timeout": 120,
            "graceful_timeout": 10,
            "keepalive": 5,
            "accesslog": None,
            "loglevel": "warning",
            "control_socket_disable": True,
            "limit_request_line": 8190,
            "worker_tmp_dir": None,
        }
    ).run()
