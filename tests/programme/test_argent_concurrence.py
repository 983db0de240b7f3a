"""Money promised by many at once: what there is, and not a cent more."""

from decimal import Decimal

import pytest

from comptes.parcours import TransitionImpossible
from programme.argent.demandes import enregistrer
from programme.argent.ecritures import MontantRefuse, PlafondDepasse, SourcesDepassees
from programme.argent.ensemble import programmer_en_nombre
from programme.argent.enums import GenreVersement
from programme.argent.plafonds import PlafondTropBas
from programme.models import Dotation, Financement, Mouvement, Projet
from territoires.models import Territoire
from tests.factories import AdministrateurFactory, EnveloppeFactory
from tests.factories_argent import LE, FinancementFactory, avancer, ligne_en, plafond
from tests.factories_projets import ProjetFactory
from tests.outils.ensemble import ensemble
from tests.outils.personnages import PILOTE

pytestmark = pytest.mark.django_db(transaction=True)
MILLION = Decimal("1000000.00")


def course(lignes, cle, nombre=8, **champs):
    """Move each line once, by `nombre` people at once. Returns what each obtained: a movement, or a refusal."""
    par = AdministrateurFactory()
    parts = [lignes[rang::nombre] for rang in range(nombre)]
    issues = ensemble(*[lambda part=part: [ou_refus(ligne, cle, par, **champs) for ligne in part] for part in parts])
    assert all(isinstance(issue, list) for issue in issues), issues
    return [obtenu for issue in issues for obtenu in issue]


def ou_refus(ligne, cle, par, **champs):
    try:
        return avancer(ligne, cle, par, **champs)
    except MontantRefuse as refus:
        return refus


def programmer_ou_refus(ligne, dotation, par):
    return ou_refus(ligne, "programmer", par, dotation=dotation)


@pytest.mark.parametrize("cle", ["programmer", "attribuer"])
def test_soixante_quatre_promesses_d_un_million_sur_un_plafond_de_dix(reference, cle):
    enveloppe = EnveloppeFactory()
    dotation = plafond("10000000", exercice__enveloppe=enveloppe)
    lignes = [FinancementFactory(enveloppe=enveloppe, demande=MILLION) for _ in range(64)]
    obtenus = course(lignes, cle, dotation=dotation, montant=MILLION)
    passes = [obtenu for obtenu in obtenus if isinstance(obtenu, Mouvement)]
    refus = [str(obtenu) for obtenu in obtenus if isinstance(obtenu, PlafondDepasse)]
    assert (len(passes), len(refus)) == (10, 54)
    assert all("Il reste" in raison and "plafond de 10\u202f000\u202f000,00" in raison for raison in refus)
    dotation.refresh_from_db()
    assert (dotation.porte, dotation.charge) == (10 * MILLION, 10 * MILLION)
    assert Mouvement.objects.filter(transition=cle).count() == 10


def test_on_ne_verse_pas_deux_fois_ce_qui_est_engage(reference):
    ligne = ligne_en("attribue")
    dix = [Financement.objects.get(pk=ligne.pk) for _ in range(8)]
    obtenus = course(dix, "verser", montant=Decimal("300.00"), genre_versement=GenreVersement.ACOMPTE)
    assert sum(isinstance(obtenu, Mouvement) for obtenu in obtenus) == 3
    assert all("Il reste" in str(obtenu) for obtenu in obtenus if not isinstance(obtenu, Mouvement))
    ligne.refresh_from_db()
    assert (ligne.engage, ligne.verse) == (Decimal("1000.00"), Decimal("900.00"))


def test_un_plafond_baisse_pendant_que_l_on_programme(reference):
    enveloppe = EnveloppeFactory()
    dotation = plafond("5000.00", exercice__enveloppe=enveloppe)
    lignes = [FinancementFactory(enveloppe=enveloppe) for _ in range(5)]
    par = AdministrateurFactory()

    def baisser():
        try:
            return plafond("3000.00", dotation=Dotation.objects.get(pk=dotation.pk), par=par)
        except PlafondTropBas as refus:
            return refus

    obtenus = ensemble(
        baisser,
        *[lambda une=une: programmer_ou_refus(une, dotation, par) for une in lignes],
    )
    dotation.refresh_from_db()
    assert dotation.charge <= dotation.montant
    assert dotation.charge == 1000 * sum(isinstance(obtenu, Mouvement) for obtenu in obtenus)
    refuses = [str(obtenu) for obtenu in obtenus if isinstance(obtenu, MontantRefuse)]
    assert len(refuses) + sum(isinstance(obtenu, Mouvement | Dotation) for obtenu in obtenus) == 6, obtenus


