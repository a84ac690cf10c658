"""Which folders make up a district: the chain of packages from the nation down."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from dafeng.findings import BlockingError, Finding, Text
from dafeng.toml_file import read_toml


def standards_folder() -> Path:
    """Where the packages shipped with the program lie."""
    return Path(str(resources.files("dafeng"))) / "standards"


def blocked(rule: str, place: str, zh: str, en: str, fix: tuple[str, str] = ("", "")) -> BlockingError:
    return BlockingError([Finding(rule, "error", place, Text(zh, en), fix=Text(*fix))])


def find_layers(folder: Path) -> list[Path]:
    """The folders from the nation down to ``folder``, following ``extends``. Raises BlockingError."""
    shipped: dict[str, Path] = {}
    for file in sorted(standards_folder().glob("*/package.toml")):
        shipped[str(read_toml(file).get("id", ""))] = file.parent
    layers: list[Path] = []
    here = folder
    while True:
        file = here / "package.toml"
        if not file.is_file():
            raise blocked(
                "package.missing",
                str(file),
                f"这里没有 package.toml：{here}",
                f"there is no package.toml in {here}",
                ("请给出区县目录，如 districts/lixia", "give the folder of a district, e.g. districts/lixia"),
            )
        package = read_toml(file, str(file))
        layers.insert(0, here)
        parent = str(package.get("extends", ""))
        if not parent:
            return layers
        sibling = folder.parent / parent
        if parent not in shipped and not (sibling / "package.toml").is_file():
            raise blocked(
                "package.extends",
                str(file),
                f"extends 所指的 {parent} 不存在",
                f"the package {parent} that it extends is not there",
                (f"可用：{'、'.join(shipped)}", f"known: {', '.join(shipped)}"),
            )
        here = shipped.get(parent, sibling)
        if here in layers:
            raise blocked(
                "package.extends", str(file), "extends 循环引用", "packages extend each other in a circle"
            )


def district_folder(path: Path) -> Path:
    """``path`` itself, or the district inside a data folder in use."""
    return (
        path / "district"
        if not (path / "package.toml").is_file() and (path / "district" / "package.toml").is_file()
        else path
    )
