"""Imports run in one line, and so do the other ways to know a room."""

import inspect

import pytest
from django.apps import apps
from django.conf import settings

from tests.outils.adresses import adresses
from tests.outils.sens import PIECES, est_en_aval, fautes_gabarit, fautes_python, fichiers_python


def pieces_des_adresses():
    pieces = {}
    for adresse in adresses():
        vue = inspect.unwrap(getattr(adresse.vue, "view_class", adresse.vue))
        pieces[adresse.nom] = vue.__module__.partition(".")[0]
    return pieces


def accesseurs_inverses():
    """Return {reverse name: room that declares it}, without the names that an earlier room has too."""
    accesseurs, propres = {}, {}
    for modele in apps.get_models():
        piece = modele._meta.app_label
        if piece not in PIECES:
            continue
        for champ in modele._meta.get_fields():
            if champ.auto_created and champ.is_relation:
                declarant = champ.related_model._meta.app_label
                if est_en_aval(declarant, piece):
                    accesseurs.update(dict.fromkeys({champ.name, champ.get_accessor_name()}, declarant))
                    continue
            propres.setdefault(champ.name, set()).add(piece)
    return {
        nom: piece
        for nom, piece in accesseurs.items()
        if not any(est_en_aval(piece, autre) for autre in propres.get(nom, ()))
    }


def test_aucune_piece_ne_connait_celles_qui_la_suivent():
    noms, relations = pieces_des_adresses(), accesseurs_inverses()
    fautes, lus = [], 0
    for piece in PIECES:
        for fichier in fichiers_python(settings.BASE_DIR, piece):
            lus += 1
            fautes += [
                f"{fichier.relative_to(settings.BASE_DIR)}, {faute}"
                for faute in fautes_python(fichier.read_text(), piece, noms, relations)
            ]
    assert not fautes, "\n".join(fautes)
    assert lus > 50


def test_aucun_gabarit_ne_connait_les_pieces_qui_suivent_la_sienne():
    """Templates at the top and components frame every page: they may link to any."""
    noms, relations = pieces_des_adresses(), accesseurs_inverses()
    fautes, lus = [], 0
    for piece in PIECES:
        for gabarit in sorted((settings.BASE_DIR / "templates" / piece).rglob("*.*")):
            lus += 1
            fautes += [
                f"{gabarit.relative_to(settings.BASE_DIR)} : {faute}"
                for faute in fautes_gabarit(gabarit.read_text(), piece, noms, relations)
            ]
    assert not fautes, "\n".join(fautes)
    assert lus >= 10


def test_les_pieces_sont_celles_du_depot():
    dossiers = {chemin.parent.name for chemin in settings.BASE_DIR.glob("*/__init__.py")}
    assert dossiers - {"tests", "benchmarks"} <= set(PIECES)


def test_le_parcours_connait_les_adresses_et_les_relations():
    assert pieces_des_adresses()["territoires"] == "pilotage"
    assert pieces_des_adresses()["account_login"] == "comptes"
    assert accesseurs_inverses()["besoins"] == "programme"


@pytest.mark.parametrize(
    "source",
    [
        "import pilotage.views",
        "from pilotage import views",
        "def vue():\n    from programme.models import Mesure",
        "class A:\n    def f(self):\n        import programme",
        "modele = models.ForeignKey('programme.Mesure')",
        "import_string('pilotage.views.accueil')",
        "apps.get_model('programme', 'Mesure')",
        "phase.besoins.all()",
        "Phase.objects.filter(besoins__nom='x')",
        "Phase.objects.prefetch_related('listes', 'besoins__mesures')",
        "Phase.objects.order_by('-besoins__ordre')",
        "def vue(request):\n    return redirect('accueil')",
        "lien = reverse_lazy('accueil')",
        "lien = urls.reverse('admin:programme_mesure_changelist')",
    ],
)
def test_une_fleche_a_rebours_est_vue_dans_le_code(source):
    assert fautes_python(source, "territoires", {"accueil": "pilotage"}, {"besoins": "programme"})


@pytest.mark.parametrize(
    "source",
    [
        "from comptes.models import Utilisateur",
        "from .models import Phase",
        "from territoires import models",
        "import json",
        "apps.get_model('territoires', 'Phase')",
        "reverse('connexion')",
        "reverse('admin:territoires_phase_changelist')",
        "'programme. Une phrase.'",
        "phase.listes.all()",
        # The URL of an object is its public address.
        "class A:\n    def get_absolute_url(self):\n        return reverse('accueil')",
    ],
)
def test_les_fleches_permises_ne_sont_pas_signalees(source):
    adresses_connues = {"accueil": "pilotage", "connexion": "comptes"}
    assert not fautes_python(source, "territoires", adresses_connues, {"besoins": "programme"})


@pytest.mark.parametrize(
    "source",
    [
        "{% url 'accueil' %}",
        '<a href="{% url "accueil" %}">',
        "{% include 'pilotage/_carte.html' %}",
        "{% for besoin in phase.besoins.all %}",
        "{{ phase.besoins.count }}",
    ],
)
def test_une_fleche_a_rebours_est_vue_dans_un_gabarit(source):
    assert fautes_gabarit(source, "territoires", {"accueil": "pilotage"}, {"besoins": "programme"})


def test_les_fleches_permises_d_un_gabarit_ne_sont_pas_signalees():
    source = "{% extends 'base.html' %}{% include 'composants/x.html' %}{% url 'connexion' %} phase.besoins"
    assert not fautes_gabarit(source, "territoires", {"connexion": "comptes"}, {"besoins": "programme"})
