"""Things to operate in a notebook: each is a thin view over functions you can read and test.

Names are loaded when first used, so importing this package costs nothing.
"""

_HOMES = {
    "request_anatomy": "localmodels.widgets.anatomy_view",
    "memory_bars": "localmodels.widgets.memory_view",
    "stays_or_leaves": "localmodels.widgets.places_view",
}

__all__ = sorted(_HOMES)


def __getattr__(name):
    if name not in _HOMES:
        raise AttributeError(f"module 'localmodels.widgets' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__():
    return __all__
