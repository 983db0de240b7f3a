"""An undefined variable in one of our templates fails the test that renders it."""

import sys
from pathlib import Path

from django.template.base import FilterExpression, Node

GABARITS = Path(__file__).resolve().parent.parent.parent / "templates"


class VariableIndefinie(str):
    """Value of `string_if_invalid`: refuses to stand in for a variable of our templates.

    Templates of Django and of packages rely on undefined variables: for them it is an empty text. `{% if %}`
    and `{% for %}` never come here: Django has its own rule for them (undefined is None).
    """

    __slots__ = ()

    def __bool__(self):
        # FilterExpression.resolve tests the truth of `string_if_invalid` only when a variable is undefined.
        appelant = sys._getframe(1)
        if appelant.f_code is FilterExpression.resolve.__code__:
            gabarit = _gabarit_en_cours(appelant)
            expression = appelant.f_locals["self"]
            if gabarit and gabarit.is_relative_to(GABARITS) and not _est_facultative(expression, gabarit):
                raise AssertionError(f"Variable non définie dans {gabarit.name} : « {expression.token} »")
        return False


def _est_facultative(expression, gabarit):
    """Tell whether it is a parameter that a fragment does without: `{{ suffixe|default:"" }}`."""
    est_un_fragment = gabarit.parent.name == "composants" or gabarit.name.startswith("_")
    filtres = [fonction.__name__ for fonction, _ in expression.filters]
    return est_un_fragment and filtres[:1] == ["default"] and "." not in str(expression.var)


def _gabarit_en_cours(cadre):
    """Return the path of the template of the node being rendered: not its parent's, nor the including one."""
    while cadre:
        noeud = cadre.f_locals.get("self")
        origine = getattr(noeud, "origin", None) if isinstance(noeud, Node) else None
        if origine:
            return Path(origine.name)
        cadre = cadre.f_back
    return None
