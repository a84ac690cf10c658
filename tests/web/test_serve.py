"""dafeng serve, as a user starts it: a process, a port, a data folder."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    port = free_port()
    data = tmp_path / "data"
    command = [
        sys.executable,
        "-m",
        "dafeng.cli.main",
        "serve",
        "--data",
        str(data),
        "--port",
        str(port),
        "--empty",
    ]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            assert process.poll() is None, process.stderr.read().decode() if process.stderr else ""
            try:
                urllib.request.urlopen(base + "/healthz").close()
                break
            except OSError:
                time.sleep(0.1)
        yield base, data
    finally:
        process.terminate()
        process.wait(20)


def read(address: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(address, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


@pytest.mark.slow
def test_serves_what_it_says(served: tuple[str, Path]) -> None:
    base, data = served
    status, headers, body = read(base + "/healthz")
    assert status == 200 and headers["Content-Type"].startswith("application/json")
    assert json.loads(body)["district"] == "district"
    assert read(base + "/")[0] == 200 and read(base + "/en/")[0] == 200
    status, headers, body = read(base + "/assets/css/base.css?v=1")
    assert status == 200 and "css" in headers["Content-Type"] and b"--accent" in body
    assert read(base + "/assets/../settings.py")[0] == 404
    assert read(base + "/", Host="elsewhere.example")[0] == 400
    assert "gzip" in read(base + "/about/", **{"Accept-Encoding": "gzip"})[1].get("Content-Encoding", "")
    # A changed file shows without a restart.
    package = data / "district" / "package.toml"
    package.write_text(package.read_text("utf-8").replace("未命名区县", "新名区"), "utf-8")
    time.sleep(1.2)
    assert "新名区" in read(base + "/")[2].decode()
    # So does a mistake, and its mending.
    good = package.read_text("utf-8")
    package.write_text('extends = "nothing"\n', "utf-8")
    time.sleep(1.2)
    assert read(base + "/")[0] == 503
    package.write_text(good, "utf-8")
    time.sleep(1.2)
    assert read(base + "/")[0] == 200


def test_wrong_use_is_said_plainly(tmp_path: Path) -> None:
    from dafeng.cli.main import main

    file = tmp_path / "file"
    file.write_text("x")
    assert main(["serve", "--data", str(file)]) == 2
    assert main(["serve", "--data", str(tmp_path / "d"), "--port", "0"]) == 2
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert main(["serve", "--data", str(tmp_path / "d"), "--port", str(taken.getsockname()[1])]) == 1
    assert not (tmp_path / "d").exists()
