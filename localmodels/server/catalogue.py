"""Which models there are to pull: the published tags of the course's list, and the tiny model itself."""

from functools import cache

from . import names

_EMBEDDING_ONLY = ("embedding",)


class Catalogue:
    """Looks names up as the public registry would; the list is read when first needed."""

    def capabilities(self, name):
        """What the published model of this Name can do; None when there is no such model."""
        return _published().get(name.key)


@cache
def _published():
    """{key: capabilities}. A model is published under each of its tags, and as `latest`."""
    from localmodels import facts

    found = {names.parse(facts.value("models.tiny")).key: ()}
    for size in facts.models():
        for text in (size.model, size.name):
            try:
                name = names.parse(text)
            except names.BadName:
                continue  # rows such as "mistral:7b (old)" describe a file, not a tag
            found.setdefault(name.key, size.capabilities)
    return found


def stand_in_capabilities(published, engine):
    """What a stand-in may claim: never more than the engine has, and no chat under an embedding model's name."""
    if published == _EMBEDDING_ONLY:
        return tuple(one for one in engine if one in published)
    return tuple(engine)
