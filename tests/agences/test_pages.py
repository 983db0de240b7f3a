"""The pages of agencies: found, read by anyone without an address, kept by those whose business it is."""

import datetime
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agences.models import Agence
from comptes.acces import aujourdhui
from comptes.pages_publiques import cache
from tests.factories_agences import (
    AgenceFactory,
    CnerFactory,
    CorrespondantFactory,
    DesserteFactory,
    agence_de_dunkerque,
)

pytestmark = pytest.mark.django_db
HIER = aujourdhui() - datetime.timedelta(days=1)


def lire(client, adresse, statut=200, **question):
    reponse = client.get(adresse, question)
    assert reponse.status_code == statut
    return unescape(reponse.content.decode()).replace("\N{NO-BREAK SPACE}", " ")


def noms(html):
    return {agence.nom for agence in Agence.objects.all() if agence.get_absolute_url() in html}


@pytest.fixture
def agences(reference):
    bretonne = AgenceFactory(nom="Agence bretonne", niveau="departementale", siren="552100554")
    DesserteFactory(agence=bretonne, region_id=None, departement_id="35")
    DesserteFactory(agence=AgenceFactory(nom="Agence du Nord", adherente_du=HIER), region_id="32")
    AgenceFactory(nom="Agence fermée", fermee_le=HIER)
    AgenceFactory(nom="Agence sortie", adherente_du=HIER - datetime.timedelta(days=9), adherente_au=HIER)


@pytest.mark.parametrize(
    ("question", "attendues"),
    [
        ({}, {"Agence bretonne", "Agence du Nord", "Agence sortie"}),
        ({"q": "NÔRD"}, {"Agence du Nord"}),
        ({"q": "552 100 554"}, {"Agence bretonne"}),
        ({"region": "53"}, {"Agence bretonne"}),
        ({"niveau": "departementale"}, {"Agence bretonne"}),
        ({"cner": "oui"}, {"Agence du Nord"}),
        ({"cner": "non"}, {"Agence bretonne", "Agence sortie"}),
        ({"region": "53", "cner": "oui"}, set()),
    ],
)
def test_la_liste_se_filtre_et_l_export_donne_les_memes(client, agences, question, attendues):
    html = lire(client, reverse("agences"), **question)
    assert noms(html) == attendues
    fichier = b"".join(client.get(reverse("agences_export", args=["csv"]), question)).decode("utf-8-sig")
    assert len(fichier.splitlines()) == 1 + len(attendues)
    assert all(nom in fichier for nom in attendues)
    assert ("Aucune agence ne correspond" in html) == (not attendues)


@pytest.mark.parametrize("question", [{"region": "zz"}, {"niveau": "mondial"}, {"cner": "peut-être"}])
def test_une_question_absurde_se_dit(client, agences, question):
    html = lire(client, reverse("agences"), **question)
    assert "n'est pas comprise" in html
    assert client.get(reverse("agences_export", args=["csv"]), question).status_code == 302


def test_sans_agence_la_page_dit_pourquoi(client, reference):
    assert "Aucune agence n'est encore inscrite" in lire(client, reverse("agences"))
    assert client.get(reverse("agences"), {"page": "9"}).status_code == 404


def test_une_agence_dit_sa_zone_et_les_territoires_couverts_jamais_son_adresse(client, reference):
    agence = agence_de_dunkerque()
    agence.courriel, agence.telephone = "secrete@exemple.example", "01 99 00 00 00"
    agence.presentation = "Nous aidons <b>ici</b>."
    agence.save()
    html = lire(client, agence.get_absolute_url())
    for texte in ("01 99 00 00 00", "Hauts-de-France", "Nord (59)", "CU de Dunkerque", "Compiègne"):
        assert texte in html
    assert "/territoires/dunkerque/" in html
    assert "&lt;b&gt;ici" in client.get(agence.get_absolute_url()).content.decode()
    for adresse in (agence.get_absolute_url(), reverse("agences"), "/territoires/dunkerque/"):
        assert "secrete@" not in lire(client, adresse)


def test_une_agence_dont_on_ne_sait_rien_le_dit(client, reference):
    html = lire(client, AgenceFactory().get_absolute_url())
    for texte in ("n'a pas encore publié ses coordonnées", "n'est pas encore renseignée", "Non adhérente"):
        assert texte in html


