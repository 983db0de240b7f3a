"""What is imported in this room: the measures and the envelopes of the programme."""

from programme.enums import FiabiliteMesure, PrecisionMontant
from programme.models import Besoin, Enveloppe, Mesure
from tableurs.colonnes import Colonne
from tableurs.enums import Seau
from tableurs.francais import enumeration
from tableurs.ressources import RessourceModele, enregistrer, refus
from tableurs.valeurs import Choix, Entier, Montant, Texte
from territoires.models import Phase

RANG_MAX = 32_767


def source(aide):
    """Return the column that says where a row comes from."""
    exemple = "https://www.exemple.fr/annonce.html"
    return Colonne("source", "Source", Texte(plusieurs_lignes=True), ("url", "lien"), aide=aide, exemple=exemple)


class RessourceCatalogue(RessourceModele):
    """Rows told apart by a code that people read. `lien` is the column that names another object, by key or name.

    A new object needs every column of `necessaires`; a file that only corrects may leave them out.
    """

    identite = ("code",)
    lien = ""
    necessaires = ()

    def liens(self):
        """Return [(key, name, primary key)] of the objects that `lien` may name."""
        raise NotImplementedError

    def valeurs_possibles(self):
        return {self.lien: [nom for _, nom, _ in self.liens()]}

    def commencer(self, lignes):
        liens = self.liens()
        self.fields[self.lien].widget = Choix([(cle, nom) for cle, nom, _ in liens], obligatoire=True)
        self.cles_liees = {str(cle): pk for cle, _, pk in liens}
        self.noms_lies = {pk: nom for _, nom, pk in liens}
        super().commencer(lignes)
        self.graphies = {code.casefold(): code for (code,) in self.existants}

    def attributs_de(self, ligne):
        attributs = super().attributs_de(ligne)
        attribut = self.attributs[self.lien]
        if attribut in attributs:
            attributs[attribut] = self.cles_liees[attributs[attribut]]
        return attributs

    def comparer(self, ligne):
        empechement = self.empechement(self.attributs_de(ligne))
        if empechement:
            return empechement
        verdict = super().comparer(ligne)
        if verdict.seau != Seau.REFUSEE:
            self.retenir(self.attributs_de(ligne))
        return verdict

    def empechement(self, attributs):
        """Return the refusal of a row, or None."""
        code = attributs["code"]
        if (code,) in self.existants:
            return None
        connu = self.graphies.get(code.casefold(), code)
        if connu != code:
            return refus(
                f"Le code « {code} » ne diffère de « {connu} » que par ses majuscules.",
                f"Écrivez « {connu} », ou un code tout autre.",
                self._libelle_de("code"),
                code,
            )
        manquants = [cle for cle in self.necessaires if self.attributs[cle] not in attributs]
        if manquants:
            noms = enumeration(f"« {self._libelle_de(cle)} »" for cle in manquants)
            return refus(
                f"« {code} » est nouveau, et le fichier n'a pas de colonne {noms}.",
                "Ajoutez ce qui manque, ou corrigez le code s'il existe déjà.",
                self._libelle_de("code"),
                code,
            )
        return None

    def identites_lues(self, ligne):
        """A code is refused when only its capitals differ from another's: that one is then named."""
        for (code,) in super().identites_lues(ligne):
            yield (self.graphies.get(code.casefold(), code),)

    def retenir(self, attributs):
        """Remember an accepted row, for those that follow."""
        self.graphies.setdefault(attributs["code"].casefold(), attributs["code"])

    def _libelle_de(self, cle):
        return next(colonne.libelle for colonne in self.colonnes if colonne.cle == cle)

    def _changements(self, avant, apres):
        """Say changes with the names of what is linked, and the labels of closed lists."""
        return super()._changements(
            {nom: self._montrer(nom, valeur) for nom, valeur in avant.items()},
            {nom: self._montrer(nom, valeur) for nom, valeur in apres.items()},
        )

    def _montrer(self, nom, valeur):
        champ = self.modele._meta.get_field(nom)
        if champ.is_relation:
            return self.noms_lies.get(valeur, valeur)
        return str(dict(champ.choices).get(valeur, valeur)) if champ.choices else valeur


