"""Closed lists about people."""

from django.db.models import TextChoices


class QualiteNationale(TextChoices):
    ADMINISTRATEUR = "administrateur", "Administrateur"
    # Keeps the lists, the catalogue and the envelopes; gives no right to anyone.
    ANALYSTE = "analyste", "Analyste"
    # Reads everything, as of dates, exports, writes nothing.
    AUDITEUR = "auditeur", "Auditeur"

    @classmethod
    def tiennent_la_reference(cls):
        return cls.ADMINISTRATEUR, cls.ANALYSTE
