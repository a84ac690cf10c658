"""Writes the golden documents anew; read the difference before keeping it."""

import json
from pathlib import Path

from dafeng.inventory.account import Account
from dafeng.inventory.account_output import write_json

HERE = Path(__file__).parent
for options_file in sorted(HERE.glob("*.options.json")):
    name = options_file.name.removesuffix(".options.json")
    options = json.loads(options_file.read_text(encoding="utf-8"))
    if "factor_file" in options:
        options["factor_file"] = HERE / options["factor_file"]
    with (HERE / f"{name}.json").open("w", encoding="utf-8") as out:
        write_json(Account(HERE / f"{name}.csv", **options), out.write)
