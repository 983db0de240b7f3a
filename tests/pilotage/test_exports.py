"""Public lists taken away: the rows of the page, in its order; brought back, they change nothing."""

import csv
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pilotage.views import exports as vues
from pilotage.views.territoires import DISPOSITIONS_EN_MOTS
from programme.models import Enveloppe, Mesure
from tableurs import exports, lots
from tableurs.exports import FormatExport
from tableurs.lecture import ouvrir as ouvrir_classeur
from tableurs.views.exports import COLONNES
from territoires.enums import NatureCollectivite
from territoires.exports import DISPOSITIONS
from territoires.models import Collectivite, Composition, Inscription, Liste
from tests import factories as f
from tests.pilotage.lecture import ouvrir
from tests.pilotage.test_modeles_declares import lus_sans_etre_declares
from tests.tableurs.conftest import dossier_prive  # noqa: F401

pytestmark = pytest.mark.django_db

ADRESSES = ["/territoires/export.", "/mesures/export.", "/financements/export.", "/communes/export."]
LISTE = "2022-12-31"


def telecharger(client, adresse, **parametres):
    reponse = client.get(adresse, parametres)
    assert reponse.status_code == 200
    return b"".join(reponse.streaming_content)


def lignes_csv(contenu):
    return list(csv.reader(io.StringIO(contenu.decode("utf-8-sig"), newline=""), delimiter=";"))


# --- The same rows as the page --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "parametres",
    [
        {},
        {"liste": "2018-11-22", "fiabilite": "reconstitue"},
        {"region": "32", "tri": "-population"},
        {"departement": "59", "tri": "superficie"},
        {"q": "val"},
        {"q": "rien de tel"},
        {"tri": "-region", "page": "2"},
    ],
)
def test_l_export_a_les_lignes_de_la_page_dans_son_ordre(client, parametres):
    parametres_de_page = {cle: valeur for cle, valeur in parametres.items() if cle != "page"}
    page = ouvrir(client, "/territoires/", **parametres_de_page)
    montres = [ligne[0].rpartition(" ")[2] for ligne in page.lignes[1:]]
    codes = [ligne[1] for ligne in lignes_csv(telecharger(client, "/territoires/export.csv", **parametres))[1:]]
    assert codes[:50] == montres
    assert f"{len(codes)} territoire" in page.mots


def test_une_ligne_dit_ce_que_dit_la_page(client):
    entetes, ligne = lignes_csv(telecharger(client, "/territoires/export.csv", q="dunkerque"))
    valeurs = dict(zip(entetes, ligne, strict=True))
    assert valeurs["Territoire"] == "Dunkerque"
    assert valeurs["Code"] == "ti-3208"
    assert valeurs["Région pilote"] == "Hauts-de-France"
    assert valeurs["Départements"] == "59"
    assert valeurs["Fiabilité"] == "Officiel"
    assert "," in valeurs["Superficie (km²)"]


def test_les_mesures_et_les_enveloppes_sont_dans_l_ordre_de_leur_page(client):
    codes = [ligne[0] for ligne in lignes_csv(telecharger(client, "/mesures/export.csv"))[1:]]
    assert codes == [mesure.code for mesure in Mesure.objects.all()]
    assert len(codes) == 18
    enveloppes = json.loads(telecharger(client, "/financements/export.json"))["lignes"]
    assert [une["code"] for une in enveloppes] == ["PIC", "PIA", "BDT"]
    assert enveloppes[1]["montant_annonce"] == 500_000_000
    assert enveloppes[1]["precision"] == "au_moins"


# --- The links ------------------------------------------------------------------------------------------------------
def test_la_page_propose_d_exporter_ce_qu_elle_montre(client):
    page = ouvrir(client, "/territoires/", region="32", tri="-population")
    nombre = Inscription.objects.filter(liste__slug=LISTE).count()
    assert f"Exporter ces {nombre} lignes : CSV" in ouvrir(client, "/territoires/").mots
    assert page.liens["CSV : ces territoires"] == "/territoires/export.csv?region=32&tri=-population"
    assert page.liens["XLSX : ces territoires"].startswith("/territoires/export.xlsx?")
    assert "Exporter cette ligne : CSV" in ouvrir(client, "/territoires/", q="dunkerque").mots
    assert "Exporter" not in ouvrir(client, "/territoires/", q="rien de tel").mots


