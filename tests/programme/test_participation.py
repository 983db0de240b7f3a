"""What the law asks of a collectivité that leads an investment: warned of above 80 % of public aid, never refused."""

from decimal import Decimal

import pytest
from django.urls import reverse

from tests.factories_argent import FinancementFactory
from tests.factories_projets import ProjetFactory
from tests.pilotage.lecture import Page

pytestmark = pytest.mark.django_db
TROP = "Aides publiques : plus de 80 %"
INCONNU = "le portail ne le calcule pas"


@pytest.fixture
def lire(client, personnages, territoire):
    """Return what the plan of a project says, for sources [(financeur, nature, amount)]."""

    def lire(sources, cout="10000.00", genre="collectivite"):
        cout = {"cout_total": cout and Decimal(cout), "cout_total_taxe": "ht" if cout else ""}
        projet = ProjetFactory(territoire=territoire, porteur_genre=genre, **cout)
        for financeur, nature, montant in sources:
            champs = {"financeur": financeur, "nature": nature, "demande": Decimal(montant)}
            FinancementFactory(projet=projet, enveloppe=None, **champs)
        client.force_login(personnages["chef de projet"])
        return Page(client.get(reverse("projet_plan", args=[projet.cle]))).mots

    return lire


@pytest.mark.parametrize(("aide", "trop", "part"), [("8000.00", False, "20,00 %"), ("8001.00", True, "19,99 %")])
def test_l_avertissement_vient_au_dela_de_80_pour_cent(lire, aide, trop, part):
    lu = lire([("etat", "subvention", aide)])
    assert (TROP in lu) is trop
    assert f"laisse à la collectivité {part}" in lu
    assert "article L. 1111-10, III" in lu
    if trop:
        assert "les aides des autres en font 80,01 %" in lu
        assert "exceptions et des dérogations" in lu
        assert "Rien n'est bloqué" in lu


def test_le_centime_qui_depasse_suffit(lire):
    assert TROP in lire([("etat", "subvention", "8000.01")])


def test_l_argent_prive_n_est_pas_compte(lire):
    # 6 400 of 8 000 public euros, then one more.
    prive = ("entreprise", "subvention", "2000.00")
    assert TROP not in lire([prive, ("region", "subvention", "6400.00")])
    assert TROP in lire([prive, ("region", "subvention", "6400.01")])


def test_un_pret_et_l_autofinancement_sont_a_elle(lire):
    siens = [("autre", "pret", "1500.00"), ("porteur", "fonds_propres", "500.00")]
    lu = lire([*siens, ("ue", "subvention", "8000.00")])
    assert TROP not in lu
    assert "laisse à la collectivité 20,00 %" in lu


def test_sans_cout_rien_n_est_calcule_la_regle_est_dite(lire):
    lu = lire([("etat", "subvention", "8000.00")], cout=None)
    assert TROP not in lu
    assert "il lui en faut au moins 20 %" in lu
    assert "laisse à la collectivité" not in lu


@pytest.mark.parametrize("genre", ["entreprise", "etablissement", "association", ""])
def test_pour_les_autres_porteurs_aucun_chiffre_n_est_invente(lire, genre):
    lu = lire([("etat", "subvention", "9999.00")], genre=genre)
    assert INCONNU in lu
    assert "1111-10" not in lu
    assert TROP not in lu


def test_sans_aide_publique_rien_n_est_dit(lire):
    lu = lire([("porteur", "fonds_propres", "10.00")])
    assert "1111-10" not in lu
    assert INCONNU not in lire([("porteur", "fonds_propres", "10.00")], genre="entreprise")
