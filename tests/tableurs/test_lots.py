"""The life of an import, from the file to undoing it, through the smallest resource: collectivités."""

import io
import json
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from tableurs import comparaison, lots, masse, veille
from tableurs.comparaison import stockable
from tableurs.enums import EtatLot, Seau
from tableurs.lecture import FichierIllisible
from tableurs.models import CorrespondanceRetenue, LigneImport, LotImport
from territoires.models import Collectivite
from tests.factories import CommuneFactory, DepartementFactory, UtilisateurFactory
from tests.tableurs.lots_essai import comptes, deposer, photographie, recevoir, seaux

pytestmark = pytest.mark.django_db

ENTETES = ["code", "nature", "nom", "departement", "population"]


@pytest.fixture
def communes(base_vide):
    """Three communes; the base holds nothing else."""
    DepartementFactory(code="01")
    return [CommuneFactory(code=f"0100{n}", nom=f"Commune {n}", departement_id="01", population=100) for n in (1, 2, 3)]


def table(*lignes):
    return [ENTETES, *lignes]


INCHANGEE = ["01001", "COM", "Commune 1", "01", "100"]
RENOMMEE = ["01002", "COM", "Autre nom", "01", "100"]
NEUVE = ["01009", "COM", "Neuve", "01", "5"]
REFUSEE = ["01003", "COM", "Commune 3", "01", "beaucoup"]


def test_chaque_ligne_finit_dans_un_seau(communes):
    lot = deposer(table(INCHANGEE, RENOMMEE, NEUVE, REFUSEE, NEUVE), "collectivites")
    assert seaux(lot) == [Seau.INCHANGEE, Seau.MODIFIEE, Seau.CREEE, Seau.REFUSEE, Seau.DOUBLON]
    assert comptes(lot) == {"crees": 1, "modifies": 1, "inchanges": 1, "refuses": 1, "doublons": 1}
    assert lot.lignes == lot.lues == 5
    assert lot.etat == EtatLot.A_VERIFIER


def test_la_base_refuse_des_comptes_qui_ne_s_additionnent_pas(communes):
    lot = deposer(table(INCHANGEE), "collectivites")
    for nom in ("crees", "modifies", "inchanges", "refuses", "doublons", "lignes"):
        with pytest.raises(IntegrityError, match="aucune_ligne_perdue"), transaction.atomic():
            LotImport.objects.filter(pk=lot.pk).update(**{nom: 7})


def test_l_apercu_n_ecrit_rien(communes):
    avant = photographie(Collectivite)
    deposer(table(RENOMMEE, NEUVE), "collectivites")
    assert photographie(Collectivite) == avant


def test_un_refus_dit_la_colonne_la_lettre_la_valeur_et_le_remede(communes):
    lot = deposer(table(INCHANGEE, REFUSEE), "collectivites")
    ligne = lot.details.get(seau=Seau.REFUSEE)
    assert ligne.numero == 3
    (probleme,) = ligne.problemes
    assert (probleme["colonne"], probleme["lettre"], probleme["valeur"]) == ("Population municipale", "E", "beaucoup")
    assert probleme["raison"]
    assert probleme["remede"]


def test_un_refus_du_modele_dit_aussi_la_cellule(communes):
    lot = deposer(table(["01004", "COM", "Neuve", "99", "1"]), "collectivites")
    (probleme,) = lot.details.get(numero=2).problemes
    assert (probleme["colonne"], probleme["lettre"], probleme["valeur"]) == ("Département", "D", "99")


def test_appliquer_fait_ce_qui_etait_montre_et_rien_d_autre(communes):
    personne = UtilisateurFactory()
    lot = deposer(table(INCHANGEE, RENOMMEE, NEUVE), "collectivites", auteur=personne)
    lots.appliquer(lot, personne)
    assert dict(Collectivite.objects.values_list("code", "nom")) == {
        "01001": "Commune 1",
        "01002": "Autre nom",
        "01003": "Commune 3",
        "01009": "Neuve",
    }
    lot.refresh_from_db()
    assert (lot.etat, lot.applique_par) == (EtatLot.APPLIQUE, personne)
    traces = Collectivite.historique.filter(history_change_reason=lot.motif)
    assert sorted(traces.values_list("code", "history_type", "history_user")) == [
        ("01002", "~", personne.pk),
        ("01009", "+", personne.pk),
    ]


