"""The guards of the tests themselves (tests/conftest.py, pyproject.toml): what they must catch, they catch."""

import pytest
from django.template import Context, Template

from socle.models import Structure

pytestmark = pytest.mark.django_db


def test_une_variable_inconnue_d_un_gabarit_fait_echouer():
    with pytest.raises(pytest.fail.Exception, match="Undefined template variable 'inconnue'"):
        Template("{{ inconnue }}").render(Context())


@pytest.mark.parametrize("lire", [list, lambda qs: list(qs.values()), lambda qs: list(qs.values_list("pk", flat=True))])
def test_sans_ordre_rien_ne_revient_deux_fois_pareil(lire):
    desordre, ordre = Structure.objects.order_by(), Structure.objects.order_by("pk")
    assert desordre.count() > 10
    assert any(lire(desordre.all()) != lire(desordre.all()) for _ in range(3))
    assert all(lire(ordre.all()) == lire(ordre.all()) for _ in range(3))
