"""Amounts are exact: added in Python as decimals, to the cent, on both databases."""

from decimal import Decimal

import pytest
from django.db.models import Q
from hypothesis import given
from hypothesis import strategies as st

from programme.models import Enveloppe
from programme.montants import arrondir, somme, total
from tests.factories import EnveloppeFactory

MONTANTS = st.decimals(-(10**12), 10**12, places=2)


def test_trois_fois_dix_centimes_font_trente_centimes():
    assert total([Decimal("0.10")] * 3) == Decimal("0.30")


@pytest.mark.django_db
def test_trois_fois_dix_centimes_lus_dans_la_base_font_trente_centimes():
    """SQLite computes decimals as floats: it would give 0.30000000000000004."""
    lot = [EnveloppeFactory(montant_annonce=Decimal("0.10")).pk for _ in range(3)]
    montants = Enveloppe.objects.filter(pk__in=lot).values_list("montant_annonce", flat=True)
    assert total(montants) == Decimal("0.30")
    assert str(total(montants)) == "0.30"


@pytest.mark.parametrize(
    ("valeur", "attendu"),
    [("1.005", "1.01"), ("1.004", "1.00"), ("-1.005", "-1.01"), ("2", "2.00"), ("0.995", "1.00")],
)
def test_un_montant_s_arrondit_au_centime_le_plus_proche(valeur, attendu):
    assert str(arrondir(Decimal(valeur))) == attendu


def test_un_montant_inconnu_ne_compte_pas():
    assert total([None, Decimal("1.50"), None]) == Decimal("1.50")
    assert str(total([])) == "0.00"


@given(st.lists(MONTANTS))
def test_un_total_est_exact_dans_n_importe_quel_ordre(montants):
    centimes = sum(int(montant.scaleb(2)) for montant in montants)
    assert total(montants) == total(reversed(montants)) == Decimal(centimes).scaleb(-2)


@pytest.mark.django_db
def test_une_somme_en_sql_est_juste_au_centime(reference):
    lot = [EnveloppeFactory(montant_annonce=Decimal("0.10")).pk for _ in range(3)]
    trois = Enveloppe.objects.filter(pk__in=lot)
    assert trois.aggregate(total=somme("montant_annonce"))["total"] == Decimal("0.30")
    assert trois.none().aggregate(total=somme("montant_annonce"))["total"] == Decimal("0.00")
    par_phase = trois.order_by().values("phase").annotate(total=somme("montant_annonce"))
    assert {ligne["total"] for ligne in par_phase} <= {Decimal("0.10"), Decimal("0.20"), Decimal("0.30")}
    assert trois.aggregate(total=somme("montant_annonce", filter=Q(pk=lot[0])))["total"] == Decimal("0.10")
