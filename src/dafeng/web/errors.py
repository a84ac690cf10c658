"""What an address may ask for that is not there: said in a plain sentence, with a way out."""

from __future__ import annotations

from django.http import Http404

from dafeng.findings import Text


class NotHere(Http404):
    """Answers 404 with a sentence in both languages and an address that leads on."""

    def __init__(self, text: Text, way: str = "/", way_text: Text | None = None):
        super().__init__(text.en)
        self.text = text
        self.way = way
        self.way_text = way_text or Text("回到总览", "Back to the overview")
