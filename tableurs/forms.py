"""Forms of the imports: every value that a browser sends is checked here."""

from django import forms
from django.core.exceptions import ValidationError
from dsfr.forms import DsfrBaseForm

from tableurs import lots
from tableurs.enums import EtatLot, Seau
from tableurs.francais import INSECABLE
from tableurs.lecture import FichierIllisible, dialectes, encodages, limites
from tableurs.ressources import ressource
from tableurs.typographie import typographier

# Values that no browser alters: a tab in an attribute may not come back as one.
SEPARATEURS = {"point-virgule": ";", "virgule": ",", "tabulation": "\t", "barre": "|"}
FORMATS_ACCEPTES = ".xlsx,.xlsm,.xls,.ods,.csv,.tsv,.txt"
IGNOREE = ""
# Where the reader of files finds fault → the field to correct.
CHAMPS_FAUTIFS = {"feuille_absente": "feuille", "feuille_vide": "feuille", "encodage": "encodage"}


class FormulaireOptions(DsfrBaseForm):
    """Base of what a resource asks beside the file. Subclasses give `options()` (JSON) and `resume(options)`.

    `complements`: fields that follow each other and matter in one case only, shown apart under their own title.
    """

    complements = ()
    titre_des_complements = ""
    aide_des_complements = ""

    @staticmethod
    def resume(options):
        """Return in a few words what the options say (the list…), without asking the database."""
        return ""

    def options(self):
        """Return the options of the import, JSON, after `is_valid()`."""
        raise NotImplementedError

    def groupes(self):
        """Return the fields before the complements, these, and those after."""
        noms = list(self.fields)
        debut = noms.index(self.complements[0]) if self.complements else len(noms)
        fin = debut + len(self.complements)
        return [[self[nom] for nom in partie] for partie in (noms[:debut], noms[debut:fin], noms[fin:])]


