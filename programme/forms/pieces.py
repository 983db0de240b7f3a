"""What is attached and said on a project."""

from django import forms

from programme.antivirus import examiner
from programme.enums import NaturePiece
from programme.models import Message, Piece
from programme.models.messages import LONGUEUR_MAX
from programme.types_de_fichier import EXTENSIONS, reconnaitre
from tableurs.typographie import typographier

PAS_ARRIVE = typographier("Le fichier n'est pas arrivé : choisissez-le à nouveau.")


class DansUnCercle(forms.ModelForm):
    """Asks who reads, among the circles that the writer belongs to."""

    def __init__(self, *args, cercles, question, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cercle"] = forms.ChoiceField(
            label=question,
            choices=[(cercle.value, cercle.label) for cercle in cercles],
            error_messages={
                "required": "Choisissez qui pourra lire.",
                "invalid_choice": "Vous ne faites pas partie de ces personnes.",
            },
        )

    @property
    def choisi(self):
        return self["cercle"].value() or ""


class ChampPiece(forms.FileField):
    """A file that may be kept: its type, read in its content, is in `type_de_piece` once cleaned."""

    widget = forms.FileInput(attrs={"accept": EXTENSIONS, "class": "fr-upload"})
    default_error_messages = {
        "required": "Choisissez le fichier à déposer.",
        "invalid": PAS_ARRIVE,
        "missing": PAS_ARRIVE,
        "empty": "Ce fichier est vide.",
    }
    type_de_piece = None

    def clean(self, data, initial=None):
        fichier = super().clean(data, initial)
        if fichier:
            self.type_de_piece = reconnaitre(fichier)
            # Last, as it takes longest.
            examiner(fichier)
        return fichier


class FormulairePiece(DansUnCercle):
    fichier = ChampPiece(label="Fichier")
    field_order = ["fichier", "intitule", "nature", "cercle", "secret_des_affaires"]

    class Meta:
        model = Piece
        fields = ["intitule", "nature", "cercle", "secret_des_affaires"]
        error_messages = {
            "intitule": {"required": "Donnez un intitulé."},
            "nature": {"required": "Choisissez la nature de la pièce."},
        }

    def __init__(self, *args, dans_le_secret, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["nature"].choices = [("", "Choisir"), *NaturePiece.choices]
        if dans_le_secret:
            self.fields["secret_des_affaires"].label = "Cette pièce est couverte par le secret des affaires"
            self.fields[
                "secret_des_affaires"
            ].help_text = "Parmi ces personnes, seuls le porteur, le chef de projet, la région et l'État la lisent."
        else:
            # Who is not in the secret would no longer read what they put there.
            del self.fields["secret_des_affaires"]

    @property
    def type_de_piece(self):
        return self.fields["fichier"].type_de_piece

    def _post_clean(self):
        """The rest of the row comes with the file: `programme.pieces.deposer` writes it."""

    def champs(self):
        return {nom: valeur for nom, valeur in self.cleaned_data.items() if nom != "fichier"}


class FormulaireMessage(DansUnCercle):
    texte = forms.CharField(
        label="Message",
        max_length=LONGUEUR_MAX,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Écrivez votre message."},
    )
    field_order = ["cercle", "texte"]

    class Meta:
        model = Message
        fields = ["cercle", "texte"]

    def _post_clean(self):
        """`programme.echanges.ecrire` writes the row."""
