"""Scenarios: who drafts, what they leave, how two differ, what programming one does."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from comptes.parcours import TransitionImpossible
from programme.argent import scenarios
from programme.argent.ecritures import PlafondDepasse
from programme.argent.enums import EtatFinancement
from programme.enums import EtatProjet
from programme.models import Dotation, Enveloppe, LigneDeScenario, Mouvement, Scenario
from tests.factories import AdministrateurFactory
from tests.factories_argent import ligne_en, plafond
from tests.factories_projets import projet_en
from tests.outils.contraintes import verifier_refus
from tests.outils.personnages import ENVELOPPE
from tests.programme.test_argent_pages import texte

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("comptes_justes")]
MILLE = Decimal("1000.00")
DECISION = {"autorite": "operateur", "date": datetime.date(2026, 1, 15), "acte": "Comité 3"}


@pytest.fixture
def pic(reference):
    return Enveloppe.objects.get(code=ENVELOPPE)


@pytest.fixture
def dotation(pic):
    return plafond("1500.00", exercice__enveloppe=pic)


@pytest.fixture
def lignes(territoire, pic):
    projet = projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    return [ligne_en(EtatFinancement.SOLLICITE, projet=projet, enveloppe=pic) for _ in range(3)]


@pytest.fixture
def scenario(dotation, personnages):
    return Scenario.objects.create(dotation=dotation, nom="Tout à la formation", saisi_par=personnages["pilote"])


@pytest.fixture
def operateur(client, personnages):
    client.force_login(personnages["opérateur"])
    return client


def test_qui_ebauche_et_qui_lit(scenario, personnages):
    decident = {"pilote", "agent instructeur", "opérateur", "administrateur"}
    for nom, personne in personnages.items():
        if personne:
            assert Scenario.objects.visibles_par(personne).exists() == (nom in decident | {"analyste", "auditeur"}), nom
            assert Scenario.objects.modifiables_par(personne).exists() == (nom in decident), nom
    Enveloppe.objects.filter(code=ENVELOPPE).update(circuit="prefet")
    assert Scenario.objects.modifiables_par(personnages["État territorial"]).exists()


def test_rien_ne_compte_avant_d_etre_programme(scenario, lignes, personnages, dotation):
    pilote, operateur = personnages["pilote"], personnages["opérateur"]
    scenarios.enregistrer(scenario, {lignes[0]: MILLE, lignes[1]: Decimal("400.00"), lignes[2]: None}, 0, pilote)
    vu = scenarios.bilan(scenario)
    assert (vu.total, vu.nombre, vu.reste, vu.laisse) == (Decimal("1400.00"), 2, Decimal("1500.00"), Decimal("100.00"))
    assert vu.jauge == (0, 933)
    dotation.refresh_from_db()
    assert dotation.charge == 0
    assert not Mouvement.objects.filter(transition="programmer").exists()
    # The region drafts; on this envelope the operator decides.
    assert len(scenarios.prevoir(scenario, pilote).refusees) == 2
    scenarios.programmer(scenario, operateur, **DECISION)
    dotation.refresh_from_db()
    assert dotation.porte == Decimal("1400.00")
    scenario.refresh_from_db()
    assert scenario.converti_par == operateur
    with pytest.raises(TransitionImpossible, match="déjà programmé"):
        scenarios.programmer(scenario, operateur, **DECISION)


def test_a_deux_le_second_est_averti(scenario, lignes, personnages):
    scenarios.enregistrer(scenario, {lignes[0]: MILLE}, 0, personnages["pilote"])
    with pytest.raises(scenarios.ChangeEntreTemps):
        scenarios.enregistrer(scenario, {lignes[0]: None}, 0, personnages["agent instructeur"])
    assert scenario.lignes.get().montant == MILLE
    with pytest.raises(PermissionDenied):
        scenarios.enregistrer(scenario, {lignes[0]: None}, 1, personnages["chef de projet"])


def test_un_plafond_baisse_entre_temps_et_rien_n_est_programme(scenario, lignes, personnages, dotation):
    operateur = personnages["opérateur"]
    scenarios.enregistrer(scenario, {lignes[0]: MILLE, lignes[1]: Decimal("500.00")}, 0, operateur)
    plafond("1000.00", dotation=Dotation.objects.get(pk=dotation.pk))
    with pytest.raises(PlafondDepasse):
        scenarios.programmer(scenario, operateur, **DECISION)
    assert not Mouvement.objects.filter(transition="programmer").exists()
    scenario.refresh_from_db()
    assert scenario.converti_le is None


def test_copier_puis_comparer(scenario, lignes, personnages):
    pilote = personnages["pilote"]
    scenarios.enregistrer(scenario, {lignes[0]: MILLE, lignes[1]: MILLE}, 0, pilote)
    copie = scenarios.dupliquer(scenario, pilote)
    scenarios.enregistrer(copie, {lignes[1]: Decimal("250.00"), lignes[2]: Decimal("50.00")}, 0, pilote)
    differences = [(ligne.pk, un, autre, ecart) for ligne, un, autre, ecart in scenarios.comparer(scenario, copie)]
    assert differences == [
        (lignes[1].pk, MILLE, Decimal("250.00"), Decimal("-750.00")),
        (lignes[2].pk, 0, Decimal("50.00"), Decimal("50.00")),
        (lignes[0].pk, MILLE, MILLE, 0),
    ]


def test_ce_que_la_base_refuse(scenario, lignes):
    une = LigneDeScenario.objects.create(scenario=scenario, financement=lignes[0], montant=MILLE)
    verifier_refus(une, "programme_lignedescenario_positive", {"montant": Decimal("0.00")})
    assert "programme_lignedescenario_unique" in {regle.name for regle in LigneDeScenario._meta.constraints}
    verifier_refus(scenario, "programme_scenario_nomme", {"nom": ""})
    scenario.refresh_from_db()
    verifier_refus(scenario, "programme_scenario_converti", {"converti_par": scenario.saisi_par})


def test_de_la_page_a_la_programmation(operateur, dotation, lignes):
    nouveau = reverse("scenario_nouveau")
    assert "Commencer le scénario" in texte(operateur.get(nouveau, {"dotation": dotation.cle}))
    assert operateur.post(nouveau, {"dotation": dotation.cle, "nom": "Premier"}).status_code == 302
    scenario = Scenario.objects.get()
    adresse = scenario.get_absolute_url()
    assert "1 000,00 €" in texte(operateur.get(adresse))
    montants = {f"montant-{ligne.cle}": "" for ligne in lignes} | {f"montant-{lignes[0].cle}": "1 600"}
    assert "corrigez les montants" in texte(
        operateur.post(adresse, {**montants, "revision": 0, f"montant-{lignes[1].cle}": "beaucoup"})
    )
    lu = texte(operateur.post(adresse, {**montants, "revision": 0}, follow=True))
    assert "C'est plus que ce qui reste." in lu
    programmer = reverse("scenario_programmer", args=[scenario.cle])
    assert "Il manque 100,00 €" in texte(operateur.get(programmer))
    montants[f"montant-{lignes[0].cle}"] = "1 500"
    operateur.post(adresse, {**montants, "revision": 1})
    decision = {"autorite": "operateur", "date": "2026-01-15", "acte": "Comité 3"}
    assert operateur.post(programmer, decision).status_code == 302
    dotation.refresh_from_db()
    assert dotation.charge == Decimal("1500.00")
    assert "Programmé" in texte(operateur.get(adresse))
    assert operateur.post(reverse("scenario_dupliquer", args=[scenario.cle])).status_code == 302
    copie = Scenario.objects.exclude(pk=scenario.pk).get()
    comparaison = texte(operateur.get(reverse("scenarios_comparer"), {"a": scenario.cle, "b": copie.cle}))
    assert "pareil" in comparaison
    assert "Premier (copie)" in texte(operateur.get(reverse("scenarios")))


def test_on_n_ebauche_que_la_ou_l_on_decide(client, personnages, pic):
    ailleurs = plafond("10.00", exercice__enveloppe=pic, region_id="44")
    client.force_login(personnages["pilote"])
    lu = texte(client.post(reverse("scenario_nouveau"), {"dotation": ailleurs.cle, "nom": "Ailleurs"}))
    assert "Rien n'est encore enregistré" in lu
    assert not Scenario.objects.exists()


@pytest.mark.parametrize("nom", ["scenario", "scenarios", "scenario_programmer", "scenarios_comparer"])
def test_le_nombre_de_requetes_ne_croit_pas(nom, operateur, scenario, territoire, pic, django_assert_max_num_queries):
    projet = projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    par = AdministrateurFactory()

    def peupler(combien):
        nouvelles = [ligne_en(EtatFinancement.SOLLICITE, projet=projet, enveloppe=pic) for _ in range(combien)]
        scenario.refresh_from_db()
        scenarios.enregistrer(scenario, dict.fromkeys(nouvelles, Decimal("1.00")), scenario.revision, par)
        scenarios.dupliquer(scenario, par)

    question = {"a": scenario.cle, "b": scenario.cle}
    adresse = reverse(nom, args=[scenario.cle] if nom in ("scenario", "scenario_programmer") else [])
    for combien in (2, 28):
        peupler(combien)
        with django_assert_max_num_queries(15):
            assert operateur.get(adresse, question).status_code == 200
