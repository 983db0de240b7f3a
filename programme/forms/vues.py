"""A view of the list of projects: its name, whether it opens first."""

from django import forms
from django.core.exceptions import ValidationError
from dsfr.forms import DsfrBaseForm

from programme.models import VueDeProjets


class FormulaireVue(DsfrBaseForm, forms.ModelForm):
    class Meta:
        model = VueDeProjets
        fields = ["nom", "par_defaut"]
        error_messages = {"nom": {"required": "Donnez un nom à la vue."}}

    def _post_clean(self):
        """`garder` checks it, once those of the same person wait for it."""
        for nom in self._meta.fields:
            if nom in self.cleaned_data:
                setattr(self.instance, nom, self.cleaned_data[nom])

    def garder(self):
        """Save the view; returns it, None when it is refused: the form then says why."""
        try:
            self.instance.garder()
        except ValidationError as refus:
            self.add_error("nom", refus.messages)
            return None
        return self.instance
