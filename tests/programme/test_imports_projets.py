"""A region brings in the fiches-actions that it has: in any state, with a past that holds, and only its own."""

import datetime
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptes.models import Courrier
from comptes.parcours import possibles
from programme.enums import AutoriteDecision, EtatProjet
from programme.exports_de_projets import A_REPRENDRE, a_reprendre
from programme.imports.histoires import CHEMINS, INCONNUE
from programme.models import Decision, Mesure, Projet
from programme.parcours_projet import PARCOURS
from tableurs import lots
from tableurs.enums import Seau
from tableurs.lots import ActionImpossible
from tableurs.modeles_de_fichier import modele_de_fichier
from tableurs.ressources import ouvertes
from territoires.models import Inscription
from tests import factories as f
from tests.factories_projets import JalonFactory, projet_en
from tests.tableurs.conftest import dossier_prive  # noqa: F401
from tests.tableurs.fichiers import fichier_csv
from tests.tableurs.lots_essai import raisons, seaux

pytestmark = pytest.mark.django_db

INSCRIT = {
    "reference": "R-1",
    "territoire": "vallee-de-la-bresle-vimeu",
    "titre": "Ouvrir une école",
    "etat": "Inscrit au contrat",
    "transmis_le": "12/01/2024",
    "autorite": "Comité de pilotage régional",
    "decision_le": "03/04/2024",
    "acte": "2024-117",
    "cout_total": "1 250 000,00 €",
    "cout_total_taxe": "HT",
    "porteur_siren": "en création",
    "communes": "sans lieu précis",
}


@pytest.fixture
def pilote(personnages):
    return personnages["pilote"]


def deposer(auteur, *lignes):
    """Return the lot of these rows ({column: cell}), all with the columns of any."""
    colonnes = list(dict.fromkeys(nom for ligne in lignes for nom in ligne))
    table = [colonnes, *([ligne.get(nom, "") for nom in colonnes] for ligne in lignes)]
    return lots.deposer(io.BytesIO(fichier_csv(table)), "essai.csv", "projets", None, auteur)


def refus_de(auteur, **cellules):
    lot = deposer(auteur, INSCRIT | cellules)
    assert (lot.refuses, lot.lignes) == (1, 1), seaux(lot)
    (probleme,) = lot.details.get().problemes
    assert probleme["remede"]
    return probleme["colonne"], probleme["raison"].replace("\N{NO-BREAK SPACE}", " ")


def test_un_projet_inscrit_entre_avec_son_histoire_et_son_numero(pilote, territoire):
    lot = deposer(pilote, INSCRIT | {"mesures": Mesure.objects.first().code})
    assert lot.crees == 1
    assert not Projet.objects.filter(titre="Ouvrir une école").exists()
    lots.appliquer(lot, pilote)
    projet = Projet.objects.get(titre="Ouvrir une école")
    assert (projet.etat, projet.territoire, projet.reference_regionale) == (EtatProjet.INSCRIT, territoire, "R-1")
    assert projet.numero.startswith("FA-2024-")
    assert (projet.cout_total, projet.porteur_en_creation, projet.sans_lieu) == (1_250_000, True, True)
    assert projet.historique.get().history_change_reason == lot.motif
    preparer, transmettre, instruire, inscrire = projet.decisions.order_by("pk")
    assert [preparer.motif, transmettre.motif, instruire.motif, inscrire.motif] == [INCONNUE, "", INCONNUE, ""]
    assert (inscrire.autorite, inscrire.date) == (AutoriteDecision.COMITE_REGIONAL, datetime.date(2024, 4, 3))
    assert projet.mesures.count() == 1


@pytest.mark.parametrize("etat", EtatProjet)
def test_chaque_etat_s_importe_et_le_journal_l_explique(etat, pilote):
    transitions = [PARCOURS.transition(cle) for cle in CHEMINS[etat]]
    ligne = {nom: INSCRIT[nom] for nom in ("reference", "territoire", "titre")} | {"etat": etat.label}
    if etat not in EtatProjet.brouillons():
        ligne["etat_depuis"] = "01/06/2025"
    if any(un.decision for un in transitions):
        ligne |= {"autorite": "autre", "autorite_precision": "Conseil", "decision_le": "03/04/2024"}
    if any(un.motif for un in transitions):
        ligne["motif"] = "Parce que."
    if etat == EtatProjet.INSCRIT_RESERVE:
        ligne |= {"condition": "Boucler le plan", "echeance": "01/01/2027"}
    lot = deposer(pilote, ligne)
    assert lot.crees == 1, raisons(lot)
    lots.appliquer(lot, pilote)
    projet = Projet.objects.get(reference_regionale="R-1")
    assert projet.etat == etat
    dernier = projet.decisions.order_by("pk").last()
    assert (dernier.vers if dernier else EtatProjet.IDEE) == etat
    assert deposer(pilote, ligne).inchanges == 1


