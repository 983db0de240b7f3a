"""An operator's own file: awards and payments reach their line once, or wait; nothing is paid twice."""

import datetime
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comptes.parcours import passer
from programme.argent.enums import EtatFinancement, QualiteOperateur
from programme.argent.faits import regulariser
from programme.models import Ecart, FaitImporte, Financement, Mouvement
from programme.montants import total
from tableurs import lots
from tableurs.lots import ActionImpossible
from tableurs.ressources import ouvertes
from tests import factories as f
from tests.factories_argent import (
    FinancementFactory,
    OperateurFactory,
    avancer,
    ligne_en,
    plafond,
)
from tests.factories_projets import ProjetFactory
from tests.outils.personnages import PILOTE, VOISINE
from tests.tableurs.conftest import dossier_prive  # noqa: F401
from tests.tableurs.fichiers import fichier_csv
from tests.tableurs.lots_essai import comptes, raisons, seaux

pytestmark = pytest.mark.django_db
SIRET = "35600000000048"
ATTRIBUTION = {
    "numéro de dossier": "D-1",
    "N° d'acte": "CONV-2026-017",
    "date d'acte": "15/01/2026",
    "montant attribué": "1 000,00",
}
AVANCE = {"numéro de dossier": "D-1", "date de versement": "20/02/2026", "montant versé": "300,00", "nature": "Avance"}


@pytest.fixture
def enveloppe(db):
    return f.EnveloppeFactory()


@pytest.fixture
def operateur(reference, enveloppe):
    return OperateurFactory(enveloppe=enveloppe).personne


@pytest.fixture
def ligne(territoire, enveloppe):
    """Asked of the operator, under its dossier number, with a share that can bear it."""
    plafond("5000.00", exercice__enveloppe=enveloppe)
    return ligne_en(
        "instruction", projet=ProjetFactory(territoire=territoire), enveloppe=enveloppe, dossier_operateur="D-1"
    )


def fichier(*lignes, **options):
    colonnes = list(dict.fromkeys(nom for une in lignes for nom in une))
    return fichier_csv([colonnes, *([une.get(nom, "") for nom in colonnes] for une in lignes)], **options)


def deposer(auteur, enveloppe, *lignes, hors_fiche=False, **options):
    choisies = {"enveloppe": enveloppe.code} | ({"hors_fiche": True} if hors_fiche else {})
    octets = fichier(*lignes, **options)
    return lots.deposer(io.BytesIO(octets), "suivi.csv", "argent", choisies, auteur)


def importer(auteur, enveloppe, *lignes, **options):
    lot = deposer(auteur, enveloppe, *lignes, **options)
    assert lot.refuses == 0, raisons(lot)
    return lots.appliquer(lot, auteur)


def sommes(ligne):
    ligne.refresh_from_db()
    return ligne.etat, ligne.engage, ligne.verse


def test_une_attribution_et_ses_versements_sur_la_ligne_du_dossier(operateur, enveloppe, ligne):
    solde = AVANCE | {"date de versement": "01/03/2026", "montant versé": "650,00", "nature": "Solde"}
    lot = deposer(operateur, enveloppe, ATTRIBUTION | AVANCE, ATTRIBUTION | solde)
    assert comptes(lot) == {"modifies": 2}, raisons(lot)
    assert not Mouvement.objects.filter(transition="attribuer").exists()
    lots.appliquer(lot, operateur)
    assert sommes(ligne) == (EtatFinancement.SOLDE, Decimal("950.00"), Decimal("950.00"))
    siens = Mouvement.objects.filter(fait_importe__lot=lot).order_by("pk")
    assert [un.transition for un in siens] == ["attribuer", "verser", "solder"]
    assert [(un.fait_importe.feuille, un.fait_importe.ligne) for un in siens] == [(lot.feuille, 2)] * 2 + [
        (lot.feuille, 3)
    ]
    assert {un.saisie_par for un in siens} == {operateur}


