"""Long imports: entrusted to the worker, followed, given back when it dies."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from comptes import courrier, recapitulatif, routines
from tableurs import comparaison, lots, taches, veille
from tableurs.enums import EtatLot
from tableurs.management.commands.ouvrier import Command
from tableurs.models import LotImport
from territoires.models import Collectivite
from tests.factories import CommuneFactory, DepartementFactory, UtilisateurFactory
from tests.tableurs.lots_essai import comptes, deposer, photographie, recevoir

pytestmark = pytest.mark.django_db

TABLE = [
    ["code", "nature", "nom", "departement"],
    *([f"01{n:03}", "COM", f"Commune {n}", "01"] for n in range(1, 5)),
]


@pytest.fixture(autouse=True)
def communes(base_vide, monkeypatch):
    monkeypatch.setattr(taches, "LIGNES_AU_PLUS_SUR_LE_CHAMP", 3)
    # The worker runs here in the transaction of the test.
    monkeypatch.setattr(db_worker, "close_old_connections", lambda: None)
    DepartementFactory(code="01")
    CommuneFactory(code="01001", nom="Ancien nom", departement_id="01")


def travailler():
    call_command("ouvrier", "--une-fois")


def relu(lot):
    return LotImport.objects.get(pk=lot.pk)


def plus_tard():
    return timezone.now() + lots.SILENCE_MAX + timedelta(seconds=1)


def test_un_petit_import_se_fait_sur_le_champ():
    lot = recevoir(TABLE[:3], "collectivites")
    taches.comparer(lot)
    assert relu(lot).etat == EtatLot.A_VERIFIER
    taches.appliquer(lot)
    assert relu(lot).etat == EtatLot.APPLIQUE
    taches.annuler(lot)
    assert relu(lot).etat == EtatLot.ANNULE
    assert not DBTaskResult.objects.filter(task_path__startswith="tableurs").exists()


def test_un_grand_import_attend_l_ouvrier_a_chaque_etape():
    personne = UtilisateurFactory()
    lot = recevoir(TABLE, "collectivites", auteur=personne)
    taches.comparer(lot)
    assert (relu(lot).etat, relu(lot).en_attente, relu(lot).lues) == (EtatLot.LECTURE, True, 0)
    travailler()
    lot = relu(lot)
    assert (lot.etat, lot.lues, comptes(lot)) == (EtatLot.A_VERIFIER, 4, {"crees": 3, "modifies": 1})
    taches.appliquer(lot, personne)
    assert (relu(lot).etat, relu(lot).en_attente) == (EtatLot.EN_COURS, True)
    assert Collectivite.objects.count() == 1
    travailler()
    lot = relu(lot)
    assert (lot.etat, lot.applique_par) == (EtatLot.APPLIQUE, personne)
    assert Collectivite.objects.count() == 4
    taches.annuler(lot, personne)
    assert relu(lot).annulation_en_cours
    travailler()
    assert (relu(lot).etat, relu(lot).annule_par) == (EtatLot.ANNULE, personne)
    assert Collectivite.objects.get().nom == "Ancien nom"


def test_ce_qui_est_demande_deux_fois_n_est_fait_qu_une():
    lot = recevoir(TABLE, "collectivites")
    autre = relu(lot)
    taches.comparer(lot)
    with pytest.raises(lots.ActionImpossible, match="déjà été comparé"):
        taches.comparer(autre)
    travailler()
    lot, autre = relu(lot), relu(lot)
    taches.appliquer(lot)
    with pytest.raises(lots.ActionImpossible, match="n'est plus à vérifier"):
        taches.appliquer(autre)
    assert DBTaskResult.objects.filter(task_path__endswith="tache_appliquer").count() == 1


def test_des_lignes_refusees_se_disent_avant_d_attendre():
    lot = deposer([*TABLE, ["01009", "COM", "", "01"]], "collectivites")
    with pytest.raises(lots.ActionImpossible, match="refusée"):
        taches.appliquer(lot)
    assert relu(lot).etat == EtatLot.A_VERIFIER


def test_l_ouvrier_laisse_dans_le_lot_ce_qui_l_empeche():
    lot = deposer(TABLE, "collectivites")
    taches.appliquer(lot)
    Collectivite.objects.update(nom="Entre-temps")
    travailler()
    lot = relu(lot)
    assert lot.etat == EtatLot.A_VERIFIER
    assert "Entre-temps" in lot.message
    assert lot.details.get(numero=2).changements[0]["avant"] == "Entre-temps"


def test_une_annulation_impossible_rend_le_lot_applique():
    lot = lots.appliquer(deposer(TABLE, "collectivites"))
    taches.annuler(lot)
    Collectivite.objects.filter(pk="01001").update(nom="Corrigé")
    travailler()
    lot = relu(lot)
    assert lot.etat == EtatLot.APPLIQUE
    assert "Corrigé" in lot.message


def test_une_erreur_imprevue_de_l_ouvrier_rend_le_lot(monkeypatch, caplog):
    lot = deposer(TABLE, "collectivites")
    taches.appliquer(lot)
    monkeypatch.setattr("tableurs.masse.historiser", lambda *_: 1 / 0)
    travailler()
    assert (relu(lot).etat, relu(lot).message) == (EtatLot.A_VERIFIER, taches.INATTENDU)
    assert "ZeroDivisionError" in caplog.text
    assert Collectivite.objects.count() == 1


def test_un_fichier_que_l_ouvrier_ne_peut_lire_fait_echouer_le_lot():
    lot = recevoir(TABLE, "collectivites")
    with LotImport._meta.get_field("fichier").storage.open(lot.fichier.name, "wb") as fichier:
        fichier.write(b"%PDF-1.4 autre chose")
    taches.comparer(lot)
    travailler()
    assert relu(lot).etat == EtatLot.ECHOUE
    assert relu(lot).message
    assert DBTaskResult.objects.get().status == TaskResultStatus.SUCCESSFUL


# --- Whose worker died -------------------------------------------------------------------------------------------
class Mort(BaseException):
    """What kills a process: no `except Exception` stops it."""


def mourir_en_lisant(lot, monkeypatch, apres=0):
    """Leave a lot as a process killed while reading does: some rows written, nobody at work."""
    vrai = comparaison._Passage.verser
    appels = []

    def verser(passage, ecrire):
        appels.append(1)
        if len(appels) > apres + 1:
            raise Mort
        vrai(passage, ecrire)

    with monkeypatch.context() as provisoire:
        provisoire.setattr(comparaison._Passage, "verser", verser)
        provisoire.setattr("tableurs.masse.TAILLE_DE_LOT", 2)
        with pytest.raises(Mort):
            comparaison.lire(relu(lot))


def test_un_lot_muet_en_lecture_est_relu_du_debut(monkeypatch):
    lot = recevoir(TABLE, "collectivites")
    lots.mettre_en_lecture(lot, "mort", timezone.now())
    mourir_en_lisant(lot, monkeypatch, apres=1)
    assert (lot.details.count(), relu(lot).lues) == (2, 2)
    assert veille.reprendre_les_abandons() == 0
    assert veille.reprendre_les_abandons(plus_tard()) == 1
    assert relu(lot).en_attente
    assert veille.reprendre_les_abandons(plus_tard()) == 0
    travailler()
    lot = relu(lot)
    assert (lot.etat, lot.lues, lot.details.count()) == (EtatLot.A_VERIFIER, 4, 4)
    assert not lot.fichier


def test_un_lot_muet_pendant_un_nouvel_apercu_ne_perd_aucune_ligne(monkeypatch):
    lot = deposer(TABLE, "collectivites")
    cellules = list(lot.details.order_by("pk").values_list("numero", "cellules"))
    lots.passer(lot, (EtatLot.A_VERIFIER,), EtatLot.LECTURE, "", jeton="mort")
    mourir_en_lisant(lot, monkeypatch, apres=1)
    veille.reprendre_les_abandons(plus_tard())
    travailler()
    assert (relu(lot).etat, comptes(relu(lot))) == (EtatLot.A_VERIFIER, {"crees": 3, "modifies": 1})
    assert list(lot.details.order_by("pk").values_list("numero", "cellules")) == cellules


def test_celui_qu_on_croyait_mort_n_ecrit_plus_rien():
    lot = recevoir(TABLE, "collectivites")
    lots.mettre_en_lecture(lot, "lent", timezone.now())
    lent = relu(lot)
    veille.reprendre_les_abandons(plus_tard())
    comparaison.lire(lent)
    assert relu(lot).en_attente
    assert not lot.details.exists()
    travailler()
    assert relu(lot).etat == EtatLot.A_VERIFIER


def test_un_lot_abandonne_pendant_sa_lecture_reste_abandonne():
    lot = recevoir(TABLE, "collectivites")
    taches.comparer(lot)
    lots.abandonner(relu(lot))
    travailler()
    assert relu(lot).etat == EtatLot.ABANDONNE
    assert not lot.details.exists()


def test_un_lot_qui_tue_chaque_ouvrier_finit_par_echouer():
    lot = recevoir(TABLE, "collectivites")
    lots.mettre_en_lecture(lot, "mort", timezone.now())
    for _ in range(veille.INTERRUPTIONS_MAX):
        assert veille.reprendre_les_abandons(plus_tard()) == 1
        LotImport.objects.filter(pk=lot.pk).update(battement=timezone.now())
    assert veille.reprendre_les_abandons(plus_tard()) == 1
    assert (relu(lot).etat, relu(lot).message) == (EtatLot.ECHOUE, veille.TROP_INTERROMPUE)
    assert not relu(lot).fichier


def test_un_lot_dont_la_tache_s_est_perdue_est_repris():
    lot = recevoir(TABLE, "collectivites")
    taches.comparer(lot)
    assert veille.reprendre_les_abandons(plus_tard()) == 0
    DBTaskResult.objects.all().delete()
    assert veille.reprendre_les_abandons(plus_tard()) == 1
    travailler()
    assert relu(lot).etat == EtatLot.A_VERIFIER


def test_une_tache_prise_par_un_ouvrier_mort_aussitot_est_reprise():
    lot = recevoir(TABLE, "collectivites")
    taches.comparer(lot)
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, started_at=timezone.now())
    assert veille.reprendre_les_abandons() == 0
    assert veille.reprendre_les_abandons(plus_tard()) == 1
    assert DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).count() == 0
    travailler()
    assert relu(lot).etat == EtatLot.A_VERIFIER


def test_un_lot_muet_en_application_revient_a_verifier_rien_n_est_applique():
    lot = deposer(TABLE, "collectivites")
    avant = photographie(Collectivite)
    lots.passer(lot, (EtatLot.A_VERIFIER,), EtatLot.EN_COURS, "", jeton="mort")
    assert veille.reprendre_les_abandons() == 0
    assert veille.reprendre_les_abandons(plus_tard()) == 1
    assert (relu(lot).etat, relu(lot).message) == (EtatLot.A_VERIFIER, veille.INTERROMPUE)
    assert photographie(Collectivite) == avant


def test_un_lot_muet_en_annulation_redevient_applique():
    lot = lots.appliquer(deposer(TABLE, "collectivites"))
    lots.passer(lot, (EtatLot.APPLIQUE,), EtatLot.EN_COURS, "", jeton="mort")
    veille.reprendre_les_abandons(plus_tard())
    assert relu(lot).etat == EtatLot.APPLIQUE
    lots.annuler(relu(lot))
    assert relu(lot).etat == EtatLot.ANNULE


# --- The command -------------------------------------------------------------------------------------------------
def test_l_ouvrier_ne_demande_le_verrou_que_s_il_y_a_du_travail(django_assert_num_queries):
    commande = Command()
    commande.echeances = dict.fromkeys(("veille", "purge", "routines", "recapitulatifs"), float("inf"))
    # What waits for it: messages, then tasks.
    with django_assert_num_queries(2):
        commande._tour()


def test_l_ouvrier_veille_et_purge_de_temps_en_temps(monkeypatch):
    fait = []
    monkeypatch.setattr(veille, "reprendre_les_abandons", lambda: fait.append("veille"))
    monkeypatch.setattr(veille, "purger", lambda: fait.append("purge"))
    monkeypatch.setattr(courrier, "purger", lambda: fait.append("purge des courriels"))
    monkeypatch.setattr(routines, "passer", lambda: fait.append("routines"))
    monkeypatch.setattr(recapitulatif, "ecrire_ceux_du_jour", lambda: fait.append("récapitulatifs"))
    monkeypatch.setattr(courrier, "envoyer_ce_qui_attend", lambda: fait.append("envoi"))
    commande = Command()
    commande.echeances = {}
    commande._tour()
    commande._tour()
    assert fait == ["veille", "purge", "purge des courriels", "routines", "récapitulatifs", "envoi", "envoi"]
