"""Kinds of messages and templates that last as long as a test; an invitation that waits."""

import pytest

from comptes import genres_de_courrier
from comptes.genres_de_courrier import GenreCourrier
from comptes.invitations import inviter
from territoires.enums import QualiteTerritoriale
from territoires.models import ActeurLocal
from tests.comptes.pages_invitations import ADRESSE

NOUVELLES = GenreCourrier("nouvelles", "Nouvelles d'un projet", "vous suivez un projet")
ECHEANCES = GenreCourrier("echeances", "Échéances", "vous tenez un calendrier")

HTML = '<p>Voici <a href="{{ lien }}">{{ quoi }}</a></p>'
GABARITS = {
    "essai_objet.txt": "{{ quoi }}\n avance\n",
    "essai.txt": '{% extends "courriels/_base.txt" %}{% block contenu %}Voici {{ quoi }} :\n{{ lien }}{% endblock %}',
    "essai.html": f'{{% extends "courriels/_base.html" %}}{{% block contenu %}}{HTML}{{% endblock %}}',
}


@pytest.fixture
def deux_genres(monkeypatch):
    """Two kinds that people may refuse; those of the rooms are set aside."""
    propres = {genre.cle: genre for genre in genres_de_courrier.tous() if not genre.au_choix}
    monkeypatch.setattr(genres_de_courrier, "_genres", propres)
    genres_de_courrier.declarer(NOUVELLES)
    genres_de_courrier.declarer(ECHEANCES)
    return NOUVELLES, ECHEANCES


@pytest.fixture
def gabarit_essai(tmp_path, settings):
    """The name of a template of message."""
    (tmp_path / "courriels").mkdir()
    for nom, texte in GABARITS.items():
        (tmp_path / "courriels" / nom).write_text(texte)
    gabarits = settings.TEMPLATES[0]
    settings.TEMPLATES = [{**gabarits, "DIRS": [*gabarits["DIRS"], tmp_path]}]
    return "essai"


@pytest.fixture
def promise(personnages, territoire):
    """An invitation of the pilot's, to be maire."""
    return inviter(
        personnages["pilote"],
        adresse=ADRESSE,
        genre=ActeurLocal,
        qualite=QualiteTerritoriale.MAIRE,
        portee=territoire,
        message="<b>Bonjour</b>",
    )
