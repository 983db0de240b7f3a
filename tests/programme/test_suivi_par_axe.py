"""The desk, by envelope, region, need, territory, year and nature: each row opens the movements it is made of."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from programme.argent.axes import AXES, PAR_CLE
from programme.enums import EtatProjet
from programme.models import Besoin, Enveloppe, Mesure
from tests.factories_argent import FinancementFactory, avancer, dotation_pour, hors_fiche, ligne_en, plafond
from tests.factories_projets import projet_en
from tests.outils.personnages import ENVELOPPE
from tests.programme.test_argent_pages import texte

pytestmark = pytest.mark.django_db
RANGEE = re.compile(r'<tr[^>]*> ?<th scope="row"><a href="([^"]+)">([^<]+)</a></th>(.*?)</tr>')
CHIFFRE = re.compile(r'<td class="montant">([^<]+) €</td>')


@pytest.fixture
def pic(reference):
    return Enveloppe.objects.get(code=ENVELOPPE)


@pytest.fixture
def argent(territoire, pic):
    """An award and what changed it, a loan « hors fiche-action », a project of two needs, one that nobody measured."""
    attirer, recruter = (Mesure.objects.filter(besoin=un).first() for un in Besoin.objects.order_by("ordre")[:2])
    un = projet_en(EtatProjet.INSCRIT, territoire=territoire)
    un.mesures.set([attirer])
    ligne = FinancementFactory(projet=un, enveloppe=pic)
    avancer(ligne, "attribuer")
    avancer(ligne, "desengager", montant=Decimal("100.10"))
    avancer(hors_fiche(territoire, enveloppe=pic, nature="pret"), "attribuer", montant=Decimal("0.30"))
    deux = projet_en(EtatProjet.INSCRIT, territoire=territoire)
    deux.mesures.set([attirer, recruter])
    avancer(FinancementFactory(projet=deux, enveloppe=pic), "programmer")
    sans = projet_en(EtatProjet.INSCRIT, territoire=territoire)
    sans.mesures.clear()
    avancer(FinancementFactory(projet=sans, enveloppe=pic), "attribuer")


def rangees(client, **question):
    """Return {name: (link, [amounts])} of the table."""
    lu = texte(client.get(reverse("suivi_financier"), {"annee": 0, **question}))
    return {nom: (lien.replace("&amp;", "&"), CHIFFRE.findall(reste)) for lien, nom, reste in RANGEE.findall(lu)}


@pytest.fixture
def pilote(client, personnages):
    client.force_login(personnages["pilote"])
    return client


def test_par_besoin_un_projet_compte_une_fois(pilote, argent):
    premier = Besoin.objects.order_by("ordre").first()
    lues = {nom: montants for nom, (_, montants) in rangees(pilote, par="besoin").items()}
    assert lues == {
        premier.nom: ["0,00", "1 000,00", "899,90", "0,00"],
        "Plusieurs besoins": ["1 000,00", "0,00", "0,00", "0,00"],
        "Hors fiche-action": ["0,00", "0,30", "0,30", "0,00"],
        "Sans mesure": ["0,00", "1 000,00", "1 000,00", "0,00"],
        "Total": ["1 000,00", "2 000,30", "1 900,20", "0,00"],
    }


@pytest.mark.parametrize("cle", PAR_CLE)
def test_chaque_rangee_ouvre_ses_mouvements(pilote, argent, cle):
    lues = rangees(pilote, par=cle)
    assert len(lues) > 1
    for nom, (lien, montants) in lues.items():
        page = texte(pilote.get(lien))
        programme, engage, verse = montants[-4], montants[-2], montants[-1]
        for mots, montant in (("Programmé", programme), ("Engagé", engage), ("Versé", verse)):
            assert f"<dt>{mots}</dt><dd>{montant} €</dd>" in page, nom


def test_le_plafond_d_un_groupe_est_la_sans_qu_on_y_puise(pilote, territoire, pic):
    dotation = dotation_pour(ligne_en("sollicite", projet=projet_en(EtatProjet.TRANSMIS, territoire=territoire),
                                      enveloppe=pic))  # fmt: skip
    plafond("5000.00", dotation)
    lues = rangees(pilote, par="enveloppe")
    assert lues[pic.nom][1] == ["5 000,00", "0,00", "0,00", "0,00", "0,00"]
    assert "rien de réparti" not in texte(pilote.get(reverse("suivi_financier"), {"annee": 0, "par": "enveloppe"}))
    assert not rangees(pilote, par="territoire")


def test_le_voisin_n_y_voit_rien(client, personnages, argent):
    client.force_login(personnages["pilote voisin"])
    for axe in AXES:
        lu = texte(client.get(reverse("suivi_financier"), {"annee": 0, "par": axe.cle}))
        assert "Rien n'est encore programmé ni attribué" in lu


@pytest.mark.parametrize("qui", ["pilote", "opérateur", "analyste", "État territorial", "pilote d'une région associée"])
def test_la_page_tient_en_quinze_requetes(client, personnages, argent, pic, django_assert_max_num_queries, qui):
    client.force_login(personnages[qui])
    for axe in AXES:
        with django_assert_max_num_queries(15):
            assert client.get(reverse("suivi_financier"), {"annee": 0, "par": axe.cle}).status_code == 200
    for _ in range(15):
        avancer(FinancementFactory(projet=projet_en(EtatProjet.INSCRIT), enveloppe=pic), "attribuer")
    for axe in AXES:
        with django_assert_max_num_queries(15):
            assert client.get(reverse("suivi_financier"), {"annee": 0, "par": axe.cle}).status_code == 200