def test_le_meme_fichier_ne_change_rien_la_deuxieme_fois(pilote):
    lots.appliquer(deposer(pilote, INSCRIT), pilote)
    lot = deposer(pilote, INSCRIT)
    assert (lot.inchanges, lot.crees, lot.modifies) == (1, 0, 0)


def test_l_export_du_portail_rapporte_ne_change_rien(pilote, territoire):
    for etat in EtatProjet:
        projet_en(etat, territoire=territoire, titre=f"Projet {etat.label}")
    lots.appliquer(deposer(pilote, INSCRIT), pilote)
    fichier = A_REPRENDRE.fichier("csv", a_reprendre(pilote, {}))
    contenu = b"".join(fichier.reponse().streaming_content)
    lot = lots.deposer(io.BytesIO(contenu), "export.csv", "projets", None, pilote)
    assert lot.inchanges == lot.lignes == Projet.objects.filter(territoire=territoire).count(), raisons(lot)


def test_l_import_s_annule_en_entier(pilote):
    avant = (Projet.objects.count(), Decision.objects.count())
    lot = deposer(
        pilote, INSCRIT | {"mesures": Mesure.objects.first().code}, INSCRIT | {"reference": "R-2", "titre": "B"}
    )
    lots.appliquer(lot, pilote)
    assert Projet.objects.count() == avant[0] + 2
    lots.annuler(lot, pilote)
    assert (Projet.objects.count(), Decision.objects.count()) == avant


def test_l_annulation_s_arrete_si_quelqu_un_a_ecrit_depuis(pilote):
    lot = deposer(pilote, INSCRIT)
    lots.appliquer(lot, pilote)
    jalon = JalonFactory(projet=Projet.objects.get(reference_regionale="R-1"))
    with pytest.raises(ActionImpossible, match="utilisé par étape"):
        lots.annuler(lot, pilote)
    jalon.delete()
    projet = Projet.objects.get(reference_regionale="R-1")
    projet.titre = "Autre"
    projet.save()
    with pytest.raises(ActionImpossible, match="quelqu'un a écrit depuis"):
        lots.annuler(lot, pilote)
    assert Projet.objects.filter(pk=projet.pk).exists()


# --- Whose territories


def test_un_pilote_ne_cree_rien_chez_le_voisin(pilote, voisin):
    colonne, raison = refus_de(pilote, territoire=voisin.slug)
    assert colonne == "Territoire"
    assert "Vous ne décidez pas pour la région" in raison


def test_un_pilote_ne_touche_pas_un_projet_du_voisin(pilote, voisin):
    autre = projet_en(EtatProjet.INSCRIT, territoire=voisin)
    for identite in ({"numero": autre.numero}, {"cle": autre.cle}):
        assert "n'est pas un projet que vous examinez" in refus_de(pilote, reference="", **identite)[1]


@pytest.mark.parametrize("nom", ["pilote d'une région associée", "chef de projet", "lecture", "analyste", "auditeur"])
def test_seul_qui_decide_pour_la_region_pilote_importe(nom, personnages):
    assert ("projets" in ouvertes(personnages[nom])) == (nom == "pilote d'une région associée")
    assert "Vous ne décidez pas" in refus_de(personnages[nom])[1]


def test_l_administrateur_importe_partout(personnages, voisin):
    admin = personnages["administrateur"]
    assert "projets" in ouvertes(admin)
    assert deposer(admin, INSCRIT, INSCRIT | {"territoire": voisin.slug, "reference": "V-1"}).crees == 2


def test_qui_perd_ses_droits_entre_l_apercu_et_l_application_n_applique_pas(pilote, personnages):
    lot = deposer(pilote, INSCRIT)
    with pytest.raises(ActionImpossible, match="que vous n'examinez pas"):
        lots.appliquer(lot, personnages["pilote voisin"])
    assert not Projet.objects.filter(reference_regionale="R-1").exists()


def test_l_export_a_reprendre_ne_montre_que_ses_territoires(pilote, territoire, voisin):
    sien, autre = projet_en(EtatProjet.INSCRIT, territoire=territoire), projet_en(EtatProjet.INSCRIT, territoire=voisin)
    assert sien in a_reprendre(pilote, {})
    assert autre not in a_reprendre(pilote, {})