def test_le_meme_fichier_deux_fois_ne_paie_rien_deux_fois(operateur, enveloppe, ligne):
    """Two payments of the same day and amount are two: their rank tells them apart."""
    lignes = [ATTRIBUTION | AVANCE, AVANCE, AVANCE | {"nature": "Acompte"}]
    importer(operateur, enveloppe, *lignes)
    assert sommes(ligne)[2] == Decimal("900.00")
    lot = deposer(operateur, enveloppe, *lignes)
    assert comptes(lot) == {"inchanges": 3}
    importer(operateur, enveloppe, *lignes)
    assert sommes(ligne)[2] == Decimal("900.00")
    assert FaitImporte.objects.count() == 4


def test_un_vrai_fichier_abime(operateur, enveloppe, territoire):
    """Windows encoding, semicolons, decimal commas, amounts with spaces and « € », zeros that Excel took away."""
    plafond("200000.00", exercice__enveloppe=enveloppe)
    projet = ProjetFactory(territoire=territoire)
    ligne = ligne_en("sollicite", projet=projet, enveloppe=enveloppe, dossier_operateur="000 12345")
    texte = (
        "Suivi des aides - édition du 31/03/2026;;;;;;;\r\n"
        ";;;;;;;\r\n"
        "Dispositif;N° dossier;Bénéficiaire;N° de convention;Date de signature;Montant de l'aide;"
        "Versé le;Montant payé\r\n"
        f"{enveloppe.nom};12345;Société « Été » œuvre;CONV n° 7;15/01/2026;120 000,50 €;20/02/2026;36 000,15 €\r\n"
        f"{enveloppe.nom.upper()};12345;Société « Été » œuvre;CONV n° 7;15/01/2026;120 000,50 €;n.c.;-\r\n"
    )
    lot = lots.deposer(io.BytesIO(texte.encode("cp1252")), "export.csv", "argent", {}, operateur)
    assert comptes(lot) == {"modifies": 1, "doublons": 1}, raisons(lot)
    lots.appliquer(lot, operateur)
    assert sommes(ligne) == (EtatFinancement.VERSEMENT, Decimal("120000.50"), Decimal("36000.15"))
    assert FaitImporte.objects.filter(beneficiaire_nom="Société « Été » œuvre").count() == 2


def test_ce_qui_depasse_est_un_ecart_et_le_resultat_le_dit(operateur, enveloppe, ligne, client):
    trop = ATTRIBUTION | {"montant attribué": "6 000,00"}
    lot = importer(operateur, enveloppe, trop)
    ecart = Ecart.objects.get()
    assert (ecart.financement, ecart.montant, ecart.fait_importe.lot) == (ligne, Decimal("6000.00"), lot)
    assert sommes(ligne)[1] == 0
    client.force_login(operateur)
    page = client.get(lot.get_absolute_url()).content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "1 écart à régulariser" in page
    assert "ne s'annule pas" in page.replace("&#x27;", "'")


def test_un_versement_au_dela_de_l_engage_est_un_ecart(operateur, enveloppe, ligne):
    importer(operateur, enveloppe, ATTRIBUTION | AVANCE | {"montant versé": "1 200,00"})
    assert sommes(ligne)[1:] == (Decimal("1000.00"), 0)
    assert Ecart.objects.get().transition == "verser"


def test_un_ecart_regularise_n_est_pas_pris_pour_un_autre_versement(operateur, enveloppe, ligne):
    """Two payments alike: the first was an « écart », now counted; the second is another."""
    trop = AVANCE | {"montant versé": "700,00"}
    importer(operateur, enveloppe, ATTRIBUTION | trop, trop)
    assert sommes(ligne)[2] == Decimal("700.00")
    avancer(ligne, "augmenter", operateur, montant=Decimal("2000.00"))
    regulariser(Ecart.objects.get(), operateur)
    assert comptes(deposer(operateur, enveloppe, ATTRIBUTION | trop, trop, trop)) == {"inchanges": 2, "modifies": 1}
    importer(operateur, enveloppe, trop, trop, trop)
    assert sommes(ligne)[2] == Decimal("2100.00")