def test_la_page_suivante_propose_le_meme_export(client):
    page = ouvrir(client, "/territoires/", page="2")
    assert page.liens["ODS : ces territoires"] == "/territoires/export.ods"


def test_chaque_lien_d_export_mene_a_un_fichier(client):
    liens = set()
    for adresse in ("/territoires/?region=94", "/mesures/", "/financements/"):
        page = ouvrir(client, adresse)
        liens |= {lien for lien in page.liens.values() if "/export." in lien}
        assert "définition des colonnes" in page.mots
    assert len(liens) == 5 * 7
    for lien in liens:
        assert telecharger(client, lien.replace("&amp;", "&"))


def test_les_mesures_et_les_financements_proposent_leur_export(client):
    assert ouvrir(client, "/mesures/").liens["JSON : toutes les mesures"] == "/mesures/export.json"
    assert "3 enveloppes · Exporter ces 3 lignes : CSV" in ouvrir(client, "/financements/").mots
    Enveloppe.objects.all().delete()
    Mesure.objects.all().delete()
    assert "Exporter" not in ouvrir(client, "/financements/").mots


def test_sans_liste_la_page_et_l_export_tiennent(client, base_vide):
    assert "Exporter" not in ouvrir(client, "/territoires/").mots
    assert len(lignes_csv(telecharger(client, "/territoires/export.csv"))) == 1
    assert "Exporter" not in ouvrir(client, "/mesures/").mots


def test_les_dispositions_de_la_page_sont_celles_qui_existent():
    assert [cle for cle, _ in DISPOSITIONS_EN_MOTS] == list(DISPOSITIONS)


# --- HTTP -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("adresse", ADRESSES)
def test_un_export_est_un_fichier_nomme_en_francais_et_date(client, adresse):
    reponse = client.get(f"{adresse}csv")
    assert reponse.streaming
    assert reponse["Content-Type"] == "text/csv; charset=utf-8"
    assert 'attachment; filename="' in reponse["Content-Disposition"]
    assert reponse["Content-Disposition"].endswith('.csv"')
    assert reponse["X-Content-Type-Options"] == "nosniff"
    assert b"".join(reponse.streaming_content)


@pytest.mark.parametrize("adresse", ADRESSES)
def test_un_fichier_qui_n_a_pas_change_n_est_pas_refait(client, adresse, django_assert_num_queries):
    etag = client.get(f"{adresse}json")["ETag"]
    with django_assert_num_queries(1):
        assert client.get(f"{adresse}json", headers={"If-None-Match": etag}).status_code == 304
    assert client.get(f"{adresse}csv")["ETag"] != etag


def test_une_modification_donne_un_autre_etag(client):
    etag = client.get("/mesures/export.csv")["ETag"]
    mesure = Mesure.objects.first()
    mesure.titre = "Autre"
    mesure.save()
    reponse = client.get("/mesures/export.csv", headers={"If-None-Match": etag})
    assert reponse.status_code == 200
    assert b"Autre" in b"".join(reponse.streaming_content)


