"""Which columns the list of projects shows: chosen by its reader, the same in the file."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from programme.colonnes_de_liste import COLONNES
from programme.enums import EtatProjet, Meteo
from programme.models import Projet, VueDeProjets
from tests.factories_projets import EtiquetteFactory, projet_en
from tests.pilotage.lecture import Page, en_mots

pytestmark = pytest.mark.django_db
LISTE = reverse("projets")
TOUTES = [colonne.cle for colonne in COLONNES]


def lignes_du_fichier(client, question):
    reponse = client.get(reverse("projets_export", args=["csv"]) + question)
    assert reponse.status_code == 200
    texte = b"".join(reponse.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(texte), delimiter=";"))


def entetes(page):
    return [mots.rstrip("▲▼") for mots in page.lignes[0] if mots != "Choisir"]


def test_sans_rien_demander_on_a_les_colonnes_habituelles(client, territoire):
    projet_en(EtatProjet.INSCRIT, territoire=territoire)
    page = Page(client.get(LISTE))
    assert entetes(page) == ["Projet", "Territoire", "État", "Porteur", "Coût total"]
    assert "Colonnes habituelles" not in page.mots


def test_on_choisit_ses_colonnes_et_leur_ordre_est_toujours_le_meme(client, territoire):
    projet = projet_en(EtatProjet.INSCRIT, territoire=territoire, emplois=1250)
    page = Page(client.get(LISTE, {"colonnes": ["emplois", "maturite", "mesures"]}))
    assert entetes(page) == ["Projet", "Maturité", "Emplois attendus", "Mesures"]
    assert page.lignes[1][1:] == ["Prêt à démarrer", "1 250", en_mots(str(projet.mesures.get()))]
    assert "Colonnes habituelles" in page.mots
    # Nothing ticked: the project alone.
    assert entetes(Page(client.get(LISTE, {"colonnes": "titre"}))) == ["Projet"]


def test_le_fichier_a_les_colonnes_montrees_dans_le_meme_ordre(client, territoire):
    un = projet_en(EtatProjet.INSCRIT, territoire=territoire, titre="Un", emplois=3)
    deux = projet_en(EtatProjet.INSCRIT, territoire=territoire, titre="Deux", emplois=4)
    projet_en(EtatProjet.REALISATION, territoire=territoire, titre="Trois")
    page = Page(client.get(LISTE, {"colonnes": ["mesures", "emplois"], "etat": "inscrit", "tri": "titre"}))
    question = page.liens["XLSX : ces projets, avec ces colonnes"].partition("?")[2]
    assert question == "etat=inscrit&tri=titre&colonnes=titre&colonnes=emplois&colonnes=mesures"
    attendu = [["Numéro", "Titre", "Emplois attendus", "Mesures"]]
    attendu += [[p.numero, p.titre, str(p.emplois), str(p.mesures.get())] for p in (deux, un)]
    assert lignes_du_fichier(client, f"?{question}") == attendu


def test_sans_colonne_demandee_le_fichier_les_a_toutes(client, territoire):
    projet_en(EtatProjet.INSCRIT, territoire=territoire)
    assert len(lignes_du_fichier(client, "")[0]) == 17


def test_le_public_ne_choisit_que_ce_qui_est_public(client, personnages, territoire):
    projet = projet_en(EtatProjet.REALISATION, territoire=territoire)
    Projet.objects.filter(pk=projet.pk).update(meteo=Meteo.BLOQUE)
    etiquette = EtiquetteFactory(region_id="32", nom="À voir de près")
    projet.etiquettes.add(etiquette)
    tout = {"colonnes": TOUTES}
    question = "?" + "&".join(f"colonnes={cle}" for cle in TOUTES)
    page = Page(client.get(LISTE, tout))
    assert "ne vous sont pas montrées" in page.mots
    assert "« meteo », « etiquettes »" in page.mots
    for nom, lit in {"": False, "équipe voisine": False, "pilote voisin": False, "pilote": True}.items():
        if nom:
            client.force_login(personnages[nom])
        textes = (client.get(LISTE, tout).text, str(lignes_du_fichier(client, question)))
        for texte in textes:
            assert ("À voir de près" in texte) == lit, nom
        assert (Meteo.BLOQUE.label in textes[1]) == lit, nom
        assert (f">{Meteo.BLOQUE.label}</span>" in textes[0]) == lit, nom


def test_le_secret_des_affaires_se_tait_dans_toutes_les_colonnes(client, personnages, territoire):
    projet_en(
        EtatProjet.INSCRIT, territoire=territoire, montants_secrets=True, cout_total="123456.00",
        assiette_eligible="98765.00", assiette_taxe="ht",
    )  # fmt: skip
    question = "?colonnes=cout&colonnes=assiette"
    for nom, lit in {"": False, "lecture": False, "équipe voisine": False, "chef de projet": True}.items():
        if nom:
            client.force_login(personnages[nom])
        page, fichier = Page(client.get(LISTE + question)).mots, str(lignes_du_fichier(client, question))
        for montant in ("123 456", "98 765"):
            assert (montant in page) == lit, nom
            assert (montant.replace(" ", "") in fichier) == lit, nom
        assert ("Secret des affaires" in page) != lit


def test_une_colonne_inconnue_se_dit_et_les_autres_sont_montrees(client, territoire):
    projet_en(EtatProjet.INSCRIT, territoire=territoire)
    page = Page(client.get(LISTE, {"colonnes": ["emplois", "<b>"]}))
    assert "Cette colonne n'existe pas ou ne vous est pas montrée : « <b> »" in page.mots
    assert entetes(page) == ["Projet", "Emplois attendus"]


def test_filtrer_garde_les_colonnes_et_choisir_les_colonnes_garde_les_filtres(client, territoire):
    projet_en(EtatProjet.INSCRIT, territoire=territoire)
    html = client.get(LISTE, {"colonnes": ["emplois"], "etat": "inscrit", "tri": "titre"}).text
    filtres, _, colonnes = html.partition('name="colonnes" value="titre"')
    assert '<input type="hidden" name="colonnes" value="emplois">' in filtres
    assert '<input type="hidden" name="tri" value="titre">' in filtres
    assert '<input type="hidden" name="etat" value="inscrit">' in filtres
    assert 'id="colonne-emplois" checked' in colonnes


def test_la_liste_tient_en_douze_requetes_pour_qui_que_ce_soit(client, personnages, territoire):
    """With views, all columns, filters and more than a page: the same at any size."""
    etiquette = EtiquetteFactory(region_id="32")
    mesure = "&colonnes=".join(TOUTES)
    adresses = [LISTE, f"{LISTE}?colonnes={mesure}", f"{LISTE}?region=32&territoire={territoire.slug}&tri=titre"]

    def compter():
        trouves = {}
        for nom in ("pilote", "chef de projet", "lecture", "administrateur", "anonyme"):
            client.logout()
            if personnages[nom]:
                client.force_login(personnages[nom])
            for adresse in adresses:
                # What is kept of the reference is.
                assert client.get(adresse).status_code == 200
                with CaptureQueriesContext(connection) as requetes:
                    client.get(adresse + ("&" if "?" in adresse else "?") + "vue=toutes")
                trouves[nom, adresse] = len(requetes)
        return trouves

    for nom in ("pilote", "chef de projet", "lecture", "administrateur"):
        VueDeProjets(personne=personnages[nom], nom="La mienne", question="etat=inscrit").garder()
    projets = [projet_en(EtatProjet.INSCRIT, territoire=territoire) for _ in range(51)]
    beaucoup = compter()
    for projet in projets:
        projet.etiquettes.add(etiquette)
    projets += [projet_en(EtatProjet.INSCRIT, territoire=territoire) for _ in range(30)]
    assert compter() == beaucoup
    assert max(beaucoup.values()) <= 12, beaucoup
