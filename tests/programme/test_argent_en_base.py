"""What the database refuses of money, whoever writes: each term of each constraint."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from programme.argent.enums import Circuit, EtatFinancement, GenreDotation
from programme.models import Dotation, Ecart, Exercice, Financement, Mouvement, Ouverture
from territoires.models import Region, Territoire
from tests.factories import EnveloppeFactory
from tests.factories_argent import (
    DotationFactory,
    ExerciceFactory,
    FinancementFactory,
    OperateurFactory,
    OuvertureFactory,
    PropositionFactory,
    avancer,
    ecart_de,
    hors_fiche,
    ligne_en,
    plafond,
    versement_prevu,
)
from tests.factories_projets import ProjetFactory
from tests.outils.contraintes import verifier_refus
from tests.outils.personnages import ASSOCIEE, PILOTE

pytestmark = pytest.mark.django_db
CENT = Decimal("100.00")


def refuse_deux_fois(creer):
    creer()
    with pytest.raises(IntegrityError), transaction.atomic():
        creer()


# --- Envelopes, years, openings
def test_des_credits_de_region_sont_decides_par_elle(reference):
    enveloppe = EnveloppeFactory(region_id=PILOTE, circuit=Circuit.REGION)
    verifier_refus(enveloppe, "programme_enveloppe_de_region", {"circuit": Circuit.OPERATEUR})


@pytest.mark.parametrize(
    ("nom", "changements"),
    [
        ("programme_exercice_annee", {"annee": 2017}),
        ("programme_exercice_annee", {"annee": 2100}),
        ("programme_exercice_reparti_positif", {"reparti": Decimal("-0.01")}),
        ("programme_exercice_reparti_dans_l_ouvert", {"ouvert_ae": Decimal("0.29"), "reparti": Decimal("0.30")}),
    ],
)
def test_un_exercice(reference, nom, changements):
    verifier_refus(ExerciceFactory(), nom, changements)


def test_un_exercice_par_an_et_par_enveloppe(reference):
    assert "programme_exercice_unique" in {une.name for une in Exercice._meta.constraints}
    enveloppe = EnveloppeFactory()
    refuse_deux_fois(lambda: ExerciceFactory(enveloppe=enveloppe))


def test_une_seule_ouverture_initiale(reference):
    assert "programme_ouverture_initiale_unique" in {une.name for une in Ouverture._meta.constraints}
    exercice = ExerciceFactory()
    refuse_deux_fois(lambda: OuvertureFactory(exercice=exercice))


@pytest.mark.parametrize(
    ("nom", "changements"),
    [
        ("programme_ouverture_positive", {"ae": Decimal("-0.01")}),
        ("programme_ouverture_positive", {"cp": Decimal("-0.01")}),
        ("programme_ouverture_acte", {"acte": ""}),
    ],
)
def test_une_ouverture(reference, nom, changements):
    verifier_refus(OuvertureFactory(), nom, changements)


# --- Shares
@pytest.mark.parametrize(
    ("nom", "lieu"),
    [
        ("programme_dotation_nationale_unique", {"region_id": None}),
        ("programme_dotation_regionale_unique", {"region_id": PILOTE}),
    ],
)
def test_une_part_par_lieu_et_par_an(reference, nom, lieu):
    assert nom in {une.name for une in Dotation._meta.constraints}
    exercice = ExerciceFactory()
    refuse_deux_fois(lambda: DotationFactory(exercice=exercice, **lieu))


def test_une_part_par_territoire_et_par_an(territoire):
    assert "programme_dotation_territoriale_unique" in {une.name for une in Dotation._meta.constraints}
    exercice = ExerciceFactory()
    regions = iter((PILOTE, ASSOCIEE))
    refuse_deux_fois(lambda: DotationFactory(exercice=exercice, territoire=territoire, region_id=next(regions)))


@pytest.mark.parametrize(
    ("nom", "changements"),
    [
        ("programme_dotation_part_d_une_region", {"region_id": None, "territoire_id": 1}),
        ("programme_dotation_montant_positif", {"montant": Decimal("-0.01")}),
        ("programme_dotation_charge_positive", {"porte": Decimal("-0.01")}),
        ("programme_dotation_charge_positive", {"reparti": Decimal("-0.01")}),
        ("programme_dotation_reparti_d_une_region", {"region_id": None, "reparti": Decimal("0.01")}),
        ("programme_dotation_plafond", {"montant": Decimal("0.29"), "charge": Decimal("0.30")}),
    ],
)
def test_une_part(reference, nom, changements):
    assert Territoire.objects.filter(pk=1).exists()
    verifier_refus(DotationFactory(genre=GenreDotation.PLAFOND), nom, changements)


@pytest.mark.parametrize(
    "champs", [{"genre": GenreDotation.OBJECTIF, "montant": CENT}, {"genre": GenreDotation.PLAFOND, "montant": None}]
)
def test_un_objectif_ou_un_montant_inconnu_ne_bornent_rien(reference, champs):
    dotation = DotationFactory(**champs)
    Dotation.objects.filter(pk=dotation.pk).update(porte=2 * CENT, charge=2 * CENT)
    dotation.refresh_from_db()
    dotation.full_clean()


def test_un_acte_de_repartition_dit_quelle_autre_autorite(reference):
    acte = plafond("100.00").actes.get()
    verifier_refus(acte, "programme_actededotation_autorite_precisee", {"autorite": "autre"})
    acte.refresh_from_db()
    verifier_refus(acte, "programme_actededotation_autorite_precisee", {"autorite_precision": "Celle-ci"})


@pytest.mark.parametrize(
    ("nom", "changements"),
    [
        ("programme_propositiondedotation_positive", {"montant": Decimal("-0.01")}),
        ("programme_propositiondedotation_decidee", {"sens": "acceptee"}),
        ("programme_propositiondedotation_decidee", {"decidee_le": timezone.now()}),
    ],
)
def test_une_proposition(reference, nom, changements):
    verifier_refus(PropositionFactory(), nom, changements)


def test_une_seule_proposition_en_attente(reference):
    nom = "programme_propositiondedotation_une"
    assert nom in {une.name for une in PropositionFactory._meta.model._meta.constraints}
    exercice = ExerciceFactory()
    refuse_deux_fois(lambda: PropositionFactory(exercice=exercice))


# --- Lines
@pytest.mark.parametrize(
    ("etat", "nom", "changements"),
    [
        ("a_solliciter", "programme_financement_de_quoi", {"projet_id": None}),
        ("a_solliciter", "programme_financement_de_quoi", {"territoire_id": 1}),
        ("a_solliciter", "programme_financement_de_quoi", {"beneficiaire_siret": "55210055400013"}),
        ("a_solliciter", "programme_financement_financeur", {"enveloppe_id": None}),
        ("a_solliciter", "programme_financement_financeur", {"financeur": "region"}),
        ("programme", "programme_financement_imputable", {"enveloppe_id": None, "financeur": "region"}),
        ("programme", "programme_financement_impute", {"dotation_id": None}),
        ("attribue", "programme_financement_impute", {"dotation_id": None}),
        ("caduc", "programme_financement_impute", {"dotation_id": None}),
        ("a_solliciter", "programme_financement_taxe", {"assiette": CENT}),
        ("a_solliciter", "programme_financement_taxe", {"assiette_taxe": "ht"}),
        ("a_solliciter", "programme_financement_demande_positive", {"demande": Decimal("-0.01")}),
        (
            "a_solliciter",
            "programme_financement_demande_positive",
            {"assiette": Decimal("-0.01"), "assiette_taxe": "ht"},
        ),
        ("a_solliciter", "programme_financement_sommes_positives", {"retenu": Decimal("-0.01")}),
        ("programme", "programme_financement_sommes_positives", {"programme": Decimal("-0.01")}),
        ("attribue", "programme_financement_sommes_positives", {"verse": Decimal("-0.01")}),
        ("attribue", "programme_financement_sommes_positives", {"engage": Decimal("-0.01"), "verse": Decimal("-0.02")}),
        ("attribue", "programme_financement_verse_dans_l_engage", {"verse": Decimal("1000.01")}),
        ("attribue", "programme_financement_programme", {"programme": Decimal("0.01")}),
        ("programme", "programme_financement_engage", {"engage": Decimal("0.01")}),
    ],
)
def test_un_financement(reference, etat, nom, changements):
    verifier_refus(ligne_en(EtatFinancement(etat)), nom, changements)


def test_un_siret_a_quatorze_chiffres(territoire):
    verifier_refus(hors_fiche(territoire), "programme_financement_siret", {"beneficiaire_siret": "5521005540001"})
    verifier_refus(hors_fiche(territoire), "programme_financement_de_quoi", {"beneficiaire_siret": ""})


def test_un_numero_de_dossier_par_enveloppe(reference):
    assert "programme_financement_dossier" in {une.name for une in Financement._meta.constraints}
    enveloppe = EnveloppeFactory()
    refuse_deux_fois(lambda: FinancementFactory(enveloppe=enveloppe, dossier_operateur="D-1"))
    FinancementFactory(dossier_operateur="D-1")


@pytest.mark.parametrize(
    ("nom", "cle", "changements"),
    [
        ("programme_mouvement_autorite", "attribuer", {"date": None}),
        ("programme_mouvement_acte", "solliciter", {"acte": "Un acte"}),
        ("programme_mouvement_autorite_precisee", "attribuer", {"autorite": "autre"}),
        ("programme_mouvement_autorite_precisee", "attribuer", {"autorite_precision": "Celle-ci"}),
        ("programme_mouvement_decide", "solliciter", {"programme": Decimal("0.01")}),
        ("programme_mouvement_decide", "solliciter", {"engage": Decimal("-0.01")}),
        ("programme_mouvement_acte_d_engagement", "attribuer", {"acte": ""}),
        ("programme_mouvement_versement", "attribuer", {"verse": Decimal("0.01")}),
        ("programme_mouvement_versement", "attribuer", {"exercice": 2026}),
        ("programme_mouvement_versement", "attribuer", {"genre_versement": "avance"}),
        (
            "programme_mouvement_reversement",
            "attribuer",
            {"verse": Decimal("-0.01"), "genre_versement": "avance", "exercice": 2026},
        ),
    ],
)
def test_un_mouvement(reference, nom, cle, changements):
    verifier_refus(avancer(FinancementFactory(), cle), nom, changements)


def test_un_versement_prevu(reference):
    prevu = versement_prevu(FinancementFactory())
    verifier_refus(prevu, "programme_versementprevu_positif", {"montant": Decimal("-0.01")})
    assert "programme_versementprevu_un_par_an" in {une.name for une in prevu._meta.constraints}
    with pytest.raises(IntegrityError), transaction.atomic():
        versement_prevu(prevu.financement)


@pytest.fixture
def ecart(reference):
    return ecart_de(ProjetFactory(), EnveloppeFactory())


@pytest.mark.parametrize(
    ("nom", "changements"),
    [
        ("programme_ecart_positif", {"montant": Decimal("0.00")}),
        ("programme_ecart_regle", {"regle_le": timezone.now()}),
        ("programme_ecart_regle", {"motif": "Saisi deux fois."}),
    ],
)
def test_un_ecart(ecart, nom, changements):
    assert isinstance(ecart, Ecart)
    verifier_refus(ecart, nom, changements)


def test_un_ecart_regle_est_compte_ou_ecarte(ecart):
    regle = {"regle_le": timezone.now(), "regle_par": ecart.saisi_par}
    verifier_refus(ecart, "programme_ecart_regle", regle)
    ecart = Ecart.objects.get(pk=ecart.pk)
    mouvement = avancer(FinancementFactory(), "solliciter")
    verifier_refus(ecart, "programme_ecart_regle", {**regle, "mouvement": mouvement, "motif": "Les deux."})


# --- The project, the operator
def test_les_sources_d_un_projet_restent_dans_son_cout(reference):
    projet = ProjetFactory(cout_total=CENT, cout_total_taxe="ht", assiette_eligible=CENT, assiette_taxe="ht")
    verifier_refus(projet, "programme_projet_sources_dans_le_cout", {"sources": CENT + Decimal("0.01")})
    projet.refresh_from_db()
    verifier_refus(
        projet, "programme_projet_subventions_dans_l_assiette", {"subventions_publiques": CENT + Decimal("0.01")}
    )


def test_une_habilitation_d_operateur(reference):
    operateur = OperateurFactory()
    verifier_refus(operateur, "programme_operateur_periode", {"au": "2019-12-31"})
    operateur.refresh_from_db()
    verifier_refus(operateur, "programme_operateur_acte", {"acte_numero": "12"})


@pytest.mark.parametrize(
    ("nom", "region"), [("programme_operateur_unique", PILOTE), ("programme_operateur_unique_partout", None)]
)
def test_une_fois_operateur(reference, nom, region):
    assert nom in {une.name for une in OperateurFactory._meta.model._meta.constraints}
    operateur = OperateurFactory(region=Region.objects.filter(pk=region).first())
    with pytest.raises(IntegrityError), transaction.atomic():
        OperateurFactory(personne=operateur.personne, enveloppe=operateur.enveloppe, region=operateur.region)


def test_trois_fois_dix_centimes_font_trente_centimes(reference):
    """Ten cents three times, on a ceiling of thirty: floats would not."""
    enveloppe = EnveloppeFactory()
    dotation = plafond("0.30", exercice__enveloppe=enveloppe)
    for _ in range(3):
        ligne = FinancementFactory(enveloppe=enveloppe, demande=Decimal("0.10"))
        avancer(ligne, "attribuer", dotation=dotation, montant=Decimal("0.10"))
    dotation.refresh_from_db()
    assert dotation.charge == dotation.montant == Decimal("0.30")
    assert Mouvement.objects.filter(engage=Decimal("0.10")).count() == 3


@pytest.mark.parametrize("montant", [Decimal("0.01"), Decimal("9999999999.99")])
def test_un_centime_et_dix_milliards_survivent(reference, montant):
    ligne = FinancementFactory(demande=montant)
    avancer(ligne, "attribuer", montant=montant)
    avancer(ligne, "solder", montant=montant)
    lue = Financement.objects.get(pk=ligne.pk)
    assert (lue.demande, lue.engage, lue.verse, lue.dotation.charge) == (montant,) * 4