@pytest.mark.parametrize("adresse", ADRESSES)
def test_demander_les_en_tetes_ne_fait_pas_le_fichier(client, adresse, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        reponse = client.head(f"{adresse}xlsx")
    assert reponse.status_code == 200
    assert "attachment" in reponse["Content-Disposition"]
    assert not reponse.content


@pytest.mark.parametrize("methode", ["post", "put", "delete", "options"])
def test_rien_ne_s_envoie_a_un_export(client, methode):
    reponse = getattr(client, methode)("/mesures/export.csv")
    assert reponse.status_code == 405
    assert reponse["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("adresse", ADRESSES)
@pytest.mark.parametrize("format_demande", ["pdf", "CSV", "", "csv.exe", "xls", "é"])
def test_un_format_inconnu_n_existe_pas(client, adresse, format_demande):
    assert client.get(f"{adresse}{format_demande}", follow=True).status_code == 404


def test_une_demande_que_la_page_ne_comprend_pas_y_renvoie(client):
    reponse = client.get("/territoires/export.csv", {"region": "ZZ", "liste": LISTE})
    assert reponse.status_code == 302
    assert reponse.url == f"/territoires/?region=ZZ&liste={LISTE}"
    assert "ETag" not in reponse
    ouvrir(client, reponse.url)


@pytest.mark.parametrize("parametres", [{"liste": "1789"}, {"disposition": "autre"}, {"disposition": "\x00"}])
def test_une_liste_ou_une_disposition_inconnue_n_existe_pas(client, parametres):
    assert client.get("/territoires/export.csv", parametres).status_code == 404


def test_au_dela_de_vingt_mille_lignes_l_ods_dit_quoi_prendre(client):
    page = ouvrir(client, "/communes/export.ods", statut=413)
    assert page.h1 == "Ce fichier serait trop grand"
    assert "20 000 lignes" in page.mots
    assert "XLSX ou CSV" in page.mots


@pytest.mark.parametrize("adresse", ADRESSES)
def test_les_colonnes_sont_definies_dans_un_fichier_a_part(client, adresse):
    lignes = lignes_csv(telecharger(client, f"{adresse}{COLONNES}"))
    entetes = lignes_csv(telecharger(client, f"{adresse}csv"))[0]
    assert [ligne[0] for ligne in lignes[1:]] == entetes
    assert all(ligne[3] for ligne in lignes)


@pytest.mark.parametrize("nom", ["territoires", "mesures", "financements", "communes"])
def test_un_export_declare_tout_ce_qu_il_lit(client, nom):
    """Its ETag is the version of these models: another could change behind a file that isn't made again."""
    questions = [{}, {"q": "val", "region": "32", "departement": "02", "fiabilite": "officiel", "tri": "-population"}]
    questions += [{"disposition": disposition} for disposition in DISPOSITIONS]
    with CaptureQueriesContext(connection) as requetes:
        for question in questions if nom == "territoires" else [{}]:
            telecharger(client, f"/{nom}/export.csv", **question)
    declares = {modele.__name__ for modele in getattr(vues, nom).modeles}
    assert lus_sans_etre_declares([requete["sql"] for requete in requetes], declares) == set()


@pytest.mark.parametrize("format_demande", list(FormatExport))
def test_le_nombre_de_requetes_ne_grandit_pas_avec_les_lignes(client, format_demande, django_assert_num_queries):
    liste = f.ListeFactory(slug="essai")
    # PostgreSQL is also asked whether somebody is writing.
    verrous = int(connection.vendor == "postgresql")
    for nombre in (2, 28):
        for inscription in f.InscriptionFactory.create_batch(nombre, liste=liste):
            f.PerimetreFactory(inscription=inscription).departements.add(f.DepartementFactory())
        for disposition, requetes in (("", 5), ("membres", 3)):
            with django_assert_num_queries(requetes + verrous):
                telecharger(
                    client, f"/territoires/export.{format_demande.value}", liste="essai", disposition=disposition
                )


# --- Brought back, nothing changes ----------------------------------------------------------------------------------
NOMS_PIEGES = [
    '=HYPERLINK("x")',
    "-Vallée d'été",
    "+33 ; Nord",
    '@lpes, "Haute" œuvre',
    "'=déjà protégé",
    "Saint-Étienne & <Loire>",
    "Bourg\u00a0: deux  espaces",
]


def deposer(export, format_demande, **options):
    sortie = io.BytesIO()
    export.fichier(format_demande, options=options).enregistrer(sortie)
    sortie.seek(0)
    return lots.deposer(sortie, f"retour.{format_demande}", export.ressource, options)


def rien_ne_change(lot):
    """Every row unchanged, none refused, doubled or missing."""
    ecarts = list(lot.details.exclude(seau="inchangee").values_list("numero", "seau", "changements", "problemes")[:3])
    assert not ecarts
    assert lot.inchanges == lot.lignes > 0
    return lot


def piegee():
    """A list whose names would be run, cut or damaged by a spreadsheet."""
    liste = f.ListeFactory(slug="pieges")
    vrais = Collectivite.objects.groupements().actuelles().order_by("code")[: len(NOMS_PIEGES)]
    for rang, (nom, groupement) in enumerate(zip(NOMS_PIEGES, vrais, strict=True)):
        inscription = f.InscriptionFactory(liste=liste, code=f"ti-9{rang}01", nom=nom)
        f.CompositionFactory(inscription=inscription, collectivite=groupement)
    seule = f.InscriptionFactory(liste=liste, code="ti-9801", nom="2A - 01")
    for code in ("2A004", "01004"):
        f.CompositionFactory(inscription=seule, collectivite=Collectivite.objects.get(code=code))
    return liste


@pytest.mark.parametrize("format_demande", ["csv", "xlsx", "ods"])
@pytest.mark.parametrize("disposition", DISPOSITIONS)
def test_une_liste_revient_inchangee_dans_chaque_disposition(disposition, format_demande):
    lot = rien_ne_change(deposer(DISPOSITIONS[disposition], format_demande, liste=LISTE))
    assert not lot.disparus
    assert lot.lignes >= 149


@pytest.mark.parametrize("format_demande", ["csv", "xlsx", "ods"])
@pytest.mark.parametrize("disposition", ["membres", "groupements"])
def test_des_noms_qu_un_tableur_abimerait_reviennent_inchanges(disposition, format_demande):
    piegee()
    lot = rien_ne_change(deposer(DISPOSITIONS[disposition], format_demande, liste="pieges"))
    assert lot.lignes == len(NOMS_PIEGES) + 2
    assert not lot.disparus


@pytest.mark.parametrize("format_demande", ["csv", "xlsx"])
def test_une_liste_en_communes_revient_inchangee_avec_des_noms_pieges(format_demande):
    from territoires import perimetres

    perimetres.appliquer(piegee())
    rien_ne_change(deposer(DISPOSITIONS["communes"], format_demande, liste="pieges"))


@pytest.mark.parametrize("format_demande", ["csv", "xlsx"])
@pytest.mark.parametrize("cle", ["mesures", "enveloppes"])
def test_le_catalogue_revient_inchange(cle, format_demande):
    fabrique = f.MesureFactory if cle == "mesures" else f.EnveloppeFactory
    champ = "titre" if cle == "mesures" else "nom"
    for nom in [*NOMS_PIEGES, "80\u00a0% d'été", "deux  espaces"]:
        fabrique(**{champ: nom, "source": "première ligne\r\n=seconde"})
    if cle == "enveloppes":
        f.EnveloppeFactory(montant_annonce=None)
    lot = rien_ne_change(deposer(exports.export(cle), format_demande))
    assert not lot.disparus


@pytest.mark.parametrize("format_demande", ["csv", "xlsx"])
def test_le_decoupage_revient_inchange(format_demande):
    lot = rien_ne_change(deposer(exports.export("collectivites"), format_demande))
    assert lot.lignes == Collectivite.objects.count()
    assert not lot.disparus


def test_chaque_ressource_a_un_export_qu_elle_relit():
    for ressource in ("territoires", "collectivites", "mesures", "enveloppes"):
        assert exports.exports_de(ressource)
    assert len(exports.exports_de("territoires")) == 4


def test_une_commune_seule_a_sa_propre_ligne(client):
    entetes, *lignes = lignes_csv(telecharger(client, "/territoires/export.csv", disposition="groupements"))
    assert entetes == ["id_ti", "lib_ti", "siren_groupement", "lib_groupement", "insee_com", "lib_com"]
    seules = [ligne for ligne in lignes if ligne[4]]
    communes = Composition.objects.filter(
        inscription__liste=Liste.objects.get(slug=LISTE), collectivite__nature=NatureCollectivite.COMMUNE
    )
    assert sorted(ligne[4] for ligne in seules) == sorted(communes.values_list("collectivite", flat=True))
    assert not any(ligne[2] for ligne in seules)


def test_les_membres_suivent_les_filtres_de_la_page(client):
    lignes = lignes_csv(telecharger(client, "/territoires/export.csv", disposition="membres", q="dunkerque"))
    assert {ligne[0] for ligne in lignes[1:]} == {"ti-3208"}


def test_un_classeur_se_relit_avec_ses_deux_feuilles(client):
    contenu = telecharger(client, "/territoires/export.xlsx")
    with ouvrir_classeur(io.BytesIO(contenu), "x") as classeur:
        assert [feuille.nom for feuille in classeur.feuilles] == ["Territoires", "Colonnes"]
