"""What a transition of a project asks of whoever makes it: a reason, a decision, a condition."""

from django import forms
from dsfr.forms import DsfrBaseForm

from comptes.acces import aujourdhui
from programme.enums import AutoriteDecision, EtatProjet
from programme.models import Comite, Contrat, Decision

CALENDRIER = {"type": "date"}
DATE_INVALIDE = "Cette date n'existe pas : écrivez-la comme 22/11/2026."
DE_LA_DECISION = ("autorite", "autorite_precision", "date", "acte")
AIDES = {
    "comite": "Celui à l'ordre du jour duquel est le projet : la décision est dans son relevé.",
    "contrat": "Le contrat ou l'avenant où le projet est inscrit.",
    "autorite": "Celle qui a pris la décision, pas la personne qui la saisit.",
    "condition": "Ce qui doit être fait pour que la réserve soit levée.",
    "motif": "L'équipe du territoire et le porteur le lisent.",
}


class ParCle(forms.ModelChoiceField):
    """An object chosen by the key of its address."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{**kwargs, "to_field_name": "cle"})


class FormulaireTransition(DsfrBaseForm, forms.ModelForm):
    """For one transition: only the fields that it asks, and the reason, which is always welcome."""

    class Meta:
        model = Decision
        fields = [*DE_LA_DECISION, "comite", "contrat", "condition", "echeance", "motif"]
        field_classes = {"comite": ParCle, "contrat": ParCle}
        help_texts = AIDES
        widgets = {
            "date": forms.DateInput(attrs=CALENDRIER, format="%Y-%m-%d"),
            "echeance": forms.DateInput(attrs=CALENDRIER, format="%Y-%m-%d"),
            "motif": forms.Textarea(attrs={"rows": 4}),
            "condition": forms.Textarea(attrs={"rows": 3}),
        }
        error_messages = {"date": {"invalid": DATE_INVALIDE}, "echeance": {"invalid": DATE_INVALIDE}}

    def __init__(self, *args, transition, projet, personne, **kwargs):
        super().__init__(*args, **kwargs)
        self.transition = transition
        garde = {"motif", *transition.champs, *(DE_LA_DECISION if transition.decision else ())}
        garde |= self._proposer_le_cadre(projet, personne)
        for nom in [nom for nom in self.fields if nom not in garde]:
            del self.fields[nom]
        for nom in {*transition.champs, *(("autorite", "date") if transition.decision else ())}:
            self.fields[nom].required = True
        self.fields["motif"].required = transition.motif
        if not transition.motif:
            self.fields["motif"].label = "Remarque (facultative)"
        if transition.decision:
            self.fields["autorite"].choices = [("", "Choisir"), *AutoriteDecision.choices]
            self.fields["autorite_precision"].label = "Laquelle, si c'est une autre autorité"
            self.fields["date"].initial = aujourdhui()
        self._relire_les_champs()

    def _relire_les_champs(self):
        """Drop what the DSFR's form read of the fields before they were renamed."""
        self._bound_fields_cache.clear()

    def _proposer_le_cadre(self, projet, personne):
        """Return which of « comite » and « contrat » are asked: when there are any to choose from."""
        vides = {}
        if self.transition.decision:
            tenus = Comite.objects.modifiables_par(personne).filter(points__projet=projet, date__lte=aujourdhui())
            vides["comite"] = (tenus, "Hors comité")
        if self.transition.decision and self.transition.vers in (EtatProjet.INSCRIT, EtatProjet.INSCRIT_RESERVE):
            vides["contrat"] = (Contrat.objects.filter(territoire=projet.territoire_id), "Aucun pour l'instant")
        for nom, (choix, vide) in vides.items():
            self.fields[nom].queryset, self.fields[nom].empty_label = choix, vide
        return {nom for nom, (choix, _) in vides.items() if choix.exists()}

    def _post_clean(self):
        """`comptes.parcours.passer` checks the whole passage, once it is complete."""

    def ajouter_les_erreurs(self, erreur):
        """Show, at their fields, what `passer` refused."""
        par_champ = erreur.error_dict if hasattr(erreur, "error_dict") else {None: erreur}
        for nom, erreurs in par_champ.items():
            self.add_error(nom if nom in self.fields else None, erreurs)