def test_qui_a_importe_n_examine_pas(pilote, personnages):
    ligne = {nom: INSCRIT[nom] for nom in ("reference", "territoire", "titre", "transmis_le")} | {"etat": "Transmis"}
    lots.appliquer(deposer(pilote, ligne | {"etat": "transmis"}), pilote)
    projet = Projet.objects.get(reference_regionale="R-1")
    assert "instruire" not in [un.transition.cle for un in possibles(projet, pilote)]
    assert "instruire" in [un.transition.cle for un in possibles(projet, personnages["agent instructeur"])]


# --- What is refused, and why


@pytest.mark.parametrize(
    ("cellules", "colonne", "raison"),
    [
        ({"territoire": "Atlantide"}, "Territoire", "n'est pas un territoire connu"),
        ({"reference": ""}, "Référence de la région", "ni numéro, ni clé, ni référence"),
        ({"etat": ""}, "État", "n'est pas dit"),
        ({"autorite": ""}, "Autorité qui a décidé", "ne peut pas être vide"),
        ({"decision_le": ""}, "Date de la décision", "ne peut pas être vide"),
        ({"decision_le": "01/01/2090"}, "Date de la décision", "est à venir"),
        ({"decision_le": "01/01/2024"}, "Date de la décision", "précède"),
        ({"condition": "Une condition"}, "Condition", "n'a rien à dire ici"),
        ({"motif": "Parce que"}, "Motif", "n'a rien à dire ici"),
        ({"etat": "Ajourné"}, "Motif", "ne peut pas être vide"),
        ({"etat": "En réalisation"}, "Dans cet état depuis", "Depuis quand"),
        ({"etat": "Idée"}, "Transmis le", "n'a rien à dire ici"),
        ({"autorite": "autre"}, "Laquelle", "ne peut pas être vide"),
        ({"autorite_precision": "X"}, "Laquelle", "se précise"),
        ({"cout_total_taxe": ""}, "Coût HT ou TTC", "HT ou TTC"),
        ({"debut": "01/01/2026", "fin": "01/01/2025"}, "Fin prévue", "précède"),
        (
            {"assiette_eligible": "2000000", "assiette_taxe": "HT"},
            "Assiette éligible (€)",
            "dépasse le coût total",
        ),
        ({"porteur_siren": "123456789"}, "SIREN du porteur", "clé de contrôle"),
        ({"mesures": "ZZZ-9"}, "Mesures", "n'est pas connu"),
        ({"communes": "Atlantis"}, "Communes", "n'est pas connu"),
    ],
)
def test_une_ligne_impossible_est_refusee_a_sa_cellule(cellules, colonne, raison, pilote):
    obtenue, dite = refus_de(pilote, **cellules)
    assert obtenue == colonne
    assert raison in dite


def test_un_fichier_sans_rien_qui_reconnaisse_les_projets_est_arrete(pilote):
    with pytest.raises(lots.ColonnesIncompletes, match="deux fois les mêmes projets"):
        deposer(pilote, {"territoire": "x", "titre": "y"})


def test_deux_lignes_pour_un_projet(pilote):
    assert seaux(deposer(pilote, INSCRIT, INSCRIT)) == [Seau.CREEE, Seau.DOUBLON]
    assert seaux(deposer(pilote, INSCRIT, INSCRIT | {"acte": "autre"})) == [Seau.CREEE, Seau.REFUSEE]
    assert seaux(deposer(pilote, INSCRIT, INSCRIT | {"reference": "R-2"})) == [Seau.CREEE, Seau.REFUSEE]


def test_un_titre_deja_pris_demande_si_c_est_le_meme(pilote, territoire):
    projet = projet_en(EtatProjet.INSTRUCTION, territoire=territoire, titre=INSCRIT["titre"])
    assert projet.numero in refus_de(pilote)[1]
    # The number given, the region's reference joins the project.
    ligne = {nom: INSCRIT[nom] for nom in ("reference", "territoire", "titre")} | {"numero": projet.numero}
    lot = deposer(pilote, ligne)
    assert lot.modifies == 1
    lots.appliquer(lot, pilote)
    projet.refresh_from_db()
    assert (projet.reference_regionale, projet.revision) == ("R-1", 1)
    lots.annuler(lot, pilote)
    projet.refresh_from_db()
    assert projet.reference_regionale == ""


# --- One that is there


