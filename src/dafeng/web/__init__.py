"""The site and its API: reads a District and renders it. It has no arithmetic of its own.

See docs/design/web.md for the pages, their addresses and the components.
"""