def test_le_meme_fichier_a_nouveau_ne_change_rien(communes):
    lots.appliquer(deposer(table(INCHANGEE, RENOMMEE, NEUVE), "collectivites"))
    lot = deposer(table(INCHANGEE, RENOMMEE, NEUVE), "collectivites")
    assert comptes(lot) == {"inchanges": 3}


def test_annuler_rend_l_etat_d_avant(communes):
    avant = photographie(Collectivite)
    lot = lots.appliquer(deposer(table(INCHANGEE, RENOMMEE, NEUVE), "collectivites"))
    assert photographie(Collectivite) != avant
    personne = UtilisateurFactory()
    lots.annuler(lot, personne)
    assert photographie(Collectivite) == avant
    lot.refresh_from_db()
    assert (lot.etat, lot.annule_par) == (EtatLot.ANNULE, personne)
    traces = Collectivite.historique.filter(history_change_reason=f"Annulation : {lot.motif}")
    assert sorted(traces.values_list("code", "history_type", "history_user")) == [
        ("01002", "~", personne.pk),
        ("01009", "-", personne.pk),
    ]


def test_annuler_dit_ce_qui_a_change_depuis(communes):
    lot = lots.appliquer(deposer(table(RENOMMEE, NEUVE), "collectivites"))
    Collectivite.objects.filter(pk="01002").update(nom="Corrigée à la main")
    avant = photographie(Collectivite)
    with pytest.raises(lots.ActionImpossible, match="Corrigée à la main"):
        lots.annuler(lot)
    assert photographie(Collectivite) == avant
    lot.refresh_from_db()
    assert lot.etat == EtatLot.APPLIQUE


def test_si_la_base_a_change_rien_n_est_applique_et_l_apercu_est_refait(communes):
    lot = deposer(table(INCHANGEE, RENOMMEE, NEUVE), "collectivites")
    jeton = lot.jeton
    Collectivite.objects.filter(pk="01002").update(nom="Autre nom")
    avant = photographie(Collectivite)
    with pytest.raises(lots.ActionImpossible, match="a changé depuis l'aperçu") as refus:
        lots.appliquer(lot)
    assert photographie(Collectivite) == avant
    lot.refresh_from_db()
    assert (lot.etat, lot.message) == (EtatLot.A_VERIFIER, str(refus.value))
    assert lot.jeton != jeton
    assert seaux(lot) == [Seau.INCHANGEE, Seau.INCHANGEE, Seau.CREEE]
    lots.appliquer(lot)
    lot.refresh_from_db()
    assert (lot.etat, lot.message) == (EtatLot.APPLIQUE, "")


def test_un_lot_ne_s_applique_qu_une_fois(communes):
    lot = deposer(table(NEUVE), "collectivites")
    autre = LotImport.objects.get(pk=lot.pk)
    lots.appliquer(lot)
    with pytest.raises(lots.ActionImpossible, match="n'est plus à vérifier"):
        lots.appliquer(autre)
    with pytest.raises(lots.ActionImpossible, match="Seul un import appliqué"):
        lots.annuler(deposer(table(NEUVE), "collectivites"))


def test_des_lignes_refusees_demandent_un_accord(communes):
    lot = deposer(table(NEUVE, REFUSEE), "collectivites")
    with pytest.raises(lots.ActionImpossible, match="ligne est refusée"):
        lots.appliquer(lot)
    lots.appliquer(lot, partiel=True)
    assert Collectivite.objects.filter(pk="01009").exists()


def test_une_ligne_ecartee_n_est_pas_appliquee(communes):
    lot = deposer(table(RENOMMEE, NEUVE), "collectivites")
    lot.details.filter(seau=Seau.CREEE).update(retenue=False)
    lots.appliquer(lot)
    assert not Collectivite.objects.filter(pk="01009").exists()
    assert Collectivite.objects.get(pk="01002").nom == "Autre nom"


