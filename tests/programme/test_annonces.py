"""What was announced: what the sources name, what none breaks down, never a figure more."""

from decimal import Decimal

import pytest

from programme.annonces import Annonce, annonce_financiere
from programme.models import ChiffreAnnonce, Enveloppe
from tests.factories import ChiffreAnnonceFactory, EnveloppeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sans_enveloppe():
    Enveloppe.objects.all().delete()


def annoncer(montant):
    return ChiffreAnnonceFactory.build(valeur=Decimal(montant))


def test_les_sources_nomment_1_250_millions_sur_1_360():
    annonce = annonce_financiere(ChiffreAnnonce.objects.get(cle="montant"))
    assert (annonce.total, annonce.nomme) == (Decimal("1360000000"), Decimal("1250000000"))
    assert annonce.non_detaille == Decimal("110000000")
    assert [enveloppe.code for enveloppe in annonce.enveloppes] == ["PIC", "PIA", "BDT"]


def test_sans_total_annonce_rien_n_est_dit_du_reste():
    annonce = annonce_financiere(None)
    assert annonce.total is annonce.non_detaille is None
    assert annonce.nomme == Decimal("1250000000")


def test_des_enveloppes_qui_depassent_le_total_ne_laissent_pas_de_reste_negatif(sans_enveloppe):
    EnveloppeFactory(montant_annonce=Decimal("150"))
    annonce = annonce_financiere(annoncer("100"))
    assert annonce.non_detaille == 0
    assert annonce.segments == [{"rang": "1", "debut": 0, "largeur": 1000}]


def test_une_enveloppe_sans_montant_est_nommee_ni_comptee_ni_dessinee(sans_enveloppe):
    inconnue, connue = EnveloppeFactory(montant_annonce=None), EnveloppeFactory(montant_annonce=Decimal(40))
    annonce = annonce_financiere(annoncer("100"))
    assert annonce.enveloppes == [inconnue, connue]
    assert (annonce.nomme, annonce.non_detaille) == (40, 60)
    # The rank is that of the row in the table: colours match.
    assert [segment["rang"] for segment in annonce.segments] == ["2", "reste"]


def test_les_planchers_sont_les_enveloppes_annoncees_pour_plus_de():
    annonce = annonce_financiere(None)
    assert [enveloppe.code for enveloppe in annonce.planchers] == ["PIA"]


def test_sans_rien_il_n_y_a_rien_a_dessiner(sans_enveloppe):
    annonce = annonce_financiere(None)
    assert (annonce.enveloppes, annonce.segments, annonce.nomme) == ([], [], 0)


def test_la_barre_est_pleine_et_sans_recouvrement():
    segments = annonce_financiere(ChiffreAnnonce.objects.get(cle="montant")).segments
    assert [segment["rang"] for segment in segments] == ["1", "2", "3", "reste"]
    assert [segment["debut"] for segment in segments] == [0, 184, 552, 920]
    assert segments[-1]["debut"] + segments[-1]["largeur"] == pytest.approx(1000, abs=len(segments))


def test_une_enveloppe_annoncee_a_zero_ne_divise_pas_par_zero():
    enveloppe = EnveloppeFactory.build(montant_annonce=Decimal(0))
    annonce = Annonce([enveloppe], total=Decimal(0), nomme=Decimal(0), non_detaille=Decimal(0))
    assert annonce.segments == [{"rang": "1", "debut": 0, "largeur": 0}]


def test_l_annonce_se_lit_en_une_requete(django_assert_num_queries):
    total = ChiffreAnnonce.objects.get(cle="montant")
    with django_assert_num_queries(1):
        annonce_financiere(total)