def test_les_montants_des_lignes_sont_ceux_du_journal(operateur, enveloppe, ligne):
    versees = [AVANCE | {"montant versé": "0,10", "date de versement": f"{rang:02}/02/2026"} for rang in range(1, 8)]
    lot = importer(operateur, enveloppe, ATTRIBUTION, *versees)
    journal = Mouvement.objects.filter(fait_importe__lot=lot)
    assert total(journal.values_list("verse", flat=True)) == Decimal("0.70") == sommes(ligne)[2]
    assert total(journal.values_list("engage", flat=True)) == Decimal("1000.00") == sommes(ligne)[1]


# --- Finding the line


def test_a_defaut_de_dossier_l_acte_le_siret_et_l_annee(operateur, enveloppe, territoire):
    projet = ProjetFactory(territoire=territoire, porteur_siren=SIRET[:9])
    ligne = ligne_en("instruction", projet=projet, enveloppe=enveloppe)
    avancer(ligne, "attribuer", acte="CONV 2026/017")
    dit = AVANCE | {"numéro de dossier": "", "N° d'acte": "conv 2026-017", "date d'acte": "03/03/2026", "SIRET": SIRET}
    lot = importer(operateur, enveloppe, dit)
    assert comptes(lot) == {"modifies": 1}
    assert sommes(ligne)[2] == Decimal("300.00")
    autre_annee = dit | {"date d'acte": "03/03/2025", "montant versé": "1,00"}
    assert comptes(deposer(operateur, enveloppe, autre_annee)) == {"crees": 1}


def test_ce_qui_ne_correspond_a_rien_attend(operateur, enveloppe, ligne):
    lot = importer(operateur, enveloppe, ATTRIBUTION | {"numéro de dossier": "D-2"})
    assert comptes(lot) == {"crees": 1}
    fait = FaitImporte.objects.a_rapprocher().get()
    assert (fait.dossier, fait.montant, fait.financement) == ("D-2", Decimal("1000.00"), None)
    assert "Aucun financement" in fait.raison
    encore = deposer(operateur, enveloppe, ATTRIBUTION | {"numéro de dossier": "D-2"})
    assert comptes(encore) == {"inchanges": 1}
    assert encore.details.get().changements[0]["apres"] == "elle y attend déjà"


@pytest.mark.parametrize(
    ("etat", "dit", "raison"),
    [
        ("instruction", AVANCE, "Rien n'est encore attribué"),
        ("attribue", ATTRIBUTION | {"N° d'acte": "Avenant 1", "montant attribué": "1,00"}, "déjà attribués"),
        ("refuse", ATTRIBUTION, "refusé"),
        ("solde", AVANCE, "soldé"),
        ("instruction", ATTRIBUTION | {"date d'acte": "15/01/2025"}, "Aucune enveloppe régionale de 2025"),
    ],
)
def test_ce_qui_ne_se_compte_pas_attend_et_dit_pourquoi(operateur, enveloppe, reference, etat, dit, raison):
    ligne = ligne_en(etat, enveloppe=enveloppe, dossier_operateur="D-1")
    avant = sommes(ligne)
    importer(operateur, enveloppe, dit)
    fait = FaitImporte.objects.a_rapprocher().get()
    assert raison in fait.raison
    assert fait.financement == ligne
    assert sommes(ligne) == avant


def test_ce_qui_etait_saisi_a_la_main_n_est_pas_paye_encore(operateur, enveloppe, ligne):
    """Of two payments alike in the file, one was typed: the other is counted, and only it."""
    avancer(ligne, "attribuer", operateur, acte="CONV-2026-017", dotation=enveloppe.exercices.get().dotations.get())
    le = {"montant": Decimal("300.00"), "date": datetime.date(2026, 2, 20)}
    avancer(ligne, "verser", operateur, **le)
    lot = deposer(operateur, enveloppe, ATTRIBUTION | AVANCE, AVANCE)
    assert comptes(lot) == {"inchanges": 1, "modifies": 1}
    lots.appliquer(lot, operateur)
    assert sommes(ligne)[2] == Decimal("600.00")
    assert Mouvement.objects.filter(transition="verser", fait_importe__isnull=False).count() == 2


