"""French and Simplified Chinese are complete for everything a visitor can read."""

from __future__ import annotations

import re
import string
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import translation
from tests import translations

from quorate.toolkit.times import span_words

LANGUAGES = list(translations.LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_public_site_speaks_it_whole(language: str) -> None:
    lacking = translations.missing(language, translations.public_words())
    assert lacking == [], "translate them in src/quorate/locale, then: make messages"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    compiled = {key: value for key, value in translations.catalogue(language).items() if key}
    written = {key: value for key, value in translations.source(language).items() if key}
    assert compiled == written, "compile the messages: make messages"


def holes(text: str) -> set[str]:
    """The names that are filled in: of percent formats and of braces."""
    percent = {*re.findall(r"%(?:\((\w+)\))?[sd]", text)}
    try:
        braces = {name for _text, name, _spec, _conv in string.Formatter().parse(text) if name}
    except ValueError:
        braces = set()
    return percent | braces


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_fill_in_what_the_original_does(language: str) -> None:
    wrong = {
        message: translated
        for message, translated in translations.source(language).items()
        if message and holes(message) != holes(translated)
    }
    assert wrong == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_carry_the_markup_of_the_original(language: str) -> None:
    tags = re.compile(r"</?[a-z][^>]*>")
    wrong = [
        message
        for message, translated in translations.source(language).items()
        if sorted(tags.findall(message)) != sorted(tags.findall(translated))
    ]
    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Aller au contenu"), ("zh-hans", "跳到正文"), ("en", "Skip to the content")]
)
def test_a_visitor_reads_the_language_the_browser_asks_for(client: Client, language: str, words: str) -> None:
    answer = client.get("/p/", headers={"Accept-Language": language})
    html = answer.content.decode()
    assert words in html
    assert f'<html lang="{language}"' in html
    assert answer["Content-Language"] == language


def test_plurals_follow_the_language() -> None:

    with translation.override("fr"):
        assert span_words(timedelta(days=1, hours=30)) == "2 jours"
    with translation.override("zh-hans"):
        assert span_words(timedelta(days=4)) == "4 天"