@enregistrer
class ImportMesures(RessourceCatalogue):
    cle = "mesures"
    nom = "Mesures du programme"
    modele = Mesure
    modeles = (Mesure,)
    lien = "besoin"
    necessaires = ("besoin", "ordre", "titre", "fiabilite")
    attributs = {
        "code": "code",
        "besoin": "besoin_id",
        "ordre": "ordre",
        "titre": "titre",
        "description": "description",
        "fiabilite": "fiabilite",
        "source": "source",
    }
    colonnes = (
        Colonne(
            "code",
            "Code de la mesure",
            Texte(longueur=20, obligatoire=True),
            ("code", "code_mesure", "identifiant"),
            True,
            "Lettres sans accent, chiffres et tirets. Il est dans l'adresse de la page et ne change plus.",
            "ATT-1",
        ),
        Colonne(
            "besoin",
            "Besoin",
            Texte(obligatoire=True),
            ("code_besoin", "axe"),
            aide="Le besoin auquel la mesure répond : son code ou son nom.",
            exemple="attirer",
        ),
        Colonne(
            "ordre",
            "Rang",
            Entier(obligatoire=True, minimum=0, maximum=RANG_MAX),
            ("numero", "no"),
            aide="Place de la mesure dans son besoin : chaque rang ne sert qu'une fois.",
            exemple="1",
        ),
        Colonne(
            "titre",
            "Intitulé",
            Texte(longueur=250, obligatoire=True),
            ("mesure", "libelle", "nom"),
            aide="L'intitulé, tel que la source le donne.",
            exemple="Accélérer le développement du foncier industriel",
        ),
        Colonne(
            "description",
            "Description",
            Texte(plusieurs_lignes=True),
            aide="Ce que la mesure apporte, en quelques phrases.",
            exemple="Des sites prêts à accueillir une usine, études et procédures faites.",
        ),
        Colonne(
            "fiabilite",
            "Fiabilité",
            Choix(FiabiliteMesure.choices, obligatoire=True),
            aide="Comment la mesure est connue.",
            exemple=str(FiabiliteMesure.OFFICIELLE.label),
        ),
        source("Le texte ou la page où la mesure se lit."),
    )

    def liens(self):
        return list(Besoin.objects.values_list("code", "nom", "pk"))

    def commencer(self, lignes):
        super().commencer(lignes)
        # Ranks as they are now: a row can't take one that another measure holds until the import is applied.
        self.rangs = {(mesure.besoin_id, mesure.ordre): mesure.code for mesure in self.existants.values()}

    def empechement(self, attributs):
        empechement = super().empechement(attributs)
        if empechement:
            return empechement
        besoin, ordre = self._rang(attributs)
        titulaire = self.rangs.get((besoin, ordre), attributs["code"])
        if titulaire == attributs["code"]:
            return None
        return refus(
            f"Le rang {ordre} du besoin « {self.noms_lies[besoin]} » est déjà celui de la mesure {titulaire}.",
            "Donnez un rang libre. Pour échanger deux rangs, passez par un rang provisoire, en deux imports.",
            self._libelle_de("ordre"),
            ordre,
        )

    def retenir(self, attributs):
        super().retenir(attributs)
        self.rangs[self._rang(attributs)] = attributs["code"]

    def _rang(self, attributs):
        """Return (need, rank) as the row would leave them."""
        existante = self.existants.get((attributs["code"],))
        return tuple(attributs[nom] if nom in attributs else getattr(existante, nom) for nom in ("besoin_id", "ordre"))


@enregistrer
class ImportEnveloppes(RessourceCatalogue):
    cle = "enveloppes"
    nom = "Enveloppes de financement"
    modele = Enveloppe
    modeles = (Enveloppe,)
    lien = "phase"
    necessaires = ("phase", "nom")
    attributs = {
        "code": "code",
        "phase": "phase_id",
        "nom": "nom",
        "montant_annonce": "montant_annonce",
        "precision": "precision",
        "source": "source",
    }
    colonnes = (
        Colonne(
            "code",
            "Code de l'enveloppe",
            Texte(longueur=20, obligatoire=True),
            ("code", "sigle", "code_enveloppe"),
            True,
            "Lettres sans accent, chiffres et tirets. Il ne change plus.",
            "PIA",
        ),
        Colonne(
            "phase",
            "Phase",
            Texte(obligatoire=True),
            ("numero_phase",),
            aide="La phase du programme : son numéro ou son nom.",
            exemple="1",
        ),
        Colonne(
            "nom",
            "Nom",
            Texte(longueur=200, obligatoire=True),
            ("enveloppe", "libelle", "intitule"),
            aide="Le nom en toutes lettres.",
            exemple="Programme d'investissements d'avenir",
        ),
        Colonne(
            "montant_annonce",
            "Montant annoncé (€)",
            Montant(minimum=0),
            ("montant", "montant_annonce_euros"),
            aide="Ce qui a été annoncé, en euros. Vide : aucune source ne le dit. Une annonce n'ouvre aucun droit.",
            exemple="500000000",
        ),
        Colonne(
            "precision",
            "Précision",
            Choix(PrecisionMontant.choices, obligatoire=True),
            aide="Si l'annonce donne ce montant, ou un minimum.",
            exemple=str(PrecisionMontant.AU_MOINS.label),
        ),
        source("Le texte ou la page où le montant se lit."),
    )

    def nom_de(self, objet):
        return f"{objet.nom} ({objet.code})"

    def liens(self):
        return [(str(numero), nom, pk) for numero, nom, pk in Phase.objects.values_list("numero", "nom", "pk")]

    def commencer(self, lignes):
        super().commencer(lignes)
        self.dernier_rang = max(Enveloppe.objects.values_list("ordre", flat=True), default=0)

    def valeurs_nouvelles(self, attributs):
        """New envelopes come after the others, in the order of the file."""
        self.dernier_rang += 1
        return {"ordre": self.dernier_rang}