def test_l_etat_d_un_projet_deja_la_ne_change_pas_par_import(pilote):
    lots.appliquer(deposer(pilote, INSCRIT), pilote)
    colonne, raison = refus_de(pilote, etat="En réalisation", etat_depuis="01/06/2025")
    assert colonne == "État"
    assert "ne change ni l'état" in raison


def test_la_fiche_ecrite_par_le_territoire_ne_change_pas_par_import(pilote, territoire):
    projet = projet_en(EtatProjet.INSTRUCTION, territoire=territoire)
    ligne = {"numero": projet.numero, "territoire": territoire.slug, "titre": "Un autre titre"}
    lot = deposer(pilote, ligne)
    assert lot.refuses == 1
    assert "écrite par l'équipe du territoire" in raisons(lot)[2]


def test_qui_a_importe_corrige_ce_qu_il_a_importe(pilote):
    lots.appliquer(deposer(pilote, INSCRIT), pilote)
    lot = deposer(pilote, INSCRIT | {"contexte": "Précisé.", "cout_total": "1300000"})
    assert lot.modifies == 1, raisons(lot)
    champs = {changement["champ"] for changement in lot.details.get().changements}
    assert champs == {"contexte", "coût total (€)"}
    lots.appliquer(lot, pilote)
    projet = Projet.objects.get(reference_regionale="R-1")
    assert (projet.contexte, projet.cout_total, projet.revision) == ("Précisé.", 1_300_000, 1)
    lots.annuler(lot, pilote)
    projet.refresh_from_db()
    assert (projet.contexte, projet.cout_total) == ("", 1_250_000)


def test_les_mesures_d_un_projet_deja_la_ne_changent_pas_par_import(pilote):
    lots.appliquer(deposer(pilote, INSCRIT), pilote)
    assert "ne change pas ces choix" in refus_de(pilote, mesures=Mesure.objects.first().code)[1]


def test_une_commune_se_dit_par_son_nom_dans_son_territoire(pilote, territoire):
    commune = Inscription.objects.filter(territoire=territoire).latest("pk").couvertures.first().commune
    lot = deposer(pilote, INSCRIT | {"communes": commune.nom})
    lots.appliquer(lot, pilote)
    assert list(Projet.objects.get(reference_regionale="R-1").communes.all()) == [commune]


def test_le_modele_se_telecharge(pilote, client):
    assert modele_de_fichier("projets").nom.startswith("modele_projets")
    client.force_login(pilote)
    for adresse in (
        reverse("import_modele", args=["projets"]),
        reverse("import_donnees", args=["projets_a_reprendre", "xlsx"]),
    ):
        assert b"".join(client.get(adresse).streaming_content)[:2] == b"PK"


def test_sans_auteur_rien_n_entre(db):
    assert deposer(None, INSCRIT).refuses == 1


def test_comparer_ne_depend_pas_du_nombre_de_lignes(pilote):
    # What is read once a process.
    deposer(pilote, INSCRIT)
    nombres = []
    for combien in (2, 30):
        with CaptureQueriesContext(connection) as requetes:
            deposer(pilote, *[INSCRIT | {"reference": f"R-{rang}", "titre": f"T {rang}"} for rang in range(combien)])
        nombres.append(len(requetes))
    assert nombres[0] == nombres[1]


def test_appliquer_ecrit_par_paquets(pilote):
    # The year's counter is made once.
    lots.appliquer(deposer(pilote, INSCRIT), pilote)
    nombres = []
    for lot_no, combien in enumerate((2, 30)):
        lignes = [INSCRIT | {"reference": f"{lot_no}-{rang}", "titre": f"T {lot_no} {rang}"} for rang in range(combien)]
        lot = deposer(pilote, *lignes)
        with CaptureQueriesContext(connection) as requetes:
            lots.appliquer(lot, pilote)
        nombres.append(len(requetes))
    # SQLite takes 999 values at a time: some more statements, not one a row.
    assert nombres[1] <= nombres[0] + 5


def test_la_fiche_importee_se_lit(pilote, client):
    lots.appliquer(deposer(pilote, INSCRIT), pilote)
    client.force_login(pilote)
    page = client.get(Projet.objects.get(reference_regionale="R-1").get_absolute_url())
    assert "R-1" in page.content.decode()


def test_personne_n_est_averti(pilote, territoire):
    f.ActeurFactory(territoire=territoire)
    avant = Courrier.objects.count()
    lots.appliquer(deposer(pilote, INSCRIT), pilote)
    assert Courrier.objects.count() == avant