def test_une_erreur_imprevue_laisse_le_lot_intact(communes, monkeypatch):
    lot = deposer(table(RENOMMEE, NEUVE), "collectivites")
    avant = photographie(Collectivite)

    def casser(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(masse, "historiser", casser)
    with pytest.raises(ZeroDivisionError):
        lots.appliquer(lot)
    assert photographie(Collectivite) == avant
    assert LotImport.objects.get(pk=lot.pk).etat == EtatLot.A_VERIFIER


def test_abandonner_garde_les_lignes(communes):
    lot = deposer(table(NEUVE), "collectivites")
    lots.abandonner(lot)
    assert lot.details.count() == 1
    with pytest.raises(lots.ActionImpossible):
        lots.appliquer(lot)
    with pytest.raises(lots.ActionImpossible):
        lots.abandonner(lot)


def test_comparer_de_nouveau_garde_les_lignes_et_les_choix(communes, monkeypatch):
    monkeypatch.setattr(masse, "TAILLE_DE_LOT", 2)
    lot = deposer(table(INCHANGEE, RENOMMEE, NEUVE, REFUSEE, NEUVE), "collectivites")
    lot.details.filter(seau=Seau.CREEE).update(retenue=False)
    cles = set(lot.details.values_list("pk", flat=True))
    lots.comparer_de_nouveau(lot)
    assert seaux(lot) == [Seau.INCHANGEE, Seau.MODIFIEE, Seau.CREEE, Seau.REFUSEE, Seau.DOUBLON]
    assert comptes(lot) == {"crees": 1, "modifies": 1, "inchanges": 1, "refuses": 1, "doublons": 1}
    assert set(lot.details.values_list("pk", flat=True)) == cles
    assert not lot.details.get(seau=Seau.CREEE).retenue


# --- The file ----------------------------------------------------------------------------------------------------
def test_le_fichier_est_garde_jusqu_a_la_comparaison_puis_efface(communes):
    lot = recevoir(table(NEUVE), "collectivites")
    stockage = LotImport._meta.get_field("fichier").storage
    nom = lot.fichier.name
    assert stockage.exists(nom)
    lots.comparer(lot)
    assert not stockage.exists(nom)
    assert not LotImport.objects.get(pk=lot.pk).fichier
    with pytest.raises(lots.ActionImpossible, match="déjà été comparé"):
        lots.comparer(lot)


def test_un_fichier_illisible_en_chemin_fait_echouer_le_lot(communes):
    lot = recevoir(table(NEUVE, RENOMMEE), "collectivites")
    stockage = LotImport._meta.get_field("fichier").storage
    nom = lot.fichier.name
    with stockage.open(nom, "ab") as fichier:
        fichier.write(b'"guillemet;jamais ferm\xe9;\r\n' + b"x" * 200_000)
    with pytest.raises(FichierIllisible):
        lots.comparer(lot)
    lot.refresh_from_db()
    assert lot.etat == EtatLot.ECHOUE
    assert lot.message
    assert not lot.details.exists()
    assert not stockage.exists(nom)


def test_une_ressource_qui_casse_fait_echouer_le_lot_et_le_dit(communes, monkeypatch):
    lot = recevoir(table(NEUVE), "collectivites")
    monkeypatch.setattr("territoires.imports.ImportCollectivites.comparer", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        lots.comparer(lot)
    lot.refresh_from_db()
    assert (lot.etat, lot.message) == (EtatLot.ECHOUE, comparaison.INATTENDU)


def test_un_depot_refuse_ne_laisse_rien(communes):
    with pytest.raises(lots.ColonnesIncompletes):
        deposer([["rien", "de", "connu"], ["1", "2", "3"]], "collectivites")
    with pytest.raises(FichierIllisible):
        lots.deposer(io.BytesIO(b"%PDF-1.4"), "x.csv", "collectivites")
    assert not LotImport.objects.exists()
    stockage = LotImport._meta.get_field("fichier").storage
    assert not stockage.exists("imports") or not stockage.listdir("imports")[1]


def test_un_caractere_impossible_est_garde_lisible(communes):
    lot = deposer(table(["01\x07001", "COM", "Nom\x1f", "01", "1"]), "collectivites")
    assert comptes(lot) == {"refuses": 1}
    assert lot.details.get(numero=2).cellules[0] == "01\x07001"
    assert stockable("a\ud800b\x00") == "a�b�"


def test_les_colonnes_choisies_sont_retenues_pour_le_meme_entete(communes):
    lignes = [["c", "n", "l", "d"], ["01009", "COM", "Neuve", "01"]]
    lot = lots.recevoir(io.BytesIO(b"c;n;l;d\r\n01009;COM;Neuve;01\r\n"), "a.csv", "collectivites")
    with pytest.raises(lots.ColonnesIncompletes):
        lots.choisir_les_colonnes(lot)
    lots.choisir_les_colonnes(lot, {"code": 0, "nature": 1, "nom": 2, "departement": 3})
    assert CorrespondanceRetenue.objects.count() == 1
    assert comptes(deposer(lignes, "collectivites")) == {"crees": 1}


# --- Large lots --------------------------------------------------------------------------------------------------
def test_le_nombre_de_requetes_ne_croit_pas_avec_les_lignes(communes, django_assert_max_num_queries):
    nouvelles = [[f"01{n:03}", "COM", f"Neuve {n}", "01", "5"] for n in range(100, 224)]
    with django_assert_max_num_queries(40):
        lots.appliquer(deposer(table(*nouvelles), "collectivites"))
    assert Collectivite.objects.count() == 3 + 124


def test_les_cles_creees_se_gardent_en_peu_de_place(communes):
    lot = lots.appliquer(deposer(table(NEUVE), "collectivites"))
    lot.refresh_from_db()
    assert len(json.dumps(lot.creees)) < 100


# --- Purge -------------------------------------------------------------------------------------------------------
def vieillir(lot, jours):
    LotImport.objects.filter(pk=lot.pk).update(depose_le=lot.depose_le - timedelta(days=jours))


def test_les_lignes_d_un_an_sont_effacees_les_comptes_restent(communes):
    applique, a_verifier = (deposer(table(NEUVE), "collectivites") for _ in range(2))
    recent = deposer(table(NEUVE), "collectivites")
    lots.appliquer(applique)
    for lot in (applique, a_verifier):
        vieillir(lot, 366)
    bilan = veille.purger()
    assert (bilan["ligne"], bilan["import vidé"]) == (2, 2)
    assert set(LigneImport.objects.values_list("lot", flat=True)) == {recent.pk}
    applique.refresh_from_db()
    a_verifier.refresh_from_db()
    assert (applique.etat, applique.lignes, applique.crees) == (EtatLot.APPLIQUE, 1, 1)
    assert a_verifier.etat == EtatLot.ABANDONNE
    with pytest.raises(lots.ActionImpossible, match="ont été effacées"):
        lots.annuler(applique)
    assert not any(veille.purger().values())


def test_un_depot_oublie_une_semaine_est_abandonne_avec_son_fichier(communes):
    oublie, recent = (recevoir(table(NEUVE), "collectivites") for _ in range(2))
    stockage = LotImport._meta.get_field("fichier").storage
    nom = oublie.fichier.name
    vieillir(oublie, 8)
    assert veille.purger()["dépôt abandonné"] == 1
    oublie.refresh_from_db()
    assert oublie.etat == EtatLot.ABANDONNE
    assert not stockage.exists(nom)
    assert stockage.exists(recent.fichier.name)


def test_un_fichier_que_personne_n_attend_est_efface(communes):
    stockage = LotImport._meta.get_field("fichier").storage
    nom = stockage.save("imports/perdu.fichier", ContentFile(b"x"))
    lot = recevoir(table(NEUVE), "collectivites")
    assert veille.purger()["fichier"] == 0
    assert veille.purger(timezone.now() + timedelta(days=2))["fichier"] == 1
    assert not stockage.exists(nom)
    assert stockage.exists(lot.fichier.name)


def test_la_commande_dit_ce_qu_elle_efface(communes, capsys):
    call_command("purger_imports")
    assert capsys.readouterr().out == "Rien à effacer.\n"
    vieillir(deposer(table(NEUVE), "collectivites"), 366)
    call_command("purger_imports")
    assert "1\N{NO-BREAK SPACE}ligne et 1\N{NO-BREAK SPACE}import vidé." in capsys.readouterr().out


def test_les_contraintes_disent_les_dates_qui_manquent(communes):
    lot = deposer(table(NEUVE), "collectivites")
    for etat in (EtatLot.APPLIQUE, EtatLot.ANNULE):
        with pytest.raises(IntegrityError), transaction.atomic():
            LotImport.objects.filter(pk=lot.pk).update(etat=etat)
