"""Makes the pictures of README and the guide: the example, served from a fresh folder, seen through Chromium.

usage: tools/pictures.py [folder]      The default folder is docs/pictures. Needs what the tests need.
Pictures are reduced to 256 colours and kept under 300 KB each.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 300_000
#: name → (address, width, height or 0 for the whole page)
PICTURES: dict[str, tuple[str, int, int]] = {
    "overview-zh": ("/", 1440, 0),
    "overview-en": ("/en/", 1440, 1040),
    "overview-phone-zh": ("/", 390, 844),
    "target-zh": ("/targets/pv_capacity_2030", 1440, 0),
    "target-peak-en": ("/en/targets/peak_2030", 1440, 900),
    "inventory-zh": ("/inventory/", 1440, 1240),
    "inventory-en": ("/en/inventory/", 1440, 1240),
    "number-zh": ("/number/co2_total", 1440, 0),
    "plan-zh": ("/plan/", 1440, 1000),
    "data-zh": ("/data/", 1440, 1000),
}


@contextlib.contextmanager
def serving(data: Path) -> Iterator[str]:
    """The example served on a free port, as a user would do it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "dafeng.cli.main", "serve", "--data", str(data), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        for _ in range(240):
            if process.poll() is not None:
                raise RuntimeError((process.stderr.read() if process.stderr else b"").decode())
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer,
            ):
                if answer.status == 200:
                    break
            time.sleep(0.25)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def take(base: str, folder: Path, names: list[str] | None = None) -> list[Path]:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    made: list[Path] = []
    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, (address, width, height) in PICTURES.items():
            if names is not None and name not in names:
                continue
            page = browser.new_page(viewport={"width": width, "height": height or 900})
            page.goto(base + address)
            page.wait_for_load_state("networkidle")
            path = folder / f"{name}.png"
            path.write_bytes(reduce(page.screenshot(full_page=not height)))
            page.close()
            made.append(path)
        browser.close()
    return made


def reduce(png: bytes, colours: int = 256) -> bytes:
    """The same picture with a palette: the commonest colours, every other one as the nearest of them."""
    pixels = decode(png)
    packed = pixels[..., 0].astype(np.uint32) << 16 | pixels[..., 1].astype(np.uint32) << 8 | pixels[..., 2]
    unique, inverse, counts = np.unique(packed, return_inverse=True, return_counts=True)
    rgb = lambda c: np.stack([c >> 16 & 255, c >> 8 & 255, c & 255], axis=-1).astype(np.int32)  # noqa: E731
    palette = _palette(unique[np.argsort(-counts)], rgb, colours)
    nearest = np.empty(len(unique), np.uint8)
    known = rgb(palette)
    for start in range(0, len(unique), 2048):
        part = rgb(unique[start : start + 2048])
        nearest[start : start + 2048] = (
            ((part[:, None, :] - known[None, :, :]) ** 2).sum(axis=2).argmin(axis=1)
        )
    index = nearest[inverse.reshape(packed.shape)]
    height, width = index.shape
    rows = np.zeros((height, width + 1), np.uint8)
    rows[:, 1:] = index
    out = io.BytesIO()
    out.write(b"\x89PNG\r\n\x1a\n")
    _chunk(out, b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0))
    _chunk(out, b"PLTE", known.astype(np.uint8).tobytes())
    _chunk(out, b"IDAT", zlib.compress(rows.tobytes(), 9))
    _chunk(out, b"IEND", b"")
    return out.getvalue()


def _palette(by_count: np.ndarray, rgb: Callable[[np.ndarray], np.ndarray], colours: int) -> np.ndarray:
    """The commonest colours that are not nearly alike, so that a rare but different one keeps its place."""
    kept = by_count[:1]
    for apart in (900, 300, 100, 0):
        for colour in by_count[:20_000]:
            if len(kept) == colours:
                return kept
            if ((rgb(kept) - rgb(colour)) ** 2).sum(axis=1).min() > apart:
                kept = np.append(kept, colour)
    return kept


def decode(png: bytes) -> np.ndarray:
    """Pixels of an 8-bit RGB or RGBA PNG without interlace, as browsers write them."""
    at, data, channels, width, height = 8, b"", 3, 0, 0
    while at < len(png):
        length = struct.unpack(">I", png[at : at + 4])[0]
        kind, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            if depth != 8 or colour not in (2, 6):
                raise ValueError("8-bit RGB or RGBA expected")
            channels = 3 if colour == 2 else 4
        elif kind == b"IDAT":
            data += body
        at += length + 12
    raw = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, 1 + width * channels)
    out = np.zeros((height, width * channels), np.uint8)
    above = np.zeros(width * channels, np.int32)
    for y in range(height):
        method, line = int(raw[y, 0]), raw[y, 1:].astype(np.int32)
        if method == 1:
            line = np.cumsum(line.reshape(width, channels), axis=0).reshape(-1) & 255
        elif method == 2:
            line = (line + above) & 255
        elif method in (3, 4):
            line = _unfilter(line, above, channels, method)
        out[y] = line
        above = line
    return out.reshape(height, width, channels)[..., :3]


def _unfilter(line: np.ndarray, above: np.ndarray, channels: int, method: int) -> np.ndarray:
    """Average (3) and Paeth (4), which need the pixel before."""
    values, up = line.tolist(), above.tolist()
    for i in range(len(values)):
        a = values[i - channels] if i >= channels else 0
        b = up[i]
        if method == 3:
            guess = (a + b) >> 1
        else:
            c = up[i - channels] if i >= channels else 0
            pa, pb, pc = abs(b - c), abs(a - c), abs(a + b - 2 * c)
            guess = a if pa <= pb and pa <= pc else b if pb <= pc else c
        values[i] = (values[i] + guess) & 255
    return np.array(values, np.int32)


def _chunk(out: io.BytesIO, kind: bytes, body: bytes) -> None:
    out.write(struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)))


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0]) if arguments else ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, serving(Path(data) / "data") as base:
        for path in take(base, folder):
            size = path.stat().st_size
            print(f"{path.name}: {size / 1000:.0f} KB")
            if size > LIMIT:
                print(f"{path.name} is larger than {LIMIT / 1000:.0f} KB", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
