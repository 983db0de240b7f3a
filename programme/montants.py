"""The only place where amounts are added: SQLite would add decimals as floats."""

from decimal import ROUND_HALF_UP, Decimal

from django.db.models import DecimalField, F, Q, Sum, Value
from django.db.models.functions import Coalesce, Round

CENTIME = Decimal("0.01")
RIEN = Decimal("0.00")


def arrondir(valeur):
    """Return an amount in euros rounded to the cent, half up."""
    return Decimal(valeur).quantize(CENTIME, ROUND_HALF_UP)


def total(valeurs):
    """Return the exact sum of amounts in euros; None counts for nothing."""
    return arrondir(sum((valeur for valeur in valeurs if valeur is not None), Decimal(0)))


def au_plus(montant, borne):
    """Return the condition « this amount is at most that one »: a comparison, which SQLite does as PostgreSQL."""
    return Q(**{f"{montant}__lte": F(borne)})


def somme(champ, **options):
    """Return the sum of amounts in euros, zero without any, as SQL: rounded to the cent, which SQLite needs."""
    en_euros = DecimalField(max_digits=16, decimal_places=2)
    return Coalesce(
        Round(Sum(champ, **options), precision=2, output_field=en_euros), Value(RIEN), output_field=en_euros
    )