class FormulaireRessource(forms.Form):
    """What is to be imported, from the address."""

    ressource = forms.ChoiceField()

    def __init__(self, *args, ressources, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ressource"].choices = [(cle, classe.nom) for cle, classe in ressources.items()]


class FormulaireJeu(forms.Form):
    """Which part of the base to take away (a list…), from the address."""

    jeu = forms.ChoiceField(required=False)

    def __init__(self, *args, ressource, **kwargs):
        super().__init__(*args, **kwargs)
        self._options = {cle: options for cle, _, options in ressource.jeux()}
        self.fields["jeu"].choices = [(cle, cle) for cle in self._options]
        self.fields["jeu"].required = "" not in self._options

    def options(self):
        """Return the options of the export, after `is_valid()`."""
        return self._options[self.cleaned_data["jeu"]]


class FormulaireFiltreLots(DsfrBaseForm):
    """Filters of the list of imports."""

    etat = forms.ChoiceField(label="État", choices=[("", "Tous"), *EtatLot.choices], required=False)
    ressource = forms.ChoiceField(label="Contenu", required=False)

    def __init__(self, *args, ressources, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["ressource"].choices = [("", "Tous"), *((cle, classe.nom) for cle, classe in ressources.items())]

    @property
    def actif(self):
        return self.is_valid() and any(self.cleaned_data.values())

    def filtrer(self, queryset):
        """Return the lots asked for; none when the address asks for what doesn't exist."""
        if not self.is_valid():
            return queryset.none()
        return queryset.filter(**{nom: valeur for nom, valeur in self.cleaned_data.items() if valeur})


class FormulaireLecture(DsfrBaseForm):
    """How to read the file, when what is detected is wrong."""

    feuille = forms.CharField(
        label="Nom de la feuille",
        required=False,
        help_text="Par défaut, la première feuille visible du classeur.",
    )
    encodage = forms.ChoiceField(
        label="Encodage du fichier texte",
        choices=[("", "Détecter"), *encodages.NOMS.items()],
        required=False,
        help_text="À choisir si les accents sont mal lus.",
    )
    separateur = forms.ChoiceField(
        label="Séparateur du fichier texte",
        choices=[("", "Détecter"), *((nom, dialectes.SEPARATEURS[signe]) for nom, signe in SEPARATEURS.items())],
        required=False,
        help_text="À choisir si tout se retrouve dans une seule colonne.",
    )

    def lecture_choisie(self):
        """Return the arguments of `lots.recevoir` and `lots.relire` that say how to read."""
        donnees = self.cleaned_data
        return {
            "feuille": donnees.get("feuille") or None,
            "encodage": donnees.get("encodage") or None,
            "separateur": SEPARATEURS.get(donnees.get("separateur")),
        }


class FormulaireRelecture(FormulaireLecture):
    """The same, for a file that was opened: its sheets are known, and the tables of the one that is read."""

    feuille = forms.ChoiceField(label="Feuille")
    tableau = forms.TypedChoiceField(label="Tableau", coerce=int, empty_value=0, required=False)
    field_order = ["feuille", "tableau", "encodage", "separateur"]

    def __init__(self, *args, apercu, lot, **kwargs):
        forcee = lot.lecture_forcee
        noms = {signe: nom for nom, signe in SEPARATEURS.items()}
        initial = {
            "feuille": lot.feuille,
            "tableau": lot.tableau,
            "encodage": forcee.get("encodage") or "",
            "separateur": noms.get(forcee.get("separateur"), ""),
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.lot = lot
        if apercu.est_un_texte:
            del self.fields["feuille"]
        else:
            del self.fields["encodage"], self.fields["separateur"]
            choix = [(nom, f"{nom} (masquée)" if masquee else nom) for nom, masquee in apercu.feuilles]
            self.fields["feuille"].choices = choix
        self._proposer_les_tableaux(apercu)
        # A choice to make is not to be looked for.
        self.ouvert = len(apercu.feuilles) > 1 or len(apercu.tableaux) > 1

    def _proposer_les_tableaux(self, apercu):
        if len(apercu.tableaux) < 2:
            del self.fields["tableau"]
            return
        self.fields["tableau"].choices = list(enumerate(apercu.tableaux))
        if len(apercu.feuilles) > 1:
            texte = f"Ceux de la feuille « {self.lot.feuille} ». Changez d'abord de feuille pour voir ceux d'une autre."
            # The field is bound already: the base form looked at it.
            self["tableau"].help_text = typographier(texte)

    def lecture_choisie(self):
        choisie = super().lecture_choisie()
        # The tables that were shown are those of the sheet that was read.
        if choisie["feuille"] in (None, self.lot.feuille):
            choisie["tableau"] = self.cleaned_data.get("tableau") or 0
        return choisie

    def save(self):
        """Read the file again. Raises `FichierIllisible` or `lots.ActionImpossible`."""
        lots.relire(self.lot, **self.lecture_choisie())


class FormulaireDepot(FormulaireLecture):
    """The file, and in the folded part how to read it."""

    fichier = forms.FileField(
        label="Fichier",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": FORMATS_ACCEPTES}),
        error_messages={
            "required": "Choisissez le fichier à importer.",
            "invalid": typographier("Le fichier n'est pas arrivé : choisissez-le à nouveau."),
            "missing": typographier("Le fichier n'est pas arrivé : choisissez-le à nouveau."),
            "max_length": typographier("Le nom du fichier est trop long : raccourcissez-le."),
        },
    )
    field_order = ["fichier", "feuille", "encodage", "separateur"]

    @property
    def avances(self):
        """The fields of the folded part."""
        return [self[nom] for nom in ("feuille", "encodage", "separateur")]

    @property
    def avances_en_erreur(self):
        return any(champ.errors for champ in self.avances)

    def clean_fichier(self):
        fichier = self.cleaned_data["fichier"]
        if fichier.size > limites.TAILLE_MAX:
            illisible = limites.trop_gros(fichier.size)
            raise ValidationError(str(illisible), code=illisible.code)
        return fichier

    def deposer(self, cle_ressource, options, auteur):
        """Return the new lot, or None: errors then say why the file can't be read."""
        fichier = self.cleaned_data["fichier"]
        try:
            return lots.recevoir(fichier, fichier.name, cle_ressource, options, auteur, **self.lecture_choisie())
        except FichierIllisible as illisible:
            self.dire(illisible)
            return None

    def dire(self, illisible):
        champ = CHAMPS_FAUTIFS.get(illisible.code, "fichier")
        self.add_error(champ, ValidationError(f"{illisible.raison} {illisible.remede}", code=illisible.code))


class FormulaireColonnes(forms.Form):
    """For each column of the file, which expected column it is. The choice is the user's: nothing else is guessed."""

    def __init__(self, *args, lot, correspondance, **kwargs):
        super().__init__(*args, **kwargs)
        self.lot = lot
        self.attendues = ressource(lot.ressource).colonnes
        choix = [(IGNOREE, "Ne pas importer")]
        choix += [(c.cle, f"{c.libelle} (obligatoire)" if c.requise else c.libelle) for c in self.attendues]
        par_place = {place: cle for cle, place in correspondance.places.items()}
        for place in range(len(lot.entetes)):
            self.fields[f"colonne_{place}"] = forms.ChoiceField(
                choices=choix, required=False, initial=par_place.get(place, IGNOREE)
            )

    def clean(self):
        donnees = super().clean()
        par_cle = {}
        for nom, cle in donnees.items():
            if cle:
                par_cle.setdefault(cle, []).append(nom)
        libelles = {colonne.cle: colonne.libelle for colonne in self.attendues}
        for cle, noms in par_cle.items():
            for nom in noms if len(noms) > 1 else ():
                texte = f"« {libelles[cle]} » est choisi pour plusieurs colonnes : gardez-en une."
                self.add_error(nom, typographier(texte))
        return donnees

    def choix(self):
        """Return {key of column: place, or None when the file hasn't it}."""
        places = {cle: int(nom.removeprefix("colonne_")) for nom, cle in self.cleaned_data.items() if cle}
        return {colonne.cle: places.get(colonne.cle) for colonne in self.attendues}

    def save(self):
        """Set the columns of the lot. Returns whether they suffice: errors say what is missing."""
        try:
            lots.choisir_les_colonnes(self.lot, self.choix())
        except lots.ColonnesIncompletes as incompletes:
            for probleme in incompletes.correspondance.problemes:
                self.add_error(None, ValidationError(probleme.texte, code=probleme.code))
            return False
        return True


class FormulaireSeau(forms.Form):
    """Filter of the rows of a lot."""

    seau = forms.ChoiceField(choices=[*Seau.choices], required=False)


class FormulaireApplication(forms.Form):
    """Consent to apply: to what was shown and nothing else, and without the refused rows when there are some."""

    apercu = forms.CharField(widget=forms.HiddenInput, max_length=100)
    partiel = forms.BooleanField(required=False)

    def __init__(self, *args, lot, **kwargs):
        self.lot = lot
        super().__init__(*args, initial={"apercu": lot.jeton}, **kwargs)

    def clean_partiel(self):
        if self.lot.refuses and not self.cleaned_data["partiel"]:
            raise ValidationError(
                "Cochez cette case pour appliquer les autres lignes, ou corrigez le fichier et déposez-le à nouveau."
            )
        return self.cleaned_data["partiel"]


class FormulaireDisparus(forms.Form):
    """What becomes of the objects that the file doesn't name: of those of a page, or of all at once."""

    TERMINER, GARDER = "terminer", "garder"

    montres = forms.TypedMultipleChoiceField(coerce=int, required=False)
    termines = forms.TypedMultipleChoiceField(coerce=int, required=False)
    tous = forms.ChoiceField(choices=[("", ""), (TERMINER, "Y mettre fin"), (GARDER, "Les garder")], required=False)

    def __init__(self, *args, lot, **kwargs):
        super().__init__(*args, **kwargs)
        self.lot = lot
        envoyees = [*self.data.getlist("montres"), *self.data.getlist("termines")]
        demandees = {int(cle) for cle in envoyees[:1000] if cle.isdecimal() and len(cle) < 19}
        connues = lot.details.filter(pk__in=demandees, seau=Seau.DISPARU).values_list("pk", flat=True)
        choix = [(cle, cle) for cle in connues] if demandees else []
        self.fields["montres"].choices = self.fields["termines"].choices = choix

    def save(self):
        """Keep the choice. Returns a sentence that says it. Raises `lots.ActionImpossible`."""
        tous = self.cleaned_data["tous"]
        if tous:
            lots.choisir_les_disparus(self.lot, None, terminer=tous == self.TERMINER)
        else:
            termines = set(self.cleaned_data["termines"])
            gardes = set(self.cleaned_data["montres"]) - termines
            lots.choisir_les_disparus(self.lot, gardes, terminer=False)
            lots.choisir_les_disparus(self.lot, termines, terminer=True)
        retenus = self.lot.details.filter(seau=Seau.DISPARU, retenue=True).count()
        if not retenus:
            return "Tous les disparus seront gardés."
        return f"L'import mettra fin à {retenus}{INSECABLE}{'disparu' if retenus == 1 else 'disparus'}."