def test_un_versement_saisi_a_la_main_apres_l_apercu_n_est_pas_paye_deux_fois(operateur, enveloppe, ligne):
    importer(operateur, enveloppe, ATTRIBUTION)
    lot = deposer(operateur, enveloppe, AVANCE)
    avancer(ligne, "verser", operateur, montant=Decimal("300.00"), date=datetime.date(2026, 2, 20))
    lots.appliquer(lot, operateur)
    assert sommes(ligne)[2] == Decimal("300.00")
    assert FaitImporte.objects.get(genre="versement").mouvement is not None


def test_le_meme_versement_sous_un_autre_numero_attend(operateur, enveloppe, ligne):
    """The first file had no reference of payment; the second has."""
    importer(operateur, enveloppe, ATTRIBUTION | AVANCE)
    importer(operateur, enveloppe, AVANCE | {"n° de mandat": "M-1"})
    assert sommes(ligne)[2] == Decimal("300.00")
    assert "déjà enregistrés" in FaitImporte.objects.a_rapprocher().get().raison


def test_une_reference_de_versement_ne_sert_qu_une_fois(operateur, enveloppe, ligne):
    mandat = AVANCE | {"n° de mandat": "M-1"}
    importer(operateur, enveloppe, ATTRIBUTION | mandat)
    lot = deposer(operateur, enveloppe, mandat | {"montant versé": "400,00"})
    assert "déjà enregistré, pour" in raisons(lot)[2]
    assert seaux(deposer(operateur, enveloppe, mandat, mandat)) == ["inchangee", "inchangee"]
    neuf = mandat | {"n° de mandat": "M-2"}
    assert seaux(deposer(operateur, enveloppe, neuf, neuf)) == ["modifiee", "doublon"]


# --- Hors fiche-action


HORS_FICHE = ATTRIBUTION | {"SIRET": SIRET, "bénéficiaire": "La Poste", "territoire": "vallee-de-la-bresle-vimeu"}


def test_hors_fiche_action_si_on_l_a_demande(operateur, enveloppe, territoire):
    plafond("5000.00", exercice__enveloppe=enveloppe)
    assert comptes(deposer(operateur, enveloppe, HORS_FICHE)) == {"crees": 1}
    lot = importer(operateur, enveloppe, AVANCE, HORS_FICHE, hors_fiche=True)
    assert comptes(lot) == {"crees": 2}
    ligne = Financement.objects.get(projet=None)
    assert (ligne.territoire, ligne.beneficiaire_siret, ligne.region_id) == (territoire, SIRET, PILOTE)
    assert sommes(ligne)[1:] == (Decimal("1000.00"), Decimal("300.00"))
    assert comptes(deposer(operateur, enveloppe, AVANCE, HORS_FICHE, hors_fiche=True)) == {"inchanges": 2}
    suite = AVANCE | {"date de versement": "01/03/2026"}
    assert comptes(deposer(operateur, enveloppe, suite)) == {"modifies": 1}


def test_hors_fiche_action_sans_enveloppe_regionale_attend(operateur, enveloppe, territoire):
    importer(operateur, enveloppe, HORS_FICHE, AVANCE, hors_fiche=True)
    assert not Financement.objects.exists()
    attribution, avance = FaitImporte.objects.a_rapprocher().order_by("genre")
    assert "Aucune enveloppe régionale de 2026" in attribution.raison
    assert "Il faut une attribution" in avance.raison


# --- Refusing, undoing, whose


@pytest.mark.parametrize(
    ("change", "raison"),
    [
        ({"N° d'acte": ""}, "Une attribution a un acte et une date"),
        ({"date d'acte": ""}, "Une attribution a un acte et une date"),
        ({"date d'acte": "15/01/2098"}, "à venir"),
        ({"numéro de dossier": ""}, "Rien ne dit de quel dossier"),
        ({"territoire": "Nulle-Part"}, "n'est pas un territoire connu"),
        ({"enveloppe": "Inconnue"}, "n'est pas une enveloppe connue"),
        ({"montant versé": "10,00"}, "Un versement a une date"),
        ({"montant attribué": "mille"}, "n'est pas un nombre"),
    ],
)
def test_les_lignes_illisibles_sont_refusees(operateur, enveloppe, ligne, change, raison):
    lot = deposer(operateur, enveloppe, ATTRIBUTION | change)
    assert (lot.refuses, lot.lignes) == (1, 1)
    assert raison in raisons(lot)[2].replace("\N{NO-BREAK SPACE}", " ")


