"""What a person wants to be told by e-mail, kind by kind."""

from django import forms
from django.db import transaction
from dsfr.forms import DsfrBaseForm

from comptes import genres_de_courrier
from comptes.genres_de_courrier import Cadence
from comptes.models import PreferenceCourrier


class FormulairePreferences(DsfrBaseForm):
    """One choice a kind, among those that may be refused."""

    def __init__(self, *args, personne, **kwargs):
        super().__init__(*args, **kwargs)
        self.personne = personne
        self.choisies = dict(
            PreferenceCourrier.objects.filter(personne=personne).values_list("genre", "choix"),
        )
        for genre in genres_de_courrier.au_choix():
            self.fields[genre.cle] = forms.ChoiceField(
                label=genre.libelle,
                choices=Cadence.choices,
                initial=self.choisies.get(genre.cle, genre.defaut),
                widget=forms.RadioSelect,
                help_text=f"Vous le recevez parce que {genre.raison}.",
                error_messages={
                    "required": "Choisissez une des trois réponses.",
                    "invalid_choice": "Choisissez une des trois réponses.",
                },
            )

    def save(self):
        """Keep what is chosen. What is left at the kind's own pace follows it if it changes."""
        with transaction.atomic():
            for nom in self.changed_data:
                PreferenceCourrier.objects.update_or_create(
                    personne=self.personne, genre=nom, defaults={"choix": self.cleaned_data[nom]}
                )