def test_une_agence_fermee_garde_sa_page_et_quitte_le_reste(client, reference):
    agence = agence_de_dunkerque()
    assert agence.nom in lire(client, "/territoires/dunkerque/")
    agence.fermee_le = HIER
    agence.save()
    assert "a fermé le" in lire(client, agence.get_absolute_url())
    assert agence.nom not in lire(client, "/territoires/dunkerque/")
    assert agence.slug not in lire(client, "/sitemap.xml")


def test_un_territoire_nomme_ses_agences_de_la_plus_proche_a_la_plus_large(client, reference):
    assert "Aucune agence inscrite ne couvre encore ce territoire" in lire(client, "/territoires/dunkerque/")
    for nom, niveau in (("A régionale", "regionale"), ("B intercommunale", "intercommunale")):
        DesserteFactory(agence=AgenceFactory(nom=nom, niveau=niveau))
    html = lire(client, "/territoires/dunkerque/")
    assert 0 < html.index("B intercommunale") < html.index("A régionale")
    assert "A régionale" not in lire(client, "/territoires/vosges/")


def test_le_nombre_de_requetes_ne_suit_pas_les_agences(client, reference):
    agence = agence_de_dunkerque()
    releves = []
    for combien in (1, 79):
        for _ in range(combien):
            DesserteFactory(region_id="32")
        compte = {}
        for adresse in (
            "/agences/",
            "/agences/?region=32&cner=non",
            agence.get_absolute_url(),
            "/territoires/dunkerque/",
        ):
            cache.clear()
            with CaptureQueriesContext(connection) as requetes:
                lire(client, adresse)
            compte[adresse] = len(requetes)
        releves.append(compte)
    assert releves[0] == releves[1]
    assert max(releves[0].values()) <= 12


# --- What an agency writes of itself
def saisie(**champs):
    return {"telephone": "", "adresse": "", "site": "", "courriel": "", "presentation": "", **champs}


def test_une_agence_tient_ses_coordonnees_et_rien_d_autre(client, reference):
    correspondant = CorrespondantFactory(agence__nom="Agence A")
    agence = correspondant.agence
    client.force_login(correspondant.personne)
    adresse = reverse("agence_modifier", args=[agence.slug])
    html = lire(client, adresse)
    assert "tenus par le CNER" in html
    assert "admin" not in html.partition("<main")[2].partition("</main>")[0]
    reponse = client.post(
        adresse, saisie(site="www.exemple.example", telephone="01 99 00 00 00", nom="Pirate", siren="552100554")
    )
    assert reponse.url == agence.get_absolute_url()
    agence.refresh_from_db()
    assert (agence.nom, agence.siren, agence.site) == ("Agence A", "", "https://www.exemple.example")
    assert agence.historique.first().history_user == correspondant.personne
    assert "est à jour" in lire(client, agence.get_absolute_url())
    nombre = agence.historique.count()
    client.post(adresse, saisie(site="https://www.exemple.example", telephone="01 99 00 00 00"))
    assert agence.historique.count() == nombre
    assert "Rien n'a changé" in lire(client, agence.get_absolute_url())


@pytest.mark.parametrize(
    ("champs", "mots"),
    [
        ({"site": "javascript:alert(1)"}, "n'est pas celle d'un site"),
        ({"courriel": "rien"}, "est incomplète"),
        ({"presentation": "a" * 1501}, "1500"),
        ({"adresse": "a" * 301}, "300"),
        ({"telephone": "1\0"}, "nul"),
    ],
)
def test_une_saisie_fausse_se_dit_au_champ(client, champs, mots):
    correspondant = CorrespondantFactory()
    client.force_login(correspondant.personne)
    reponse = client.post(reverse("agence_modifier", args=[correspondant.agence.slug]), saisie(**champs))
    assert mots in reponse.content.decode().replace("&#x27;", "'")
    assert reponse.status_code == 200


def test_le_cner_va_de_la_fiche_a_l_administration(client, reference):
    agence = AgenceFactory()
    client.force_login(CnerFactory().personne)
    html = lire(client, reverse("agence_modifier", args=[agence.slug]))
    assert reverse("admin:agences_agence_change", args=[agence.pk]) in html
    lire(client, reverse("admin:agences_agence_change", args=[agence.pk]))


def test_mon_agence_est_dans_le_menu(client, reference):
    correspondant = CorrespondantFactory()
    client.force_login(correspondant.personne)
    assert "Mon agence" in lire(client, reverse("a_faire"))
