"""The journal of money, read and taken away: what a total is made of, as of a day, as it was known on another."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from comptes.acces import aujourdhui
from programme.argent.enums import EtatFinancement
from programme.enums import EtatProjet
from programme.models import Enveloppe, Financement, Mouvement
from tests.factories_argent import FinancementFactory, avancer, hors_fiche, ligne_en
from tests.factories_projets import projet_en
from tests.outils.personnages import ENVELOPPE
from tests.programme.test_argent_pages import texte

pytestmark = pytest.mark.django_db


@pytest.fixture
def pic(reference):
    return Enveloppe.objects.get(code=ENVELOPPE)


@pytest.fixture
def lignes(territoire, pic):
    projet = projet_en(EtatProjet.TRANSMIS, territoire=territoire, porteur_nom="Forges du Vimeu")
    attribuee = ligne_en(EtatFinancement.SOLLICITE, projet=projet, enveloppe=pic)
    avancer(attribuee, "attribuer", date=date(2026, 1, 15))
    avancer(attribuee, "verser", montant=Decimal("0.10"), date=date(2026, 3, 1))
    hors = hors_fiche(territoire, enveloppe=pic, nature="pret", beneficiaire_nom="=Fonderie")
    avancer(hors, "attribuer", montant=Decimal("9999999999.99"), date=date(2026, 2, 1))
    return attribuee, hors


@pytest.fixture
def operateur(client, personnages):
    client.force_login(personnages["opérateur"])
    return client


def exporte(client, **question):
    reponse = client.get(reverse("mouvements_export", args=["csv"]), question)
    assert reponse.status_code == 200
    contenu = b"".join(reponse.streaming_content) if reponse.streaming else reponse.content
    return list(csv.DictReader(io.StringIO(contenu.decode("utf-8-sig")), delimiter=";"))


def test_les_sommes_et_les_lignes_sont_celles_que_l_on_demande(operateur, lignes):
    adresse = reverse("mouvements")
    assert "10 000 000 999,99 €" in texte(operateur.get(adresse))
    assert "<dt>Engagé</dt><dd>1 000,00 €</dd>" in texte(operateur.get(adresse, {"nature": "subvention"}))
    assert "<dt>Versé</dt><dd>0,00 €</dd>" in texte(operateur.get(adresse, {"au": "2026-02-28"}))
    assert "<dt>Engagé</dt><dd>1 000,00 €</dd>" in texte(operateur.get(adresse, {"au": "31/01/2026"}))
    assert "Aucun mouvement ne correspond" in texte(operateur.get(adresse, {"region": "44"}))
    assert "Aucun mouvement ne correspond" in texte(operateur.get(adresse, {"au": "hier"}))


def test_telle_que_connue_au_jour_ou_on_le_savait(operateur, lignes):
    hier = aujourdhui()
    with time_machine.travel(f"{hier.replace(year=hier.year + 1)} 12:00+01:00"):
        avancer(Financement.objects.get(pk=lignes[0].pk), "verser", montant=Decimal("5.00"), date=date(2026, 3, 2))
    adresse = reverse("mouvements")
    assert "<dt>Versé</dt><dd>5,10 €</dd>" in texte(operateur.get(adresse))
    assert "<dt>Versé</dt><dd>0,10 €</dd>" in texte(operateur.get(adresse, {"connue_au": hier.isoformat()}))


def test_l_export_a_une_ligne_par_mouvement_avec_codes_et_libelles(operateur, lignes):
    lus = exporte(operateur)
    assert len(lus) == Mouvement.objects.count() == 4
    colonnes = list(lus[0])
    par_quoi = {(un["Mouvement"], un["Hors fiche-action"]): un for un in lus}
    versement = par_quoi["Enregistrer un versement", "non"]
    assert (versement["Enveloppe"], versement["Versé (€)"], versement["Exercice du versement"]) == (
        "PIC",
        "0,10",
        "2026",
    )
    assert versement["Bénéficiaire"] == "Forges du Vimeu"
    assert versement["Décidé le"] == "01/03/2026"
    hors = par_quoi["Enregistrer l'attribution", "oui"]
    assert hors["Engagé (€)"] == "9999999999,99"
    assert hors["SIRET ou SIREN"] == "55210055400013"
    # A formula of Excel's, as it is a text.
    assert hors["Bénéficiaire"] == "'=Fonderie"
    definitions = operateur.get(reverse("mouvements_export", args=["colonnes.csv"]))
    contenu = b"".join(definitions.streaming_content) if definitions.streaming else definitions.content
    assert all(nom in contenu.decode("utf-8-sig") for nom in colonnes)


def test_l_export_suit_les_filtres_et_les_droits(client, personnages, lignes, pic):
    client.force_login(personnages["opérateur"])
    assert len(exporte(client, nature="pret")) == 1
    assert client.get(reverse("mouvements_export", args=["csv"]), {"nature": "don"}).status_code == 404
    client.force_login(personnages["équipe voisine"])
    assert exporte(client) == []
    client.force_login(personnages["sans habilitation"])
    assert client.get(reverse("mouvements")).status_code == 403


def test_les_montants_secrets_ne_se_lisent_pas_la(client, personnages, territoire, pic):
    secret = projet_en(EtatProjet.INSCRIT, territoire=territoire, montants_secrets=True)
    avancer(FinancementFactory(projet=secret, enveloppe=pic), "attribuer")
    client.force_login(personnages["lecture"])
    assert exporte(client) == []
    client.force_login(personnages["chef de projet"])
    assert len(exporte(client)) == 1


def test_le_nombre_de_requetes_ne_croit_pas(operateur, lignes, django_assert_max_num_queries):
    for _ in range(2):
        with django_assert_max_num_queries(15):
            assert operateur.get(reverse("mouvements")).status_code == 200
        with django_assert_max_num_queries(15):
            exporte(operateur)
        for _ in range(28):
            avancer(lignes[0], "verser", montant=Decimal("0.01"))
