"""Accounts that nobody uses: warned at 11 months, closed at 12, erased at 24; never the last administrator."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from comptes import acces, effacement, inutilises
from comptes.models import Courrier, Utilisateur
from territoires.models import Region
from tests import factories as f

pytestmark = pytest.mark.django_db

DEPART = datetime(2026, 3, 15, 10, tzinfo=UTC)
UN_JOUR = timedelta(days=1)
ONZE, DOUZE = datetime(2027, 2, 15, 10, tzinfo=UTC), datetime(2027, 3, 15, 10, tzinfo=UTC)
VINGT_QUATRE = datetime(2028, 3, 15, 10, tzinfo=UTC)


@pytest.fixture
def personne():
    with time_machine.travel(DEPART, tick=False):
        return f.PiloteFactory(
            personne=f.UtilisateurFactory(email="ana@exemple.example", last_login=DEPART),
            region=Region.objects.get(pk="32"),
        ).personne


def passer(quand):
    with time_machine.travel(quand, tick=False):
        return {etape: [c.email for c in comptes] for etape, comptes in inutilises.passer().items() if comptes}


def relire(personne):
    return Utilisateur.objects.get(pk=personne.pk)


def test_onze_mois_moins_un_jour_rien(personne):
    assert passer(ONZE - UN_JOUR) == {}
    assert not Courrier.objects.exists()


def test_a_onze_mois_un_seul_avertissement_qui_dit_la_date(personne):
    assert passer(ONZE) == {"prevenir": ["ana@exemple.example"]}
    assert passer(ONZE + UN_JOUR) == passer(DOUZE - UN_JOUR) == {}
    courriel = Courrier.objects.get()
    assert (courriel.genre, courriel.destinataire) == ("compte", personne)
    assert courriel.objet == "Votre compte sera fermé le 15 mars 2027"
    assert relire(personne).is_active


def test_a_douze_mois_le_compte_se_ferme_et_ne_donne_plus_rien(personne):
    passer(ONZE)
    assert passer(DOUZE - UN_JOUR) == {}
    assert passer(DOUZE) == {"fermer": ["ana@exemple.example"]}
    assert passer(DOUZE + UN_JOUR) == {}
    with time_machine.travel(DOUZE):
        assert not relire(personne).is_active
        assert acces.habilitations(relire(personne)) == []
    # It keeps its dates: opened again, the account has it back.
    assert personne.piloteregional_set.get().retiree_le is None
    assert Courrier.objects.latest("pk").objet == "Votre compte est fermé"


def test_a_vingt_quatre_mois_il_est_efface(personne):
    passer(ONZE)
    passer(DOUZE)
    assert passer(VINGT_QUATRE - UN_JOUR) == {}
    assert passer(VINGT_QUATRE) == {"effacer": ["ana@exemple.example"]}
    assert passer(VINGT_QUATRE + UN_JOUR) == {}
    assert str(relire(personne)) == "Compte effacé"


def test_se_connecter_remet_tout_a_zero(personne):
    passer(ONZE)
    with time_machine.travel(ONZE + UN_JOUR, tick=False):
        Client().post(reverse("account_login"), {"login": personne.email, "password": f.MOT_DE_PASSE})
        # Read as the database has it: the sign-in was counted.
        assert relire(personne).last_login == ONZE + UN_JOUR
    assert passer(DOUZE) == {}
    assert passer(inutilises.decaler(ONZE + UN_JOUR, 11)) == {"prevenir": ["ana@exemple.example"]}


def test_un_compte_jamais_utilise_compte_depuis_sa_creation(personne):
    Utilisateur.objects.filter(pk=personne.pk).update(last_login=None, date_joined=DEPART)
    assert passer(ONZE - UN_JOUR) == {}
    assert passer(ONZE) == {"prevenir": ["ana@exemple.example"]}


def test_personne_n_est_ferme_sans_un_mois_de_preavis(personne):
    """The worker didn't run for years."""
    tard = VINGT_QUATRE + timedelta(days=100)
    assert passer(tard) == {"prevenir": ["ana@exemple.example"]}
    assert "23 juillet 2028" in Courrier.objects.get().objet
    assert passer(tard + timedelta(days=20)) == {}
    assert passer(tard + timedelta(days=32)) == {"fermer": ["ana@exemple.example"]}
    assert passer(tard + timedelta(days=33)) == {}
    assert passer(tard + timedelta(days=400)) == {"effacer": ["ana@exemple.example"]}


