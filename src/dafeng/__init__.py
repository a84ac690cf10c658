"""Dafeng (达峰) runs a local government's carbon-peak plan. See docs/design/house.md for the rooms."""

__version__ = "0.1.0"
