"""The file to fill: typed columns, drop-downs, help; empty, it says so; filled, it is read."""

import io
import zipfile

import pytest

import pilotage.views.exports  # noqa: F401 - every room is then declared
from tableurs import lots
from tableurs.colonnes import reconnaitre
from tableurs.lecture import FichierIllisible, ouvrir
from tableurs.modeles_de_fichier import AIDE, listes_fermees, modele_de_fichier
from tableurs.ressources import ressource, toutes

pytestmark = pytest.mark.django_db

RESSOURCES = ["collectivites", "enveloppes", "mesures", "territoires"]


def octets(cle):
    sortie = io.BytesIO()
    modele_de_fichier(cle).enregistrer(sortie)
    return sortie.getvalue()


def feuille(contenu, nom=None):
    with ouvrir(io.BytesIO(contenu), "modele.xlsx") as classeur:
        return [cellules for _, cellules in classeur.lignes(nom)]


def test_chaque_ressource_a_son_modele():
    assert set(RESSOURCES) <= set(toutes())


@pytest.mark.parametrize("cle", RESSOURCES)
def test_les_en_tetes_du_modele_sont_reconnus(cle):
    (entetes,) = feuille(octets(cle))
    colonnes = ressource(cle).colonnes
    correspondance = reconnaitre(colonnes, entetes)
    assert correspondance.complete
    assert correspondance.places == {colonne.cle: place for place, colonne in enumerate(colonnes)}


@pytest.mark.parametrize("cle", RESSOURCES)
def test_un_modele_vide_dit_qu_il_n_y_a_aucune_ligne(cle):
    options = {"liste": "2022-12-31"} if cle == "territoires" else {}
    with pytest.raises(FichierIllisible, match="aucune ligne de données"):
        lots.deposer(io.BytesIO(octets(cle)), "modele.xlsx", cle, options)


@pytest.mark.parametrize("cle", RESSOURCES)
def test_l_aide_dit_de_chaque_colonne_si_elle_est_obligatoire_et_ce_qu_elle_accepte(cle):
    lignes = feuille(octets(cle), AIDE)
    debut = next(rang for rang, ligne in enumerate(lignes) if ligne[0] == "Colonne") + 1
    for colonne, ligne in zip(ressource(cle).colonnes, lignes[debut:], strict=False):
        assert ligne[:2] == [colonne.libelle, "oui" if colonne.requise else "non"]
        assert ligne[2]
        assert ligne[4]


def test_les_listes_fermees_ont_une_liste_deroulante_y_compris_celles_de_la_base():
    contenu = octets("mesures")
    xml = zipfile.ZipFile(io.BytesIO(contenu)).read("xl/worksheets/sheet1.xml").decode()
    assert xml.count('type="list"') == 2
    assert f"<formula1>{AIDE}!$G$" in xml
    aide = [cellule for ligne in feuille(contenu, AIDE) for cellule in ligne]
    for valeur in ("Attirer", "Recruter", "Innover", "Simplifier", "Intitulé officiel"):
        assert valeur in aide
    assert listes_fermees(ressource("mesures")())["code"] == []


@pytest.mark.parametrize(
    ("cle", "colonne", "nombre"), [("collectivites", "departement", 101), ("territoires", "region_code", 18)]
)
def test_les_codes_que_la_base_connait_ont_leur_liste(cle, colonne, nombre):
    assert len(listes_fermees(ressource(cle)())[colonne]) == nombre
    assert 'type="list"' in zipfile.ZipFile(io.BytesIO(octets(cle))).read("xl/worksheets/sheet1.xml").decode()


@pytest.mark.parametrize("cle", RESSOURCES)
def test_chaque_colonne_a_une_aide_et_un_exemple_qui_se_lit(cle):
    modele = ressource(cle)()
    for colonne in modele.colonnes:
        assert colonne.aide, colonne.cle
        assert colonne.exemple, colonne.cle
        assert colonne.valeur.lire(colonne.exemple).valeur is not None


def test_les_colonnes_sont_typees():
    xml = zipfile.ZipFile(io.BytesIO(octets("collectivites"))).read("xl/worksheets/sheet1.xml").decode()
    assert xml.count('type="date"') == 2
    assert 'type="whole"' in xml
    assert 'type="decimal"' in xml
    styles = zipfile.ZipFile(io.BytesIO(octets("collectivites"))).read("xl/styles.xml").decode()
    assert 'formatCode="dd/mm/yyyy"' in styles
    assert 'numFmtId="49"' in styles


def test_une_ressource_inconnue_n_a_pas_de_modele():
    with pytest.raises(KeyError):
        modele_de_fichier("inconnue")
