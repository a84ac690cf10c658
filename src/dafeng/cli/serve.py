"""dafeng serve: serves a data folder on this machine."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path
from typing import Any


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "serve",
        help="网页服务 / serve the site",
        description="打开数据目录并提供网页；目录不存在时先建好示例 / Serves a data folder; creates it with the example where it is not there.",
    )
    parser.add_argument("--data", required=True, type=Path, metavar="DIR", help="数据目录 / data folder")
    parser.add_argument(
        "--port", type=int, default=8000, metavar="N", help="端口，缺省 8000 / port, 8000 by default"
    )
    parser.add_argument(
        "--empty", action="store_true", help="新建时不放示例 / create it empty, without the example"
    )
    parser.add_argument(
        "--bind",
        default="127.0.0.1",
        metavar="ADDRESS",
        help="监听地址，缺省只限本机 / address to listen on, this machine only by default",
    )
    parser.add_argument(
        "--host",
        action="append",
        default=[],
        metavar="NAME",
        help="允许访问的主机名，可多次给出 / name under which the site may be called; repeatable",
    )
    parser.add_argument(
        "--threads", type=int, default=8, metavar="N", help="线程数，缺省 8 / threads, 8 by default"
    )
    parser.set_defaults(handler=serve)


def serve(arguments: argparse.Namespace) -> int:
    if not 1 <= arguments.port <= 65535:
        print("端口应在 1—65535 之间 / a port lies between 1 and 65535", file=sys.stderr)
        return 2
    if not 1 <= arguments.threads <= 64:
        print("线程数应在 1—64 之间 / threads lie between 1 and 64", file=sys.stderr)
        return 2
    data: Path = arguments.data.resolve()
    if data.exists() and not data.is_dir():
        print(f"{data} 不是目录 / is not a folder", file=sys.stderr)
        return 2
    if _taken(arguments.bind, arguments.port):
        print(
            f"端口 {arguments.port} 已被占用，请用 --port 另选 / port {arguments.port} is taken: choose another with --port",
            file=sys.stderr,
        )
        return 1

    from dafeng.web.folder import ForeignFolder, prepare

    try:
        made = prepare(data, arguments.empty)
    except ForeignFolder as error:
        print(
            f"{data} 里有别的文件（{error}），没有区县，未放入任何东西；请另选一个空目录，或给出有 package.toml 的区县目录 / "
            "holds other files and no district: nothing was put there; choose an empty folder or a district's own",
            file=sys.stderr,
        )
        return 1
    except OSError as error:
        print(f"不能建立数据目录 {data}：{error.strerror} / cannot make the data folder", file=sys.stderr)
        return 1
    if made == "example":
        print(f"已建立示例：{data} / created with the example", file=sys.stderr)
    elif made == "empty":
        print(f"已建立空目录：{data} / created empty", file=sys.stderr)

    os.environ["DAFENG_DATA"] = str(data)
    hosts = [h for h in os.environ.get("DAFENG_HOSTS", "").split(",") if h] + arguments.host
    os.environ["DAFENG_HOSTS"] = ",".join(hosts)

    from dafeng.web.server import run

    print(f"http://{arguments.bind}:{arguments.port}/", file=sys.stderr)
    run(arguments.bind, arguments.port, arguments.threads)
    return 0


def _taken(bind: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError:
            return True
    return False
