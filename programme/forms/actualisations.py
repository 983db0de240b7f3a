"""What an actualisation asks beside the fiche itself: what it is declared, what each step of its life takes."""

from django import forms
from dsfr.forms import DsfrBaseForm

from programme.forms.parcours import DE_LA_DECISION, FormulaireTransition
from programme.models import Actualisation, DecisionDActualisation
from programme.parcours_actualisation import REGION

ECRITE_ENTRE_TEMPS = (
    "Quelqu'un d'autre a écrit dans cette actualisation pendant que vous la prépariez : relisez-la d'abord. "
    "Si vous enregistrez de nouveau, ce que vous avez saisi ici remplace ce qui y est."
)
DIT_POURQUOI = "Pourquoi cette actualisation"


class FormulaireDeclaration(DsfrBaseForm, forms.ModelForm):
    """`lue`: when what its author had before their eyes was written."""

    lue = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Actualisation
        fields = ["declaree_substantielle"]

    def __init__(self, *args, actualisation, **kwargs):
        initial = {"declaree_substantielle": actualisation.declaree_substantielle} if actualisation else {}
        super().__init__(*args, initial=initial, **kwargs)
        self.presente = actualisation.ecrite_le.isoformat() if actualisation else ""

    def clean(self):
        donnees = super().clean()
        if donnees.get("lue") != self.presente:
            raise forms.ValidationError(ECRITE_ENTRE_TEMPS)
        return donnees

    def _post_clean(self):
        """Only what is declared is read here: `programme.actualisations.ecrire` keeps the whole."""


class FormulaireDEtape(FormulaireTransition):
    class Meta(FormulaireTransition.Meta):
        model = DecisionDActualisation
        fields = [*DE_LA_DECISION, "comite", "motif"]
        field_classes = {"comite": FormulaireTransition.Meta.field_classes["comite"]}

    def __init__(self, *args, transition, actualisation, personne, **kwargs):
        super().__init__(*args, transition=transition, projet=actualisation.projet, personne=personne, **kwargs)
        # What is decided is what was read.
        self.fields["vue"] = forms.CharField(widget=forms.HiddenInput, initial=actualisation.empreinte)
        self.fields["motif"].error_messages["required"] = "Dites pourquoi : le motif est gardé et montré."
        self.fields["motif"].help_text = "Lu par la région, l'équipe du territoire et le porteur."
        if transition.motif and transition.qui != REGION:
            self.fields["motif"].label = DIT_POURQUOI
        self._relire_les_champs()
