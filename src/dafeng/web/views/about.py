"""How to read the site: states, verdicts, definitions, keys, licence."""

from __future__ import annotations

from dafeng import __version__
from dafeng.web.page import Page, page
from dafeng.web.reader import Reader
from dafeng.web.words import ABSENT_WORDS, STATE_MARKS, STATE_NOTES, VERDICTS, state_word


@page
def about(reader: Reader) -> Page:
    english = reader.language == "en"
    sources = reader.definitions.sources
    return Page(
        "about.html",
        reader.say("说明", "About"),
        "about",
        {
            "verdicts": [(v.id, reader.text(v.meaning)) for v in VERDICTS.values()],
            "marks": [
                (
                    m[english],
                    state_word(s, reader.language),
                    STATE_NOTES[s][english] if s in STATE_NOTES else "",
                )
                for s, m in STATE_MARKS.items()
            ],
            "absents": [
                (
                    m[english],
                    state_word(s, reader.language),
                    STATE_NOTES[s][english] if s in STATE_NOTES else "",
                )
                for s, m in ABSENT_WORDS.items()
            ],
            "demonstrations": [
                (s.title_en if english and s.title_en else s.title, s.note)
                for s in sources.values()
                if s.kind == "demonstration"
            ],
            "officials": [
                (s.title_en if english and s.title_en else s.title, s.ref, s.date)
                for s in sources.values()
                if s.kind == "official"
            ],
            "choices": [
                (
                    reader.name(c),
                    reader.name(c.options[o]),
                    c.question_en if english and c.question_en else c.question,
                )
                for c, o in reader.district.choices
            ],
            "layers": [
                str(p.get("name_en" if english else "name", p.get("id", "")))
                for p in reader.definitions.packages
            ],
            "version": __version__,
        },
        yearly=False,
    )