def test_les_parts_des_territoires_et_la_region_programment_a_la_fois(territoire):
    """6 000 € in a region: parts of 2 000 € are given to territories while lines of 1 000 € are programmed on it."""
    enveloppe = EnveloppeFactory()
    mere = plafond("6000.00", exercice__enveloppe=enveloppe)
    ailleurs = list(Territoire.objects.exclude(pk=territoire.pk)[:4])
    lignes = [FinancementFactory(enveloppe=enveloppe) for _ in range(4)]
    par = AdministrateurFactory()

    def donner(lieu):
        part = Dotation(exercice=mere.exercice, region_id=PILOTE, territoire=lieu)
        try:
            return plafond("2000.00", dotation=part, par=par)
        except PlafondTropBas as refus:
            return refus

    obtenus = ensemble(
        *[lambda lieu=lieu: donner(lieu) for lieu in ailleurs],
        *[lambda une=une: programmer_ou_refus(une, mere, par) for une in lignes],
    )
    assert not [obtenu for obtenu in obtenus if isinstance(obtenu, Exception) and not isinstance(obtenu, MontantRefuse)]
    mere.refresh_from_db()
    parts = sum(isinstance(obtenu, Dotation) for obtenu in obtenus)
    programmees = sum(isinstance(obtenu, Mouvement) for obtenu in obtenus)
    assert (mere.reparti, mere.porte) == (2000 * parts, 1000 * programmees)
    assert mere.charge == mere.porte + mere.reparti
    assert 5000 <= mere.charge <= 6000


def test_engager_et_desengager_a_la_fois_ne_perd_rien(reference):
    enveloppe = EnveloppeFactory()
    dotation = plafond("100000.00", exercice__enveloppe=enveloppe)
    engagees = [ligne_en("attribue", enveloppe=enveloppe, dotation=dotation) for _ in range(4)]
    nouvelles = [FinancementFactory(enveloppe=enveloppe) for _ in range(4)]
    par = AdministrateurFactory()
    obtenus = ensemble(
        *[lambda une=une: avancer(une, "desengager", par, montant=Decimal("400.00")) for une in engagees],
        *[lambda une=une: avancer(une, "attribuer", par, dotation=dotation) for une in nouvelles],
    )
    assert all(isinstance(obtenu, Mouvement) for obtenu in obtenus), obtenus
    dotation.refresh_from_db()
    assert dotation.porte == 4 * Decimal("600.00") + 4 * Decimal("1000.00")


def test_deux_listes_croisees_ne_s_attendent_pas_l_une_l_autre(reference):
    """Each programmes the same lines in the other's order: one passes, the other is told."""
    enveloppe = EnveloppeFactory()
    dotation = plafond("100000.00", exercice__enveloppe=enveloppe)
    lignes = [FinancementFactory(enveloppe=enveloppe) for _ in range(6)]
    par = AdministrateurFactory()
    decision = {"autorite": "operateur", "date": LE, "acte": "Liste 1"}

    def programmer(suite):
        choix = [(Financement.objects.get(pk=une.pk), une.demande) for une in suite]
        try:
            return programmer_en_nombre(choix, dotation, par, **decision)
        except TransitionImpossible as refus:
            return refus

    obtenus = ensemble(lambda: programmer(lignes), lambda: programmer(lignes[::-1]))
    assert sorted(isinstance(obtenu, list) for obtenu in obtenus) == [False, True], obtenus
    dotation.refresh_from_db()
    assert dotation.porte == 6 * Decimal("1000.00")


def test_les_sources_d_un_projet_ne_depassent_pas_son_cout_a_plusieurs(territoire):
    projet = ProjetFactory(territoire=territoire, cout_total=Decimal("2500.00"), cout_total_taxe="ht")
    par = AdministrateurFactory()

    def ajouter():
        ligne = Financement(projet=Projet.objects.get(pk=projet.pk), financeur="porteur", demande=Decimal("1000.00"))
        try:
            return enregistrer(ligne, par)
        except SourcesDepassees as refus:
            return refus

    obtenus = ensemble(*[ajouter] * 4)
    assert sum(isinstance(obtenu, Financement) for obtenu in obtenus) == 2, obtenus
    projet.refresh_from_db()
    assert projet.sources == Decimal("2000.00")