def test_un_import_qui_a_paye_ne_s_annule_pas(operateur, enveloppe, ligne, client):
    lot = importer(operateur, enveloppe, ATTRIBUTION)
    with pytest.raises(ActionImpossible, match="ne s'annule pas"):
        lots.annuler(lot, operateur)
    client.force_login(operateur)
    assert client.get(f"{lot.get_absolute_url()}annuler/").status_code == 302
    assert sommes(ligne)[1] == Decimal("1000.00")


def test_un_import_dont_tout_attend_s_annule(operateur, enveloppe, ligne):
    lot = importer(operateur, enveloppe, ATTRIBUTION | {"numéro de dossier": "D-2"})
    lots.annuler(lot, operateur)
    assert not FaitImporte.objects.exists()


def test_qui_importe(operateur, enveloppe, personnages):
    lecteur = OperateurFactory(enveloppe=enveloppe, qualite=QualiteOperateur.LECTURE).personne
    assert "argent" in ouvertes(operateur)
    assert "argent" in ouvertes(personnages["administrateur"])
    for nom in ("chef de projet", "porteur", "pilote", "État territorial", "analyste", "auditeur"):
        assert "argent" not in ouvertes(personnages[nom]), nom
    assert "argent" not in ouvertes(lecteur)


def test_l_enveloppe_et_la_region_des_autres_sont_refusees(reference, enveloppe, ligne):
    ailleurs = OperateurFactory().personne
    assert "Vous n'êtes pas opérateur" in raisons(deposer(ailleurs, enveloppe, ATTRIBUTION))[2]
    voisin = OperateurFactory(enveloppe=enveloppe, region_id=VOISINE).personne
    assert comptes(deposer(voisin, enveloppe, ATTRIBUTION)) == {"crees": 1}
    dite = deposer(voisin, enveloppe, ATTRIBUTION | {"territoire": "vallee-de-la-bresle-vimeu"})
    assert "n'est pas d'une région où vous opérez" in raisons(dite)[2]


def test_qui_n_opere_plus_n_applique_plus(operateur, enveloppe, ligne):
    lot = deposer(operateur, enveloppe, ATTRIBUTION)
    operateur = type(operateur).objects.get(pk=operateur.pk)
    operateur.operateur_set.update(au=datetime.date(2020, 1, 2))
    with pytest.raises(ActionImpossible, match="n'opérez plus"):
        lots.appliquer(lot, operateur)
    assert not FaitImporte.objects.exists()


def test_un_avis_depuis_l_apercu_ne_fait_rien_d_interdit(operateur, enveloppe, ligne):
    """Refused meanwhile: the award waits, and says why."""
    lot = deposer(operateur, enveloppe, ATTRIBUTION)
    passer(ligne, "refuser", operateur, motif="Non.", autorite="operateur", date=datetime.date(2026, 1, 2))
    lots.appliquer(lot, operateur)
    assert "n'est pas possible" in FaitImporte.objects.a_rapprocher().get().raison


# --- How much it asks


def test_les_requetes_de_l_apercu_ne_suivent_pas_les_lignes(operateur, enveloppe, territoire):
    plafond("500000.00", exercice__enveloppe=enveloppe)

    def requetes(combien):
        projet = ProjetFactory(territoire=territoire)
        for rang in range(combien):
            FinancementFactory(
                projet=projet, enveloppe=enveloppe, etat="sollicite", dossier_operateur=f"{combien}-{rang}"
            )
        lignes = [ATTRIBUTION | AVANCE | {"numéro de dossier": f"{combien}-{rang}"} for rang in range(combien)]
        with CaptureQueriesContext(connection) as vues:
            lot = deposer(operateur, enveloppe, *lignes)
        assert comptes(lot) == {"modifies": combien}, raisons(lot)
        return len(vues)

    peu = requetes(3)
    assert requetes(60) <= peu