def test_un_compte_rouvert_est_prevenu_avant_d_etre_referme(personne, admin_client):
    passer(ONZE)
    passer(DOUZE)
    champs = {"prenom": "Ana", "nom": "L", "fonction": "", "telephone": "", "is_active": "on"}
    admin_client.post(reverse("admin:comptes_utilisateur_change", args=[personne.pk]), champs)
    assert relire(personne).is_active
    f.AdministrateurFactory(last_login=DOUZE)
    assert passer(DOUZE + UN_JOUR)["prevenir"] == ["ana@exemple.example"]
    assert relire(personne).is_active


def test_le_dernier_administrateur_n_est_jamais_ferme():
    with time_machine.travel(DEPART, tick=False):
        ancien = f.AdministrateurFactory(last_login=DEPART)
        autre = f.AdministrateurFactory(last_login=DEPART)
    assert passer(ONZE) == {"prevenir": [ancien.email, autre.email]}
    assert passer(DOUZE) == {"fermer": [ancien.email]}
    assert passer(DOUZE + UN_JOUR) == {}
    assert passer(VINGT_QUATRE) == {"effacer": [ancien.email]}
    assert relire(autre).is_active


def test_a_blanc_dit_tout_et_ne_fait_rien(personne, capsys):
    with time_machine.travel(ONZE, tick=False):
        call_command("comptes_inutilises", "--a-blanc")
        sortie = capsys.readouterr().out
        assert "1 à prévenir\n  ana@exemple.example, sans connexion depuis le 15/03/2026" in sortie
        assert not Courrier.objects.exists()
        call_command("comptes_inutilises")
        assert capsys.readouterr().out == "1 compte prévenu\n0 compte fermé\n0 compte effacé\n"


def test_un_echec_n_empeche_pas_les_autres(personne, monkeypatch, caplog):
    with time_machine.travel(DEPART, tick=False):
        f.UtilisateurFactory(email="bob@exemple.example", last_login=DEPART)
    passer(ONZE)
    passer(DOUZE)
    vraiment = effacement.anonymiser

    def echouer(compte):
        if compte.email.startswith("ana"):
            raise RuntimeError("en panne")
        vraiment(compte)

    monkeypatch.setattr(effacement, "anonymiser", echouer)
    assert passer(VINGT_QUATRE) == {"effacer": ["bob@exemple.example"]}
    assert relire(personne).efface_le is None
    assert "inutilisé" in caplog.text
    assert "ana@" not in caplog.text


@pytest.mark.parametrize(
    ("depart", "mois", "arrivee"),
    [
        ("2026-03-15", 11, "2027-02-15"),
        ("2026-03-31", 11, "2027-02-28"),
        ("2027-03-31", -1, "2027-02-28"),
        ("2026-01-10", -24, "2024-01-10"),
        ("2026-12-31", 12, "2027-12-31"),
    ],
)
def test_un_mois_est_celui_du_calendrier(depart, mois, arrivee):
    instant = timezone.make_aware(datetime.fromisoformat(f"{depart}T09:00"))
    assert inutilises.decaler(instant, mois) == timezone.make_aware(datetime.fromisoformat(f"{arrivee}T09:00"))


def test_l_ouvrier_le_fait_chaque_jour(personne):
    with time_machine.travel(ONZE, tick=False):
        call_command("ouvrier", "--une-fois")
    assert relire(personne).prevenu_le == ONZE
