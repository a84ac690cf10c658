"""A data folder: `<data>/district` is the district in use, `<data>/secret.key` signs what needs signing."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

EMPTY_PACKAGE = """\
# An empty district: replace by your own definitions; see docs/bring-your-district.md.
id = "district"
name = "未命名区县"
name_en = "Unnamed district"
kind = "district"
extends = "CN"
"""


def example_district() -> Path | None:
    """The example beside the source tree, where there is one."""
    folder = Path(__file__).resolve().parents[3] / "districts" / "lixia"
    return folder if (folder / "package.toml").exists() else None


class ForeignFolder(Exception):
    """A folder that holds other things: nothing is put into it."""


def is_district(folder: Path) -> bool:
    return (folder / "package.toml").is_file()


def district_folder(data: Path) -> Path:
    """The district in a data folder; a district's own folder is served as it stands."""
    return data if is_district(data) else data / "district"


def prepare(data: Path, empty: bool = False) -> str:
    """Makes what is not there and says what was done: "folder" (a district's own, left as it is), "kept", "example" or "empty".

    Raises ForeignFolder where the folder holds other things and no district.
    """
    if is_district(data):
        return "folder"
    if data.is_dir() and not district_folder(data).exists():
        others = [
            p.name for p in data.iterdir() if p.name != "secret.key" and not p.name.startswith(".district-")
        ]
        if others:
            raise ForeignFolder(others[0])
    data.mkdir(parents=True, exist_ok=True)
    district = district_folder(data)
    secret_key(data)
    if district.exists():
        return "kept"
    example = None if empty else example_district()
    # Written beside and renamed, so that a killed start leaves no half folder.
    fresh = data / f".district-{secrets.token_hex(4)}"
    if example is not None:
        shutil.copytree(example, fresh, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    else:
        fresh.mkdir()
        (fresh / "package.toml").write_text(EMPTY_PACKAGE, "utf-8")
    fresh.rename(district)
    return "example" if example is not None else "empty"


def secret_key(data: Path) -> str:
    """The key kept in the data folder, made on first use, readable by its owner alone."""
    path = data / "secret.key"
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        pass
    if not data.is_dir() or is_district(data):
        return secrets.token_urlsafe(48)  # nowhere to keep it: good for this process
    key = secrets.token_urlsafe(48)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    with os.fdopen(handle, "w") as file:
        file.write(key + "\n")
    return key
