"""One's own keys: each person has their own, they are kept and entered, and what cannot be read is as usual."""

from __future__ import annotations

from pathlib import Path

from clinic_app.domain.access import Action
from clinic_app.domain.audit import AuditFilter
from clinic_app.domain.changes import Topic
from clinic_app.domain.key_choices import KeyChoices
from clinic_app.domain.people import Role
from clinic_app.wording.audit import detail_words
from tests.builders import PASSPHRASE, Clock, door, open_test_clinic

WORDS = "four wet umbrellas in the hall"


def test_everybody_has_keys_of_their_own_and_an_entry_says_whose_were_changed(tmp_path: Path) -> None:
    with open_test_clinic(tmp_path, Clock()) as services:
        owner = services.access.user.name
        services.access.confirm(PASSPHRASE, Action.MANAGE)
        services.people.add("Rita Reader", {Role.READ_ONLY}, WORDS)
        mine = KeyChoices({"swap": ("Q",)}, letters=False)
        assert services.key_choices.mine() == (KeyChoices(), False)
        assert services.key_choices.keep(mine).topics == {Topic.PREFERENCES}
        services.key_choices.keep(mine)
        with services.context.units.read() as unit:
            [entry] = [one for one in unit.audit.entries(AuditFilter(), 0, 99) if one.object_id.startswith("keys_")]
        assert detail_words(entry) == "One’s own keys of the viewer"
        door().switch(services, "Rita Reader", WORDS)
        assert services.key_choices.mine() == (KeyChoices(), False)
        services.key_choices.keep(KeyChoices({"swap": ("F9",)}))
        door().switch(services, owner, PASSPHRASE)
        assert services.key_choices.mine() == (mine, False)
        with services.context.units.open() as unit:
            unit.clinic.set_setting(f"keys_{services.access.user.id}", {"keys": [1], "letters": False})
            unit.commit()
        assert services.key_choices.mine() == (KeyChoices(letters=False), True)
        assert [one for one in services.check() if not one.harmless] == []
